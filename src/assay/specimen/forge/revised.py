"""Kinds of alteration that a later saved state of a born-digital PDF carries, and PDFs rewritten by another program."""

from __future__ import annotations

import zlib
from datetime import timedelta
from io import BytesIO

import pikepdf

from assay.specimen import alter
from assay.specimen.alter.pdffile import Revision
from assay.specimen.alter.revised import points, saved
from assay.specimen.forge.bench import Bench, Paper
from assay.specimen.forge.kind import BORN, Kind, Made


def _money(bench: Bench, paper: Paper) -> alter.Place:
    """Choose an amount with group marks or cents, so that no register number is taken."""
    places = [p for p in alter.amounts(paper.pdf) if any(mark in p.text[1:-1] for mark in ",. \u00a0\u202f")]
    if not places:
        message = "no amount of money"
        raise alter.CannotAlter(message)
    return bench.rng.choice(places)


def _amount(bench: Bench) -> Made:
    paper = bench.paper()
    place = _money(bench, paper)
    changed = alter.revise(paper.pdf, bench.rng, page=place.page, old=place.text, when=paper.at + timedelta(days=9))
    return Made(
        (paper.file(changed.data),), f"{changed.before} -> {changed.after}", changed.page, changed.box
    )  # fmt: skip


def _noted(bench: Bench) -> Made:
    paper = bench.paper()
    kind = bench.rng.choice((alter.annotate, alter.fill_form, alter.touch_metadata))
    return Made((paper.file(kind(paper.pdf, bench.rng, when=paper.at + timedelta(days=9)).data),), kind.__name__)


def _covered(bench: Bench) -> Made:
    """Append a revision in which a white box and another amount lie over the first one."""
    paper = bench.paper()
    place = _money(bench, paper)
    other = alter.changed(place.text.replace("\u00a0", " ").replace("\u202f", " "), bench.rng)
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        held = source.pages[place.page - 1]
        x0, y0, x1, y1 = points(held, place.box)
        fonts = held.obj.Resources.Font
        name = "/FAdd"
        fonts[name] = source.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Times-Roman"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            )
        )  # fmt: skip
        size = min((y1 - y0) * 1.3, (x1 - x0) / max(1.0, 0.5 * len(other)))
        cover = f"q 1 g {x0 - 1:.2f} {y0 - 2:.2f} {x1 - x0 + 2:.2f} {y1 - y0 + 4:.2f} re f "
        words = f"BT 0 g {name} {size:.2f} Tf {x0:.2f} {y0 + 0.8:.2f} Td ({other}) Tj ET Q"
        added = source.make_indirect(source.make_stream(zlib.compress((cover + words).encode("latin-1"))))
        added["/Filter"] = pikepdf.Name.FlateDecode
        contents = held.obj.Contents
        old = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        held.obj.Contents = pikepdf.Array([*old, added])
        revision = Revision(paper.pdf, source)
        holder = held.obj if not fonts.is_indirect else fonts
        for one in (added, fonts[name], held.obj, *([holder] if holder is not held.obj else [])):
            revision.write(one)
        if not fonts.is_indirect and held.obj.Resources.is_indirect:
            revision.write(held.obj.Resources)
        return Made((paper.file(revision.written()),), f"{place.text} -> {other}", place.page, place.box)


def _page_taken(bench: Bench) -> Made:
    """Append a revision whose page tree leaves one page out."""
    paper = bench.paper("contract", least=3)
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        gone = bench.rng.randrange(1, len(source.pages) - 1)
        tree = source.Root.Pages
        kept = [page for at, page in enumerate(tree.Kids) if at != gone]
        tree.Kids = pikepdf.Array(kept)
        tree["/Count"] = len(kept)
        revision = Revision(paper.pdf, source)
        revision.write(tree)
        data = revision.written()
    pages = tuple(text for at, text in enumerate(paper.pages) if at != gone)
    return Made((paper.file(data, pages=pages),), f"page {gone + 1} left out", missing=(("page", str(gone + 1)),))


def _titled(bench: Bench) -> Made:
    paper = bench.paper("contract", least=3)
    data = alter.touch_metadata(paper.pdf, bench.rng, when=paper.at + timedelta(days=1)).data
    return Made((paper.file(data),), "only the document information was changed")


def _rewritten(bench: Bench) -> Made:
    """Write the whole file anew with another program, the first program's name kept."""
    paper = bench.paper()
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        return Made((paper.file(saved(source, objects=bench.rng.random() < 0.5)),), "the producer's name was kept")


def _resaved(bench: Bench) -> Made:
    paper = bench.paper()
    data = alter.resave(paper.pdf, bench.rng, when=paper.at + timedelta(days=3)).data
    return Made((paper.file(data),), "an optimiser that gives its name")


def _redone(bench: Bench) -> Made:
    """Set the paper again with another amount everywhere: no earlier state, no second font, sums that agree."""
    deal = bench.deal()
    changed = bench.paper("acceptance_act", deal=deal)
    return Made((changed.file(),), "the whole paper was set again; a file alone cannot show this")


def _plain(bench: Bench) -> Made:
    return Made((bench.paper("acceptance_act").file(),), "the paper as it was first set")


KINDS = (
    Kind("amount changed by a later revision", "pdf.revdiff", BORN, _amount, _noted, "a note, a form field, a title"),
    Kind("amount covered by a later revision", "pdf.revdiff", BORN, _covered, _noted, "a note, a form field, a title"),
    Kind("page left out by a later revision", "pdf.revdiff", BORN, _page_taken, _titled, "a new title"),
    Kind("rewritten, producer kept", "pdf.writer", BORN, _rewritten, _resaved, "an optimiser that gives its name"),
    Kind("set again as a whole", "", BORN, _redone, _plain, "the first setting"),
)
