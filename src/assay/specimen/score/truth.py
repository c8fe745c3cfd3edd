"""truth.json as records. Shape: see `assay.specimen`; what is unknown here is ignored, what is wrong raises.

Limits: the file is trusted; it was made by `assay specimen`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from assay.specimen.score.normal import decimal

Words = dict[str, str]
"""Language to text."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of an exhibit."""

    number: int
    text: str = ""
    language: str = ""
    how: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """An exhibit."""

    path: str
    sha256: str = ""
    kind: str | None = None
    languages: tuple[str, ...] = ()
    medium: str = ""
    stage: str | None = None
    agreement: str | None = None
    number: str | None = None
    date: str | None = None
    place: Words | str | None = None
    template: str | None = None
    duplicate_of: str | None = None
    dpi: int | None = None
    pages: tuple[Sheet, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money."""

    amount: str | None = None
    currency: str | None = None

    @property
    def value(self) -> Decimal | None:
        """The amount as a number."""
        return decimal(self.amount)


@dataclass(frozen=True, slots=True)
class Engaged:
    """A party in its role."""

    role: str
    party: str


@dataclass(frozen=True, slots=True)
class Deal:
    """An agreement."""

    key: str
    number: str
    titles: Words = field(default_factory=dict)
    subjects: Words = field(default_factory=dict)
    date: str | None = None
    places: Words = field(default_factory=dict)
    parties: tuple[Engaged, ...] = ()
    total: Sum | None = None
    payment_terms: tuple[dict[str, Any], ...] = ()
    delivery_terms: tuple[dict[str, Any], ...] = ()
    exhibits: tuple[str, ...] = ()
    status: dict[str, str] = field(default_factory=dict)
    status_basis: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Row:
    """A line item. `as_printed` holds, by path, the values that a document prints differently (an altered one)."""

    agreement: str | None
    position: str | int | None
    designation: str | None = None
    descriptions: Words = field(default_factory=dict)
    quantity: str | int | float | None = None
    unit: str | None = None
    price: str | int | float | None = None
    total: str | int | float | None = None
    currency: str | None = None
    exhibits: tuple[str, ...] = ()
    as_printed: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation."""

    agreement: str | None
    kind: str
    debtor: str | None = None
    creditor: str | None = None
    quantity: Any = None
    money: Sum | None = None
    due: tuple[str | None, ...] | None = None
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Deed:
    """An event."""

    agreement: str | None
    rung: str
    date: str | None = None
    money: Sum | None = None
    quantity: Any = None
    exhibits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Number:
    """An identifier."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class Actor:
    """A party."""

    key: str
    kind: str
    names: Words = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    identifiers: tuple[Number, ...] = ()
    exhibits: tuple[str, ...] = ()

    @property
    def forms(self) -> tuple[str, ...]:
        """All its names, each once."""
        return tuple(dict.fromkeys((*self.names.values(), *self.aliases)))


@dataclass(frozen=True, slots=True)
class Planted:
    """An alteration, or an innocent twin (then `why` says what it is).

    An alteration without an examination leaves nothing to find: it is planted to be honest about that.
    """

    path: str
    examination: str | None = None
    kind: str = ""
    page: int = 0
    box: tuple[float, ...] | None = None
    why: str = ""
    detail: str = ""
    about: tuple[str, ...] = ()
    """Every exhibit that a finding may speak of, when it is not `path` alone."""
    fact: bool = False
    """Its examination carries no weight: stating it is all that is asked."""

    @property
    def paths(self) -> tuple[str, ...]:
        """The exhibits that a finding may speak of."""
        return self.about or (self.path,)


@dataclass(frozen=True, slots=True)
class Absent:
    """A document that others name and that is not in the trove."""

    what: str
    number: str | int | None = None
    agreement: str | None = None
    referenced_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Kin:
    """A member of a version family."""

    path: str
    relation: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """A version family."""

    key: str
    members: tuple[Kin, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """A claim of a press article."""

    topic: str
    rung: str | None = None
    agreement: str | None = None
    money: Sum | None = None
    quantity: Any = None
    speaker_chain: tuple[str, ...] = ()
    modality: str = "asserted"
    polarity: bool = True
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Article:
    """A press article."""

    path: str
    outlet: str = ""
    published: str | None = None
    origin: str = "unknown"
    copies: str | None = None
    lost_hedges: tuple[str, ...] = ()
    claims: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Making:
    """How the specimen was made."""

    seed: str | int = ""
    pages: int = 0
    scored: tuple[str, ...] = ()
    """The sections that this truth speaks of; all when empty."""


@dataclass(frozen=True, slots=True)
class Truth:
    """All that is true of a specimen."""

    specimen: Making = field(default_factory=Making)
    exhibits: tuple[Paper, ...] = ()
    agreements: tuple[Deal, ...] = ()
    items: tuple[Row, ...] = ()
    obligations: tuple[Duty, ...] = ()
    events: tuple[Deed, ...] = ()
    parties: tuple[Actor, ...] = ()
    alterations: tuple[Planted, ...] = ()
    twins: tuple[Planted, ...] = ()
    missing: tuple[Absent, ...] = ()
    families: tuple[Lineage, ...] = ()
    press: tuple[Article, ...] = ()


def parse(held: dict[str, Any]) -> Truth:
    """Return the truth that a loaded truth.json holds; raise `ValueError` naming the place that does not fit."""
    try:
        return msgspec.convert(_without_blanks(held), Truth)
    except msgspec.ValidationError as error:
        message = f"truth.json does not fit: {error}"
        raise ValueError(message) from error


BLANK = frozenset(
    {"number", "date", "stage", "kind", "agreement", "designation", "position", "unit", "currency", "place"}
)
"""Fields in which "" means that the paper states none."""


def _without_blanks(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: None if k in BLANK and v in ("", {}) else _without_blanks(v) for k, v in value.items()}
    return [_without_blanks(v) for v in value] if isinstance(value, list) else value


def wordings(term: dict[str, Any]) -> tuple[str, ...]:
    """Return a term's texts in its languages: under "texts", or under the languages' own codes."""
    held = term.get("texts", term)
    if isinstance(held, str):
        return (held,)
    return tuple(v for k, v in held.items() if isinstance(v, str) and len(k) == 2)


def count_of(value: Any) -> Decimal | None:
    """Return a truth's quantity, given as a number or as an object with "value"."""
    return decimal(value.get("value")) if isinstance(value, dict) else decimal(value)
