"""A person's word, logged."""

from __future__ import annotations

import json
from pathlib import Path

import click

from assay.case import Case
from assay.cli import say, show_json
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


@click.command()
@click.argument("case", type=click.Path(path_type=Path))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--person", required=True, help="Who vouches: a name or a code name.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def vouch(case: Path, folder: Path, person: str, as_json: bool) -> int:
    """Put what stands in FOLDER into CASE for judging signatures by.

    Certificates (PEM, DER, PKCS #7) become trust anchors; revocation lists, OCSP responses, and archived DKIM keys
    (lines of `selector._domainkey.domain` and the TXT record) are used as they are. Nothing is ever fetched. The next
    run examines signatures again.
    """
    with Case.open(case, make=False) as opened:
        found = opened.vouch(folder, person)
    if as_json:
        show_json(
            {
                "vouched": [{"kind": v.kind.value, "id": v.id, "name": v.name} for v in found.vouchers],
                "refused": [{"file": name, "reason": reason} for name, reason in found.refused],
            }
        )
        return 0
    for voucher in found.vouchers:
        say(f"{voucher.kind.value.replace('_', ' ')}: {voucher.name}")
    for name, reason in found.refused:
        say(f"not taken: {name} ({reason})")
    return 0
