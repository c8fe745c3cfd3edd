"""Numbers from registers: tax, company, bank, ship; with their check digits.

Limits: a number is taken where its label stands before it, or without label only where it describes itself (IBAN, LEI
and USCC with the right letters, length and check digits). `valid` is None for schemes without check digits (BIK, KPP,
SWIFT) and for accounts whose bank code is not near. A number of all zeros is never valid. Sources: see
identifiers.toml; check digits by python-stdnum except OGRNIP, OKPO and the account key, which are computed here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache

from assay.model import Identifier
from assay.read.values.found import Found, without_overlaps
from assay.read.values.lexicon import fold, lower, table

_L = "a-zа-яіїєґ"
_MISREAD = str.maketrans(
    {"o": "0", "о": "0", "l": "1", "i": "1", "і": "1", "|": "1", "з": "3", "б": "6", "s": "5", "b": "8", "в": "8"}
)
_CONFUSABLE = {
    "0": "869",
    "1": "74",
    "2": "7",
    "3": "85",
    "4": "19",
    "5": "36",
    "6": "58",
    "7": "12",
    "8": "3069",
    "9": "480",
}
_LETTER_CONFUSABLE = {
    "0": "DOQ", "1": "IL", "2": "Z", "5": "S", "8": "B", "D": "0", "O": "0", "Q": "0", "I": "1", "L": "1", "Z": "2",
    "S": "5", "B": "8", "6": "G", "G": "6",
}  # fmt: skip
_NEAR = 600
"""How many characters a bank code may stand away from its account."""
_KEY = (7, 1, 3)
_ACCOUNT_LETTERS = {c: str(i) for i, c in enumerate("ABCEHKMPTX")}


def find_identifiers(text: str) -> list[Found[Identifier]]:
    """Return every labelled number, then those without label that describe themselves; in text order."""
    plain = lower(fold(text))
    found: list[Found[Identifier]] = []
    for match in _labelled().finditer(plain):
        found += _read(text, plain, match)
    for scheme, pattern in (("iban", _IBAN), ("uscc", _USCC), ("lei", _LEI)):
        upper = fold(text)
        for match in pattern.finditer(upper):
            value = match.group().replace(" ", "")
            if check(value, scheme):
                written = text[match.start() : match.end()]
                found.append(Found(match.start(), match.end(), Identifier(written, scheme, value, True)))
    return _with_accounts(without_overlaps(found))


_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])")
_USCC = re.compile(r"(?<![0-9A-Za-z])[159YN][1-9][0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}(?![0-9A-Za-z])")
_LEI = re.compile(r"(?<![0-9A-Za-z])[0-9A-Z]{18}[0-9]{2}(?![0-9A-Za-z])")


@cache
def _labelled() -> re.Pattern[str]:
    """Return one pattern of every label with what may stand between it and the number."""
    groups = []
    for scheme, entry in table("identifiers.toml").items():
        labels = "|".join(sorted(entry["labels"], key=len, reverse=True))
        groups.append(f"(?P<{scheme}>{labels})")
    between = r"(?:[\s:.№#|]|no\b|n\b|номер|number|является|is)"
    return re.compile(rf"(?<![0-9{_L}])(?:{'|'.join(groups)})(?![{_L}]){between}{{0,8}}")


def _read(text: str, plain: str, match: re.Match[str]) -> list[Found[Identifier]]:
    """Return the number behind a label; both numbers behind "ИНН/КПП"."""
    scheme = match.lastgroup or ""
    one = _number(text, plain, match.end(), scheme)
    if one is None:
        return []
    if scheme == "inn" and re.search("кпп|kpp", match.group()):
        second = re.compile(r"\s?[/\\|]\s?").match(plain, one.end)
        other = _number(text, plain, second.end(), "kpp") if second is not None else None
        return [one, other] if other is not None else [one]
    return [one]


def _number(text: str, plain: str, at: int, scheme: str) -> Found[Identifier] | None:
    """Return the number of `scheme` that stands at `at`, None when what stands there is not of its shape."""
    read = (
        _with_letters(plain, at, scheme) if "shape" in table("identifiers.toml")[scheme] else _digits(plain, at, scheme)
    )
    if read is None:
        return None
    end, value, doubt = read
    if scheme == "swift" and not re.search("[A-Z]", text[at:end]):
        return None
    kind = _scheme(scheme, value)
    valid = check(value, kind)
    if scheme == "tin":
        kind, valid = "inn", check(value, "inn")
        if not valid:
            return None
    if kind == "rnokpp" and not valid and check(value, "inn"):
        kind, valid = "inn", True  # Ukrainian papers name a Russian taxpayer's number by the same words
    return Found(at, end, Identifier(text[at:end], kind, value, valid, doubt))


def _with_letters(plain: str, at: int, scheme: str) -> tuple[int, str, str] | None:
    """Return end, value and doubt of a number that may hold letters."""
    match = re.compile(rf"(?:{table('identifiers.toml')[scheme]['shape']})(?![0-9a-zа-я])").match(plain, at)
    if match is None:
        return None
    end, doubt = match.end(), ""
    if scheme == "iban":
        length = table("iban.toml").get(plain[at : at + 2].upper())
        if length is None:
            return None
        end = _after_characters(plain, at, match.end(), length)
    value = plain[at:end].replace(" ", "").upper()
    if scheme == "uscc" and sum(c.isdigit() for c in value) < 8:
        return None
    if scheme in ("iban", "lei"):
        place = slice(2, 4) if scheme == "iban" else slice(18, 20)
        repaired = value[place].lower().translate(_MISREAD)
        doubt = "a letter was read as a digit" if repaired != value[place].lower() else ""
        value = value[: place.start] + repaired + value[place.stop :]
    if scheme == "iban" and len(value) != length:
        doubt = f"{len(value)} characters, where an IBAN of this country has {length}"
    return end, value, doubt


def _after_characters(plain: str, at: int, end: int, count: int) -> int:
    """Return where `count` characters that are no space end, `end` at most; words behind a number are not its own."""
    seen = 0
    for place in range(at, end):
        seen += plain[place] != " "
        if seen == count and (place + 1 == end or plain[place + 1] == " "):
            return place + 1
    return end


def _digits(plain: str, at: int, scheme: str) -> tuple[int, str, str] | None:
    """Return end, value and doubt of a number that holds digits only, letters of like shape taken for digits."""
    match = re.compile(r"[0-9oоliіз|бsbв](?:[ -]?[0-9]|[oоliізб|sbв]){5,24}(?![0-9a-zа-я])").match(plain, at)
    if match is None:
        return None
    written = re.sub("[ -]", "", match.group())
    if sum(c.isdigit() for c in written) * 4 < len(written) * 3:
        return None
    value = written.translate(_MISREAD)
    doubt = "a letter was read as a digit" if written != value else ""
    lengths = table("identifiers.toml")[scheme]["digits"]
    if len(value) not in lengths:
        if abs(len(value) - lengths[0]) > 2 or scheme in ("account", "tin"):
            return None
        doubt = f"{len(value)} digits, where this number has {' or '.join(map(str, lengths))}"
    return match.end(), value, doubt


def _scheme(scheme: str, value: str) -> str:
    if scheme == "ogrn" and len(value) == 15:
        return "ogrnip"
    return scheme


def _with_accounts(found: list[Found[Identifier]]) -> list[Found[Identifier]]:
    """Return `found` with each Russian account checked against the bank code nearest to it."""
    codes = [f for f in found if f.value.scheme == "bik" and len(f.value.value) == 9]
    checked = []
    for one in found:
        scheme, value = one.value.scheme, one.value.value
        if scheme in ("account", "correspondent") and codes and len(value) == 20:
            code = min(codes, key=lambda c: min(abs(c.start - one.end), abs(one.start - c.end)))
            if min(abs(code.start - one.end), abs(one.start - code.end)) <= _NEAR:
                valid = account_key(value, code.value.value, correspondent=scheme == "correspondent")
                one = Found(
                    one.start, one.end, Identifier(one.value.written, scheme, value, valid, one.value.uncertain)
                )
        checked.append(one)
    return checked


def account_key(account: str, bik: str, *, correspondent: bool = False) -> bool | None:
    """Tell whether a 20-digit account's key agrees with its bank's code; None when either is not of that shape.

    Bank of Russia, order of computing the check key (08.09.1997 No. 515): weights 7, 1, 3 over the bank's last three
    digits (for accounts in its own branches, whose code ends in 000 to 002, and for correspondent accounts: 0 and
    digits 5 and 6) and the account. Where the code ends in 000 to 002 a key by either way agrees: whether the account
    is the branch's own or a bank's under it, the numbers do not say.
    """
    digits = "".join(_ACCOUNT_LETTERS.get(c, c) for c in account.upper())
    if not re.fullmatch("[0-9]{20}", digits) or not re.fullmatch("[0-9]{9}", bik):
        return None
    own, bank = "0" + bik[4:6], bik[6:]
    prefixes = (own,) if correspondent else (own, bank) if bank in ("000", "001", "002") else (bank,)
    totals = [sum(int(c) * _KEY[i % 3] % 10 for i, c in enumerate(prefix + digits)) for prefix in prefixes]
    return any(total % 10 == 0 for total in totals) and digits.strip("0") != ""


def _stdnum(module: str) -> Callable[[str], bool]:
    from importlib import import_module

    checker: Callable[[str], bool] = import_module(f"stdnum.{module}").is_valid
    return checker


def check(value: str, scheme: str) -> bool | None:
    """Tell whether the check digits of a bare number agree; None where it has none, or none by itself."""
    if value.strip("0") == "":
        return False
    if scheme == "ogrnip":
        return re.fullmatch("[0-9]{15}", value) is not None and int(value[:14]) % 13 % 10 == int(value[14])
    if scheme == "okpo":
        return _okpo(value)
    if scheme == "resident_id":
        return _resident(value)
    if scheme == "rnokpp" and len(value) == 12:
        return None
    modules = {
        "inn": "ru.inn",
        "ogrn": "ru.ogrn",
        "uscc": "cn.uscc",
        "iban": "iban",
        "lei": "lei",
        "imo": "imo",
        "edrpou": "ua.edrpou",
        "rnokpp": "ua.rntrc",
    }
    return _stdnum(modules[scheme])(value) if scheme in modules else None


def _resident(value: str) -> bool:
    """Chinese resident identity number (GB 11643-1999): a birthday of the calendar, and ISO 7064 MOD 11-2 over all."""
    if not re.fullmatch("[1-9][0-9]{16}[0-9X]", value):
        return False
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    total = sum((10 if c == "X" else int(c)) * (2 ** (17 - i) % 11) for i, c in enumerate(value))
    return total % 11 == 1 and born.year >= _FIRST_BIRTH


_FIRST_BIRTH = 1880


def _okpo(value: str) -> bool:
    """Russian OKPO, 8 or 10 digits (PR 50.1.024-2005: weights from 1, then from 3, modulo 11)."""
    if not re.fullmatch("[0-9]{8}|[0-9]{10}", value):
        return False
    for first in (1, 3):
        rest = sum(int(c) * ((i + first - 1) % 10 + 1) for i, c in enumerate(value[:-1])) % 11
        if rest < 10:
            return rest == int(value[-1])
    return value[-1] == "0"


def confusable(value: str, scheme: str, bik: str = "") -> str | None:
    """Return the one valid number that recognition could have misread as `value` in a single character.

    None when there is no such number, or when several are equally near (then none can be told to be meant).
    """
    repairs = []
    for i, char in enumerate(value):
        others = _CONFUSABLE.get(char, "") + (
            _LETTER_CONFUSABLE.get(char, "") if scheme in ("uscc", "iban", "lei") else ""
        )
        for other in others:
            candidate = value[:i] + other + value[i + 1 :]
            if scheme in ("account", "correspondent"):
                valid = account_key(candidate, bik, correspondent=scheme == "correspondent")
            else:
                valid = check(candidate, scheme)
            if valid:
                repairs.append(candidate)
    return repairs[0] if len(repairs) == 1 else None
