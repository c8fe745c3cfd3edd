"""Real incremental updates of a PDF: an amount changed in place, and the innocent ones that look alike from outside.

The original revision stays in the file, byte for byte. Limits: text that is shown through a form XObject is not
reached; a font that holds no glyph for a needed digit is refused (`CannotAlter`).
"""

from __future__ import annotations

import random
import re
import zlib
from datetime import datetime
from io import BytesIO
from typing import Any

import pikepdf

from assay.specimen.alter.pdffile import SPECIMEN, Revision, text_string
from assay.specimen.alter.places import amounts, changed, find
from assay.specimen.alter.result import Altered, CannotAlter, Rectangle

EDITORS = ("Tarnsee PDF Editor 9.1", "Orvika Redline 4", "Halden PDF Workshop 2021", "Lumenko PDF Master 3.2")
"""Programs that do not exist."""


def revise(
    pdf: bytes, rng: random.Random, *, page: int = 0, old: str = "", new: str = "", when: datetime | None = None
) -> Altered:
    """Change an amount in the page's own text by an appended revision.

    Without `old` an amount is chosen (on `page`, or anywhere for 0); without `new` one of its leading digits is
    changed. `new` must be as long as `old`. Raises `CannotAlter` when the text or the glyphs are not there.
    """
    choices = [p for p in amounts(pdf) if page in (0, p.page)] if not old else list(find(pdf, page, old))
    rng.shuffle(choices)
    for place in choices:
        after = new or changed(place.text, rng)
        try:
            data = _rewritten(pdf, place.page, place.text, after, place.nth, when)
        except CannotAlter:
            continue
        where = _same_place(data, place.page, after, place.box)
        return Altered(data, place.page, where, place.text, after)
    message = f"no amount that can be changed in place (asked for {old!r} on page {page})"
    raise CannotAlter(message)


def _same_place(pdf: bytes, page: int, words: str, box: Rectangle) -> Rectangle:
    found = find(pdf, page, words)
    if not found:
        message = f"the revision does not show {words!r}"
        raise CannotAlter(message)
    return min(found, key=lambda p: abs(p.box[0] - box[0]) + abs(p.box[1] - box[1])).box


def _rewritten(pdf: bytes, page: int, old: str, new: str, nth: int, when: datetime | None) -> bytes:
    with pikepdf.open(BytesIO(pdf)) as source:
        held = source.pages[page - 1].obj
        contents = held.Contents
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        text = _PageText(parts, held)
        touched = text.replace(old, new, nth)
        revision = Revision(pdf, source)
        for index in touched:
            fresh = pikepdf.unparse_content_stream(text.operations[index])
            parts[index].write(zlib.compress(fresh), filter=pikepdf.Name.FlateDecode)
            revision.write(parts[index])
        _touch_info(source, revision, when)
        return revision.written()


def _touch_info(source: pikepdf.Pdf, revision: Revision, when: datetime | None, keywords: bool = False) -> None:
    if "/Info" not in source.trailer:
        return
    info = source.trailer.Info
    if when is not None:
        info["/ModDate"] = when.strftime("D:%Y%m%d%H%M%S")
    if keywords:
        info["/Keywords"] = SPECIMEN
    revision.write(info)


class _PageText:
    """The characters that a page's content streams show, each with the place of its code in the stream."""

    def __init__(self, parts: list[Any], page: Any) -> None:
        self.operations: list[list[Any]] = [list(pikepdf.parse_content_stream(part)) for part in parts]
        fonts: Any = pikepdf.Page(page).resources.get("/Font", {})
        maps = {name: _codes(font) for name, font in fonts.items()}
        self.characters: list[tuple[str, int, int, int, int]] = []
        self._maps = maps
        self._fonts: list[str] = []
        font = ""
        for part, operations in enumerate(self.operations):
            for at, step in enumerate(operations):
                if isinstance(step, pikepdf.ContentStreamInlineImage):
                    continue
                operator = str(step.operator)
                if operator == "Tf":
                    font = str(step.operands[0])
                elif operator in ("Tj", "'", '"', "TJ") and font in maps:
                    self._collect(step, part, at, font)
                elif operator in ("Td", "TD", "Tm", "T*"):
                    self._put("\n", part, at, -1, -1, font)

    def _collect(self, step: Any, part: int, at: int, font: str) -> None:
        strings = list(step.operands[-1]) if str(step.operator) == "TJ" else [step.operands[-1]]
        width, table = self._maps[font]
        for number, held in enumerate(strings):
            if not isinstance(held, pikepdf.String):
                continue
            data = bytes(held)
            for offset in range(0, len(data) - width + 1, width):
                character = table.get(int.from_bytes(data[offset : offset + width], "big"), "\ufffd")
                self._put(character[:1], part, at, number, offset, font)

    def _put(self, character: str, part: int, at: int, number: int, offset: int, font: str) -> None:
        self.characters.append((character, part, at, number, offset))
        self._fonts.append(font)

    def replace(self, old: str, new: str, nth: int) -> set[int]:
        """Exchange the `nth` occurrence of `old`; return the indices of the streams that changed."""
        wanted, fresh = "".join(old.split()), "".join(new.split())
        if len(wanted) != len(fresh):
            message = f"{new!r} is not as long as {old!r}"
            raise CannotAlter(message)
        kept = [i for i, c in enumerate(self.characters) if not c[0].isspace()]
        packed = "".join(self.characters[i][0] for i in kept)
        starts = [m.start() for m in re.finditer(f"(?={re.escape(wanted)})", packed)]
        starts = [
            s for s in starts if not packed[s - 1 : s].isdigit() and not packed[s + len(wanted) :][:1].isdigit()
        ] or starts
        if not starts:
            message = f"{old!r} is not in the page's text operators"
            raise CannotAlter(message)
        start = starts[min(nth, len(starts) - 1)]
        touched: set[int] = set()
        for shift, (before, after) in enumerate(zip(wanted, fresh, strict=True)):
            if before != after:
                touched.add(self._exchange(kept[start + shift], after))
        return touched

    def _exchange(self, index: int, character: str) -> int:
        _, part, at, number, offset = self.characters[index]
        width, table = self._maps[self._fonts[index]]
        codes = [code for code, held in table.items() if held == character]
        if not codes:
            message = f"the font holds no {character!r}"
            raise CannotAlter(message)
        step = self.operations[part][at]
        operands = list(step.operands)
        several = str(step.operator) == "TJ"
        strings = list(operands[-1]) if several else [operands[-1]]
        data = bytearray(bytes(strings[number]))
        data[offset : offset + width] = codes[0].to_bytes(width, "big")
        strings[number] = pikepdf.String(bytes(data))
        operands[-1] = pikepdf.Array(strings) if several else strings[0]
        self.operations[part][at] = pikepdf.ContentStreamInstruction(operands, step.operator)
        return part


def _codes(font: Any) -> tuple[int, dict[int, str]]:
    """Return the width of a code in bytes, and which character each code shows."""
    width = 2 if font.get("/Subtype") == "/Type0" else 1
    if isinstance(font.get("/ToUnicode"), pikepdf.Stream):
        return width, _to_unicode(font.ToUnicode.read_bytes().decode("latin-1"))
    if width == 2:
        return width, {}
    return width, {code: bytes([code]).decode("cp1252", "replace") for code in range(32, 256)}


def _to_unicode(cmap: str) -> dict[int, str]:
    table: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", cmap, re.S):
        for code, text in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            table[int(code, 16)] = _utf16(text)
    for block in re.findall(r"beginbfrange(.*?)endbfrange", cmap, re.S):
        for low, high, several, one in re.findall(
            r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:\[(.*?)\]|<([0-9A-Fa-f]+)>)", block, re.S
        ):
            listed = re.findall(r"<([0-9A-Fa-f]+)>", several)
            for step in range(int(high, 16) - int(low, 16) + 1):
                if listed and step < len(listed):
                    table[int(low, 16) + step] = _utf16(listed[step])
                elif one:
                    table[int(low, 16) + step] = chr(int(one, 16) + step) if len(one) <= 4 else _utf16(one)
    return table


def _utf16(digits: str) -> str:
    return bytes.fromhex(digits.zfill(len(digits) + len(digits) % 2)).decode("utf-16-be", "replace")


NOTES = ("проверить", "Согласовано", "see annex", "уточнить срок", "已核对", "OK", "перевірити суму", "please confirm")


def annotate(pdf: bytes, rng: random.Random, *, page: int = 0, when: datetime | None = None) -> Altered:
    """Append a revision with a highlight and a comment over an amount or, without amounts, in the margin.

    The innocent twin of `revise`: a second revision that leaves the page's own text alone.
    """
    places = [p for p in amounts(pdf) if page in (0, p.page)]
    with pikepdf.open(BytesIO(pdf)) as source:
        if places:
            place = rng.choice(places)
            number, box = place.page, place.box
        else:
            number, box = page or rng.randint(1, len(source.pages)), (0.05, 0.2, 0.1, 0.22)
        held = source.pages[number - 1].obj
        words = rng.choice(NOTES)
        x0, y0, x1, y1 = points(source.pages[number - 1], box)
        look = source.make_stream(f"1 0.93 0.35 rg {x0:.2f} {y0:.2f} {x1 - x0:.2f} {y1 - y0:.2f} re f".encode())
        for key, value in (
            ("/Type", pikepdf.Name.XObject),
            ("/Subtype", pikepdf.Name.Form),
            ("/BBox", pikepdf.Array([round(v, 2) for v in (x0, y0, x1, y1)])),
            ("/Group", pikepdf.Dictionary(S=pikepdf.Name.Transparency)),
        ):
            look[key] = value
        mark = source.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Highlight,
                Rect=[round(v, 2) for v in (x0, y0, x1, y1)],
                QuadPoints=[round(v, 2) for v in (x0, y1, x1, y1, x0, y0, x1, y0)],
                Contents=words,
                T=rng.choice(("reviewer", "legal", "М. Тарн", "译员")),
                C=[1, 0.93, 0.35],
                F=4,
                AP=pikepdf.Dictionary(N=look),
            )
        )
        held.Annots = pikepdf.Array([*held.get("/Annots", []), mark])
        revision = Revision(pdf, source)
        for one in (look, mark, held):
            revision.write(one)
        _touch_info(source, revision, when)
        return Altered(revision.written(), number, box, "", words)


def points(page: Any, box: Rectangle) -> Rectangle:
    """Return `box` in the page's own units, origin bottom left: x0, y0, x1, y1."""
    left, bottom, right, top = (float(v) for v in page.mediabox)
    width, height = right - left, top - bottom
    return (left + box[0] * width, top - box[3] * height, left + box[2] * width, top - box[1] * height)


def resave(pdf: bytes, rng: random.Random, *, when: datetime | None = None) -> Altered:
    """Rewrite the whole file as an optimiser does: same pages, new structure, the producer's name changed.

    The innocent twin that leaves no earlier revision, whatever happened before.
    """
    with pikepdf.open(BytesIO(pdf)) as source:
        if "/Info" in source.trailer:
            source.trailer.Info["/Producer"] = rng.choice(EDITORS)
            if when is not None:
                source.trailer.Info["/ModDate"] = when.strftime("D:%Y%m%d%H%M%S")
        return Altered(saved(source, objects=rng.random() < 0.6))


def saved(source: pikepdf.Pdf, *, objects: bool = False) -> bytes:
    """Return an open document as bytes that depend on its content alone."""
    out = BytesIO()
    mode = pikepdf.ObjectStreamMode.generate if objects else pikepdf.ObjectStreamMode.disable
    source.save(out, deterministic_id=True, object_stream_mode=mode)
    return out.getvalue()


def touch_metadata(pdf: bytes, rng: random.Random, *, when: datetime | None = None) -> Altered:
    """Append a revision that changes document information only: a title, and the time."""
    with pikepdf.open(BytesIO(pdf)) as source:
        if "/Info" not in source.trailer:
            message = "the file has no document information to update"
            raise CannotAlter(message)
        source.trailer.Info["/Title"] = rng.choice(("Document", "Скан", "Договор", "合同", "copy 2"))
        revision = Revision(pdf, source)
        _touch_info(source, revision, when, keywords=True)
        return Altered(revision.written())


def fill_form(pdf: bytes, rng: random.Random, *, words: str = "", when: datetime | None = None) -> Altered:
    """Fill a form field in an appended revision; the field stands empty in the revision before.

    The file is first given one empty field at the foot of its last page, as its designer would have; fields that it
    has already stay as they are.
    """
    words = words or f"{rng.randint(1, 28):02d}.{rng.randint(1, 12):02d}.{rng.randint(2019, 2025)}"
    if not words.isascii():
        message = "a form field is filled in a font that has ASCII only"
        raise CannotAlter(message)
    box = (0.7, 0.945, 0.93, 0.965)
    base, number, name = _with_empty_field(pdf, box)
    with pikepdf.open(BytesIO(base)) as source:
        held: Any = next(a for a in source.pages[-1].obj.Annots if str(a.get("/T", "")) == name)
        wide, high = (float(held.Rect[2] - held.Rect[0]), float(held.Rect[3] - held.Rect[1]))
        shown = text_string(words)
        look = source.make_stream(f"/Tx BMC q BT /Helv 9 Tf 0 g 2 {high / 2 - 3:.2f} Td {shown} Tj ET Q EMC".encode())
        for key, value in (
            ("/Type", pikepdf.Name.XObject),
            ("/Subtype", pikepdf.Name.Form),
            ("/BBox", pikepdf.Array([0, 0, round(wide, 2), round(high, 2)])),
            ("/Resources", pikepdf.Dictionary(Font=pikepdf.Dictionary(Helv=source.Root.AcroForm.DR.Font.Helv))),
        ):
            look[key] = value
        held.V = words
        held.AP = pikepdf.Dictionary(N=look)
        revision = Revision(base, source)
        revision.write(look)
        revision.write(held)
        _touch_info(source, revision, when)
        return Altered(revision.written(), number, box, "", words)


def _with_empty_field(pdf: bytes, box: Rectangle) -> tuple[bytes, int, str]:
    """Return the file with an empty text field on its last page, that page's number, and the field's name."""
    with pikepdf.open(BytesIO(pdf)) as source:
        root: Any = source.Root
        if "/AcroForm" not in root:
            root.AcroForm = source.make_indirect(pikepdf.Dictionary(Fields=pikepdf.Array(), DA="/Helv 9 Tf 0 g"))
        form = root.AcroForm
        fonts: Any = form.get("/DR", pikepdf.Dictionary()).get("/Font", pikepdf.Dictionary())
        if "/Helv" not in fonts:
            fonts.Helv = source.make_indirect(
                pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
            )
            form.DR = pikepdf.Dictionary({**dict(form.get("/DR", pikepdf.Dictionary()).items()), "/Font": fonts})
        page = source.pages[-1]
        name = f"received_on_{len(form.get('/Fields', []))}"
        field = source.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T=name,
                V="",
                DA="/Helv 9 Tf 0 g",
                Rect=[round(v, 2) for v in points(page, box)],
                F=4,
                P=page.obj,
            )
        )
        page.obj.Annots = pikepdf.Array([*page.obj.get("/Annots", []), field])
        form.Fields = pikepdf.Array([*form.get("/Fields", []), field])
        return saved(source), len(source.pages), name
