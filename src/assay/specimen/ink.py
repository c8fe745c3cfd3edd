"""Seals and signatures as ink on paper, drawn from a random source in letters that OpenCV carries; nobody's.

Limits: seals are round or square, signatures are one stroke. Heavy: import inside functions.
"""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]

SEAL_WORDS = ("ДЛЯ ДОКУМЕНТОВ", "合同专用章", "FOR CONTRACTS", "КАНЦЕЛЯРІЯ", "ОТДЕЛ КАДРОВ", "财务专用章")


def seal(image: Image, rng: random.Random, words: str, *, sign: bool) -> None:
    """Draw a seal over the end of the text, in place, and with `sign` one or two signatures beside it."""
    height, width = image.shape[:2]
    grey = image if image.ndim == 2 else image[:, :, 1]
    dark = np.flatnonzero((grey[: int(height * 0.93)] < 128).sum(axis=1) > width * 0.004)
    bottom = int(dark[-1]) if len(dark) else height // 2
    size = int(width * rng.uniform(0.17, 0.21))
    cx = int(width * rng.choice((0.3, 0.68)) + rng.uniform(-0.05, 0.05) * width)
    cy = int(np.clip(bottom - rng.uniform(-0.1, 0.5) * size, size * 0.6, height - size * 0.6))
    ink = (150, 60, 40) if image.ndim == 3 else (90, 90, 90)
    if image.ndim == 3 and rng.random() < 0.35:
        ink = (50, 40, 190)
    shape = round_seal if rng.random() < 0.7 else square_seal
    mark = shape(size, rng, words)
    _press(image, mark, (cx, cy), ink)
    if sign:
        pen = (140, 50, 30) if image.ndim == 3 else (60, 60, 60)
        for x in (0.24, 0.66):
            if rng.random() < 0.8:
                at = (int(width * (x + rng.uniform(-0.03, 0.06))), int(min(bottom, height * 0.9) - size * 0.1))
                _press(image, signature(int(width * rng.uniform(0.13, 0.2)), rng), at, pen)


def round_seal(size: int, rng: random.Random, words: str = "") -> Image:
    """Return a round seal as coverage (0 none, 255 full): two rings, words around, words across, worn in places."""
    mark = np.zeros((size, size), np.uint8)
    centre, radius = size // 2, int(size * 0.48)
    line = max(1, size // 90)
    for r in (radius, int(radius * 0.93), int(radius * 0.62)):
        cv2.circle(mark, (centre, centre), r, 255, line, cv2.LINE_AA)
    around = (words or rng.choice(SEAL_WORDS)).upper()
    around = (around + " * ") * max(1, round(34 / (len(around) + 3)))
    step = 2 * math.pi / len(around)
    height = int(size * min(0.105, 3.6 / len(around)))
    for i, letter in enumerate(around):
        if letter != " ":
            angle = i * step - math.pi / 2
            _letter(mark, letter, (centre, centre), radius * 0.775, angle, height)
    middle = rng.choice(SEAL_WORDS)
    _centred(mark, middle, centre, centre, int(radius * 1.1), int(size * 0.1))
    return _worn(mark, rng)


def square_seal(size: int, rng: random.Random, words: str = "") -> Image:
    """Return a square seal with up to three lines, as registries use for incoming mail."""
    mark = np.zeros((size, size), np.uint8)
    high = int(size * 0.55)
    top = (size - high) // 2
    line = max(1, size // 70)
    cv2.rectangle(mark, (line, top), (size - line - 1, top + high), 255, line, cv2.LINE_AA)
    rows = [words.upper() or rng.choice(SEAL_WORDS), f"№ {rng.randint(10, 9999)}", rng.choice(SEAL_WORDS)]
    for i, row in enumerate(rows):
        _centred(mark, row, size // 2, int(top + high * (i + 0.55) / 3.1), int(size * 0.88), int(size * 0.1))
    return _worn(mark, rng)


def _centred(mark: Image, words: str, x: int, y: int, width: int, height: int) -> None:
    face = cv2.FontFace("uni")
    wide = max(1, cv2.getTextSize((1, 1), words, (0, 0), face, height)[2])
    size = max(6, min(height, int(height * width / wide)))
    wide = cv2.getTextSize((1, 1), words, (0, 0), face, size)[2]
    cv2.putText(mark, words, (x - wide // 2, y + size // 3), 255, face, size)


def _letter(mark: Image, letter: str, centre: tuple[int, int], radius: float, angle: float, height: int) -> None:
    side = height * 3
    tile: Any = np.zeros((side, side), np.uint8)
    face = cv2.FontFace("uni")
    rect = cv2.getTextSize((1, 1), letter, (0, 0), face, height)
    cv2.putText(tile, letter, (side // 2 - rect[2] // 2, side // 2 + height // 3), 255, face, height)
    turn = cv2.getRotationMatrix2D((side / 2, side / 2), -math.degrees(angle) - 90, 1)
    tile = cv2.warpAffine(tile, turn, (side, side), flags=cv2.INTER_LINEAR)
    x = int(centre[0] + radius * math.cos(angle)) - side // 2
    y = int(centre[1] + radius * math.sin(angle)) - side // 2
    _paste(mark, np.asarray(tile, dtype=np.uint8), x, y)


def _paste(mark: Image, tile: Image, x: int, y: int) -> None:
    x0, y0 = max(0, x), max(0, y)
    x1, y1 = min(mark.shape[1], x + tile.shape[1]), min(mark.shape[0], y + tile.shape[0])
    if x0 < x1 and y0 < y1:
        part = mark[y0:y1, x0:x1]
        np.maximum(part, tile[y0 - y : y1 - y, x0 - x : x1 - x], out=part)


def _worn(mark: Image, rng: random.Random) -> Image:
    """Return the seal turned a little, with ink missing in cloudy patches and in grain."""
    size = mark.shape[0]
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    cloud = cv2.resize(
        generator.uniform(0.45, 1, (6, 6)).astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC
    )
    grain = generator.uniform(0.7, 1, (size, size)).astype(np.float32)
    worn = np.clip(mark * cloud * grain, 0, 255).astype(np.uint8)
    turn = cv2.getRotationMatrix2D((size / 2, size / 2), rng.uniform(-22, 22), 1)
    return np.asarray(cv2.warpAffine(worn, turn, (size, size), flags=cv2.INTER_LINEAR), dtype=np.uint8)


def signature(width: int, rng: random.Random) -> Image:
    """Return a stroke that looks like a signature and is nobody's, as coverage; its height is about half its width."""
    height = max(8, width // 2)
    mark = np.zeros((height, width), np.uint8)
    x, points = 0.06 * width, []
    loops = rng.randint(5, 9)
    for i in range(loops):
        rise = rng.uniform(0.1, 0.42) if i == 0 or rng.random() < 0.3 else rng.uniform(0.36, 0.5)
        points.append((x, height * rise))
        points.append((x + width * rng.uniform(-0.03, 0.05), height * rng.uniform(0.55, 0.9 if i % 3 else 0.7)))
        x += 0.82 * width / loops
    points.append((width * 0.96, height * rng.uniform(0.3, 0.6)))
    curve = _spline(np.array(points, np.float64))
    thick = max(1.0, width / 130)
    for i, (a, b) in enumerate(itertools.pairwise(curve)):
        swell = thick * (1 + 0.5 * math.sin(i / 9))
        start, end = (int(a[0] * 8), int(a[1] * 8)), (int(b[0] * 8), int(b[1] * 8))
        cv2.line(mark, start, end, 255, max(1, round(swell)), cv2.LINE_AA, 3)
    return mark


def _spline(points: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Return a Catmull-Rom curve through `points`."""
    padded = np.vstack([points[:1], points, points[-1:]])
    curve: list[tuple[float, float]] = []
    for i in range(len(points) - 1):
        p0, p1, p2, p3 = padded[i : i + 4]
        for t in np.linspace(0, 1, 12, endpoint=False):
            p = 0.5 * (
                2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3
            )
            curve.append((float(p[0]), float(p[1])))
    return curve


def _press(image: Image, mark: Image, centre: tuple[int, int], ink: tuple[int, int, int]) -> None:
    """Put `mark` on the paper as ink that lets the print under it show through (multiplied, not painted)."""
    height, width = image.shape[:2]
    x, y = centre[0] - mark.shape[1] // 2, centre[1] - mark.shape[0] // 2
    x0, y0, x1, y1 = max(0, x), max(0, y), min(width, x + mark.shape[1]), min(height, y + mark.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    cover = mark[y0 - y : y1 - y, x0 - x : x1 - x].astype(np.float32) / 255
    part = image[y0:y1, x0:x1].astype(np.float32)
    if image.ndim == 2:
        part *= 1 - cover * (1 - ink[0] / 255)
    else:
        for channel in range(3):
            part[:, :, channel] *= 1 - cover * (1 - ink[channel] / 255)
    image[y0:y1, x0:x1] = part.astype(np.uint8)
