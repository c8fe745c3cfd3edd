"""Findings under test: held against rival hypotheses, and made again."""

from __future__ import annotations

import csv
from pathlib import Path

import click

from assay.case import Case
from assay.cli import say, show_json
from assay.examine.hypotheses import KEYS, MARKS, Matrix
from assay.model.errors import Usage
from assay.publish.tables import hypotheses_rows


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.option("--mark", "marks", nargs=3, multiple=True, metavar="FINDING KEY MARK", help="Set a mark; repeatable.")
@click.option("--name", "names", nargs=2, multiple=True, metavar="KEY TEXT", help="Word a hypothesis; repeatable.")
@click.option("--person", default="", help="Who sets marks and names: a name or a code name.")
@click.option("--note", default="", help="Why.")
@click.option("--csv", "table", type=click.Path(path_type=Path, dir_okay=False), help="Also write the table here.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def hypotheses(
    case: Path,
    marks: tuple[tuple[str, str, str], ...],
    names: tuple[tuple[str, str], ...],
    person: str,
    note: str,
    table: Path | None,
    as_json: bool,
) -> int:
    """Hold the findings of CASE against rival hypotheses: CC, C, N, I, II, the program's proposals or a person's.

    The keys are whole, part, changed and made_up. No hypothesis is called the right one: read what speaks against each.
    """
    if (marks or names) and not person:
        raise Usage("nobody is named", hint="Add --person with a name or a code name.")
    with Case.open(case, make=False, write=bool(marks or names)) as opened:
        for finding, key, mark in marks:
            opened.mark(finding, key, mark.upper(), person, note)
        for key, text in names:
            opened.name_hypothesis(key, text, person)
        held = opened.hypotheses()
    if table:
        rows = hypotheses_rows(held)
        with table.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]) if rows else ["finding"])
            writer.writeheader()
            writer.writerows(rows)
    if as_json:
        show_json(_plain(held))
    else:
        _print(held)
    return 0


def _plain(held: Matrix) -> dict[str, object]:
    return {
        "marks": list(MARKS),
        "hypotheses": [
            {"key": h.key, "name": h.name, "independent_causes_against": n}
            for h, n in zip(held.hypotheses, held.against, strict=True)
        ],
        "findings": [
            {
                "id": row.finding.id, "part": row.finding.part, "exhibit": row.finding.exhibit,
                "weight": row.finding.weight.value, "observation": row.finding.observation,
                "marks": dict(zip(KEYS, row.marks, strict=True)),
                "proposed": dict(zip(KEYS, row.proposed, strict=True)),
                "set_by": {key: who for key, who in zip(KEYS, row.persons, strict=True) if who},
                "diagnosticity": row.diagnosticity, "counted": row.counted,
            }
            for row in held.rows
        ],
    }  # fmt: skip


def _print(held: Matrix) -> None:
    for hypothesis, count in zip(held.hypotheses, held.against, strict=True):
        say(f"{hypothesis.key:<8} {hypothesis.name} Speaking against it: {count} independent cause(s).")
    say("\n" + " ".join(f"{key:<8}" for key in KEYS) + " tells apart  finding")
    for row in held.rows:
        cells = (f"{mark}{'*' if who else ''}" for mark, who in zip(row.marks, row.persons, strict=True))
        marks = " ".join(f"{cell:<8}" for cell in cells)
        words = " ".join(row.finding.observation.split())
        shown = words if len(words) <= 90 else words[:89] + "…"
        say(
            f"{marks} {row.diagnosticity:<11}  {row.finding.id[:10]} {row.finding.part} ({row.finding.weight}): {shown}"
        )
    say("\nA mark with * was set by a person. Limited findings are listed and never counted.")


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("finding_id")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def reproduce(case: Path, finding_id: str, as_json: bool) -> int:
    """Make a finding of CASE again from the exhibit's bytes, and say whether it comes out the same (exit 4 if not).

    Nothing is stored.
    """
    with Case.open(case, write=False) as opened:
        finding = opened.show(finding_id)
        same, found = opened.reproduce(finding_id)
    if as_json:
        show_json({"finding": finding.id, "same": same, "made": [f.id for f in found]})
    elif same:
        say(f"The same finding came out again: {finding.id}")
    else:
        say(f"It did not come out again; {len(found)} other answer(s) did:")
        for one in found:
            say(f"  {one.id[:16]} {one.status}: {one.observation}")
    return 0 if same else 4
