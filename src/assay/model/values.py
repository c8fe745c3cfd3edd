"""Value types: each keeps what was written, what it normalises to, and how uncertain that is.

`written` is verbatim. The normalised part is None when it could not be determined: the value then
stays as written. `uncertain` is empty when the reading is plain, and otherwise says in words why it
is not ("day and month may be exchanged", "year not stated"). `span` leads to the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from assay.model.span import Span


@dataclass(frozen=True, slots=True)
class Text:
    """A word or phrase: `value` is its normal form (white space folded, quotes unified)."""

    written: str
    value: str
    uncertain: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Quantity:
    """A count or measure. `unit` is a normal unit word (`unit`, `set`, `kg`, `person`, `month`, `day` ...)."""

    written: str
    value: Decimal | None
    unit: str | None
    uncertain: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in units of `currency` (ISO 4217, None when the paper does not say), never in thousands."""

    written: str
    amount: Decimal | None
    currency: str | None
    uncertain: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class DateRange:
    """A day, month, quarter, year or deadline as the first and last day it can mean, both inclusive."""

    written: str
    earliest: date | None
    latest: date | None
    uncertain: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Designation:
    """The maker's or army's name of an article: `value` is upper case, one dash, no quotes, Cyrillic kept."""

    written: str
    value: str
    uncertain: str = ""
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number from a register: `scheme` is inn, ogrn, kpp, bik, account, uscc, iban, lei, imo, edrpou ...

    `valid` tells whether its check digits agree: None when the scheme has none. A valid number may
    still be somebody else's; an invalid one is first of all a reading error.
    """

    written: str
    scheme: str
    value: str
    valid: bool | None
    uncertain: str = ""
    span: Span | None = None
