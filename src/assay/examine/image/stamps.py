"""`img.stamp`: one impression of a seal on several scans, to the pixel.

A hand presses a seal differently each time: turned, inked and worn otherwise. Method: rings are looked for on every
scan, brought to one size, and compared pairwise, as they stand and turned onto each other (at the turn that the Fourier
transform along circles gives); two impressions by hand agree loosely, copies of one closely. Turned onto each other the
pattern itself agrees, so that the inking has to agree as well. Rings at the same place of several pages are taken for
print. Limits: round seals only, 20 to 60 millimetres across; writing over a seal can hide that it is a copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assay.examine.image.rasters import ACCEPTS, Raster, rasters
from assay.examine.pdf.states import StateRefused
from assay.examine.question import Question, quoted
from assay.model import Box, Direction, Exhibit, Occurrence, Record, Trove, Weight, whole
from assay.work.part import Examination

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SIZE = 120
"""Impressions are compared at so many pixels across."""
LONGEST = 1_000
SMALLEST, LARGEST = 0.034, 0.105
"""Radius of a ring in shares of the page's longer side: 10 to 31 mm of an A4 page."""
COPIED = 0.9
ANGLES = 240
INKED = 0.7
"""How alike copies are inked; made impressions of one seal, turned onto each other, gave less than 0."""
SPOT = 5.0
"""Pixels over which the darkness of a part of an impression is taken."""
TURNED = 0.5
"""How well two impressions must fit, turned onto each other, to be compared closely."""
RING = 0.6
"""Share of a ring's circumference that must be inked."""
SAME_PLACE = 0.008
MOST_RINGS = 3
MOST_PAGES = 3_000
MOST_PAIRS = 60_000

_LIMITS = (
    "Only round seals on scans are found, turned copies less surely; square stamps are not. Facsimile stamps are legal "
    "practice in many offices."
)
_QUESTION = Question(
    part="img.stamp",
    version="2",
    proposition="One impression of a seal was copied onto several papers.",
    alternative="Each paper was sealed by itself.",
    expected="Impressions that differ in turn, ink and wear.",
    innocent=("facsimile stamps", "a printed emblem or round logo", "copies of one scan that share a page"),
    limits=_LIMITS,
    heaviest=Weight.LIMITED,
)


@dataclass(frozen=True, slots=True)
class Impression:
    """A ring with what is in it, brought to `SIZE` pixels; `x`, `y` its middle in page fractions.

    `around` is the Fourier transform of the ink along circles about the middle.
    """

    exhibit: str
    page: int
    box: Box
    x: float
    y: float
    radius: float
    ink: NDArray[np.float32]
    around: NDArray[np.complex64]


def examine(trove: Trove) -> Iterable[Record]:
    """Compare the round seals of all scans of the trove."""
    found: list[Impression] = []
    looked: list[str] = []
    pages = 0
    for exhibit in sorted(trove.all(Exhibit), key=lambda e: e.digest):
        if exhibit.media_type not in ACCEPTS or pages >= MOST_PAGES:
            continue
        try:
            its = list(_impressions(exhibit, trove.blob(exhibit.digest)))
        except StateRefused as error:
            yield _QUESTION.not_examined(exhibit.digest, f"The file could not be opened for this examination: {error}.")
            continue
        pages += len(its)
        if its:
            looked.append(exhibit.digest)
            found += [i for group in its for i in group]
    groups = _copies(found)
    names = _names(trove)
    for exhibit_id in looked:
        copies = [(i, others) for i, others in groups if i.exhibit == exhibit_id]
        for impression, others in copies:
            said = ", ".join(
                sorted({f"{quoted(names.get(o.exhibit, o.exhibit[:12]), 50)} page {o.page}" for o in others})[:6]
            )
            yield _QUESTION.finding(
                exhibit_id, f"The seal on page {impression.page} is the same impression as on {said}.",
                (whole(exhibit_id, impression.page, (impression.box,)),), Weight.LIMITED,
                f"seal of page {impression.page}",
            )  # fmt: skip
        if not copies:
            count = sum(i.exhibit == exhibit_id for i in found)
            yield _QUESTION.nothing(
                exhibit_id, f"{count} round seal(s) on its scans; none is the same impression as another one.",
                direction=Direction.FOR if count else Direction.NEITHER,
            )  # fmt: skip


def _impressions(exhibit: Exhibit, data: bytes) -> Iterator[list[Impression]]:
    """Yield the impressions of each scanned page."""
    for raster in rasters(exhibit.media_type, data):
        yield [_impression(exhibit.digest, raster, *ring) for ring in rings(raster.grey)]


def rings(grey: Any) -> list[tuple[float, float, float]]:
    """Return the rings of a scan as middle and radius in its pixels, the clearest first."""
    import cv2
    import numpy as np

    scale = min(1.0, LONGEST / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    long = max(small.shape)
    circles = cv2.HoughCircles(
        cv2.medianBlur(small, 3), cv2.HOUGH_GRADIENT, dp=1.5, minDist=0.05 * long, param1=120, param2=70,
        minRadius=int(SMALLEST * long), maxRadius=int(LARGEST * long),
    )  # fmt: skip
    if circles is None:
        return []
    ink = small < float(np.percentile(small[::4, ::4], 75)) - 30
    found = []
    for x, y, _ in circles.reshape(-1, 3)[:20]:
        inked = _inked(ink, float(x), float(y), int(SMALLEST * long), int(LARGEST * long))
        outer = [r for r, share in inked if share >= RING]
        if outer:
            best = max(share for r, share in inked if r == outer[-1])
            found.append((best, float(x / scale), float(y / scale), outer[-1] / scale))
    return [(x, y, r) for _, x, y, r in sorted(found, reverse=True)[:MOST_RINGS]]


def _inked(ink: Any, x: float, y: float, least: int, most: int) -> list[tuple[int, float]]:
    """Return, for each radius, the share of the circle that is inked within two pixels."""
    import numpy as np

    angles = np.linspace(0, 2 * np.pi, 180, endpoint=False)
    radii = np.arange(least - 2, most + 3)[:, None]
    xs = np.clip(np.rint(x + radii * np.cos(angles)), 0, ink.shape[1] - 1).astype(int)
    ys = np.clip(np.rint(y + radii * np.sin(angles)), 0, ink.shape[0] - 1).astype(int)
    seen = ink[ys, xs]
    near = np.stack([seen[k : len(seen) - 4 + k] for k in range(5)]).any(axis=0)
    return [(int(r), float(share)) for r, share in zip(range(least, most + 1), near.mean(axis=1), strict=True)]


def _impression(exhibit: str, raster: Raster, x: float, y: float, r: float) -> Impression:
    import cv2
    import numpy as np

    reach = 1.25 * r
    turn = np.array([[SIZE / (2 * reach), 0, SIZE / 2 - x * SIZE / (2 * reach)],
                     [0, SIZE / (2 * reach), SIZE / 2 - y * SIZE / (2 * reach)]])  # fmt: skip
    paper = float(np.percentile(raster.grey[::8, ::8], 75))
    smooth = cv2.GaussianBlur(raster.grey, (0, 0), max(0.6, reach / SIZE))
    cut = cv2.warpAffine(smooth, turn, (SIZE, SIZE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    ink = np.clip(paper - cut.astype(np.float32), 0, 160)
    box = raster.box(x - r, y - r, x + r, y + r)
    return Impression(
        exhibit, raster.page, box, (box.x0 + box.x1) / 2, (box.y0 + box.y1) / 2, (box.x1 - box.x0) / 2, ink,
        around(ink),
    )  # fmt: skip


def _copies(found: list[Impression]) -> list[tuple[Impression, list[Impression]]]:
    """Return impressions that others are copies of, each with those others."""
    pairs = 0
    others: dict[int, list[Impression]] = {}
    for i, one in enumerate(found):
        for j in range(i + 1, len(found)):
            two = found[j]
            apart = (one.exhibit, one.page) != (two.exhibit, two.page)
            alike = 0.93 < one.radius / max(two.radius, 1e-6) < 1.07
            printed = abs(one.x - two.x) < SAME_PLACE and abs(one.y - two.y) < SAME_PLACE
            if not apart or not alike or printed:
                continue
            pairs += 1
            if pairs > MOST_PAIRS:
                return [(found[k], its) for k, its in sorted(others.items())]
            if agreement(one.ink, two.ink) >= COPIED or turned_agreement(one, two) >= COPIED:
                others.setdefault(i, []).append(two)
                others.setdefault(j, []).append(one)
    return [(found[k], its) for k, its in sorted(others.items())]


def agreement(one: Any, two: Any) -> float:
    """Return how closely two impressions agree, laid on each other at the best of small shifts and sizes."""
    import cv2

    best = 0.0
    edge = SIZE // 8
    for size in (0.97, 0.985, 1.0, 1.015, 1.03):
        turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), 0, size)
        core = cv2.warpAffine(two, turn, (SIZE, SIZE))[edge:-edge, edge:-edge]
        best = max(best, float(cv2.matchTemplate(one, core, cv2.TM_CCOEFF_NORMED).max()))
    return best


def around(ink: Any) -> Any:
    """Return the Fourier transform, by angle, of the ink along circles about the middle, without their means."""
    import cv2
    import numpy as np

    reach = SIZE * 7 // 15
    circles = cv2.warpPolar(ink, (reach, ANGLES), (SIZE / 2, SIZE / 2), reach, cv2.WARP_POLAR_LINEAR)
    waves = np.fft.rfft(circles - circles.mean(axis=0), axis=0)
    return (waves / max(float(np.linalg.norm(circles - circles.mean(axis=0))), 1e-6)).astype(np.complex64)


def turned_agreement(one: Impression, two: Impression) -> float:
    """Return how closely two impressions agree, turned onto each other; 0 where none stands out or the ink differs."""
    import cv2
    import numpy as np

    fits = np.fft.irfft((one.around * np.conj(two.around)).sum(axis=1), n=ANGLES)
    best = int(fits.argmax())
    if fits[best] < TURNED:
        return 0.0
    found = 0.0
    for aside in (-1, 0, 1):
        turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), -(best + aside) * 360 / ANGLES, 1)
        other = cv2.warpAffine(two.ink, turn, (SIZE, SIZE))
        close = agreement(one.ink, other)
        if close > max(found, COPIED) and inked_alike(one.ink, other) >= INKED:
            found = close
    return found


def inked_alike(one: Any, two: Any) -> float:
    """Return how alike two impressions of one pattern are inked: the correlation of how dark its parts are.

    Two presses of one seal agree in the pattern and differ in this; a copy has both. They are shifted onto each other
    first.
    """
    import cv2
    import numpy as np

    edge = SIZE // 8
    _, _, _, (right, down) = cv2.minMaxLoc(cv2.matchTemplate(one, two[edge:-edge, edge:-edge], cv2.TM_CCOEFF_NORMED))
    shift = np.array([[1, 0, right - edge], [0, 1, down - edge]], np.float32)
    two = cv2.warpAffine(two, shift, (SIZE, SIZE))
    pattern = (np.maximum(one, two) > 30).astype(np.float32)
    share = cv2.GaussianBlur(pattern, (0, 0), SPOT)
    dark = [cv2.GaussianBlur(ink * pattern, (0, 0), SPOT) / np.maximum(share, 0.05) for ink in (one, two)]
    inside = (pattern > 0) & (share > 0.1)
    return float(np.corrcoef(dark[0][inside], dark[1][inside])[0, 1]) if inside.sum() > 200 else 0.0


def _names(trove: Trove) -> dict[str, str]:
    found: dict[str, str] = {}
    for occurrence in trove.all(Occurrence):
        found.setdefault(occurrence.exhibit, occurrence.path.rpartition("/")[2])
    return found


STAMP = Examination(
    name=_QUESTION.part,
    version=_QUESTION.version,
    purpose="Finds one impression of a round seal on several scans of the trove.",
    limits=_LIMITS,
    heaviest=_QUESTION.heaviest,
    examine_trove=examine,
)
