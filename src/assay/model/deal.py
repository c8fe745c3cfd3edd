"""What documents say: document fields, mentions, line items, obligations, events, claims; and what they resolve to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from assay.model.record import Record
from assay.model.span import Span
from assay.model.values import DateRange, Designation, Identifier, Money, Quantity, Text


class DocumentKind(StrEnum):
    """What an exhibit is, as far as its own words tell."""

    CONTRACT = "contract"
    ANNEX = "annex"
    AMENDMENT = "amendment"
    PRICE_PROTOCOL = "price_protocol"
    PAYMENT_SCHEDULE = "payment_schedule"
    DELIVERY_SCHEDULE = "delivery_schedule"
    ACCEPTANCE_ACT = "acceptance_act"
    TRAINING_PROGRAMME = "training_programme"
    LICENCE = "licence"
    MINUTES = "minutes"
    LETTER = "letter"
    MAIL = "mail"
    INVOICE = "invoice"
    SPREADSHEET = "spreadsheet"
    PRESS = "press"
    OTHER = "other"


class Role(StrEnum):
    """In what capacity a party is named; `PARTY` is bound in a capacity that is none of the others."""

    SUPPLIER = "supplier"
    BUYER = "buyer"
    LICENSOR = "licensor"
    LICENSEE = "licensee"
    TRAINER = "trainer"
    TRAINEE = "trainee"
    PARTY = "party"
    SIGNATORY = "signatory"
    SENDER = "sender"
    RECIPIENT = "recipient"
    PARTICIPANT = "participant"
    SPEAKER = "speaker"
    AUTHOR = "author"
    CONSIGNEE = "consignee"
    BANK = "bank"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Reference:
    """A document that another one names: its kind, number and date as far as stated."""

    kind: DocumentKind
    number: str
    date: DateRange | None
    span: Span


@dataclass(frozen=True, slots=True)
class Document(Record):
    """An exhibit as a document: what it calls itself. One per exhibit that was read.

    `agreement_number` is the contract it belongs to (its own number if it is the contract).
    `stage` is draft, final or unclear. `references` are the documents it names, `announces` those annexes that it
    says are attached to it or are part of it.
    """

    KIND: ClassVar[str] = "documents"
    exhibit: str
    kind: DocumentKind
    title: Text | None
    number: Text | None
    date: DateRange | None
    place: Text | None
    agreement_number: Text | None
    agreement_date: DateRange | None
    subject: Text | None
    total: Money | None
    payment_terms: tuple[Text, ...]
    delivery_terms: tuple[Text, ...]
    languages: tuple[str, ...]
    stage: str
    stage_spans: tuple[Span, ...]
    references: tuple[Reference, ...]
    announces: tuple[Reference, ...]
    spans: tuple[Span, ...]
    part: str
    version: str


@dataclass(frozen=True, slots=True)
class Mention(Record):
    """A name as it occurs. `kind` is person, organisation, state or unknown.

    `same_as` are other forms that the document itself equates with it (an abbreviation in brackets, the other
    language column); `identifiers`, `address` and `represents` (the organisation a person signs for) as stated.
    """

    KIND: ClassVar[str] = "mentions"
    exhibit: str
    name: Text
    kind: str
    role: Role
    language: str
    same_as: tuple[Text, ...]
    identifiers: tuple[Identifier, ...]
    address: Text | None
    represents: Text | None
    position: Text | None
    part: str
    version: str

    @property
    def spans(self) -> tuple[Span, ...]:
        """Where the name stands."""
        return (self.name.span,) if self.name.span else ()


@dataclass(frozen=True, slots=True)
class LineItem(Record):
    """One row of a specification or price list. `position` is the row's own number as written."""

    KIND: ClassVar[str] = "line_items"
    exhibit: str
    agreement_number: Text | None
    position: str
    designation: Designation | None
    description: Text
    quantity: Quantity | None
    price: Money | None
    total: Money | None
    spans: tuple[Span, ...]
    part: str
    version: str


class ObligationKind(StrEnum):
    """What a party can be bound to do."""

    DELIVER = "deliver"
    PAY = "pay"
    TRAIN = "train"
    TRANSFER_TECHNOLOGY = "transfer_technology"
    INTEGRATE = "integrate"
    LICENSE_PRODUCTION = "license_production"
    KEEP_SECRET = "keep_secret"


@dataclass(frozen=True, slots=True)
class Obligation(Record):
    """What an agreement binds a party to do. `debtor` and `creditor` as named in the clause (often by role)."""

    KIND: ClassVar[str] = "obligations"
    exhibit: str
    agreement_number: Text | None
    kind: ObligationKind
    debtor: Text | None
    creditor: Text | None
    object: Text | None
    quantity: Quantity | None
    money: Money | None
    due: DateRange | None
    condition: Text | None
    spans: tuple[Span, ...]
    part: str
    version: str


class Rung(StrEnum):
    """The ladder of design.md section 7, lowest first; the last three are its side steps."""

    PROPOSED = "proposed"
    DRAFTED = "drafted"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    ADVANCE_PAID = "advance_paid"
    IN_PRODUCTION = "in_production"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    PAID_IN_FULL = "paid_in_full"
    PEOPLE_TRAINED = "people_trained"
    TECHNOLOGY_TRANSFERRED = "technology_transferred"
    IN_SERVICE = "in_service"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Event(Record):
    """What a document of the deal itself says has happened (an act signed, a payment received, a course held).

    Never a plan: what is to happen is an `Obligation` or a `Claim` with modality planned.
    """

    KIND: ClassVar[str] = "events"
    exhibit: str
    agreement_number: Text | None
    rung: Rung
    date: DateRange | None
    quantity: Quantity | None
    money: Money | None
    object: Text | None
    spans: tuple[Span, ...]
    part: str
    version: str


class Modality(StrEnum):
    """How something is said."""

    ASSERTED = "asserted"
    PLANNED = "planned"
    OBLIGED = "obliged"
    CONDITIONAL = "conditional"
    ALLEGED = "alleged"
    DENIED = "denied"
    DECLINED_TO_COMMENT = "declined_to_comment"
    DID_NOT_ANSWER = "did_not_answer"


@dataclass(frozen=True, slots=True)
class Speaker:
    """One link of a speaker chain. `kind` is person, institution, outlet, document or unknown."""

    name: str
    kind: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class Claim(Record):
    """One speaker's statement on one proposition.

    `statement` is the sentence as written. `topic` is value, quantity, date, parties, rung, provenance,
    reply or other; `rung` is set when it says how far the deal went. `speaker_chain` runs from
    the one who prints it to the first one named as knowing it. `polarity` is false for "did not". `hedged`
    holds the words that soften it ("appear genuine", "reportedly").
    """

    KIND: ClassVar[str] = "claims"
    exhibit: str
    statement: Text
    topic: str
    rung: Rung | None
    agreement_number: Text | None
    parties: tuple[Text, ...]
    designations: tuple[Designation, ...]
    quantity: Quantity | None
    money: Money | None
    about_time: DateRange | None
    said_at: DateRange | None
    speaker_chain: tuple[Speaker, ...]
    modality: Modality
    polarity: bool
    hedged: tuple[Text, ...]
    spans: tuple[Span, ...]
    part: str
    version: str
