"""In which language is this text? Script first, then letters, then lingua between Russian and Ukrainian.

Limits: short texts in Cyrillic are often both Russian and Ukrainian; then the `hint` (the paragraph's, page's or
document's language) decides, and without one the language whose letters do not speak against it, Russian last. Other
languages in Cyrillic, Latin or Han script are `und` only where their letters or function words show it: German is,
Bulgarian seldom is. Lingua costs about 60 MB and a second at its first use and is thread-safe.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lingua import LanguageDetector

_LOOK = 4000
_HAN_WEIGHT = 3.0
"""One Han character says about as much as three letters."""

_UKRAINIAN = re.compile(r"[іїєґІЇЄҐ]")
_RUSSIAN = re.compile(r"[ыэёъЫЭЁЪ]")
_OTHER_CYRILLIC = re.compile(r"[ўЎјљњћђџѓќѕәғқңөұүһҳҷӣӯ]")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff]")
_KANA = re.compile(r"[\u3041-\u30ff\uac00-\ud7af]")
_CYRILLIC = re.compile(r"[\u0400-\u052f]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(r"[\u0370-\u03ff\u0530-\u06ff\u0900-\u0dff\u0e00-\u0eff\u10a0-\u10ff]")
_CODE = re.compile(r"(?<![A-Za-z])[A-Z]+(?![a-z])")
_WORD = re.compile(r"[^\W\d_]+")

_UK_WORDS = frozenset(
    [
        "та",
        "що",
        "як",
        "або",
        "від",
        "до",
        "із",
        "зі",
        "він",
        "вона",
        "вони",
        "це",
        "цей",
        "ця",
        "ці",
        "для",
        "при",
        "про",
        "після",
        "також",
        "якщо",
        "щодо",
        "відповідно",
        "між",
        "які",
        "який",
        "яка",
        "яке",
        "його",
        "її",
        "їх",
        "буде",
        "може",
        "має",
        "було",
        "бути",
        "згідно",
        "договору",
        "сторони",
        "не",
        "у",
        "й",
        "на",
        "за",
        "по",
        "року",
        "грн",
        "україни",
    ]
)
_RU_WORDS = frozenset(
    [
        "и",
        "что",
        "как",
        "или",
        "от",
        "из",
        "он",
        "она",
        "они",
        "это",
        "этот",
        "эта",
        "эти",
        "для",
        "при",
        "о",
        "об",
        "после",
        "также",
        "если",
        "между",
        "которые",
        "который",
        "которая",
        "которое",
        "его",
        "её",
        "их",
        "будет",
        "может",
        "имеет",
        "было",
        "быть",
        "согласно",
        "договора",
        "стороны",
        "не",
        "в",
        "на",
        "за",
        "по",
        "года",
        "руб",
        "россии",
        "с",
        "к",
        "со",
        "во",
        "является",
    ]
)
_EN_WORDS = frozenset(
    [
        "the",
        "of",
        "and",
        "to",
        "in",
        "is",
        "that",
        "for",
        "on",
        "with",
        "as",
        "by",
        "at",
        "be",
        "this",
        "are",
        "or",
        "from",
        "shall",
        "which",
        "an",
        "it",
        "not",
        "was",
        "has",
        "have",
        "will",
        "any",
        "such",
        "its",
        "a",
        "party",
        "agreement",
        "contract",
        "date",
        "price",
        "total",
        "all",
        "no",
        "under",
        "between",
        "may",
        "other",
        "than",
        "been",
        "if",
        "each",
        "were",
        "their",
        "he",
        "his",
        "they",
        "we",
        "you",
        "your",
        "our",
        "but",
    ]
)
_FOREIGN_WORDS = frozenset(
    [
        "der",
        "die",
        "das",
        "und",
        "ist",
        "nicht",
        "mit",
        "von",
        "für",
        "auf",
        "dem",
        "den",
        "des",
        "ein",
        "eine",
        "zu",
        "im",
        "sich",
        "auch",
        "wird",
        "oder",
        "als",
        "bei",
        "nach",
        "le",
        "la",
        "les",
        "des",
        "et",
        "est",
        "une",
        "pour",
        "dans",
        "que",
        "qui",
        "sur",
        "avec",
        "par",
        "pas",
        "plus",
        "du",
        "au",
        "aux",
        "il",
        "elle",
        "vous",
        "nous",
        "ce",
        "cette",
        "el",
        "los",
        "las",
        "y",
        "en",
        "del",
        "con",
        "por",
        "para",
        "una",
        "se",
        "su",
        "como",
        "más",
        "pero",
        "il",
        "di",
        "che",
        "per",
        "non",
        "della",
        "sono",
        "con",
        "gli",
        "dei",
        "de",
        "het",
        "een",
        "van",
        "voor",
        "niet",
        "op",
        "te",
        "aan",
        "w",
        "z",
        "na",
        "do",
        "się",
        "nie",
        "jest",
        "oraz",
        "dla",
        "o",
        "ve",
        "bir",
        "bu",
        "için",
        "ile",
        "da",
        "um",
        "uma",
        "os",
        "as",
        "não",
        "em",
        "com",
        "é",
        "do",
        "dos",
    ]
)


def language(text: str, hint: str | None = None) -> str:
    """Return `ru`, `uk`, `zh`, `en` or `und`.

    `hint` is the language around this text. It is inherited by what says nothing for itself: figures, initials, a short
    word that both Russian and Ukrainian have. It never outweighs the script or letters that only one of them has.
    """
    sample = text if len(text) <= _LOOK else text[: _LOOK // 2] + text[len(text) // 2 : len(text) // 2 + _LOOK // 2]
    if sample.isascii():
        latin = sum(1 for c in sample if c.isalpha())
        return _latin(sample, latin, hint) if latin else (hint or "und")
    counts = {
        "han": len(_HAN.findall(sample)) * _HAN_WEIGHT,
        "kana": len(_KANA.findall(sample)) * _HAN_WEIGHT,
        "cyrillic": float(len(_CYRILLIC.findall(sample))),
        "latin": float(len(_LATIN.findall(sample))),
        "other": float(len(_OTHER.findall(sample))),
    }
    if counts["cyrillic"] or counts["han"]:
        # Codes, currencies and trade terms are written in Latin capitals in every language.
        counts["latin"] -= sum(len(code) for code in _CODE.findall(sample))
    total = sum(counts.values())
    if not total:
        return hint or "und"
    if counts["kana"] > 0.1 * total and counts["kana"] * 4 > counts["han"]:
        return "und"
    script = max(counts, key=lambda name: counts[name])
    if script == "han":
        return "zh"
    if script == "cyrillic":
        return _cyrillic(sample, hint)
    if script == "latin":
        return _latin(sample, int(counts["latin"]), hint)
    return "und"


def _cyrillic(text: str, hint: str | None) -> str:
    ukrainian, russian = len(_UKRAINIAN.findall(text)), len(_RUSSIAN.findall(text))
    if ukrainian > 2 * russian:
        return "uk"
    if russian > 2 * ukrainian:
        return "ru" if not _OTHER_CYRILLIC.search(text) or russian > 20 else "und"
    if len(_OTHER_CYRILLIC.findall(text)) * 30 > len(text):
        return "und"
    words = [w.lower() for w in _WORD.findall(text)]
    lean = sum(w in _UK_WORDS and w not in _RU_WORDS for w in words) - sum(
        w in _RU_WORDS and w not in _UK_WORDS for w in words
    )
    if abs(lean) >= 2 or (lean and not hint):
        return "uk" if lean > 0 else "ru"
    if hint in ("ru", "uk") and len(words) < 12:
        return hint
    letters = sum(len(w) for w in words)
    if ukrainian == russian == 0 and letters > 60:
        # Ukrainian has one of its own letters in every 15, Russian one in every 35.
        return "ru"
    return _judged(text) if letters >= 3 else (hint if hint in ("ru", "uk") else "ru")


def _latin(text: str, letters: int, hint: str | None) -> str:
    words = [w.lower() for w in _WORD.findall(text)]
    if letters <= 3 and hint:
        return hint
    english = sum(w in _EN_WORDS for w in words)
    foreign = sum(w in _FOREIGN_WORDS and w not in _EN_WORDS for w in words)
    accented = sum("\xc0" <= c <= "\u024f" for c in text)
    if foreign > english and foreign >= 2:
        return "und"
    if accented * 25 > letters and english < 2 and letters >= 12:
        return "und"
    if english == 0 and len(words) >= 25:
        return "und"
    return "en"


def _judged(text: str) -> str:
    from lingua import Language

    found = _detector().detect_language_of(text)
    return "uk" if found == Language.UKRAINIAN else "ru"


@cache
def _detector() -> LanguageDetector:
    from lingua import Language, LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Language.RUSSIAN, Language.UKRAINIAN, Language.ENGLISH).build()
