"""Banks that one document names in two languages: the requisites of one party give them with the same account.

Limits: a block of requisites with two banks tells nothing; neither does an account that a scan has misread.
"""

from __future__ import annotations

import re
from collections import defaultdict

from assay.extract.blocks import blocks_of
from assay.extract.organisations import organisations_in
from assay.extract.parties import Engaged
from assay.model import Reading, Text
from assay.read.values.identifiers import find_identifiers

_BANK = re.compile(r"(?<![^\W_])банк|bank|银行", re.IGNORECASE)
_OF_BANK = frozenset({"account", "bik", "correspondent", "iban", "swift"})
"""Numbers that a bank gives, or that are its own."""


def same_banks(reading: Reading, engaged: list[Engaged]) -> dict[str, list[Text]]:
    """Return for a bank's name, in small letters, the names that other languages give the bank of that account."""
    holders: dict[str, dict[str, Text]] = defaultdict(dict)
    for block in blocks_of(reading, engaged):
        banks = {
            row.text[n.start : n.end]: row.written(n.start, n.end)
            for row in block.rows
            for n in organisations_in(row)
            if _BANK.search(row.text, n.start, n.end)
        }
        if len(banks) != 1:
            continue
        name = next(iter(banks.values()))
        for row in block.rows:
            for found in find_identifiers(row.text):
                if found.value.scheme in _OF_BANK and found.value.value:
                    holders[f"{found.value.scheme} {found.value.value}"][name.value.casefold()] = name
    out: dict[str, list[Text]] = defaultdict(list)
    for _, names in sorted(holders.items()):
        for own in names:
            out[own] += [t for other, t in names.items() if other != own and t not in out[own]]
    return dict(out)
