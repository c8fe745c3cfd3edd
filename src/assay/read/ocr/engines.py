"""The engines: Tesseract for Cyrillic and Latin, PP-OCR for Han. Made once per process and kept.

Limits: what the engines were trained on. Tesseract's language files are the system's (Debian packages); PP-OCR's come
with the package `rapidocr`. One thread each: work is spread over processes.
Units: pixels of the image that was given.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.read.ocr import signs
from assay.read.tables import Rule
from assay.work import engine
from assay.work.part import ReadRefused

if TYPE_CHECKING:
    import numpy.typing as npt

    Grey = npt.NDArray[Any]

DATA_FOLDERS = (
    "/usr/share/tesseract-ocr/5/tessdata",
    "/usr/share/tesseract-ocr/4.00/tessdata",
    "/usr/share/tessdata",
    "/usr/local/share/tessdata",
    "/opt/homebrew/share/tessdata",
)
CODES = {"ru": "rus", "uk": "ukr", "en": "eng"}
PACKAGES = {
    "rus": "tesseract-ocr-rus",
    "ukr": "tesseract-ocr-ukr",
    "eng": "tesseract-ocr-eng",
    "osd": "tesseract-ocr-osd",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A recognised word in pixels. `line` numbers the lines that the engine saw; `glued`: no space before it.

    `known`: the engine has the word in its dictionary. `other`: what another engine read in its place, if it differs.
    """

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int
    line: int
    glued: bool = False
    known: bool = False
    other: str = ""


@cache
def data_folder() -> Path | None:
    """Return the folder with Tesseract's language files, or None."""
    named = os.environ.get("TESSDATA_PREFIX")
    for folder in ([named] if named else []) + list(DATA_FOLDERS):
        path = Path(folder)
        if any(path.glob("*.traineddata")):
            return path
    return None


@cache
def have() -> frozenset[str]:
    """Return the codes of the language files that are installed; looked up once, while there is a file system."""
    folder = data_folder()
    return frozenset(path.stem for path in folder.glob("*.traineddata")) if folder else frozenset()


def missing(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Debian packages whose language files are not installed but wanted for `languages`."""
    codes = [CODES[x] for x in languages if x in CODES]
    return tuple(PACKAGES[c] for c in codes if c not in have())


def installed(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `languages` that Tesseract can read here."""
    return tuple(x for x in languages if CODES.get(x) in have())


@cache
def tesseract(languages: str) -> Any:
    """Return Tesseract for a mix such as "rus+eng"; raise `ReadRefused` when a language file is not installed."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr

    folder, there = data_folder(), have()
    lacking = [PACKAGES.get(code, code) for code in languages.split("+") if code not in there]
    if lacking:
        raise ReadRefused(
            "missing_program", f"Language files for recognition are not installed: install {', '.join(lacking)}."
        )
    engine.need(engine.OCR)
    api = tesserocr.PyTessBaseAPI(path=str(folder), lang=languages, oem=tesserocr.OEM.LSTM_ONLY)
    api.SetVariable("debug_file", "")  # a file cannot be opened behind the walls, and Tesseract ends over it
    return api


def warm(kind: str, languages: tuple[str, ...]) -> None:
    """Load the engines of a kind before the walls rise; what is not installed is left for the page to say."""
    have()
    if kind in (engine.OCR, engine.HAN):
        codes = [CODES[x] for x in ("ru", "uk", "en") if x in installed(languages)]
        for count in range(1, len(codes) + 1):
            for mix in combinations(codes, count):
                tesseract("+".join(mix))
        if codes:
            tesseract_version()
        signs.warm()
    if kind == engine.HAN and "zh" in languages:
        han_version()
        han()._load_det_model()


def tesseract_version() -> str:
    """Return the engine's name and version."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr

    return str(tesserocr.tesseract_version()).splitlines()[0].strip()


def read_page(image: Grey, languages: str, dpi: int, mode: str = "AUTO") -> list[Token]:
    """Return Tesseract's words on an upright grey image. `mode` is a page segmentation mode by name."""
    import tesserocr

    api = tesseract(languages)
    api.SetPageSegMode(getattr(tesserocr.PSM, mode))
    high, wide = image.shape
    api.SetImageBytes(image.tobytes(), wide, high, 1, wide)
    api.SetSourceResolution(dpi)
    try:
        if not api.Recognize():
            return []
        return _tokens(api, 0, 0, 0)
    finally:
        api.Clear()


def read_boxes(
    image: Grey, boxes: list[tuple[int, int, int, int]], languages: str, dpi: int, mode: str = "SINGLE_LINE"
) -> list[list[Token]]:
    """Return the words of each box (x0, y0, x1, y1) of the image, each read by itself."""
    import tesserocr

    api = tesseract(languages)
    api.SetPageSegMode(getattr(tesserocr.PSM, mode))
    high, wide = image.shape
    api.SetImageBytes(image.tobytes(), wide, high, 1, wide)
    api.SetSourceResolution(dpi)
    out: list[list[Token]] = []
    try:
        for number, (x0, y0, x1, y1) in enumerate(boxes):
            api.SetRectangle(x0, y0, x1 - x0, y1 - y0)
            out.append(_tokens(api, 0, 0, number) if api.Recognize() else [])
    finally:
        api.Clear()
    return out


def _tokens(api: Any, dx: float, dy: float, line: int) -> list[Token]:
    import tesserocr

    level, lines = tesserocr.RIL.WORD, tesserocr.RIL.TEXTLINE
    iterator = api.GetIterator()
    out: list[Token] = []
    if iterator is None:
        return out
    number = line - 1
    for word in tesserocr.iterate_level(iterator, level):
        if word.IsAtBeginningOf(lines) or number < line:
            number += 1
        if word.Empty(level):
            continue
        text = (word.GetUTF8Text(level) or "").strip()
        box = word.BoundingBox(level)
        if not text or box is None:
            continue
        x0, y0, x1, y1 = box
        known = bool(word.WordIsFromDictionary())
        out.append(Token(text, x0 + dx, y0 + dy, x1 + dx, y1 + dy, round(word.Confidence(level)), number, known=known))
    return out


@cache
def han() -> Any:
    """Return PP-OCR (detector and recogniser, one thread)."""
    engine.need(engine.HAN)
    import logging

    signs.runtime()
    from rapidocr import RapidOCR

    made = RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return made


@cache
def han_version() -> str:
    """Return the engine's name and version."""
    from importlib.metadata import version

    return f"PP-OCRv6 small (rapidocr {version('rapidocr')})"


WIDE_GAP = 1.1
"""A line is parted at a blank this many times its box's height."""
DETECT_SIDE = 1280
"""Lines of Han are looked for on an image of at most this many pixels a side, and read at full resolution."""


def read_han(image: Grey, ink: Grey, uprights: Sequence[Rule] = ()) -> list[Token]:
    """Return PP-OCR's characters and words on an upright, straight grey image, lines in its order.

    `ink` is the writing (255) on it, `uprights` the upright rules that were taken out: a line that its detector found
    is parted at both, so that no line goes over two columns or cells.
    """
    import cv2
    import numpy as np

    engine = han()
    colour = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
    high, wide = image.shape
    scale = min(1.0, DETECT_SIDE / max(high, wide))
    small = cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else colour
    engine.use_rec = False
    found = engine(small)
    engine.use_rec = True
    if found.boxes is None or not len(found.boxes):
        return []
    corners = np.asarray(found.boxes, dtype=np.float64) / scale
    boxes = [
        (max(0, int(b[:, 0].min())), max(0, int(b[:, 1].min())), min(wide, int(b[:, 0].max()) + 1),
         min(high, int(b[:, 1].max()) + 1))
        for b in corners
    ]  # fmt: skip
    boxes = [part for box in boxes for part in _parts(box, ink, uprights)]
    boxes = [b for b in boxes if b[2] - b[0] > 3 and b[3] - b[1] > 3]
    return read_lines(image, boxes)


def read_lines(image: Grey, boxes: list[tuple[int, int, int, int]]) -> list[Token]:
    """Return PP-OCR's characters and words in each box (x0, y0, x1, y1), `line` being the box's number."""
    out: list[Token] = []
    read = signs.read([image[y0:y1, x0:x1] for x0, y0, x1, y1 in boxes])
    for number, (box, line) in enumerate(zip(boxes, read, strict=True)):
        if line.text.strip() and line.mean >= 30:
            out.extend(_placed(line, box, number))
    return out


def _parts(box: tuple[int, int, int, int], ink: Grey, uprights: Sequence[Rule]) -> list[tuple[int, int, int, int]]:
    """Return a box parted where an upright rule goes through it, or where it is blank over nearly its height."""
    import numpy as np

    x0, y0, x1, y1 = box
    high = y1 - y0
    columns: Grey = np.asarray((ink[y0 + high // 6 : y1 - high // 6, x0:x1] > 0).any(axis=0))
    inked = np.flatnonzero(columns)
    if not len(inked):
        return []
    cuts = [
        round(r.x0) for r in uprights
        if x0 + inked[0] < r.x0 < x0 + inked[-1] and min(r.y1, y1) - max(r.y0, y0) > 0.7 * high
    ]  # fmt: skip
    steps = np.flatnonzero(np.diff(inked) > WIDE_GAP * high)
    cuts += [x0 + int(inked[k] + inked[k + 1]) // 2 for k in steps]
    if not cuts:
        return [box]
    out = []
    for left, right in pairwise([x0, *sorted(set(cuts)), x1]):
        found = np.flatnonzero(columns[left - x0 : right - x0])
        if len(found):
            pad = high // 6
            out.append((max(left, left + int(found[0]) - pad), y0, min(right, left + int(found[-1]) + 1 + pad), y1))
    return out


def _placed(read: signs.Line, box: tuple[int, int, int, int], line: int) -> list[Token]:
    """Return a line's characters (Han) and words (all else) as tokens, placed by where they were read.

    The recogniser gives each character's middle; a character reaches halfway to its neighbours, at most half the
    line's height.
    """
    from assay.read.layout import is_han

    x0, y0, x1, y1 = box
    high = y1 - y0
    found = [(k, c) for k, c in enumerate(read.text) if not c.isspace()]
    middles = [x0 + read.places[k] * (x1 - x0) for k, _ in found]
    edges = [(a + b) / 2 for a, b in pairwise(middles)]
    out: list[Token] = []
    last = -1
    for n, (k, sign) in enumerate(found):
        left = max(edges[n - 1] if n else x0, middles[n] - 0.55 * high)
        right = min(edges[n] if n < len(edges) else x1, middles[n] + 0.55 * high)
        # The space between two words is halved by the edge: each word gives up a part of it.
        if not is_han(sign) and right - left > 0.3 * high:
            left += 0.13 * high if n and k > last + 1 else 0.0
            right -= 0.13 * high if n < len(edges) and found[n + 1][0] > k + 1 else 0.0
        confidence = read.sure[k]
        han_sign = is_han(sign)
        touching = k == last + 1 or (n > 0 and is_han(found[n - 1][1]) and han_sign)
        if n and touching and middles[n] - middles[n - 1] > 1.9 * high:
            touching = False
        last = k
        if out and touching and not han_sign and not is_han(out[-1].text[-1]):
            before = out[-1]
            size = len(before.text)
            confidence = round((before.confidence * size + confidence) / (size + 1))
            out[-1] = Token(before.text + sign, before.x0, y0, right, y1, confidence, line, before.glued)
            continue
        out.append(Token(sign, left, y0, right, y1, confidence, line, bool(out) and touching))
    return out


def han_line(image: Grey) -> tuple[str, float]:
    """Return what PP-OCR reads on one line of writing, and how sure it is (0 to 100)."""
    if not image.size:
        return "", 0.0
    read = signs.read([image])[0]
    return read.text, read.mean
