"""Frozen records and errors; no I/O. The words are those of `docs/words.md`."""

from assay.model.correction import Correction
from assay.model.deal import (
    Claim,
    Document,
    DocumentKind,
    Event,
    LineItem,
    Mention,
    Modality,
    Obligation,
    ObligationKind,
    Reference,
    Role,
    Rung,
    Speaker,
)  # fmt: skip
from assay.model.evidence import (
    PROBLEMS,
    Cell,
    DetachedSignature,
    Exhibit,
    Image,
    Occurrence,
    OtherReading,
    Page,
    PageState,
    Paragraph,
    Problem,
    Reading,
    Table,
    Words,
)  # fmt: skip
from assay.model.finding import (
    Assessment,
    Axis,
    BaseRate,
    Direction,
    Finding,
    FindingStatus,
    Weight,
)  # fmt: skip
from assay.model.ledger import (
    Agreement,
    Engagement,
    Family,
    Judgement,
    Lineage,
    Member,
    Origin,
    Party,
    Proposition,
    Standing,
    Status,
)  # fmt: skip
from assay.model.record import Record, decode, digest_of, encode
from assay.model.rendition import Rendition
from assay.model.span import Box, Span, spans_in, whole
from assay.model.trove import MemoryTrove, Trove
from assay.model.values import DateRange, Designation, Identifier, Money, Quantity, Text
from assay.model.vouching import Voucher, VoucherKind

KINDS: tuple[type[Record], ...] = (
    Exhibit, Occurrence, DetachedSignature, Page, Table, Finding, Assessment, Problem, Document, Mention, Party, Family,
    Agreement, LineItem, Obligation, Event, Claim, Proposition, Standing, Status, Lineage, Image,
    Judgement, Voucher, Correction, Rendition,
)  # fmt: skip
"""Every kind of record that a case stores, in the order in which a run makes them."""

__all__ = [
    "KINDS", "PROBLEMS", "Agreement", "Assessment", "Axis", "BaseRate", "Box", "Cell", "Claim", "Correction",
    "DateRange", "Designation", "DetachedSignature", "Direction", "Document", "DocumentKind", "Engagement", "Event",
    "Exhibit", "Family", "Finding", "FindingStatus", "Identifier", "Image", "Judgement", "LineItem", "Lineage",
    "Member", "MemoryTrove", "Mention", "Modality", "Money", "Obligation", "ObligationKind", "Occurrence", "Origin",
    "OtherReading", "Page", "PageState", "Paragraph", "Party", "Problem", "Proposition", "Quantity", "Reading",
    "Record", "Reference", "Rendition", "Role", "Rung", "Span", "Speaker", "Standing", "Status", "Table", "Text",
    "Trove", "Voucher", "VoucherKind", "Weight", "Words", "decode", "digest_of", "encode", "spans_in", "whole",
]  # fmt: skip
