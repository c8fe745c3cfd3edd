"""What the glass of a scanner does to a sheet: it lies askew, is lit unevenly, and comes back blurred and grainy.

Heavy: import inside functions.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Glass:
    """What one machine with one setting does to every page of a job."""

    dpi: int
    severity: float
    colour: bool
    bilevel: bool
    quality: int
    device: str
    firmware: str
    streak: float


def laid(image: Image, rng: random.Random, glass: Glass) -> tuple[Image, tuple[float, ...]]:
    """Return the sheet as the glass gives it back, and the homography by which it lies askew, in page fractions."""
    height, width = image.shape[:2]
    turn = _placement(rng, width, height, glass.severity)
    size = np.diag((width, height, 1.0))
    fractions = np.linalg.inv(size) @ turn @ size
    return degrade(image, rng, glass, turn), tuple(float(v) for v in fractions.ravel())


def degrade(image: Image, rng: random.Random, glass: Glass, turn: NDArray[np.float64]) -> Image:
    """Return `image` turned, skewed, blurred, lit and grainy, with its tones shifted."""
    severity = glass.severity
    height, width = image.shape[:2]
    generator = np.random.Generator(np.random.PCG64(rng.getrandbits(64)))
    paper = 255 - int(severity * rng.uniform(2, 22))
    moved: Any = cv2.warpPerspective(
        image,
        turn,
        (width, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    blur = (0.25 + severity * rng.uniform(0.35, 0.85)) * glass.dpi / 200
    moved = cv2.GaussianBlur(moved, (0, 0), blur)
    light = _light(generator, width, height, severity, glass.streak)
    ink = int(8 + severity * rng.uniform(10, 60))
    tone = np.clip(ink + np.arange(256) * (paper - ink) / 255, 0, 255).astype(np.uint8)
    moved = cv2.LUT(moved, tone)
    moved = cv2.multiply(moved, light if moved.ndim == 2 else cv2.merge([light] * 3), scale=1 / 255)
    grain = _noise(generator, rng, moved.shape, 1 + severity * rng.uniform(2, 8))
    grain += np.int16((1 - severity) * 9)
    moved = cv2.add(moved, grain, dtype=cv2.CV_8U)
    _specks(moved, rng, severity)
    if glass.bilevel:
        level = int(np.median(light) * 0.62)
        moved = np.where(moved > level, np.uint8(255), np.uint8(0))
    return np.asarray(moved, dtype=np.uint8)


def _placement(rng: random.Random, width: int, height: int, severity: float) -> NDArray[np.float64]:
    """Return the homography of a sheet laid askew: up to 1.5 degrees, slight shear and trapezium."""
    angle = math.radians(severity * rng.uniform(-1.5, 1.5))
    shear = math.radians(severity * rng.uniform(-0.3, 0.3))
    scale = 1 - severity * rng.uniform(0, 0.015)
    cx, cy = width / 2, height / 2
    corners = []
    for x, y in ((0, 0), (width, 0), (width, height), (0, height)):
        dx, dy = (x - cx) * scale, (y - cy) * scale
        dx += dy * math.tan(shear)
        px = cx + dx * math.cos(angle) - dy * math.sin(angle)
        py = cy + dx * math.sin(angle) + dy * math.cos(angle)
        jitter = severity * 0.003 * width
        corners.append((px + rng.uniform(-jitter, jitter), py + rng.uniform(-jitter, jitter)))
    before = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(before, np.array(corners, np.float32)), dtype=np.float64)


def _light(generator: np.random.Generator, width: int, height: int, severity: float, streak: float) -> Image:
    small = 255 - np.abs(generator.normal(0, 1, (5, 4))) * severity * 16
    field: Any = cv2.resize(np.clip(small, 170, 255).astype(np.float32), (width // 8, height // 8), interpolation=2)
    if streak > 0.7:
        at = int(streak * 7919) % field.shape[1]
        field[:, at : at + 1] -= 14 * severity
    edge = max(1, width // 8 // 60)
    if streak < 0.35:
        field[:, :edge] -= np.linspace(70 * severity, 0, edge, dtype=np.float32)
    light = cv2.resize(np.clip(field, 0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(light, dtype=np.uint8)


def _noise(
    generator: np.random.Generator, rng: random.Random, shape: tuple[int, ...], strength: float
) -> NDArray[np.int16]:
    """Return grain: one drawn tile, laid out with another shift and mirror in each place so that no seam repeats."""
    side = 512
    tile = (generator.standard_normal((side, side), dtype=np.float32) * strength).round().astype(np.int16)
    rows, columns = -(-shape[0] // side), -(-shape[1] // side)
    strips = []
    for _ in range(rows):
        parts = []
        for _ in range(columns):
            moved = np.roll(tile, (rng.randrange(side), rng.randrange(side)), (0, 1))
            parts.append(moved[:: rng.choice((1, -1)), :: rng.choice((1, -1))])
        strips.append(np.hstack(parts))
    grain = np.vstack(strips)[: shape[0], : shape[1]]
    return np.ascontiguousarray(grain if len(shape) == 2 else np.repeat(grain[:, :, None], shape[2], axis=2))


def _specks(image: Image, rng: random.Random, severity: float) -> None:
    height, width = image.shape[:2]
    for _ in range(int(severity * rng.randint(5, 60))):
        at = (rng.randrange(width), rng.randrange(height))
        shade = rng.randint(60, 190)
        cv2.circle(image, at, rng.choice((0, 0, 1, 1, 2)), (shade,) * 3, -1)
    if rng.random() < 0.25:
        for y in (0.36, 0.64):
            centre = (int(width * rng.uniform(0.022, 0.026)), int(height * y))
            cv2.circle(image, centre, int(width * 0.013), (int(40 + 60 * rng.random()),) * 3, -1, cv2.LINE_AA)
