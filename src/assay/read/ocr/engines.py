"""The engines: Tesseract for Cyrillic and Latin, PP-OCR for Han. Made once per process and kept.

Limits: what the engines were trained on. Tesseract's language files are the system's (Debian packages); PP-OCR's come
with the package `rapidocr`. One thread each: work is spread over processes.
Units: pixels of the image that was given.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    """A recognised word in pixels. `line` numbers the lines that the engine saw; `glued`: no space before it."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    confidence: int
    line: int
    glued: bool = False


@cache
def data_folder() -> Path | None:
    """Return the folder with Tesseract's language files, or None."""
    named = os.environ.get("TESSDATA_PREFIX")
    for folder in ([named] if named else []) + list(DATA_FOLDERS):
        path = Path(folder)
        if any(path.glob("*.traineddata")):
            return path
    return None


def missing(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the Debian packages whose language files are not installed but wanted for `languages`."""
    folder = data_folder()
    codes = [CODES[x] for x in languages if x in CODES]
    return tuple(PACKAGES[c] for c in codes if folder is None or not (folder / f"{c}.traineddata").is_file())


def installed(languages: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of `languages` that Tesseract can read here."""
    folder = data_folder()
    return tuple(
        x for x in languages if x in CODES and folder is not None and (folder / f"{CODES[x]}.traineddata").is_file()
    )


@cache
def tesseract(languages: str) -> Any:
    """Return Tesseract for a mix such as "rus+eng"; raise `ReadRefused` when a language file is not installed."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    import tesserocr

    folder = data_folder()
    lacking = [
        PACKAGES.get(code, code)
        for code in languages.split("+")
        if folder is None or not (folder / f"{code}.traineddata").is_file()
    ]
    if lacking:
        raise ReadRefused(
            "missing_program", f"Language files for recognition are not installed: install {', '.join(lacking)}."
        )
    api = tesserocr.PyTessBaseAPI(path=str(folder), lang=languages, oem=tesserocr.OEM.LSTM_ONLY)
    api.SetVariable("debug_file", os.devnull)
    return api


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
        out.append(Token(text, x0 + dx, y0 + dy, x1 + dx, y1 + dy, round(word.Confidence(level)), number))
    return out


@cache
def han() -> Any:
    """Return PP-OCR (detector and recogniser, one thread)."""
    import logging

    from rapidocr import RapidOCR

    engine = RapidOCR(
        params={
            "Global.use_cls": False,
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return engine


def han_version() -> str:
    """Return the engine's name and version."""
    from importlib.metadata import version

    return f"PP-OCRv6 small (rapidocr {version('rapidocr')})"


def read_han(image: npt.NDArray[Any]) -> list[Token]:
    """Return PP-OCR's characters and words on an upright image, lines in its order."""
    result = han()(image, return_word_box=True, return_single_char_box=True)
    out: list[Token] = []
    if result.boxes is None or result.txts is None:
        return out
    for number, (box, text, score, pieces) in enumerate(
        zip(result.boxes, result.txts, result.scores, result.word_results, strict=True)
    ):
        if pieces:
            out.extend(_pieces(text, pieces, number))
            continue
        xs, ys = [p[0] for p in box], [p[1] for p in box]
        out.append(Token(text, min(xs), min(ys), max(xs), max(ys), round(100 * score), number))
    return out


def _pieces(text: str, pieces: Any, line: int) -> list[Token]:
    """Return the line's pieces as tokens, with spaces as they stand in `text`."""
    out: list[Token] = []
    at = 0
    for piece, score, box in pieces:
        piece = piece.strip()
        if not piece or box is None:
            continue
        found = text.find(piece, at)
        glued = bool(out) and found >= 0 and found == at
        at = found + len(piece) if found >= 0 else at
        xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
        out.append(Token(piece, min(xs), min(ys), max(xs), max(ys), round(100 * float(score)), line, glued))
    return out


def han_score(image: npt.NDArray[Any]) -> float:
    """Return how sure (0 to 100) PP-OCR is of one line of writing."""
    import cv2

    result = han()(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), use_det=False, use_rec=True)
    han().use_det = True
    return 100 * float(result.scores[0]) if result.txts and result.txts[0].strip() else 0.0
