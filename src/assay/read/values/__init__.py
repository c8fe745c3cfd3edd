"""Values as papers write them, in Russian, Ukrainian, Chinese and English.

Numbers, money, dates, quantities, identifiers. Limits: each function says what it does not read. Offsets are exact in
the text given; what cannot be normalised keeps None and says why in `uncertain`.
"""

from assay.read.values.dates import find_dates
from assay.read.values.found import Found, attach, shifted
from assay.read.values.identifiers import account_key, check, confusable, find_identifiers
from assay.read.values.money import Currency, currency_in, find_money, find_money_in_words, scripts
from assay.read.values.numbers import find_numbers, parse_number, readings
from assay.read.values.quantities import find_quantities, unit_of
from assay.read.values.words import find_number_words, parse_words

__all__ = [
    "Currency", "Found", "account_key", "attach", "check", "confusable", "currency_in", "find_dates",
    "find_identifiers", "find_money", "find_money_in_words", "find_number_words", "find_numbers", "find_quantities",
    "parse_number", "parse_words", "readings", "scripts", "shifted", "unit_of",
]  # fmt: skip
