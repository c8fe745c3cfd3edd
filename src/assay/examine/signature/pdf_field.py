"""Where a PDF holds signatures, and which bytes each one covers.

Purpose: a signature dictionary states a byte range; everything but the signature value itself must lie in it. Ranges
that leave anything else out, or do not reach the end of a saved state, are told apart from sound ones before any
arithmetic is done. Limits: fields are found through the form, and signatures that no field shows any more by their
`/ByteRange`; one in an encrypted file that needs a password is found by its range only. Source: ISO 32000-2, 12.8.1.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assay.examine.pdf.revisions import ChainBroken, revisions

MOST_SIGNATURES = 40
_MOST_FIELDS = 20_000
_RANGE = re.compile(rb"/ByteRange\s{0,64}\[([\d\s]{7,400})\]")
_DICTIONARY = re.compile(rb"/Type\s*/(?:Sig|DocTimeStamp)\b")
_HEX = re.compile(rb"<[0-9A-Fa-f\s]*>")
_MOST_VALUE = 32 << 20
_END_SLACK = 2
NO_STATE = "belong to no saved state"


class Coverage(StrEnum):
    """What a byte range takes in besides the signature value itself."""

    FILE = "the whole file"
    STATE = "an earlier saved state, whole"
    ODD = "not a whole saved state"


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """One signature: its field's name (empty: no field shows it), what it says of itself, its range and its value.

    `end` is where the signed bytes end. `why` says what is odd about the coverage. `page` counts from 1, 0: not shown.
    """

    field: str
    kind: str
    form: str
    ranges: tuple[int, ...]
    end: int
    coverage: Coverage
    why: str
    value: bytes
    certified: bool
    page: int = 0
    rectangle: tuple[float, float, float, float] | None = None

    def covered(self, data: bytes) -> bytes:
        """Return the bytes of the file that it covers, in order."""
        pairs = zip(self.ranges[::2], self.ranges[1::2], strict=True)
        return b"".join(data[start : start + length] for start, length in pairs)


def may_be_signed(data: bytes) -> bool:
    """Whether a PDF can hold a signature: its byte range counts bytes of the file, so it cannot be compressed."""
    return b"/ByteRange" in data or _DICTIONARY.search(data) is not None


def signatures(data: bytes) -> list[PdfSignature]:
    """Return the file's signatures, in the order in which their signed bytes end; at most `MOST_SIGNATURES`."""
    states = _States.of(data)
    shown = list(_in_form(data, states))
    known = {signature.ranges for signature in shown}
    orphans = [s for s in _in_plain_sight(data, states) if s.ranges not in known]
    every = sorted([*shown, *orphans], key=lambda s: (s.end, s.field, s.ranges))
    return list({(s.field, s.ranges): s for s in every}.values())[:MOST_SIGNATURES]


@dataclass(frozen=True, slots=True)
class _States:
    """Where the saved states end; `broken` says why that is not known."""

    ends: tuple[int, ...]
    broken: str

    @staticmethod
    def of(data: bytes) -> _States:
        try:
            return _States(revisions(data).ends, "")
        except ChainBroken as error:
            return _States((), str(error))


def _in_form(data: bytes, states: _States) -> Iterator[PdfSignature]:
    import pikepdf

    try:
        opened = pikepdf.open(io.BytesIO(data), suppress_warnings=True)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, RecursionError):
        return
    with opened as pdf:
        try:
            form = pdf.Root.get("/AcroForm")
            fields = list(_fields(form)) if isinstance(form, pikepdf.Dictionary) else []
            pages = {page.obj.objgen: number for number, page in enumerate(pdf.pages, 1)} if fields else {}
        except (pikepdf.PdfError, ValueError, TypeError, RecursionError):
            return
        certified = _certified(pdf.Root)
        for name, field in fields:
            try:
                found = _of_field(data, states, name, field, pages, certified)
            except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, OverflowError):
                found = PdfSignature(name, "", "", (), 0, Coverage.ODD, "its dictionary cannot be read", b"", False)
            if found:
                yield found


def _fields(form: Any) -> Iterator[tuple[str, Any]]:
    """Yield the form's signature fields that hold a value, with their full names; circles are cut."""
    import pikepdf

    pending: list[Any] = [(field, "", None) for field in _kids(form.get("/Fields"))]
    seen: set[tuple[int, int]] = set()
    left = _MOST_FIELDS
    while pending and left:
        field, above, kind = pending.pop(0)
        left -= 1
        if not isinstance(field, pikepdf.Dictionary) or (field.is_indirect and field.objgen in seen):
            continue
        if field.is_indirect:
            seen.add(field.objgen)
        own = field.get("/T")
        name = ".".join(part for part in (above, str(own) if own is not None else "") if part)
        kind = field.get("/FT", kind)
        if kind == pikepdf.Name.Sig and isinstance(field.get("/V"), pikepdf.Dictionary):
            yield name, field
        pending += [(kid, name, kind) for kid in _kids(field.get("/Kids"))]


def _kids(value: Any) -> list[Any]:
    import pikepdf

    return list(value) if isinstance(value, pikepdf.Array) else []


def _certified(root: Any) -> tuple[int, int] | None:
    """Return the object number of the certifying signature."""
    permissions = root.get("/Perms")
    held = permissions.get("/DocMDP") if permissions is not None else None
    return held.objgen if held is not None and held.is_indirect else None


def _of_field(
    data: bytes,
    states: _States,
    name: str,
    field: Any,
    pages: dict[tuple[int, int], int],
    certified: tuple[int, int] | None,
) -> PdfSignature:
    value = field["/V"]
    kind = str(value.get("/Type", "/Sig")).lstrip("/")
    form = str(value.get("/SubFilter", "")).lstrip("/")
    stated, held = value.get("/ByteRange"), value.get("/Contents")
    if stated is None or held is None:
        missing = "byte range" if stated is None else "signature value"
        return PdfSignature(name, kind, form, (), 0, Coverage.ODD, f"its dictionary holds no {missing}", b"", False)
    ranges = tuple(int(number) for number in stated)
    widget = field if "/Rect" in field else next(iter(_kids(field.get("/Kids"))), field)
    place = widget.get("/P")
    rectangle = None
    if "/Rect" in widget and len(widget["/Rect"]) == 4:
        x0, y0, x1, y1 = (float(x) for x in widget["/Rect"])
        rectangle = (x0, y0, x1, y1)
    coverage, end, why, inside = _judged(data, ranges, states)
    contents = bytes(held)
    if inside is not None and not contents.startswith(inside.rstrip(b"\0")) and coverage is not Coverage.ODD:
        coverage, why = Coverage.ODD, "the value in the gap of its byte range is not the one that its field shows"
    return PdfSignature(
        name, kind, form, ranges, end, coverage, why, contents if inside is None else inside,
        value.is_indirect and value.objgen == certified, pages.get(place.objgen, 0) if place is not None else 0,
        rectangle,
    )  # fmt: skip


def _in_plain_sight(data: bytes, states: _States) -> Iterator[PdfSignature]:
    """Yield signatures that stand in the bytes, whether or not a field of the last state shows them."""
    for match in list(_RANGE.finditer(data))[: 4 * MOST_SIGNATURES]:
        ranges = tuple(int(number) for number in match.group(1).split()[:64])
        coverage, end, why, value = _judged(data, ranges, states)
        if value is not None and ranges[0] == 0 and ranges[1] > match.start() - _MOST_VALUE and value[:1] == b"\x30":
            yield PdfSignature("", "Sig", "", ranges, end, coverage, why, value, False)


def _judged(data: bytes, ranges: tuple[int, ...], states: _States) -> tuple[Coverage, int, str, bytes | None]:
    """Return what a byte range covers, where it ends, what is odd about it, and the value in its gap."""
    if len(ranges) < 2 or len(ranges) % 2:
        return Coverage.ODD, 0, f"its byte range has {len(ranges)} numbers", None
    if any(number < 0 for number in ranges) or ranges[-2] + ranges[-1] > len(data):
        return Coverage.ODD, 0, "its byte range leads outside the file", None
    end = ranges[-2] + ranges[-1]
    if len(ranges) != 4 or ranges[0] != 0:
        return Coverage.ODD, end, "its byte range is not the file with one gap", None
    gap = data[ranges[1] : ranges[2]]
    if len(gap) > _MOST_VALUE or not _HEX.fullmatch(gap):
        return Coverage.ODD, end, f"the gap of its byte range ({len(gap):,} bytes) holds more than the value", None
    digits = b"".join(gap[1:-1].split())
    value = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    if len(data) - end <= _END_SLACK and not data[end:].strip():
        return Coverage.FILE, end, "", value
    if states.broken:
        return Coverage.ODD, end, f"the saved states behind it cannot be told apart: {states.broken}", value
    ends = states.ends
    if end >= max(ends, default=0) - _END_SLACK and data[end:].strip():
        return Coverage.ODD, end, f"{len(data) - end:,} bytes behind its byte range {NO_STATE}", value
    if any(abs(end - state) <= _END_SLACK and not data[min(end, state) : max(end, state)].strip() for state in ends):
        return Coverage.STATE, end, "", value
    return Coverage.ODD, end, "its byte range ends inside a saved state", value
