"""Looking: a record or the case at a glance, its soundness, and the parts that this assay is made of."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assay.case import Case
from assay.cli import say, show_json
from assay.cli.correct import reading_json, reading_text
from assay.cli.coverage import coverage_csv, coverage_json, coverage_text
from assay.cli.glance import at_a_glance, glance_json
from assay.cli.record import record_text
from assay.model import encode
from assay.model.errors import CustodyBroken, Usage
from assay.publish.check import check


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("record_id", required=False)
@click.option("--coverage", is_flag=True, help="Every page: read and how, failed and why, or unread and why.")
@click.option(
    "--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="With --coverage: write it as a table too."
)
@click.option("--page", type=click.IntRange(1), help="Show this page of the exhibit RECORD_ID, its words numbered.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def show(case: Path, record_id: str | None, coverage: bool, table: Path | None, page: int | None, as_json: bool) -> int:
    """Show the record of CASE whose id begins with RECORD_ID, or the exhibit of that path; without it, the whole case.

    With --page, RECORD_ID is an exhibit's path or digest. With --coverage the sums are checked, and the exit code is 4
    when they do not agree.
    """
    if table and not coverage:
        raise Usage("--csv goes with --coverage", hint="assay show CASE --coverage --csv FILE")
    with Case.open(case, write=False) as opened:
        if coverage:
            return _coverage(opened, table, as_json)
        if page is not None:
            if not record_id:
                raise Usage("--page wants an exhibit", hint="assay show CASE EXHIBIT --page N")
            seen = reading_json(opened, opened.exhibit(record_id), page)
            if as_json:
                show_json(seen)
            else:
                say(reading_text(seen))
        elif record_id:
            record = opened.found(record_id)
            if as_json:
                show_json({"kind": record.KIND, "id": record.id, **json.loads(encode(record))})
            else:
                say(record_text(opened, record))
        elif as_json:
            show_json(glance_json(opened))
        else:
            say(at_a_glance(opened))
    return 0


def _coverage(case: Case, table: Path | None, as_json: bool) -> int:
    ledger = case.ledger()
    if table:
        coverage_csv(ledger, table)
    if as_json:
        show_json(coverage_json(ledger))
    else:
        say(coverage_text(ledger))
    return 0 if ledger.agrees else CustodyBroken.exit


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def verify(case: Path, as_json: bool) -> int:
    """Check every blob, every link of the log, every record and every quote of CASE; or an edition's every file."""
    if (case / "manifest.json").is_file() and not (case / "case.sqlite").exists():
        return _verify_edition(case, as_json)
    with Case.open(case, write=False) as opened:
        result = opened.verify()
    if as_json:
        show_json(json.loads(encode(result)))
    else:
        for breach in result.breaches:
            say(f"{breach.kind}: {breach.where}: {breach.what}")
        sound = f"{len(result.breaches)} things are not as they were written" if result.breaches else "all sound"
        later = (
            f"\n{result.overtaken} quotes rest on pages that were corrected or read anew: the next run redoes them."
            if result.overtaken
            else ""
        )
        click.echo(
            f"{result.blobs} blobs, {result.events} events, {result.records} records, {result.quotes} quotes: "
            f"{sound}.{later}\nThe log ends with {result.head}"
        )
    return 4 if result.breaches else 0


def _verify_edition(folder: Path, as_json: bool) -> int:
    notes, breaches = check(folder)
    if as_json:
        show_json({"notes": notes, "breaches": json.loads(encode(breaches))})
    else:
        for breach in breaches:
            say(f"{breach.kind}: {breach.where}: {breach.what}")
        sound = f"{len(breaches)} things are not as they were published" if breaches else "all sound"
        click.echo(f"{notes} notes followed: {sound}.")
    return 4 if breaches else 0


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def parts(as_json: bool) -> int:
    """List every part with its version, purpose and limits, and the walls that hold on this machine."""
    from assay.cli.catalogue import catalogue, walls

    listed = catalogue()
    if as_json:
        show_json({"parts": listed, "walls": walls()})
        return 0
    for part in listed:
        needs = f" Needs {', '.join(part['needs'])}." if part["needs"] else ""
        click.echo(f"{part['kind']:12} {part['name']} {part['version']}: {part['purpose']}{needs}")
        click.echo(f"             limits: {part['limits']}")
    for name, holds in walls().items():
        click.echo(f"wall         {name}: {'holds' if holds else 'THIS KERNEL LACKS IT'}")
    return 0
