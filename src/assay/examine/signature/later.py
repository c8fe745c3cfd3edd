"""What a PDF file's later saved states changed of what a person saw when it was signed.

Purpose: the signed state and the last one are drawn whole (annotations and form fields too), page by page, and their
words, field values and catalogues compared. So content that lay ready, hidden, when the file was signed, and was
uncovered or swapped afterwards, shows as what it is: another page than the one that was signed.
Limits: judged on pdfium's pictures of at most 150 dpi and on its words; a difference that only another viewer would
show, or that a script would make, is not seen: scripts and actions that came later are named. Pages beyond `MOST_PAGES`
that differ in their objects are not drawn, and the answer is then open. Method: own; what may change after signing
follows ISO 32000-2, 12.8.2.2; the kinds of attack are those of Mladenov et al. 2019 and Mainka et al. 2021.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from assay.examine.pdf.change import Change, Look, compare, differing, unseen
from assay.examine.pdf.revisions import ChainBroken, revisions
from assay.examine.pdf.states import (
    StatePrint,
    StateRefused,
    Word,
    box_of,
    opened,
    overlap,
    page_of,
    picture_of,
    root_print,
    state_print,
    to_fractions,
    words_of,
)
from assay.model import Box

MOST_PAGES = 120
ALL_PAGES = 40
"""Files of at most so many pages are drawn page by page, whether or not a page's objects differ."""
MOST_STATES = 20
_MOST_FIELDS = 5_000
_WITHIN = 0.7
_TOUCHED = 0.15
_HARMLESS = frozenset({"/DSS", "/Metadata", "/Extensions", "/Version", "/AcroForm", "/PieceInfo"})
_ACTING = frozenset({"/OpenAction", "/AA", "/Names", "/URI"})


class Sight(StrEnum):
    """How a page differs, as a person sees it."""

    CONTENT = "the page's own content"
    COVERED = "words are hidden"
    REVEALED = "words have come into view that were hidden when it was signed"
    LAID_OVER = "something was laid over words, which can still be made out"
    FIELD_CHANGED = "what stood in a form field is no longer seen"
    FIELD_FILLED = "a form field was filled in"
    MARK = "a later signature's mark was added"
    NOTE = "an annotation was added or changed"
    GONE = "a page is gone"
    NEW = "a page was added"


@dataclass(frozen=True, slots=True)
class Seen:
    """One difference. `page` counts from 1 in the last state (0: gone); `look` is set for the page's own content."""

    sight: Sight
    page: int
    page_before: int
    before: str
    after: str
    boxes: tuple[Box, ...]
    look: Look | None = None


@dataclass(frozen=True, slots=True)
class Later:
    """All that was changed after the signed state.

    `seen` are differences in sight, `values` the form fields whose value differs (name, before, after), `entries` the
    catalogue's entries that differ, `states` what each later state changed, in words. `open` says why it is not known
    whether a person sees the same; empty when it is known.
    """

    seen: tuple[Seen, ...]
    values: tuple[tuple[str, str, str], ...]
    entries: tuple[str, ...]
    states: tuple[str, ...]
    pages: int
    open: str = ""

    @property
    def same_in_sight(self) -> bool:
        """Whether a person sees what was signed: every page, every word, every field."""
        return not (self.open or self.seen or self.values)

    @property
    def acting(self) -> tuple[str, ...]:
        """The entries that differ and that can act when the file is opened."""
        return tuple(entry for entry in self.entries if entry in _ACTING)

    @property
    def odd_entries(self) -> tuple[str, ...]:
        """The entries that differ and are not changed by adding signatures, time stamps and what validates them."""
        return tuple(entry for entry in self.entries if entry not in _HARMLESS)


def later(data: bytes, end: int) -> Later:
    """Return what the states after the one that ends at byte `end` changed; raise `StateRefused`."""
    before = data[:end]
    old, new = state_print(before), state_print(data)
    entries = _entries(root_print(before), root_print(data))
    values = tuple(_changed_values(before, data))
    pairs, gone, added = _pairs(old, new)
    layers = "/OCProperties" in entries or "/AcroForm" in entries
    every = max(len(old.pages), len(new.pages)) <= ALL_PAGES or layers
    suspects = [(a, b) for a, b in pairs if every or old.pages[a] != new.pages[b]]
    seen = [*_drawn(before, data, suspects[:MOST_PAGES], gone, added)]
    why = f"{len(suspects) - MOST_PAGES} pages that may differ were not drawn" if len(suspects) > MOST_PAGES else ""
    return Later(tuple(seen), values, entries, tuple(_each_state(data, end)), len(new.pages), why)


def _entries(old: tuple[tuple[str, str], ...], new: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    one, two = dict(old), dict(new)
    return tuple(key for key in sorted({*one, *two}) if one.get(key) != two.get(key))


def _pairs(old: StatePrint, new: StatePrint) -> tuple[list[tuple[int, int]], list[int], list[int]]:
    """Pair the pages by place: a reader turns to page n. Pages inserted or taken out are told by their objects."""
    keys_old, keys_new = [p.key for p in old.pages], [p.key for p in new.pages]
    if len(keys_old) == len(keys_new):
        return [(i, i) for i in range(len(keys_old))], [], []
    place = {key: i for i, key in enumerate(keys_new)}
    pairs = [(i, place[key]) for i, key in enumerate(keys_old) if key in place]
    firsts, seconds = {a for a, _ in pairs}, {b for _, b in pairs}
    return (
        pairs,
        [i for i in range(len(keys_old)) if i not in firsts],
        [i for i in range(len(keys_new)) if i not in seconds],
    )


def _drawn(
    before: bytes, after: bytes, pairs: list[tuple[int, int]], gone: list[int], added: list[int]
) -> Iterator[Seen]:
    with opened(before) as old, opened(after) as now:
        old.init_forms()
        now.init_forms()
        for a, b in pairs:
            with page_of(old, a) as one, page_of(now, b) as two:
                yield from _page(one, two, a + 1, b + 1)
        for a in gone[:MOST_PAGES]:
            with page_of(old, a) as one:
                yield _of(Change.of_page(Look.GONE, one, a + 1, 0), Sight.GONE)
        for b in added[:MOST_PAGES]:
            with page_of(now, b) as two:
                yield _of(Change.of_page(Look.NEW, two, 0, b + 1), Sight.NEW)


def _of(change: Change, sight: Sight) -> Seen:
    return Seen(sight, change.page, change.page_before, change.before, change.after, change.boxes, change.look)


def _page(one: Any, two: Any, before: int, after: int) -> Iterator[Seen]:
    """Compare one page: as a whole first, and where that differs, content and what lies on it apart."""
    old, new = picture_of(one, annotations=True), picture_of(two, annotations=True)
    old_words, new_words = words_of(one), words_of(two)
    same_words = [w.text for w in old_words] == [w.text for w in new_words]
    if old.shape == new.shape and same_words and not differing(old, new):
        return
    content = [c for c in compare(one, two, before, after) if c.look is not Look.COVERED]
    for change in content:
        yield _of(change, Sight.CONTENT)
    if old.shape != new.shape:
        if not content:
            yield Seen(Sight.CONTENT, after, before, "", "the page's size", (), Look.REPLACED)
        return
    marked = [box for change in content for box in change.boxes]
    fields = [*_widgets(one), *_widgets(two)]
    hidden, shown = unseen(old, new, old_words), unseen(new, old, new_words)
    for box in differing(old, new):
        if any(overlap(box, other) > 0 or overlap(other, box) > 0 for other in marked):
            continue
        yield _laid_on(box, (old, new), fields, (hidden, shown, old_words), (before, after))


def _laid_on(
    box: Box,
    pictures: tuple[Any, Any],
    fields: list[tuple[str, Box]],
    words: tuple[list[Word], list[Word], list[Word]],
    pages: tuple[int, int],
) -> Seen:
    """Say what a difference is that does not stand in the page's content: an annotation, a field, a mark.

    `words` are those hidden since, those come into view, and all that stood there before.
    """
    before, after = pages
    under = [w.text for w in words[0] if overlap(w.box, box) > _WITHIN / 2]
    bared = [w.text for w in words[1] if overlap(w.box, box) > _WITHIN / 2]
    if under:
        return Seen(Sight.COVERED, after, before, " ".join(under), "", (box,))
    if bared:
        return Seen(Sight.REVEALED, after, before, "", " ".join(bared), (box,))
    kinds = [kind for kind, place in fields if overlap(box, place) > _WITHIN]
    if _ink_lost(pictures, box):
        sight = Sight.FIELD_CHANGED if kinds else Sight.COVERED
        return Seen(sight, after, before, "", "", (box,))
    covering = [w.text for w in words[2] if overlap(w.box, box) > _TOUCHED]
    if covering:
        return Seen(Sight.LAID_OVER, after, before, " ".join(covering), "", (box,))
    if "signature" in kinds:
        return Seen(Sight.MARK, after, before, "", "", (box,))
    return Seen(Sight.FIELD_FILLED if kinds else Sight.NOTE, after, before, "", "", (box,))


def _ink_lost(pictures: tuple[Any, Any], box: Box) -> bool:
    """Whether dark strokes of the old picture have gone in the box (a field's lines and letters)."""
    import cv2
    import numpy as np

    from assay.examine.pdf.states import INK, pixels

    rows, columns = pixels(pictures[0].shape, box)
    old, new = pictures[0][rows, columns], pictures[1][rows, columns]
    near = cv2.erode(new, np.ones((5, 5), np.uint8))
    return int(((old < INK) & (near > INK + 48)).sum()) >= 12


def _widgets(page: Any) -> list[tuple[str, Box]]:
    """Return a page's form fields as drawn: "signature" or "field", and where."""
    import pypdfium2.raw as raw

    matrix = to_fractions(page)
    found: list[tuple[str, Box]] = []
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _MOST_FIELDS)):
        handle = raw.FPDFPage_GetAnnot(page, index)
        if not handle:
            continue
        try:
            if raw.FPDFAnnot_GetSubtype(handle) != raw.FPDF_ANNOT_WIDGET:
                continue
            rectangle = raw.FS_RECTF()
            if raw.FPDFAnnot_GetRect(handle, rectangle):
                box = box_of(matrix, rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
                found.append((_kind_of(page, handle), box))
        finally:
            raw.FPDFPage_CloseAnnot(handle)
    return found


def _kind_of(page: Any, handle: Any) -> str:
    import pypdfium2.raw as raw

    form = page.formenv.raw if page.formenv is not None else None
    if form is None:
        return "field"
    return "signature" if raw.FPDFAnnot_GetFormFieldType(form, handle) == raw.FPDF_FORMFIELD_SIGNATURE else "field"


def _changed_values(before: bytes, after: bytes) -> Iterator[tuple[str, str, str]]:
    """Yield the form fields (signatures left out) whose value differs between two states."""
    old, new = _values(before), _values(after)
    for name in sorted({*old, *new}):
        if old.get(name, "") != new.get(name, ""):
            yield name, old.get(name, ""), new.get(name, "")


def _values(data: bytes) -> dict[str, str]:
    import pikepdf

    found: dict[str, str] = {}
    with pikepdf.open(io.BytesIO(data), suppress_warnings=True) as pdf:
        form = pdf.Root.get("/AcroForm")
        fields = form.get("/Fields") if isinstance(form, pikepdf.Dictionary) else None
        pending: list[Any] = [
            (field, "", None) for field in (list(fields) if isinstance(fields, pikepdf.Array) else [])
        ]
        seen: set[tuple[int, int]] = set()
        left = _MOST_FIELDS
        while pending and left:
            field, above, kind = pending.pop()
            left -= 1
            if not isinstance(field, pikepdf.Dictionary) or (field.is_indirect and field.objgen in seen):
                continue
            if field.is_indirect:
                seen.add(field.objgen)
            own, kind = field.get("/T"), field.get("/FT", kind)
            name = ".".join(p for p in (above, str(own) if own is not None else "") if p)
            value = field.get("/V")
            if value is not None and kind != pikepdf.Name.Sig:
                found[name] = _shown(value)
            kids = field.get("/Kids")
            pending += [(kid, name, kind) for kid in (list(kids) if isinstance(kids, pikepdf.Array) else [])]
    return found


def _shown(value: Any) -> str:
    import pikepdf

    if isinstance(value, pikepdf.Stream):
        return value.read_bytes()[:4000].decode("utf-8", "replace")
    return (
        str(value)[:4000]
        if isinstance(value, pikepdf.String | pikepdf.Name)
        else bytes(value.unparse()).decode("latin-1")[:4000]
    )


def _each_state(data: bytes, end: int) -> Iterator[str]:
    """Yield what each state after byte `end` changed of the one before it, in words; long histories are cut."""
    try:
        ends = revisions(data).ends
    except ChainBroken:
        return
    first = max((i for i, stop in enumerate(ends) if stop <= end + 2), default=0)
    chosen = list(range(first, len(ends)))
    if len(chosen) - 1 > MOST_STATES:
        yield f"{len(chosen) - 1} saved states follow; what each one changed is told for the first {MOST_STATES} only"
        chosen = chosen[: MOST_STATES + 1]
    previous = None
    for index in chosen:
        try:
            current = state_print(data[: ends[index]])
        except StateRefused as error:
            yield f"state {index + 1} cannot be opened ({error})"
            return
        if previous is not None:
            yield f"state {index + 1} changed {_named(previous, current)}"
        previous = current


def _named(one: StatePrint, two: StatePrint) -> str:
    names = [name for (name, a), (_, b) in zip(one.aside, two.aside, strict=True) if a != b]
    drawn = sum(a.drawn != b.drawn for a, b in zip(one.pages, two.pages, strict=False))
    noted = sum(a.annotations != b.annotations for a, b in zip(one.pages, two.pages, strict=False))
    if drawn:
        names.append(f"the content of {drawn} page(s)")
    if noted:
        names.append(f"the annotations of {noted} page(s)")
    if len(one.pages) != len(two.pages):
        names.append(f"the number of pages ({len(one.pages)} to {len(two.pages)})")
    return ", ".join(names) or "nothing that is compared"
