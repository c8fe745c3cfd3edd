"""Stamps and signatures pressed over pages whose text is known, in coloured or in black and grey ink.

Purpose: material for benchmarks/ocr.py (`--wear stamp,greystamp`): round seals with rings and writing around, framed
stamps with a date, and signatures as strokes of a pen, laid over the writing; then the page is scanned in colour (a
little skew, blur, noise, JPEG). Limits: ink is laid on by multiplication; no smear, no seal cut off at the page's edge.
"""

from __future__ import annotations

import math
import random
from typing import Any

from ocr_pages import EURO, FONTS, HAN

COLOURED = ((38, 52, 150), (70, 40, 150), (25, 80, 185), (190, 30, 45), (215, 45, 35), (150, 25, 70), (30, 110, 60))
GREYS = ((20, 20, 22), (60, 60, 62), (110, 110, 112), (140, 140, 140))
ROUND = {
    "ru": "ОБЩЕСТВО С ОГРАНИЧЕННОЙ ОТВЕТСТВЕННОСТЬЮ «СЕВЕРНЫЙ ЗАВОД» * ГОРОД ОМСК * ",
    "uk": "ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «ПІВДЕНЬ» * МІСТО ДНІПРО * ",
    "en": "NORTHERN MACHINE WORKS LIMITED * REGISTERED IN ENGLAND * ",
    "zh": "北方机械制造有限公司合同专用章",
}
FRAMED = {
    "ru": ("КОПИЯ ВЕРНА", "вх. № {n}", "{d:02d}.{m:02d}.20{y}"),
    "uk": ("ЗГІДНО З ОРИГІНАЛОМ", "вх. № {n}", "{d:02d}.{m:02d}.20{y}"),
    "en": ("RECEIVED", "No. {n}", "{d:02d} / {m:02d} / 20{y}"),
    "zh": ("与原件相符", "收文 {n} 号", "20{y}年{m}月{d}日"),
}


def stamped(pixels: Any, kind: str, seed: int, dpi: int, coloured: bool, half: str) -> tuple[bytes, Any, Any]:
    """Return the page (grey pixels) stamped and scanned as JPEG, the way (2 x 3) from sheet to scan, and where ink is.

    The mask (255) is in the sheet's own pixels: where stamp or signature lies.
    """
    import cv2
    import numpy as np

    rng = random.Random(f"stamp {kind} {seed} {half} {coloured}")
    noise = np.random.default_rng(seed)
    high, wide = pixels.shape
    page = np.repeat(pixels[:, :, None], 3, axis=2).astype(np.float32) / 255
    touched = np.zeros((high, wide), np.uint8)
    language = kind[:2] if len(kind) != 4 else rng.choice((kind[:2], kind[2:]))
    for draw in (_round, _framed, _signature):
        ink = np.ascontiguousarray(draw(rng, language, dpi, half))
        y = rng.randint(int(0.08 * high), max(int(0.08 * high) + 1, int(0.85 * high) - ink.shape[0]))
        x = rng.randint(int(0.1 * wide), max(int(0.1 * wide) + 1, int(0.9 * wide) - ink.shape[1]))
        ink = ink[: high - y, : wide - x]
        uneven = cv2.resize(noise.uniform(0.55, 1.0, (9, 9)).astype(np.float32), ink.shape[::-1])
        strength = (ink.astype(np.float32) / 255 * uneven * rng.uniform(0.75, 1.0))[:, :, None]
        colour = np.array(rng.choice(COLOURED if coloured else GREYS), np.float32) / 255
        place = page[y : y + ink.shape[0], x : x + ink.shape[1]]
        place *= 1 - strength * (1 - colour)
        touched[y : y + ink.shape[0], x : x + ink.shape[1]] |= ink
    paper = np.array((250, 249, 244), np.float32) - rng.uniform(0, 14)
    scan = 20 + page * (paper - 20)
    matrix = cv2.getRotationMatrix2D((wide / 2, high / 2), rng.uniform(-0.8, 0.8), 1.0)
    scan = cv2.warpAffine(scan, matrix, (wide, high), flags=cv2.INTER_LINEAR, borderValue=tuple(map(float, paper)))
    scan = cv2.GaussianBlur(scan, (0, 0), rng.uniform(0.4, 0.7) * dpi / 200) + noise.normal(0, 4, scan.shape)
    rgb = np.clip(scan, 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".jpg", rgb[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, rng.randint(55, 85)])
    assert done
    raw = data.tobytes()
    return raw[:13] + b"\x01" + dpi.to_bytes(2, "big") * 2 + raw[18:], matrix, touched


def _font(rng: random.Random, language: str, half: str, size: int) -> Any:
    from PIL import ImageFont

    faces = [f for f in (HAN if language == "zh" else EURO)[half] if (FONTS / f).exists()]
    return ImageFont.truetype(str(FONTS / rng.choice(faces)), size)


def _round(rng: random.Random, language: str, dpi: int, half: str) -> Any:
    """Return a seal of 38 to 42 mm: two rings, writing around, a few words or a star within."""
    import numpy as np
    from PIL import Image, ImageDraw

    size = int(rng.uniform(38, 42) / 25.4 * dpi)
    made = Image.new("L", (size, size), 0)
    pen = ImageDraw.Draw(made)
    line = max(2, round(dpi * 0.012))
    pen.ellipse((line, line, size - line, size - line), outline=255, width=line * 2)
    inner = size * 0.31
    pen.ellipse((size / 2 - inner, size / 2 - inner, size / 2 + inner, size / 2 + inner), outline=255, width=line)
    text = ROUND[language]
    letter = _font(rng, language, half, int(size * (0.085 if language != "zh" else 0.12)))
    for k, char in enumerate(text):
        turn = 360 * k / len(text)
        tile = Image.new("L", (size, size), 0)
        ImageDraw.Draw(tile).text((size / 2, size * 0.115), char, fill=255, font=letter, anchor="mm")
        made.paste(255, (0, 0), tile.rotate(-turn, resample=Image.Resampling.BICUBIC))
    if language == "zh":
        points = [
            (size / 2 + inner * r * math.sin(a), size / 2 - inner * r * math.cos(a))
            for k in range(10)
            for a, r in [(math.pi * k / 5, 0.8 if k % 2 == 0 else 0.32)]
        ]
        pen.polygon(points, fill=255)
    else:
        pen.text((size / 2, size / 2), "№ " + str(rng.randint(1, 9)), fill=255, font=letter, anchor="mm")
    return np.asarray(made.rotate(rng.uniform(-25, 25), resample=Image.Resampling.BICUBIC))


def _framed(rng: random.Random, language: str, dpi: int, half: str) -> Any:
    """Return a framed stamp with three lines, a date among them, turned by a few degrees."""
    import numpy as np
    from PIL import Image, ImageDraw

    wide, high = int(dpi * rng.uniform(2.0, 2.5)), int(dpi * rng.uniform(0.8, 1.0))
    made = Image.new("L", (wide, high), 0)
    pen = ImageDraw.Draw(made)
    pen.rectangle((2, 2, wide - 3, high - 3), outline=255, width=max(2, dpi // 60))
    letter = _font(rng, language, half, high // 5)
    values = {"n": rng.randint(12, 990), "d": rng.randint(1, 28), "m": rng.randint(1, 12), "y": rng.randint(16, 24)}
    for k, line in enumerate(FRAMED[language]):
        pen.text((wide / 2, high * (0.23 + 0.27 * k)), line.format(**values), fill=255, font=letter, anchor="mm")
    return np.asarray(made.rotate(rng.uniform(-7, 7), expand=True, resample=Image.Resampling.BICUBIC))


def _signature(rng: random.Random, language: str, dpi: int, half: str) -> Any:
    """Return a signature: loops of a pen along a line, with a flourish under it."""
    import cv2
    import numpy as np

    del language, half
    wide, high = int(dpi * rng.uniform(1.8, 2.8)), int(dpi * rng.uniform(0.6, 1.0))
    made = np.zeros((high, wide), np.uint8)
    knots = []
    for k in range(rng.randint(7, 11)):
        x = wide * (0.06 + 0.085 * k) + rng.uniform(-0.03, 0.03) * wide
        knots.append((x, high * (rng.uniform(0.08, 0.45) if k % 2 else rng.uniform(0.5, 0.9))))
    knots.append((wide * 0.12, high * 0.85))
    points = []
    for k in range(len(knots) - 1):
        before, a, b, after = knots[max(0, k - 1)], knots[k], knots[k + 1], knots[min(len(knots) - 1, k + 2)]
        for step in range(16):
            t = step / 16
            points.append([_spline(before[i], a[i], b[i], after[i], t) for i in (0, 1)])
    pen = max(2, round(dpi * rng.uniform(0.012, 0.02)))
    cv2.polylines(made, [np.array(points, np.int32)], False, 255, pen, cv2.LINE_AA)
    return made


def _spline(p: float, q: float, r: float, s: float, t: float) -> float:
    """Return the point at `t` of the Catmull-Rom curve from q to r."""
    return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)


def words_touched(blocks: Any, touched: Any) -> list[list[bool]]:
    """Return for each block which characters of its text belong to words on which ink of the mask lies."""
    high, wide = touched.shape
    out = []
    for block in blocks:
        flags = [False] * len(block.text)
        for start, end, (x0, y0, x1, y1) in block.words:
            under = touched[int(y0 * high) : int(y1 * high) + 1, int(x0 * wide) : int(x1 * wide) + 1]
            if (under > 80).sum() >= 3:
                flags[start:end] = [True] * (end - start)
        out.append(flags)
    return out
