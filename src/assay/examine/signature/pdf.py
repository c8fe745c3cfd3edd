"""`sig.pades` and `pdf.sigdiff`: a PDF's signatures, and what was changed after each of them.

The first speaks of bytes and keys, the second of what a person sees. A signature shows the document unchanged only when
it covers all of it, or when everything that is seen is as it was and nothing but other signatures and their validation
data was added; and only when no other signature of the file says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from assay.examine.pdf.place import spans_at
from assay.examine.pdf.states import StateRefused, box_of, opened, page_of, to_fractions
from assay.examine.question import Question, quoted
from assay.examine.signature import publickey
from assay.examine.signature.certificate import vouched
from assay.examine.signature.later import Seen, Sight
from assay.examine.signature.pades import Answer, answers, speaks_for_all
from assay.examine.signature.pdf_field import NO_STATE, Coverage, may_be_signed
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import RANGE, Covered, findings, question
from assay.model import Direction, Finding, Reading, Record, Span, Voucher, Weight, whole
from assay.work.part import Examination

_PDF = ("application/pdf",)
_MOST_SEEN = 30
_OTHER_FAMILIES = frozenset({publickey.GOST, publickey.SM2})

_PADES = question(
    "sig.pades", "3",
    "Signatures with GOST or SM2 keys are answered by sig.gost and sig.sm2. What another viewer would show is not "
    "seen.",
)  # fmt: skip
_SIGDIFF = Question(
    part="pdf.sigdiff",
    version="1",
    proposition="What a person sees was changed after the document was signed.",
    alternative="What a person sees is what was signed.",
    expected="After signing: other signatures, their marks and validation data, and form fields that were left open.",
    innocent=(
        "a form whose fields were left open for others on purpose",
        "an archive or a registry that stamps what it takes in",
        "a correction made openly after signing, by a program that keeps the signed state in the file",
    ),
    limits=(
        "Judged on pictures of at most 150 dpi and on words; a difference that only another viewer would show is not "
        "seen. "
        "A file that was written anew after signing holds no signed state to compare with."
    ),
)

_AGAINST = {
    Sight.CONTENT: (Weight.MODERATE, Direction.AGAINST),
    Sight.COVERED: (Weight.MODERATE, Direction.AGAINST),
    Sight.REVEALED: (Weight.MODERATE, Direction.AGAINST),
    Sight.LAID_OVER: (Weight.LIMITED, Direction.AGAINST),
    Sight.FIELD_CHANGED: (Weight.MODERATE, Direction.AGAINST),
    Sight.GONE: (Weight.MODERATE, Direction.AGAINST),
    Sight.NEW: (Weight.MODERATE, Direction.AGAINST),
    Sight.NOTE: (Weight.LIMITED, Direction.AGAINST),
    Sight.FIELD_FILLED: (Weight.NEUTRAL, Direction.NEITHER),
    Sight.MARK: (Weight.NEUTRAL, Direction.NEITHER),
}
"""What each kind of difference weighs. Moderate at most: more needs a person who looked at both states."""

_LEVELS = {
    "NONE": "nothing", "LTA_UPDATES": "validation data and time stamps only",
    "FORM_FILLING": "signatures and form fields only", "ANNOTATIONS": "annotations",
    "OTHER": "changes that it cannot explain",
}  # fmt: skip


def examine_pades(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for each signature of one PDF but those of GOST and SM2."""
    return _signatures(_PADES, reading, data, vouchers, lambda family: family not in _OTHER_FAMILIES)


def examine_family(
    asked: Question, family: str, reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]
) -> Iterable[Record]:
    """Answer for the PDF's signatures whose keys are of one family."""
    return _signatures(asked, reading, data, vouchers, lambda its: its == family)


def _signatures(
    asked: Question, reading: Reading, data: bytes, vouchers: tuple[Voucher, ...], wanted: object
) -> Iterator[Finding]:
    assert callable(wanted)
    digest = reading.exhibit.digest
    every = answers(data, vouched(vouchers)) if may_be_signed(data) else ()
    its = [answer for answer in every if wanted(answer.check.family)]
    if not its:
        yield asked.not_applicable(digest, "It bears no signature of this kind.")
        return
    for answer in its:
        covered = _covered(answer, every, len(data))
        spans = _spans(reading, data, answer)
        yield from findings(asked, digest, answer.check, covered, spans)
        if answer.disagreed and answer.reviewed:
            both = f"assay: {answer.check.state.value}; {answer.reviewed.engine.sentence()}"
            yield asked.not_examined(digest, f"{covered.name}: two engines disagree, both answers stand: {both}.")
        if answer.place.coverage is Coverage.ODD and answer.check.state is State.HOLDS:
            yield _odd(asked, digest, answer, covered, spans)


def _odd(asked: Question, digest: str, answer: Answer, covered: Covered, spans: tuple[Span, ...]) -> Finding:
    said = (
        f"{covered.name} does not cover a whole saved state of the file: {answer.place.why}. Whatever stands in what "
        "it leaves out was not signed."
    )
    weight = Weight.LIMITED if answer.place.why.endswith(NO_STATE) else Weight.MODERATE
    return asked.finding(
        digest, said, spans, weight, RANGE,
        expected="A byte range that takes in a whole saved state and leaves out the signature value alone.",
        innocent=("a signing program that reserves its place in its own way", "bytes added in transfer"),
    )  # fmt: skip


def _name(answer: Answer) -> str:
    kind = "document time stamp" if answer.place.kind == "DocTimeStamp" else "signature"
    kind = f"certifying {kind}" if answer.place.certified else kind
    field = answer.place.field
    return f"The {kind} {quoted(field, 60)}" if field else f"A {kind} that no field of the last saved state shows"


def _covered(answer: Answer, every: tuple[Answer, ...], size: int) -> Covered:
    place, name = answer.place, _name(answer)
    if place.coverage is Coverage.FILE:
        doubt = ""
        if not speaks_for_all(answer, every):
            doubt = "Another signature of the file does not hold, or was followed by changes that are not explained."
        return Covered(name, f"the whole file ({size:,} bytes)", answer.unchanged, doubt)
    if place.coverage is Coverage.ODD:
        return Covered(name, f"the bytes in its range (up to byte {place.end:,} of {size:,})", False, "")
    what = f"the saved state that ends at byte {place.end:,} of {size:,}"
    return Covered(name, what, speaks_for_all(answer, every), _after(answer, every))


def _after(answer: Answer, every: tuple[Answer, ...]) -> str:
    """Say what came after the signed state; empty when it is shown that a person sees the same."""
    later = answer.later
    if later is None:
        return f"What came after it could not be compared{f': {answer.trouble}' if answer.trouble else ''}."
    if later.open:
        return f"Whether a person still sees the same is open: {later.open}."
    if not later.same_in_sight:
        return "What a person sees has changed since (pdf.sigdiff)."
    if not speaks_for_all(answer, every):
        level = answer.reviewed.level if answer.reviewed else ""
        said = f"pyHanko finds {_LEVELS[level]} in what was added later. " if level in _LEVELS else ""
        return f"What a person sees is the same, but what was added later is not explained. {said}".strip()
    return ""


def _spans(reading: Reading, data: bytes, answer: Answer) -> tuple[Span, ...]:
    """Return where the signature shows on its page; the exhibit as a whole when it shows nowhere."""
    place = answer.place
    if not place.page or place.rectangle is None:
        return (whole(reading.exhibit.digest),)
    try:
        with opened(data) as document, page_of(document, place.page - 1) as page:
            x0, y0, x1, y1 = place.rectangle
            box = box_of(to_fractions(page), min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
    except StateRefused:
        return (whole(reading.exhibit.digest),)
    if box.x1 <= box.x0 or box.y1 <= box.y0:
        return (whole(reading.exhibit.digest, place.page),)
    return (whole(reading.exhibit.digest, place.page, (box,)),)


def examine_sigdiff(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Say what was changed after each signature of one PDF, as a person sees it."""
    digest = reading.exhibit.digest
    every = answers(data, vouched(vouchers)) if may_be_signed(data) else ()
    if not every:
        yield _SIGDIFF.not_applicable(digest, "It bears no signature.")
        return
    compared = 0
    for answer in every:
        if answer.trouble:
            yield _SIGDIFF.not_examined(digest, f"{_name(answer)}: {answer.trouble}.")
        if answer.later is None:
            continue
        compared += 1
        yield from _differences(reading, answer)
    if not compared and not any(answer.trouble for answer in every):
        yield _SIGDIFF.nothing(digest, "No saved state follows the signed ones.", direction=Direction.NEITHER)


def _differences(reading: Reading, answer: Answer) -> Iterator[Finding]:
    later, digest = answer.later, reading.exhibit.digest
    assert later is not None
    level = answer.reviewed.level if answer.reviewed else ""
    told = [*([f"pyHanko finds {_LEVELS[level]}"] if level in _LEVELS else []), *later.states]
    history = f" After it: {'; '.join(told)}." if told else ""
    said_values = "; ".join(f"{quoted(n, 40)}: {quoted(a, 60)} → {quoted(b, 60)}" for n, a, b in later.values[:10])
    for seen in later.seen[:_MOST_SEEN]:
        weight, direction = _AGAINST[seen.sight]
        spans = spans_at(reading, seen.page, seen.boxes) if seen.page else ()
        number = seen.page or seen.page_before
        yield _SIGDIFF.finding(
            digest, f"{_name(answer)}, page {number}: {seen.sight.value}.{_quotes(seen)}{history}", spans, weight,
            f"change after signing, page {number}", direction=direction,
        )  # fmt: skip
    if later.values:
        replaced = any(before for _, before, _ in later.values)
        yield _SIGDIFF.finding(
            digest, f"{_name(answer)}: form fields differ from what was signed: {said_values}.{history}", (),
            Weight.MODERATE if replaced else Weight.NEUTRAL, "form fields after signing",
            direction=Direction.AGAINST if replaced else Direction.NEITHER,
        )  # fmt: skip
    if later.acting:
        yield _SIGDIFF.finding(
            digest, f"{_name(answer)}: what acts when the file is opened differs from what was signed "
            f"({', '.join(later.acting)}).{history}", (), Weight.LIMITED, "actions after signing",
        )  # fmt: skip
    if later.open:
        yield _SIGDIFF.not_examined(digest, f"{_name(answer)}: {later.open}.")
    elif answer.benign_history and later.same_in_sight and not later.acting:
        pages = f"{later.pages} page(s) look the same and read the same"
        yield _SIGDIFF.nothing(digest, f"{_name(answer)}: {pages} as when it was signed.{history}")
    elif not answer.benign_history:
        yield _unexplained(digest, answer, history)


def _unexplained(digest: str, answer: Answer, history: str) -> Finding:
    """Say that the file was changed in ways that signing does not explain; limited when pyHanko says so too."""
    refused = answer.reviewed is not None and (answer.reviewed.level == "OTHER" or answer.reviewed.permitted is False)
    same = answer.later is not None and answer.later.same_in_sight
    sight = "what a person sees is the same" if same else "what a person sees is told apart"
    return _SIGDIFF.finding(
        digest,
        f"{_name(answer)}: the file was changed later in ways that are not explained by signing; {sight}.{history}", (),
        Weight.LIMITED if refused else Weight.NEUTRAL, "unexplained change after signing",
        direction=Direction.AGAINST if refused else Direction.NEITHER,
        innocent=("an archive's or validator's own way of adding data, which is common",),
    )  # fmt: skip


def _quotes(seen: Seen) -> str:
    said = f" Before: {quoted(seen.before)}." if seen.before else ""
    return said + (f" After: {quoted(seen.after)}." if seen.after else "")


PADES = Examination(
    name=_PADES.part,
    version=_PADES.version,
    purpose="Checks each electronic signature of a PDF: whose key, which bytes, and whether they are unchanged since.",
    limits=_PADES.limits,
    accepts=_PDF,
    examine_vouched=examine_pades,
    heaviest=_PADES.heaviest,
)

SIGDIFF = Examination(
    name=_SIGDIFF.part,
    version=_SIGDIFF.version,
    purpose="Shows what was changed after a PDF was signed, as a person sees it before and after.",
    limits=_SIGDIFF.limits,
    accepts=_PDF,
    examine_vouched=examine_sigdiff,
)
