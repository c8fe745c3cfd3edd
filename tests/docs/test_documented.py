"""Everything that a user can meet is documented, and the generated pages are what the code says today."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assay.cli import COMMANDS
from assay.cli.catalogue import every_part
from assay.model import KINDS, PROBLEMS
from assay.model.errors import FAULTS

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def test_the_generated_pages_are_fresh():
    done = subprocess.run(
        [sys.executable, "scripts/reference", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_documented(command):
    assert f"## assay {command}\n" in text("docs/cli.md")


@pytest.mark.parametrize("name", [p.name for kind, p in every_part() if kind == "examination"])
def test_every_examination_has_its_page_with_its_limits(name):
    page = text(f"docs/examinations/{name}.md")
    for heading in ("limits", "innocent"):
        assert re.search(heading, page, re.IGNORECASE), f"{name}: nothing on {heading}"


def test_every_fault_problem_and_record_is_documented():
    cli, records = text("docs/cli.md"), text("docs/records.md")
    assert all(f"`{fault.code}`" in cli for fault in FAULTS)
    assert all(f"| {name} |" in records for name in PROBLEMS)
    assert all(f"## {kind.KIND}\n" in records for kind in KINDS)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "LICENSE",
        "SECURITY.md",
        "CHANGELOG.md",
        "docs/architecture.md",
        "docs/tutorial.md",
        "docs/benchmarks.md",
    ],
)
def test_every_page_is_there_and_its_links_lead_somewhere(name):
    page = text(name)
    assert len(page) > 500
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page):
        assert ((ROOT / name).parent / target).exists(), f"{name} links to {target}"


def test_commands_that_the_pages_name_exist():
    for name in ("README.md", "docs/tutorial.md", "docs/benchmarks.md"):
        for command in re.findall(r"^\s*(?:\$ )?(?:\.venv/bin/)?assay ([a-z]+)", text(name), re.MULTILINE):
            assert command in COMMANDS, f"{name} names assay {command}"
