"""Kinds of alteration that the inside of a PDF shows: dates, producers, fonts, layers, pages from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pikepdf

from assay.specimen import alter
from assay.specimen.alter.overlay import font, lay_over, resource
from assay.specimen.alter.revised import points, saved
from assay.specimen.forge.bench import Bench, Paper
from assay.specimen.forge.kind import BORN, SCAN, Box, Kind, Made
from assay.specimen.packed import packed

_ZONE = "+03'00'"
_OFFICE_2010 = "Microsoft® Word 2010"
_OFFICE_2019 = "Microsoft® Word 2019"
_LIBRARIES = ("Microsoft® Word 2019", "macOS Version 12.6 (Build 21G115) Quartz PDFContext", "LibreOffice 7.4")
"""Programs whose first release lies in 2018 or later; a claimed date of 2012 comes before all of them."""


def _stamp(when: datetime, zone: str = _ZONE) -> str:
    return when.strftime("D:%Y%m%d%H%M%S") + zone


def _edited(paper: Paper, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        change(source)
        return saved(source)


def _backwards(bench: Bench) -> Made:
    """Put the time of the last change before the time of making, by a change of the document information alone."""
    paper = bench.paper()
    earlier = paper.at - timedelta(days=bench.rng.randint(20, 400))

    def change(source: pikepdf.Pdf) -> None:
        source.trailer.Info["/ModDate"] = _stamp(earlier)

    return Made((paper.file(_edited(paper, change)),), f"made {paper.at}, last changed {earlier}")


def _zoned(bench: Bench) -> Made:
    """Write the same instant in another time zone: earlier on the clock, not in time."""
    paper = bench.paper()

    def change(source: pikepdf.Pdf) -> None:
        source.trailer.Info["/CreationDate"] = _stamp(paper.at, "+08'00'")
        source.trailer.Info["/ModDate"] = _stamp(paper.at - timedelta(hours=4), "+03'00'")

    return Made((paper.file(_edited(paper, change)),), "one hour later, in another time zone")


def _old(bench: Bench, producer: str) -> Made:
    day = date(2012, bench.rng.randint(1, 12), bench.rng.randint(1, 28))
    deal = bench.deal()
    deal.day = day - timedelta(days=40)
    paper = bench.paper("letter", deal=deal, day=day)

    def change(source: pikepdf.Pdf) -> None:
        source.trailer.Info["/Producer"] = producer
        source.trailer.Info["/Creator"] = producer
        for key in ("/CreationDate", "/ModDate"):
            source.trailer.Info[key] = _stamp(paper.at)

    return Made((paper.file(_edited(paper, change)),), f"dated {day}, made with {producer}")


def _too_new(bench: Bench) -> Made:
    return _old(bench, bench.rng.choice(_LIBRARIES))


def _of_its_time(bench: Bench) -> Made:
    return _old(bench, _OFFICE_2010)


def _fonts_dated(bench: Bench, days: int) -> Made:
    """Set the time of change inside the embedded fonts to `days` after the paper's own last date."""
    from fontTools.misc.timeTools import epoch_diff
    from fontTools.ttLib import TTFont

    paper = bench.paper()
    moment = int((paper.at + timedelta(days=days) - datetime(1970, 1, 1)).total_seconds()) - epoch_diff
    touched = 0
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        for held in source.objects:
            if not (isinstance(held, pikepdf.Dictionary) and "/FontFile2" in held):
                continue
            embedded = TTFont(BytesIO(held.FontFile2.read_bytes()), recalcTimestamp=False)
            embedded["head"].modified = moment
            out = BytesIO()
            embedded.save(out, reorderTables=None)
            held.FontFile2.write(out.getvalue())
            held.FontFile2["/Length1"] = len(out.getvalue())
            touched += 1
        if not touched:
            message = "no TrueType font is embedded"
            raise alter.CannotAlter(message)
        source.trailer.Info["/ModDate"] = _stamp(paper.at)
        data = saved(source)
    return Made((paper.file(data),), f"fonts changed {days} days after the paper was made")


def _late_font(bench: Bench) -> Made:
    return _fonts_dated(bench, bench.rng.randint(200, 900))


def _early_font(bench: Bench) -> Made:
    return _fonts_dated(bench, -bench.rng.randint(900, 2500))


def _mixed(bench: Bench, place: str) -> Made:
    """Put a scanned page in the place of one page: in the middle, or as the twin the last one, which is signed."""
    paper = bench.paper("contract", least=4)
    number = len(paper.leaves) if place == "last" else bench.rng.randint(2, len(paper.leaves) - 1)
    file, _ = bench.scanned(paper, severity=0.3, stamp=place == "last")
    with pikepdf.open(BytesIO(paper.pdf)) as source, pikepdf.open(BytesIO(file.data)) as scan:
        source.pages[number - 1] = scan.pages[number - 1]
        data = saved(source)
    page = number if place != "last" else 0
    return Made((paper.file(data),), f"page {number} is a scan", page, (0.0, 0.0, 1.0, 1.0) if page else None)


def _swapped(bench: Bench) -> Made:
    return _mixed(bench, "middle")


def _signed_page(bench: Bench) -> Made:
    return _mixed(bench, "last")


def _unseen(bench: Bench) -> Made:
    """Write words in white on white."""
    paper = bench.paper()
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        held = source.pages[0]
        y = 0.93 if bench.rng.random() < 0.5 else 0.05
        x0, y0, _, _ = points(held, (0.12, y, 0.6, y + 0.02))
        words = bench.rng.choice(("previous amount 148 200.00 withdrawn", "draft text, not for signature 4471"))
        lay_over(source, held, f"BT 1 g {font(source, held, 'Helvetica')} 9 Tf {x0:.2f} {y0:.2f} Td ({words}) Tj ET")
        return Made((paper.file(saved(source)),), words, 1, (0.1, y - 0.02, 0.7, y + 0.04))


def _layered(bench: Bench, *, shown: bool) -> Made:
    """Put words on an optional-content layer that is switched off, or as the twin on."""
    paper = bench.paper()
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        group = source.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.OCG, Name="Remarks"))
        state = pikepdf.Dictionary(
            ON=pikepdf.Array([group] if shown else []), OFF=pikepdf.Array([] if shown else [group])
        )
        source.Root.OCProperties = pikepdf.Dictionary(OCGs=pikepdf.Array([group]), D=state)
        held = source.pages[0]
        resource(held, "/Properties")["/MC0"] = group
        face = font(source, held, "Helvetica")
        x0, y0, _, _ = points(held, (0.12, 0.94, 0.6, 0.96))
        words = "revised total 912 400.00"
        lay_over(source, held, f"/OC /MC0 BDC BT 0 g {face} 8 Tf {x0:.2f} {y0:.2f} Td ({words}) Tj ET EMC")
        pages = (f"{paper.pages[0]}\n{words}", *paper.pages[1:]) if shown else paper.pages
        box: Box | None = None if shown else (0.1, 0.9, 0.7, 1.0)
        return Made(
            (paper.file(saved(source), pages=pages),), "a layer, " + ("on" if shown else "off"), 0 if shown else 1, box
        )


def _layer_off(bench: Bench) -> Made:
    return _layered(bench, shown=False)


def _layer_on(bench: Bench) -> Made:
    return _layered(bench, shown=True)


def _launching(bench: Bench) -> Made:
    paper = bench.paper()

    def change(source: pikepdf.Pdf) -> None:
        action = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="readme.txt")
        source.Root.OpenAction = source.make_indirect(action)

    return Made((paper.file(_edited(paper, change)),), "opens another file when it is opened")


def _linked(bench: Bench) -> Made:
    paper = bench.paper()

    def change(source: pikepdf.Pdf) -> None:
        link = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[60, 30, 200, 44], Border=[0, 0, 0],
            A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://registry.example/"),
        )  # fmt: skip
        source.pages[0].obj.Annots = pikepdf.Array([source.make_indirect(link)])

    return Made((paper.file(_edited(paper, change)),), "a link to a web page")


def _behind(bench: Bench) -> Made:
    paper = bench.paper()
    extra = packed({"notes.txt": b"SPECIMEN remarks on the deal\n" * 8}, paper.day)
    return Made((paper.file(paper.pdf + extra),), f"a zip archive of {len(extra)} bytes behind the end")


def _line_end(bench: Bench) -> Made:
    paper = bench.paper()
    return Made((paper.file(paper.pdf.rstrip(b"\r\n") + b"\r\n"),), "one line end behind the end")


def _misnamed(bench: Bench) -> Made:
    paper = bench.paper()
    return Made((paper.file(name=f"{paper.sort}.{bench.rng.choice(('jpg', 'docx', 'txt'))}"),), "a PDF by another name")


def _upper(bench: Bench) -> Made:
    paper = bench.paper()
    return Made((paper.file(name=f"{paper.sort}.PDF"),), "the right ending in capitals")


def _second_subset(bench: Bench) -> Made:
    """Lay a run of text over the page whose font is the page's own, embedded a second time as another subset."""
    paper = bench.paper()
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        held = source.pages[0]
        fonts: Any = resource(held, "/Font")
        name = next((n for n, f in fonts.items() if f.get("/Subtype") == "/TrueType" and "+" in str(f.BaseFont)), None)
        if name is None:
            message = "no subset font on the page"
            raise alter.CannotAlter(message)
        first = fonts[name]
        tag = "".join(bench.rng.choice("BCDEFGHJKLMNPQRSTUVWXYZ") for _ in range(6))
        base = pikepdf.Name(f"/{tag}+{str(first.BaseFont).partition('+')[2]}")
        about = source.make_indirect(pikepdf.Dictionary(first.FontDescriptor))
        about["/FontName"] = base
        second = source.make_indirect(pikepdf.Dictionary(first))
        second["/BaseFont"], second["/FontDescriptor"] = base, about
        fonts["/FSub"] = second
        # A dash or a letter: whatever the subset's first printable code shows.
        place = points(held, (0.6, 0.5, 0.9, 0.52))
        lay_over(source, held, f"BT 0 g /FSub 9 Tf {place[0]:.2f} {place[1]:.2f} Td (1) Tj ET")
        return Made((paper.file(saved(source)),), f"a second subset of {str(base)[8:]}", 1)


def _joined(bench: Bench) -> Made:
    """Put two papers behind each other: one subset a page, two in the file."""
    first, second = bench.paper(), bench.paper()
    with pikepdf.open(BytesIO(first.pdf)) as source, pikepdf.open(BytesIO(second.pdf)) as other:
        source.pages.extend(other.pages)
        data = saved(source)
    pages = (*first.pages, *second.pages)
    return Made((first.file(data, pages=pages, missing=(*first.missing, *second.missing)),), "two papers in one file")


def _pasted(bench: Bench) -> Made:
    paper = bench.paper("contract", least=3)
    pages = tuple(range(1, len(paper.leaves) + 1))
    changed = alter.facsimile(paper.pdf, bench.rng, pages=pages)
    return Made((paper.file(changed.data),), "the same signature picture on each page", pages[0], changed.box)


def _logo(bench: Bench) -> Made:
    """Put one picture at the same place of each page, as letterheads have it."""
    paper = bench.paper("contract", least=3)
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        picture = source.make_stream(bytes((40, 80, 150)) * 400)
        mask = source.make_stream(bytes(range(0, 200, 10)) * 20)
        for held, space in ((picture, pikepdf.Name.DeviceRGB), (mask, pikepdf.Name.DeviceGray)):
            for key, value in (
                ("/Type", pikepdf.Name.XObject), ("/Subtype", pikepdf.Name.Image), ("/Width", 20), ("/Height", 20),
                ("/BitsPerComponent", 8), ("/ColorSpace", space),
            ):  # fmt: skip
                held[key] = value
        picture["/SMask"] = mask
        for page in source.pages:
            resource(page, "/XObject")["/Logo"] = picture
            lay_over(source, page, "q 24 0 0 24 28 800 cm /Logo Do Q")
        return Made((paper.file(saved(source)),), "a letterhead's picture")


def _recognised(bench: Bench) -> Made:
    paper = bench.paper()
    file, scan = bench.scanned(paper)
    data = alter.ocr_layer(file.data, bench.rng, source=paper.pdf, moved=scan.moved).data  # type: ignore[attr-defined]
    return Made((paper.file(data, medium=SCAN),), "the invisible text of a recognition program")


KINDS = (
    Kind("changed before it was made", "pdf.dates", BORN, _backwards, _zoned, "the same instant in another time zone"),
    Kind(
        "program newer than the claimed date", "pdf.producerdate", BORN, _too_new, _of_its_time, "a program of its time"
    ),
    Kind("font newer than the file", "pdf.fontdate", BORN, _late_font, _early_font, "a font of its time"),
    Kind("page from elsewhere", "pdf.pagemix", BORN, _swapped, _signed_page, "a scanned signature page"),
    Kind("white text", "pdf.hidden", BORN, _unseen, _recognised, "a recognition layer", fact=True),
    Kind("layer switched off", "pdf.hidden", BORN, _layer_off, _layer_on, "a layer that is shown", fact=True),
    Kind("launches a file", "pdf.active", BORN, _launching, _linked, "a link", fact=True),
    Kind("archive behind the end", "file.tail", BORN, _behind, _line_end, "a line end behind the end"),
    Kind("ending that lies", "file.type", BORN, _misnamed, _upper, "the ending in capitals"),
    Kind("text run pasted in", "pdf.subset", BORN, _second_subset, _joined, "two papers in one file"),
    Kind("signature picture reused", "pdf.imgreuse", BORN, _pasted, _logo, "a letterhead's picture"),
)  # fmt: skip
