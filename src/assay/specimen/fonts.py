"""Fonts for the specimen: found on the machine, measured here, embedded by reportlab.

A face pairs a Latin-and-Cyrillic font with a Han one: characters are set one by one in the font that has them.
Limits: left-to-right text only; no kerning, no ligatures.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from assay.model.errors import MissingProgram

ROOT = Path("/usr/share/fonts/truetype")
OLD_FONT = 3_219_004_800
"""Seconds since 1904 (`head.modified`, ISO/IEC 14496-22, 5.2.2) of a day before every paper of a specimen."""


@dataclass(frozen=True, slots=True)
class Face:
    """One font in one weight: `key` names it to reportlab, `widths` are advances in 1/1000 em by code point."""

    key: str
    widths: dict[int, float]
    default: float


@dataclass(frozen=True, slots=True)
class Family:
    """A Latin-and-Cyrillic face and a Han face in regular, bold and italic (which fall back on regular)."""

    name: str
    regular: tuple[Face, Face]
    bold: tuple[Face, Face]
    italic: tuple[Face, Face]

    def pick(self, bold: bool, italic: bool) -> tuple[Face, Face]:
        """Return the pair of faces for a weight."""
        return self.bold if bold else self.italic if italic else self.regular


@cache
def _listed() -> tuple[dict[str, Any], ...]:
    return tuple(tomllib.loads(files(__package__).joinpath("faces.toml").read_text("utf-8"))["face"])


@cache
def available(script: str) -> tuple[str, ...]:
    """Return the names of the faces of `script` ("euro" or "han") that are installed; a fault when there is none."""
    rows = [row for row in _listed() if row["script"] == script]
    names = tuple(row["name"] for row in rows if (ROOT / row["regular"]).exists())
    if not names:
        packages = ", ".join(sorted({row["package"] for row in rows}))
        raise MissingProgram(f"No {script} font for the specimen is installed.", hint=f"Install one of: {packages}.")
    return names


@cache
def _face(file: str) -> Face:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    key = Path(file).stem
    font = TTFont(key, str(ROOT / file), subfontIndex=0)
    _age(font.face)
    pdfmetrics.registerFont(font)
    return Face(key, font.face.charWidths, font.face.defaultWidth)


def _age(face: Any) -> None:
    """Set a font's time of change to 2 January 2006: a paper of an earlier day than its fonts would betray itself."""
    data, at = face._ttf_data, face.get_table_pos("head")[0] + 28
    face._ttf_data = data[:at] + OLD_FONT.to_bytes(8, "big") + data[at + 8 :]


@cache
def family(euro: str, han: str) -> Family:
    """Return the family of two face names; a name that is not installed is replaced by the first that is."""
    rows = {row["name"]: row for row in _listed()}
    latin = rows[euro if euro in available("euro") else available("euro")[0]]
    chinese = rows[han if han in available("han") else available("han")[0]]

    def face(row: dict[str, Any], style: str) -> Face:
        path = row.get(style, row["regular"])
        return _face(path if (ROOT / path).exists() else row["regular"])

    pairs = {style: (face(latin, style), face(chinese, style)) for style in ("regular", "bold", "italic")}
    return Family(f"{euro}+{han}", pairs["regular"], pairs["bold"], pairs["italic"])


def is_han(char: str) -> bool:
    """Tell whether a character belongs to Chinese setting: an ideograph or full-width punctuation."""
    code = ord(char)
    return 0x3000 <= code <= 0x303F or 0x3400 <= code <= 0x9FFF or 0xFF00 <= code <= 0xFFEF


def face_of(char: str, pair: tuple[Face, Face]) -> Face:
    """Return the face of the pair that sets `char`."""
    return pair[1] if is_han(char) or ord(char) not in pair[0].widths else pair[0]


def width_of(text: str, pair: tuple[Face, Face], size: float) -> float:
    """Return the width of `text` in points."""
    total = 0.0
    for char in text:
        face = face_of(char, pair)
        total += face.widths.get(ord(char), face.default)
    return total * size / 1000
