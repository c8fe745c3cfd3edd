"""Register numbers of fictional firms: check digits that agree, region codes that no office gives out.

Rules: INN and OGRN of the Russian tax service, account key of the Bank of Russia, USCC of GB 32100-2015, EDRPOU, IBAN
and LEI (mod 97).
"""

from __future__ import annotations

from random import Random


def identifiers_of(rng: Random, native: str) -> tuple[tuple[str, str], ...]:
    """Draw register numbers with valid check digits for a firm of a language: (scheme, value)."""
    if native == "ru":
        inn = _inn("96" + _digits(rng, 7))
        ogrn = "1" + f"{rng.randint(2, 20):02d}" + "96" + _digits(rng, 7)
        bik = "0496" + _digits(rng, 5)
        return (
            ("inn", inn), ("kpp", inn[:4] + "01001"), ("ogrn", ogrn + str(int(ogrn) % 11 % 10)),
            ("bik", bik), ("account", _account(rng, bik)),
        )  # fmt: skip
    if native == "zh":
        from stdnum.cn import uscc

        base = "91970" + _digits(rng, 3) + "".join(rng.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
        return (("uscc", base + uscc.calc_check_digit(base)), ("account", _digits(rng, 19)))
    if native == "uk":
        from stdnum.ua import edrpou

        base = "9" + _digits(rng, 6)
        return (
            ("edrpou", base + edrpou.calc_check_digit(base + "0")),
            ("iban", _iban("UA", "399999" + _digits(rng, 19))),
        )
    return (("iban", _iban("GB", "XXXX" + "999999" + _digits(rng, 8))), ("lei", _lei(rng)))


def _digits(rng: Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def _inn(base: str) -> str:
    weights = (2, 4, 10, 3, 5, 9, 4, 6, 8)
    return base + str(sum(int(c) * w for c, w in zip(base, weights, strict=True)) % 11 % 10)


def _account(rng: Random, bik: str) -> str:
    """Draw an account whose key agrees with the bank's BIK (rule of the Bank of Russia, weights 7, 1, 3)."""
    head, tail = "40702840", _digits(rng, 11)
    for key in "0123456789":
        full = bik[-3:] + head + key + tail
        if sum(int(c) * (7, 1, 3)[i % 3] for i, c in enumerate(full)) % 10 == 0:
            return head + key + tail
    raise AssertionError(bik)


def _mod97(text: str) -> int:
    return int("".join(str(int(c, 36)) for c in text)) % 97


def _iban(country: str, account: str) -> str:
    return f"{country}{98 - _mod97(account + country + '00'):02d}{account}"


def _lei(rng: Random) -> str:
    base = "9999" + "00" + "".join(rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(12))
    return base + f"{98 - _mod97(base + '00'):02d}"
