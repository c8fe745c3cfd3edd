"""One saved state of a PDF file as objects, words and pictures, so that two states can be compared page by page.

Limits: words and pictures are pdfium's; annotations are drawn only when asked. Sizes are bounded: a picture is at
most `LONGEST_SIDE` pixels, an object tree at most `DEEPEST` levels.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.model import Box
from assay.model.evidence import GRID
from assay.read.pdf_weight import too_heavy

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Picture = NDArray[np.uint8]

LONGEST_SIDE = 1400
DEEPEST = 40
INK = 140
"""A pixel below this grey level is ink."""

_DRAWN = ("/Contents", "/Resources", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Group")
_SKIPPED = frozenset({"/Parent", "/Annots", "/Metadata", "/PieceInfo", "/LastModified", "/StructParents",
                      "/StructParent", "/Thumb", "/P", "/Length"})  # fmt: skip
_HAN = (0x2E80, 0x9FFF)
_ADDRESS = re.compile(r"(?:stream )?<[^<>]* at 0x[0-9a-f]+>\s*")


class StateRefused(Exception):
    """A saved state cannot be opened; the message says why."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as pdfium reads it; the box is in page fractions, origin top left. Each Chinese character is a word.

    `at` is the index of its first character in pdfium's text page.
    """

    text: str
    box: Box
    at: int = 0


@dataclass(frozen=True, slots=True)
class PagePrint:
    """What draws one page, as digests: two equal `drawn` look alike. `key` is the page's object number."""

    key: tuple[int, int]
    drawn: str
    annotations: str


@dataclass(frozen=True, slots=True)
class StatePrint:
    """A state's pages, and digests of what does not draw them: form, metadata, signature data, other."""

    pages: tuple[PagePrint, ...]
    aside: tuple[tuple[str, str], ...]


def state_print(data: bytes) -> StatePrint:
    """Return the digests of one saved state; raise `StateRefused`."""
    import pikepdf

    try:
        with _pdf(data) as pdf:
            digests = _Digests()
            pages = tuple(
                PagePrint(
                    page.obj.objgen,
                    digests.join(inherited(page.obj, name) for name in _DRAWN),
                    digests.of(page.obj.get("/Annots")),
                )
                for page in pdf.pages
            )
            root = pdf.Root
            aside = (
                ("form fields", digests.of(root.get("/AcroForm"))),
                ("metadata", digests.join((root.get("/Metadata"), pdf.trailer.get("/Info")))),
                ("signature validation data", digests.of(root.get("/DSS"))),
                ("names, outlines or attachments", digests.join((root.get("/Names"), root.get("/Outlines")))),
            )
            return StatePrint(pages, aside)
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, RecursionError) as error:
        raise StateRefused(_first_line(error)) from error


def root_print(data: bytes) -> tuple[tuple[str, str], ...]:
    """Return a digest of each entry of one saved state's catalogue but its pages; raise `StateRefused`."""
    import pikepdf

    try:
        with _pdf(data) as pdf:
            digests = _Digests()
            root = pdf.Root
            return tuple((str(key), digests.of(root[key])) for key in sorted(root.keys()) if key != "/Pages")
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError, TypeError, RecursionError) as error:
        raise StateRefused(_first_line(error)) from error


def _pdf(data: bytes) -> Any:
    """Open a state strictly, or with its cross-reference rebuilt from the objects that stand in it."""
    import pikepdf

    try:
        return pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True)
    except pikepdf.PdfError:
        return pikepdf.open(io.BytesIO(data), attempt_recovery=True, suppress_warnings=True)


def _first_line(error: Exception) -> str:
    """Return an error's first line without the addresses of objects, which differ from run to run."""
    line = (str(error).splitlines() or [type(error).__name__])[0]
    return _ADDRESS.sub("", line)[:200].strip(" :.")


def inherited(page: Any, name: str) -> Any:
    """Return a page attribute, looked up through its parents (ISO 32000-2, 7.7.3.4)."""
    node, left = page, DEEPEST
    while node is not None and left:
        value = node.get(name)
        if value is not None or name in ("/Contents", "/Group", "/UserUnit"):
            return value
        node, left = node.get("/Parent"), left - 1
    return None


class _Digests:
    """Digests of object trees; an indirect object is read once, a circle ends where it closes."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], str] = {}

    def join(self, objects: Any) -> str:
        return hashlib.sha1("|".join(self.of(o) for o in objects).encode()).hexdigest()

    def of(self, value: Any, depth: int = 0) -> str:
        import pikepdf

        if not isinstance(value, pikepdf.Object):
            return repr(value)
        key = value.objgen
        if key[0]:
            known = self._known.get(key)
            if known is not None:
                return known
            self._known[key] = "circle"
        if depth > DEEPEST:
            return "deeper"
        name = _plain(value, lambda inner: self.of(inner, depth + 1))
        if key[0]:
            self._known[key] = name
        return name


def _plain(value: Any, of: Any) -> str:
    import pikepdf

    if isinstance(value, pikepdf.Array):
        return hashlib.sha1(("[" + " ".join(of(v) for v in value) + "]").encode()).hexdigest()
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        items = value.items() if isinstance(value, pikepdf.Dictionary) else value.stream_dict.items()
        text = "<" + " ".join(f"{k} {of(v)}" for k, v in sorted(items) if k not in _SKIPPED) + ">"
        digest = hashlib.sha1(text.encode())
        if isinstance(value, pikepdf.Stream):
            digest.update(value.read_raw_bytes())
        return digest.hexdigest()
    return bytes(value.unparse()).decode("latin-1")


@contextmanager
def opened(data: bytes) -> Iterator[Any]:
    """Open a state with pdfium; raise `StateRefused`. Closes pages and document in the end."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise StateRefused(_first_line(error)) from error
    document.heavy = too_heavy(data)
    try:
        yield document
    finally:
        document.close()


@contextmanager
def page_of(document: Any, index: int) -> Iterator[Any]:
    """Load page `index` (from 0) of what `opened` yielded; raise `StateRefused`, also for one too heavy to load."""
    import pypdfium2

    if why := document.heavy.get(index + 1):
        message = f"page {index + 1} was not loaded: {why}"
        raise StateRefused(message)
    try:
        page = document[index]
    except (pypdfium2.PdfiumError, IndexError) as error:
        message = f"page {index + 1} cannot be loaded"
        raise StateRefused(message) from error
    try:
        yield page
    finally:
        page.close()


def to_fractions(page: Any) -> Any:
    """Return the affine map (2 by 3 array) from PDF user space to page fractions, rotation and crop included."""
    import ctypes

    import numpy as np
    import pypdfium2.raw as raw

    def device(x: float, y: float) -> tuple[int, int]:
        left, top = ctypes.c_int(), ctypes.c_int()
        raw.FPDF_PageToDevice(page, 0, 0, GRID, GRID, 0, x, y, left, top)
        return left.value, top.value

    step = 100.0
    origin, right, up = device(0, 0), device(step, 0), device(0, step)
    return np.array(
        [[(right[i] - origin[i]) / step / GRID, (up[i] - origin[i]) / step / GRID, origin[i] / GRID] for i in range(2)]
    )


def box_of(matrix: Any, left: float, bottom: float, right: float, top: float) -> Box:
    """Return a user-space rectangle as a box in page fractions, cut at the page's edges."""
    xs = [matrix[0][0] * x + matrix[0][1] * y + matrix[0][2] for x in (left, right) for y in (bottom, top)]
    ys = [matrix[1][0] * x + matrix[1][1] * y + matrix[1][2] for x in (left, right) for y in (bottom, top)]
    return Box(_step(min(xs)), _step(min(ys)), _step(max(xs)), _step(max(ys)))


def _step(value: float) -> float:
    return round(min(1.0, max(0.0, float(value))) * GRID) / GRID


def words_of(page: Any) -> list[Word]:
    """Return the page's words in content order, with boxes; characters that pdfium made up part words."""
    import ctypes

    import pypdfium2.raw as raw

    text_page = page.get_textpage()
    matrix = to_fractions(page)
    found: list[Word] = []
    letters: list[str] = []
    edges: list[tuple[float, float, float, float]] = []

    def close(index: int) -> None:
        if letters:
            columns = list(zip(*edges, strict=True))
            box = box_of(matrix, min(columns[0]), min(columns[1]), max(columns[2]), max(columns[3]))
            found.append(Word("".join(letters), box, index - len(letters)))
        letters.clear()
        edges.clear()

    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    try:
        count = text_page.count_chars()
        for index in range(count):
            code = raw.FPDFText_GetUnicode(text_page, index)
            letter = chr(code) if code else " "
            if letter.isspace() or raw.FPDFText_IsGenerated(text_page, index) == 1:
                close(index)
                continue
            raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
            edge = (left.value, bottom.value, right.value, top.value)
            han = _HAN[0] <= code <= _HAN[1]
            if edges and (han or _apart(edges[-1], edge)):
                close(index)
            letters.append(letter)
            edges.append(edge)
            if han:
                close(index + 1)
        close(count)
    finally:
        text_page.close()
    return found


def letters_of(page: Any, word: Word) -> list[Box]:
    """Return the box of each letter of a word of that page."""
    import ctypes

    import pypdfium2.raw as raw

    matrix = to_fractions(page)
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    text_page = page.get_textpage()
    boxes = []
    try:
        for index in range(word.at, word.at + len(word.text)):
            raw.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
            boxes.append(box_of(matrix, left.value, bottom.value, right.value, top.value))
    finally:
        text_page.close()
    return boxes


def _apart(one: tuple[float, float, float, float], two: tuple[float, float, float, float]) -> bool:
    """Whether two characters cannot stand in one word: a gap wider than half a height, or another line."""
    height = max(one[3] - one[1], two[3] - two[1], 1.0)
    across = max(two[0] - one[2], one[0] - two[2]) > height / 2
    down = max(two[1] - one[3], one[1] - two[3]) > height / 2
    return across or down


def picture_of(page: Any, *, annotations: bool = False, longest: int = LONGEST_SIDE) -> Picture:
    """Return the page drawn in grey, at most 150 dpi and `longest` pixels on its long side."""
    import numpy as np

    width, height = page.get_size()
    scale = min(150 / 72, longest / max(width, height, 1.0))
    bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=annotations, draw_annots=annotations)
    try:
        return np.array(bitmap.to_numpy(), dtype=np.uint8).reshape(bitmap.height, bitmap.width)
    finally:
        bitmap.close()


def pixels(shape: tuple[int, ...], box: Box) -> tuple[slice, slice]:
    """Return the rows and columns of a picture that `box` covers, at least one pixel each."""
    height, width = shape[:2]
    top, left = min(int(box.y0 * height), height - 1), min(int(box.x0 * width), width - 1)
    return slice(top, max(top + 1, round(box.y1 * height))), slice(left, max(left + 1, round(box.x1 * width)))


def regions(mask: Any, reach: int = 9) -> list[Box]:
    """Return the boxes of a boolean mask's parts, those nearer than `reach` pixels run together, top to bottom."""
    import cv2
    import numpy as np

    kernel = np.ones((reach, 2 * reach), np.uint8)
    joined = cv2.dilate(mask.astype(np.uint8), kernel)
    count, labels = cv2.connectedComponents(joined, connectivity=8)
    height, width = mask.shape
    boxes = []
    for label in range(1, min(count, 200)):
        rows, columns = np.nonzero((labels == label) & mask)
        if len(rows):
            boxes.append(
                Box(
                    _step(columns.min() / width), _step(rows.min() / height),
                    _step((columns.max() + 1) / width), _step((rows.max() + 1) / height),
                )
            )  # fmt: skip
    return sorted(boxes, key=lambda b: (b.y0, b.x0))


def overlap(one: Box, two: Box) -> float:
    """Return the share of `one`'s area that `two` covers."""
    width = min(one.x1, two.x1) - max(one.x0, two.x0)
    height = min(one.y1, two.y1) - max(one.y0, two.y0)
    area = (one.x1 - one.x0) * (one.y1 - one.y0)
    return width * height / area if width > 0 and height > 0 and area > 0 else 0.0
