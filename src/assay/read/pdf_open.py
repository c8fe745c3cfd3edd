"""Opening a PDF: passwords, damage, and the page's frame.

Purpose: one way in for reading and rendering. pdfium opens most; what it refuses is rewritten by pikepdf (which
repairs the cross-reference table) and tried again.
Limits: a file that neither library opens is refused as broken; certificates as a means of encryption are not supported.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

NEEDS_PASSWORD = 4
"""pdfium's error code for a missing or wrong password."""
SECURITY = 5
MOST_PAGES = 200_000


@dataclass(frozen=True, slots=True)
class Opened:
    """An open document and what had to be done to open it."""

    document: Any
    notes: tuple[str, ...]


@contextmanager
def opened(data: bytes, passwords: Sequence[str] = ()) -> Iterator[Opened]:
    """Open a PDF; raise `ReadRefused` (encrypted, broken) when it cannot be opened."""
    import pypdfium2

    try:
        document, notes = _open(data, passwords)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) in (NEEDS_PASSWORD, SECURITY):
            raise ReadRefused("encrypted", "The PDF is encrypted and none of the given passwords opens it.") from error
        mended = reopened(data, passwords)
        document, notes = mended.document, mended.notes
    try:
        if len(document) == 0:
            raise ReadRefused("broken", "The PDF has no page that can be found.")
        yield Opened(document, notes)
    finally:
        document.close()


def held(data: bytes, passwords: Sequence[str], stated: int) -> int:
    """Return how many pages a PDF holds that states `stated` of them: those of its page tree, where it states too many.

    The tree is walked only when the file is too small for what it states, or states more than `MOST_PAGES`; each page
    object counts once. When the tree cannot be walked, returns `stated`, and 0 where that is more than `MOST_PAGES`.
    """
    if stated <= MOST_PAGES and (stated < 1000 or len(data) > 100 * stated):
        return stated
    import io

    import pikepdf

    try:
        with pikepdf.open(
            io.BytesIO(data), password=next(iter(passwords), ""), suppress_warnings=True, inherit_page_attributes=False
        ) as document:
            waiting = [document.Root.Pages]
            seen: set[tuple[int, int]] = set()
            leaves: set[tuple[int, int]] = set()
            while waiting and len(leaves) < MOST_PAGES:
                node = waiting.pop()
                kids = node.get("/Kids") if isinstance(node, pikepdf.Dictionary) else None
                if kids is None:
                    leaves.add(node.objgen)
                elif node.objgen not in seen:
                    seen.add(node.objgen)
                    waiting += [kid for kid in kids if kid.is_indirect]
    except (pikepdf.PdfError, pikepdf.PasswordError, RuntimeError, ValueError, TypeError, AttributeError, KeyError):
        return 0 if stated > MOST_PAGES else stated
    return min(stated, len(leaves), MOST_PAGES)


def reopened(data: bytes, passwords: Sequence[str] = ()) -> Opened:
    """Open a PDF after pikepdf has rewritten it; raise `ReadRefused` when that does not help either."""
    import pypdfium2

    try:
        document, _ = _open(_repaired(data, passwords), ())
    except pypdfium2.PdfiumError as error:
        raise ReadRefused("broken", "The PDF cannot be opened, not even after a repair.") from error
    return Opened(document, ("the file's structure is damaged; it was read after a repair in memory",))


def _open(data: bytes, passwords: Sequence[str]) -> tuple[Any, tuple[str, ...]]:
    import pypdfium2

    first: Exception | None = None
    for password in (None, *passwords):
        try:
            return pypdfium2.PdfDocument(data, password=password), (
                ("opened with a given password",) if password else ()
            )
        except pypdfium2.PdfiumError as error:
            if getattr(error, "err_code", None) not in (NEEDS_PASSWORD, SECURITY):
                raise
            first = first or error
    assert first is not None
    raise first


def _repaired(data: bytes, passwords: Sequence[str]) -> bytes:
    import io

    import pikepdf

    for password in ("", *passwords):
        try:
            with pikepdf.open(io.BytesIO(data), password=password) as document:
                out = io.BytesIO()
                document.save(out)
                return out.getvalue()
        except pikepdf.PasswordError:
            continue
        except (pikepdf.PdfError, RuntimeError, ValueError) as error:
            line = str(error).splitlines()[0] if str(error) else type(error).__name__
            line = line.rpartition(">: ")[2].rstrip(".")
            raise ReadRefused("broken", f"The PDF is damaged and could not be repaired: {line}.") from error
    raise ReadRefused("encrypted", "The PDF is encrypted and none of the given passwords opens it.")


@dataclass(frozen=True, slots=True)
class Frame:
    """The visible part of a page and how it is turned: user space to points of the page as shown upright.

    `turn` is clockwise, in degrees: the page's own /Rotate plus what was found to be needed.
    """

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    @property
    def width(self) -> float:
        """Width as shown."""
        return self.right - self.left if self.turn % 180 == 0 else self.top - self.bottom

    @property
    def height(self) -> float:
        """Height as shown."""
        return self.top - self.bottom if self.turn % 180 == 0 else self.right - self.left

    def place(self, boxes: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """Return boxes (left, bottom, right, top), shape (n, 4), as (x0, y0, x1, y1) on the page as shown."""
        import numpy as np

        w, h = self.right - self.left, self.top - self.bottom
        x0, x1 = boxes[:, 0] - self.left, boxes[:, 2] - self.left
        y0, y1 = self.top - boxes[:, 3], self.top - boxes[:, 1]
        if self.turn == 0:
            parts = (x0, y0, x1, y1)
        elif self.turn == 90:
            parts = (h - y1, x0, h - y0, x1)
        elif self.turn == 180:
            parts = (w - x1, h - y1, w - x0, h - y0)
        else:
            parts = (y0, w - x1, y1, w - x0)
        return np.stack(parts, axis=1)


def frame_of(page: Any, extra: int = 0) -> Frame:
    """Return the frame of a pypdfium2 page; `extra` turns it further, clockwise."""
    import pypdfium2.raw as raw

    rect = raw.FS_RECTF()
    if not raw.FPDF_GetPageBoundingBox(page.raw, rect) or rect.right <= rect.left or rect.top <= rect.bottom:
        left, bottom, right, top = 0.0, 0.0, 612.0, 792.0
    else:
        left, bottom, right, top = rect.left, rect.bottom, rect.right, rect.top
    return Frame(left, bottom, right, top, (page.get_rotation() + extra) % 360)
