"""What leaves a case: editions and exports."""

from __future__ import annotations

from pathlib import Path

import click

from assay.case import Case, RunSettings, draws
from assay.cli import say, show_json
from assay.cli.progress import Progress
from assay.publish.publish import Refused
from assay.work.part import ReadSettings
from assay.work.stage import Settings


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--title", default="Edition", show_default=True, help="The title on the front page.")
@click.option("--password", "passwords", multiple=True, help="A password for pictures of locked files; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(0), default=0, help="Worker processes; 0: one for each core.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def publish(
    case: Path, folder: Path, title: str, passwords: tuple[str, ...], jobs: int, quiet: bool, as_json: bool
) -> int:
    """Publish an edition of CASE into FOLDER, or list the sentences that stop it (exit 7)."""
    progress = Progress(quiet=quiet)
    how = RunSettings(jobs=jobs, settings=Settings(ReadSettings(passwords=passwords)), progress=progress)
    with Case.open(case, make=False) as opened:
        try:
            done = opened.publish(folder, title, how)
        except Refused as refused:
            progress.close()
            if as_json:
                stops = [{"sentence": s.sentence, "reason": s.reason} for s in refused.stops]
                show_json(
                    {"error": {"code": refused.code, "message": str(refused), "hint": refused.hint}, "stops": stops}
                )
                return refused.exit
            for stop in refused.stops:
                say(f"{stop.reason}: {stop.sentence}")
            raise
        progress.close()
    if as_json:
        show_json({"index": str(done.index), "sentences": done.sentences, "notes": done.notes})
    else:
        click.echo(f"{done.sentences} sentences on {done.notes} notes. Open {done.index}")
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--to", default="jsonl", show_default=True, help="jsonl, csv, register, hocr, alto or pdf; `assay parts` lists all."
)
@click.option("--password", "passwords", multiple=True, help="A password for pictures of locked files; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(0), default=0, help="Worker processes; 0: one for each core.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def export(case: Path, folder: Path, to: str, passwords: tuple[str, ...], jobs: int, quiet: bool, as_json: bool) -> int:
    """Write CASE into FOLDER in a form that other programs read. File names and the log are in it: keep it safe.

    `--to pdf` draws every page first, and keeps the pictures in the case.
    """
    progress = Progress(quiet=quiet)
    how = RunSettings(jobs=jobs, settings=Settings(ReadSettings(passwords=passwords)), progress=progress)
    with Case.open(case, make=False, write=draws(to)) as opened:
        try:
            names = opened.export(to, folder, how)
        finally:
            progress.close()
    if as_json:
        show_json({"folder": str(folder), "files": names})
    else:
        click.echo(f"{len(names)} files in {folder}")
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("exhibits", nargs=-1)
@click.option("--password", "passwords", multiple=True, help="A password for pictures of locked files; repeatable.")
@click.option("--jobs", "-j", type=click.IntRange(0), default=0, help="Worker processes; 0: one for each core.")
@click.option("--quiet", is_flag=True, help="Show no progress.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def report(
    case: Path,
    folder: Path,
    exhibits: tuple[str, ...],
    passwords: tuple[str, ...],
    jobs: int,
    quiet: bool,
    as_json: bool,
) -> int:
    """Write an examination report for each document of CASE, or for EXHIBITS (paths or digests), into FOLDER.

    For and against, the innocent explanations, the picture of the region, what was not examined and why, and the
    command that redoes each finding; HTML and JSON. File names are in it: keep it safe.
    """
    progress = Progress(quiet=quiet)
    how = RunSettings(jobs=jobs, settings=Settings(ReadSettings(passwords=passwords)), progress=progress)
    with Case.open(case, make=False) as opened:
        digests = tuple(opened.exhibit(name) for name in exhibits)
        index = opened.report(folder, digests, how)
    progress.close()
    if as_json:
        show_json({"index": str(index)})
    else:
        click.echo(f"Open {index}")
    return 0
