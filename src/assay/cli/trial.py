"""Trying assay out: a fictional trove with known truth, and the score of a case against it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assay.case import Case
from assay.cli import show_json
from assay.model import encode
from assay.model.errors import Usage


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--pages", type=click.IntRange(40, 20000), default=120, show_default=True, help="How many pages.")
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def specimen(folder: Path, pages: int, seed: int, as_json: bool) -> int:
    """Make a fictional trove in FOLDER/trove and its truth in FOLDER/truth.json."""
    from assay.specimen import make

    if folder.exists() and any(folder.iterdir()):
        raise Usage(f"{folder} is not empty", hint="Name a new folder: nothing is overwritten.")
    truth = make(folder, pages, seed)
    if as_json:
        show_json({"trove": str(truth.parent / "trove"), "truth": str(truth)})
        return 0
    click.echo(f"{truth.parent / 'trove'} holds the specimen, {truth} what is true of it.")
    return 0


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--seed", type=int, default=1, show_default=True, help="Same seed, same bytes.")
@click.option("--kind", "kinds", multiple=True, help="Only this kind or examination; may be given again.")
@click.option("--language", "languages", multiple=True, help="ru, uk, zh or en; may be given again. Default: ru zh en.")
@click.option("--list", "listing", is_flag=True, help="List the kinds, make nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def forge(
    folder: Path | None, seed: int, kinds: tuple[str, ...], languages: tuple[str, ...], listing: bool, as_json: bool
) -> int:
    """Make fictional papers that were altered, each with an innocent twin, in FOLDER/trove; the truth beside them.

    For measuring examinations. Only papers made here are altered: no file is ever taken from outside.
    """
    from assay.specimen.forge import KINDS, LANGUAGES
    from assay.specimen.forge import forge as make_trove

    if listing:
        rows = [{"kind": k.name, "examination": k.examination, "medium": k.medium, "twin": k.innocent} for k in KINDS]
        if as_json:
            show_json(rows)
        else:
            for row in rows:
                click.echo(
                    f"{row['examination'] or 'no trace':<16} {row['medium']:<13} {row['kind']}; twin: {row['twin']}"
                )
        return 0
    if folder is None:
        raise Usage("No folder is named.", hint="Name a new folder, or give --list to see the kinds.")
    truth = make_trove(folder, seed, kinds=kinds, languages=languages or LANGUAGES)
    made = json.loads(truth.read_text("utf-8"))["specimen"]["kinds"]
    lacking = [row for row in made if not row["made"]]
    if as_json:
        show_json({"trove": str(truth.parent / "trove"), "truth": str(truth), "not_made": lacking})
        return 0
    click.echo(f"{truth.parent / 'trove'} holds {len(made) - len(lacking)} pieces, {truth} what was done to which.")
    for row in lacking:
        click.echo(f"Not made, no paper had a place for it: {row['kind']} in {row['language']}.")
    return 0


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--truth", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=True)
@click.option("--misses", type=click.IntRange(0), default=0, help="Also list so many of the worst misses.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def score(case: Path, truth: Path, misses: int, as_json: bool) -> int:
    """Compare CASE with the truth of its specimen: precision, recall and counts for each kind of record."""
    from assay.specimen.score import render
    from assay.specimen.score import score as compare

    try:
        known = json.loads(truth.read_text("utf-8"))
    except ValueError as error:
        raise Usage(f"{truth} is no JSON: {error}", hint="Give the truth.json that `assay specimen` wrote.") from error
    with Case.open(case, write=False) as opened:
        result = compare(opened.store, known)
    if as_json:
        show_json(json.loads(encode(result)))
    else:
        click.echo(render(result))
        for miss in result.misses[:misses]:
            click.echo(f"miss: {miss.kind}: {miss.path} page {miss.page}: expected {miss.expected!r}, got {miss.got!r}")
    return 0
