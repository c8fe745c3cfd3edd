"""What an edition shows and under which labels: agreements and documents in the order in which a reader meets them."""

from __future__ import annotations

from dataclasses import dataclass

from assay.model import Agreement, Document, Exhibit
from assay.store.store import Store


@dataclass(frozen=True, slots=True)
class Scene:
    """`labels` maps an exhibit's digest to its label; `documents` are the digests of exhibits with pages, in order."""

    labels: dict[str, str]
    documents: tuple[str, ...]
    agreements: tuple[Agreement, ...]


def scene(store: Store) -> Scene:
    """Return the scene of a case: documents by agreement, then date, then digest.

    Agreements come by how much the trove holds on them: documents, then line items; then by date and number. Sums are
    not compared: they stand in several currencies, and as the papers state them.
    """

    def weight(deal: Agreement) -> tuple[int, int, str, str, str]:
        return -len(deal.exhibits), -len(deal.line_items), _day(deal), deal.number.value, deal.id

    agreements = sorted(store.all(Agreement), key=weight)
    belongs = {exhibit: n for n, deal in enumerate(agreements) for exhibit in reversed(deal.exhibits)}
    known = {d.exhibit: d for d in store.all(Document)}

    def place(digest: str) -> tuple[int, str, str]:
        document = known.get(digest)
        date = document.date.earliest if document and document.date else None
        return belongs.get(digest, len(agreements)), date.isoformat() if date else "9999", digest

    paged = {page.exhibit for page in store.pages()}
    digests = sorted((e.digest for e in store.all(Exhibit) if e.digest in paged), key=place)
    labels = {digest: _label(n, digest, known.get(digest)) for n, digest in enumerate(digests, 1)}
    for exhibit in store.all(Exhibit):
        labels.setdefault(exhibit.digest, f"container {exhibit.digest[:8]}")
    return Scene(labels, tuple(digests), tuple(agreements))


def _day(deal: Agreement) -> str:
    return deal.date.earliest.isoformat() if deal.date and deal.date.earliest else "9999"


def _label(count: int, digest: str, document: Document | None) -> str:
    if document is None:
        return f"Exhibit {count} ({digest[:8]})"
    kind = str(document.kind).replace("_", " ")
    number = f" {document.number.written}" if document.number else ""
    return f"Exhibit {count}: {kind}{number} ({digest[:8]})"
