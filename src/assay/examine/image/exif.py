"""`img.exif`: what a picture file says of its making, and whether its preview shows the same picture.

Cameras and many scanners store a small preview beside the picture. An editor that changes the picture and keeps the
preview leaves the state before. Limits: most scanners store neither; previews that were cut to another shape are
compared where they overlap. Source: CIPA DC-008 (Exif 2.32), 4.5 and 4.6.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from assay.examine.image.rasters import PICTURES, decoded
from assay.examine.question import Question, quoted
from assay.model import Box, Direction, Reading, Record, Span, Weight, whole
from assay.work.part import Examination

if TYPE_CHECKING:
    from assay.examine.image.rasters import Grey

CELLS = 12
DIFFERS = 25
LEAST, TIMES = 3.0, 4.0
"""Grey levels by which a cell must differ, at its worst and on the mean; and by how many times the usual of "
"the cells."""
ALIKE = 0.3
"""With more cells than this share that differ, the preview is of another cut or exposure, and the whole is named."""
_TAGS = {0x010F: "maker", 0x0110: "model", 0x0131: "program", 0xA431: "serial number", 0xA435: "lens serial number"}
_TAKEN, _CHANGED, _GPS, _EXIF = 0x9003, 0x0132, 0x8825, 0x8769
_JPEG_AT, _JPEG_SIZE, _TURNED = 0x0201, 0x0202, 0x0112
_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)")

_LIMITS = "What a file says of its making can be set to anything or stripped; most scans say nothing."
_QUESTION = Question(
    part="img.exif",
    version="1",
    proposition="The picture was changed after its preview was made.",
    alternative="Preview and picture were made together.",
    expected="A preview that shows the same picture, or none.",
    innocent=(
        "an editor that turned, cut or lightened the whole picture and kept the preview",
        "a program that wrote the preview before its own corrections",
    ),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the file says: words by what they are of, times, whether it holds a place, the preview and the turn."""

    words: tuple[tuple[str, str], ...]
    taken: datetime | None
    changed: datetime | None
    placed: bool
    preview: bytes
    turned: int


def examine(reading: Reading, data: bytes) -> Iterable[Record]:
    """Compare the preview and the times of one picture file with the picture."""
    digest = reading.exhibit.digest
    said = said_by(data)
    if said is None or not (said.words or said.taken or said.changed or said.preview or said.placed):
        yield _QUESTION.not_applicable(digest, "It says nothing of its making and holds no preview.")
        return
    found = [*_preview(digest, said, decoded(data)), *_times(digest, said)]
    yield from found
    facts = [f"{what} {quoted(words, 60)}" for what, words in said.words]
    facts += ["a place on the earth"] if said.placed else []
    if facts:
        yield _QUESTION.finding(
            digest, f"It states {', '.join(facts)}. What leads to a person or a device is to be taken out "
            f"before publishing.",
            (), Weight.NEUTRAL, "stated device", direction=Direction.NEITHER,
        )  # fmt: skip
    if not found:
        compared = "its preview shows the same picture" if said.preview else "it holds no preview"
        yield _QUESTION.nothing(
            digest, f"Nothing it says of its making contradicts the picture; {compared}.",
            direction=Direction.FOR if said.preview else Direction.NEITHER,
        )  # fmt: skip


def said_by(data: bytes) -> Said | None:
    """Return what a picture file says of its making; None when it cannot be read."""
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data)) as picture:
            exif = picture.getexif()
            inner = exif.get_ifd(_EXIF)
            gps = bool(exif.get_ifd(_GPS))
            raw = picture.info.get("exif", b"")
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, AttributeError, OverflowError,
            Image.DecompressionBombError):  # fmt: skip
        return None
    words = tuple((what, text) for tag, what in _TAGS.items() if (text := _plain(exif.get(tag, inner.get(tag, "")))))
    preview = _second(raw) if isinstance(raw, bytes) else b""
    turned = exif.get(_TURNED, 1)
    return Said(
        words, _moment(inner.get(_TAKEN)), _moment(exif.get(_CHANGED)), gps,
        preview if preview[:2] == b"\xff\xd8" else b"", turned if isinstance(turned, int) else 1,
    )  # fmt: skip


def _second(exif: bytes) -> bytes:
    """Return the JPEG that the second directory of an Exif block points at; empty when there is none (TIFF 6.0, 2)."""
    tiff = exif[6:] if exif[:6] == b"Exif\0\0" else exif
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    first = number(4, 4)
    second = number(first + 2 + 12 * number(first, 2), 4)
    if not 0 < second < len(tiff):
        return b""
    values = {}
    for index in range(min(number(second, 2), 64)):
        at = second + 2 + 12 * index
        values[number(at, 2)] = number(at + 8, 4)
    start, size = values.get(_JPEG_AT, 0), values.get(_JPEG_SIZE, 0)
    return tiff[start : start + size] if 0 < start < len(tiff) and 0 < size < 2_000_000 else b""


def _plain(value: Any) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else str(value)
    return "".join(c for c in text if c.isprintable()).strip()[:120]


def _moment(value: Any) -> datetime | None:
    match = _TIME.match(str(value or ""))
    try:
        return datetime(*(int(g) for g in match.groups())) if match else None  # type: ignore[arg-type]
    except ValueError:
        return None


def _preview(digest: str, said: Said, picture: Grey | None) -> Iterable[Record]:
    """Yield a finding when the preview shows something else than the picture, cell by cell."""
    if not said.preview or picture is None:
        return
    cells = differing(picture, said.preview)
    if not cells:
        return
    most = len(cells) > ALIKE * CELLS * CELLS
    boxes = (Box(0, 0, 1, 1),) if most else tuple(cells)
    where = "over most of the picture" if most else f"in {len(cells)} of {CELLS * CELLS} fields"
    span: Span = whole(digest, 1, boxes)
    yield _QUESTION.finding(
        digest, f"Its preview differs from the picture {where}.", (span,), Weight.LIMITED, "preview differs"
    )


def differing(picture: Grey, preview: bytes) -> list[Box]:
    """Return the cells of a picture in which its preview shows something else; none when it cannot be compared.

    Black bars of a preview are cut away, and both are brought to the same light before they are compared.
    """
    import cv2
    import numpy as np

    small = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_IGNORE_ORIENTATION)
    if small is None or min(small.shape) < 24 or max(small.shape) > 2_000:
        return []
    rows, columns = np.nonzero(small > 12)
    if not len(rows):
        return []
    small = small[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    height, width = small.shape
    shape, own = picture.shape[0] / picture.shape[1], height / width
    if abs(shape / own - 1) > 0.04:
        return []
    large = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA).astype(np.float32)
    one, two = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 1.0), cv2.GaussianBlur(large, (0, 0), 1.0)
    # The picture as the preview would show it: an editor may have changed the light of the whole.
    slope, level = np.polyfit(two[::2, ::2].ravel(), one[::2, ::2].ravel(), 1)
    gap = np.abs(one - (slope * two + level))
    cells: dict[tuple[int, int], tuple[float, float]] = {}
    for row in range(CELLS):
        for column in range(CELLS):
            part = gap[row * height // CELLS : (row + 1) * height // CELLS,
                       column * width // CELLS : (column + 1) * width // CELLS]  # fmt: skip
            cells[row, column] = float(part.mean()), float(part.max())
    usual = float(np.percentile([mean for mean, _ in cells.values()], 60))
    return [
        Box(column / CELLS, row / CELLS, (column + 1) / CELLS, (row + 1) / CELLS)
        for (row, column), (mean, most) in cells.items()
        if mean > max(LEAST, TIMES * usual) and most > DIFFERS
    ]


def _times(digest: str, said: Said) -> Iterable[Record]:
    if said.taken and said.changed and said.taken - said.changed > timedelta(days=1):
        yield _QUESTION.finding(
            digest, f"It states that it was changed ({said.changed}) before it was taken ({said.taken}).", (),
            Weight.LIMITED, "changed before taken",
        )  # fmt: skip


EXIF = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Compares a picture file's preview and times with the picture, and lists the device that it names.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    accepts=PICTURES,
    examine=examine,
)
