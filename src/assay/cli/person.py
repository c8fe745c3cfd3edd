"""A person's word, logged."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assay.case import Case
from assay.cli import show_json
from assay.model import encode

DECISIONS = ("same", "different", "unsure", "accept", "reject")


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("decision", type=click.Choice(DECISIONS))
@click.argument("record_ids", nargs=-1, required=True)
@click.option("--person", required=True, help="Who decides: a name or a code name.")
@click.option("--note", default="", help="Why.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def judge(case: Path, decision: str, record_ids: tuple[str, ...], person: str, note: str, as_json: bool) -> int:
    """Record a person's DECISION on records of CASE. It outranks the program at the next run."""
    with Case.open(case, make=False) as opened:
        about = tuple(opened.show(record_id).id for record_id in record_ids)
        judgement = opened.judge(about, decision, person, note)
    if as_json:
        show_json({"kind": judgement.KIND, "id": judgement.id, **json.loads(encode(judgement))})
        return 0
    click.echo(f"{judgement.decision}, by {judgement.person}: {', '.join(i[:12] for i in judgement.about)}")
    return 0
