"""No sentence that the program words claims what no examination can show."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import assay

ROOT = Path(assay.__file__).parent
ROOMS = ("examine", "publish", "cli")
# "Authentication-Results" is the name of a mail header, and no claim of ours.
CLAIMS = re.compile(
    r"\b(?:in)?authentic(?!ation-results\b)\w*|\bgenuine\w*|\bfake\w*|\bforged\b|\bforger\w*|\bcounterfeit\w*|подлинн|поддел|фальшив|伪造|真实性"
    r"|\d\s*%\s*(?:authentic|certain|likely|probab)",
    re.I,
)
THE_LIST_ITSELF = {"publish/gate.py"}


def strings(path: Path) -> Iterator[str]:
    """Yield every string of a module but its docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            body = [n for n in node.body if isinstance(n, ast.Expr)]
            documented |= {id(n.value) for n in body if isinstance(n.value, ast.Constant)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
            yield node.value


def test_no_string_of_the_rooms_that_word_findings_claims_too_much() -> None:
    said, seen = [], 0
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name in THE_LIST_ITSELF:
                continue
            for text in strings(path):
                seen += 1
                if CLAIMS.search(text):
                    said.append((name, text))
    assert seen > 2000
    assert said == []


def test_no_template_claims_too_much() -> None:
    templates = sorted((ROOT / "publish" / "templates").iterdir())
    assert templates
    assert [t.name for t in templates if CLAIMS.search(t.read_text("utf-8"))] == []


def test_the_pattern_finds_what_it_is_for() -> None:
    for claim in ("The paper is authentic.", "a FAKE", "98 % certain", "It was forged", "подлинность"):
        assert CLAIMS.search(claim), claim
    assert not CLAIMS.search("assay forge makes alterations")
