"""The whole job, and each of its stages by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from assay.case import VERBS, Case, RunSettings
from assay.cli import say, show_json
from assay.cli.glance import at_a_glance, glance_json
from assay.cli.progress import Progress
from assay.custody.receive import present
from assay.model.errors import Usage
from assay.work.part import ReadSettings
from assay.work.stage import Limits, Settings

_OPTIONS = (
    click.option("--jobs", "-j", type=click.IntRange(0), default=0, help="Worker processes; 0: one for each core."),
    click.option(
        "--executor", default="processes", show_default=True, help="processes, or inline (no walls: for debugging)."
    ),
    click.option("--password", "passwords", multiple=True, help="A password to try on locked files; repeatable."),
    click.option(
        "--time-limit", type=click.FloatRange(1), default=Limits().seconds, show_default=True,
        help="Seconds that one task may take.",
    ),
    click.option(
        "--memory-limit", type=click.IntRange(256), default=Limits().memory >> 20, show_default=True,
        help="MiB of memory that one worker may hold for itself (more where it needs the Chinese engine).",
    ),
    click.option("--quiet", is_flag=True, help="Show no progress."),
    click.option("--json", "as_json", is_flag=True, help="Print the result as JSON."),
)  # fmt: skip


Command = TypeVar("Command", bound=Callable[..., int])


def _with_options(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def _do(case: Path, folders: tuple[Path, ...], verbs: tuple[str, ...], source: str, given: dict[str, object]) -> int:
    progress = Progress(quiet=bool(given["quiet"]))
    passwords = given["passwords"]
    assert isinstance(passwords, tuple)
    settings = Settings(
        ReadSettings(passwords=passwords),
        Limits(seconds=float(str(given["time_limit"])), memory=int(str(given["memory_limit"])) << 20),
    )
    retry = bool(given.get("retry"))
    how = RunSettings(str(given["executor"]), int(str(given["jobs"])), source, retry, settings, progress)
    for folder in folders:
        present(folder, case)  # before a case is made for nothing
    with Case.open(case, make=bool(folders)) as opened:
        try:
            opened.run(folders, how, verbs)
        finally:
            progress.close()
        if given["as_json"]:
            show_json(glance_json(opened))
        else:
            say(at_a_glance(opened))
        return 3 if opened.problems() else 0


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--case", type=click.Path(path_type=Path), help="The case's folder; default: FOLDER.case beside the folder."
)
@click.option("--source", default="unnamed source", help="Who handed the folder over (a code name is best).")
@click.option(
    "--retry",
    is_flag=True,
    help="Try once more, with four times the limits, what crashed, hung, met a limit or lacked a program.",
)
@_with_options
def run(folders: tuple[Path, ...], case: Path | None, source: str, **given: object) -> int:
    """Do the whole job on FOLDERS: receive, read, examine, extract, resolve, weigh. Resumes what was interrupted.

    Without FOLDERS, go on with what --case holds: after a correction or a judgement, or after an interruption (also of
    a run with --retry, which is not to be said again: each time that it is said counts as another try).
    """
    if not folders and case is None:
        raise Usage(
            "name the folder that was handed over, or a case", hint="assay run FOLDER, or assay run --case CASE"
        )
    first = folders[0].resolve() if folders else Path()
    return _do(case or first.with_name(first.name + ".case"), folders, VERBS, source, given)


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--source", default="unnamed source", help="Who handed the folder over (a code name is best).")
@_with_options
def receive(case: Path, folders: tuple[Path, ...], source: str, **given: object) -> int:
    """Receive FOLDERS into CASE: hash, store, unpack, log."""
    return _do(case, folders, ("receive",), source, given)


def _stage(name: str, help_text: str) -> click.Command:
    @click.command(name, help=help_text)
    @click.argument("case", type=click.Path(path_type=Path))
    @_with_options
    def command(case: Path, **given: object) -> int:
        return _do(case, (), (name,), "", given)

    assert isinstance(command, click.Command)
    return command


read = _stage("read", "Read every page of CASE that was not read yet.")
examine = _stage("examine", "Examine every exhibit of CASE, and the trove as a whole.")
extract = _stage("extract", "Extract documents, names, items, obligations, events and claims from CASE.")
resolve = _stage("resolve", "Resolve names to parties, exhibits to families and agreements in CASE.")
weigh = _stage("weigh", "Weigh the claims of CASE: origins, standing, status, lineage.")
