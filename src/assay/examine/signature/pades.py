"""Each signature of a PDF, checked: our own engine over its bytes, pyHanko beside it, and what came after it.

Limits: pyHanko knows no GOST and no SM2, and refuses some files; then our engine stands alone, and the kind of later
change is judged by our own comparison only. Nothing is fetched.
"""

from __future__ import annotations

import io
import logging
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from assay.examine.pdf.states import StateRefused
from assay.examine.signature import cms
from assay.examine.signature.certificate import Vouched
from assay.examine.signature.cms import Check
from assay.examine.signature.der import Malformed
from assay.examine.signature.digests import Unsupported
from assay.examine.signature.later import Later, Sight, later
from assay.examine.signature.pdf_field import Coverage, PdfSignature, signatures
from assay.examine.signature.verdict import Engine, State

MOST_REVIEWED = 40
"""More saved states after a signature than this are not put before pyHanko, whose review goes through each."""
_PYHANKO = "pyHanko"


@dataclass(frozen=True, slots=True)
class Reviewed:
    """pyHanko's word on one signature: what it says of the value, and the level of later changes (empty: none said)."""

    engine: Engine
    level: str = ""
    permitted: bool | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One signature of the file with its check, pyHanko's word, and what later states changed (None: nothing did)."""

    place: PdfSignature
    check: Check
    reviewed: Reviewed | None
    later: Later | None
    trouble: str = ""

    @property
    def unchanged(self) -> bool:
        """Whether all that a person sees is covered and the same as when it was signed."""
        if self.check.state is not State.HOLDS or self.disagreed or self.trouble:
            return False
        if self.place.coverage is Coverage.FILE:
            return True
        if self.place.coverage is Coverage.ODD or self.later is None or not self.later.same_in_sight:
            return False
        if self.later.odd_entries:
            return False
        return self.reviewed is None or self.reviewed.level in ("", "NONE", "LTA_UPDATES", "FORM_FILLING")

    @property
    def disagreed(self) -> bool:
        """Whether the two engines say opposite things of the value."""
        if self.reviewed is None:
            return False
        return {self.check.state, self.reviewed.engine.state} == {State.HOLDS, State.BROKEN}

    @property
    def benign_history(self) -> bool:
        """Whether what came later is what may: other signatures' marks, fields filled in, validation data.

        A signature that does not hold, or whose history is anything else, keeps every other one from speaking for the
        document as a whole.
        """
        if self.check.state is State.BROKEN or self.place.coverage is Coverage.ODD or self.trouble:
            return False
        if self.place.coverage is Coverage.FILE:
            return True
        if self.later is None or self.later.open or self.later.odd_entries:
            return False
        if self.reviewed is not None and (self.reviewed.level == "OTHER" or self.reviewed.permitted is False):
            return False
        return all(seen.sight in _USUAL for seen in self.later.seen)


_USUAL = (Sight.MARK, Sight.FIELD_FILLED)


@lru_cache(maxsize=1)
def answers(data: bytes, known: Vouched) -> tuple[Answer, ...]:
    """Return what is known of each signature of a PDF, in the order in which they were made.

    The last file's answers are kept: several examinations ask for them one after the other.
    """
    places = signatures(data)
    reader = _reader(data) if places else None
    found = []
    for place in places:
        check = _check(data, place, known)
        found.append(_followed(data, Answer(place, check, _reviewed(reader, place, data), None)))
    return tuple(found)


def speaks_for_all(answer: Answer, every: tuple[Answer, ...]) -> bool:
    """Whether a signature shows the whole document unchanged, and no other one of the file contradicts that."""
    return answer.unchanged and all(other.benign_history for other in every)


def _followed(data: bytes, answer: Answer) -> Answer:
    """Add what came after the signed state, when there is such a state."""
    if answer.place.coverage is not Coverage.STATE or answer.check.state is State.BROKEN:
        return answer
    try:
        return replace(answer, later=later(data, answer.place.end))
    except StateRefused as error:
        return replace(answer, trouble=f"the signed state or the last one cannot be opened ({error})")


def _check(data: bytes, place: PdfSignature, known: Vouched) -> Check:
    if not place.value or not place.ranges or place.end > len(data):
        return _nothing(place.why or "it holds no signature value")
    if place.form == "adbe.x509.rsa_sha1":
        return _nothing("signatures of the form adbe.x509.rsa_sha1 are not examined")
    if len(place.ranges) > 64:
        return _nothing("its byte range has too many parts")
    covered = place.covered(data)
    try:
        signed = cms.parse(place.value)
        if place.kind == "DocTimeStamp" or place.form == "ETSI.RFC3161":
            return _stamped(place.value, covered, known, signed)
        if place.form == "adbe.pkcs7.sha1":
            return _enclosed(signed, covered, known)
        checks = cms.check(signed, covered, known)
    except (Malformed, Unsupported) as error:
        return _nothing(str(error))
    if not checks:
        return _nothing("it names no signer")
    if signed.content is not None and checks[0].state is State.HOLDS:
        reason = "it carries content of its own beside the file's bytes, so what it signs is not plain"
        return replace(checks[0], state=State.OPEN, reason=reason)
    return checks[0]


def _nothing(reason: str) -> Check:
    return Check(State.OPEN, State.OPEN, reason, (), "", "", (), None, None, None, None)


def _stamped(value: bytes, covered: bytes, known: Vouched, signed: cms.Signed) -> Check:
    """Check a document time stamp: the token's imprint is the digest of the bytes that it covers."""
    stamp = cms.stamp_of(value, covered, known)
    checks = cms.check(signed, None, known)
    if not checks:
        return _nothing("it names no signer")
    own = checks[0]
    state = stamp.state
    reason = own.reason
    if state is State.BROKEN and own.state is State.HOLDS:
        reason = "the digest of the stamped bytes is not the one in the time stamp"
    return replace(own, state=state, bytes_state=state, reason=reason, time=stamp.time, stamp=stamp)


def _enclosed(signed: cms.Signed, covered: bytes, known: Vouched) -> Check:
    """Check the old form in which the signed content is the SHA-1 of the file's bytes."""
    import hashlib

    if signed.content is None:
        return _nothing("it holds no digest of the file")
    checks = cms.check(signed, None, known)
    if not checks:
        return _nothing("it names no signer")
    if hashlib.sha1(covered, usedforsecurity=False).digest() != signed.content:
        reason = "the SHA-1 digest of the signed bytes is not the one that was signed"
        return replace(checks[0], state=State.BROKEN, bytes_state=State.BROKEN, reason=reason)
    from assay.examine.signature.digests import BY_LABEL

    return replace(checks[0], weak=tuple(dict.fromkeys((*checks[0].weak, BY_LABEL["SHA-1"].weak))))


def _reader(data: bytes) -> Any:
    """Return pyHanko's reader, None when it refuses the file."""
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # what it finds suspicious is an answer, not a log line
    try:
        reader = PdfFileReader(io.BytesIO(data), strict=False)
        if reader.encrypted:
            reader.decrypt(b"")
        return reader
    except (PdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError, OSError):
        return None


def _reviewed(reader: Any, place: PdfSignature, data: bytes) -> Reviewed | None:
    """Return pyHanko's word on the signature, None when it has none."""
    if reader is None or not place.field:
        return None
    try:
        its = next((s for s in reader.embedded_signatures if tuple(s.byte_range) == place.ranges), None)
        return _word(its, data[place.end :].count(b"startxref")) if its is not None else None
    except Exception as error:  # pyHanko meets what its authors did not foresee: its word is then missing, ours stands
        return Reviewed(Engine(_PYHANKO, State.OPEN, _short(error)))


def _word(its: Any, after: int) -> Reviewed:
    from pyhanko.sign.diff_analysis import SuspiciousModification
    from pyhanko.sign.validation.generic_cms import validate_sig_integrity

    skipped = after > MOST_REVIEWED
    its.compute_integrity_info(skip_diff=skipped)
    kind = its.signed_data["encap_content_info"]["content_type"].native
    if kind == "tst_info":
        engine = Engine(_PYHANKO, State.OPEN, "it is asked for time stamps over signatures only")
    else:
        intact, holds = validate_sig_integrity(its.signer_info, its.signer_cert, kind, its.compute_digest())
        engine = Engine(_PYHANKO, State.HOLDS if intact and holds else State.BROKEN)
    if skipped:
        return Reviewed(engine)
    result = its.diff_result
    if isinstance(result, SuspiciousModification):
        return Reviewed(engine, "OTHER", False)
    permitted = its.summarise_integrity_info()["docmdp_ok"]
    return Reviewed(engine, result.modification_level.name, permitted)


def _short(error: Exception) -> str:
    line = (str(error).splitlines() or [""])[0]
    return f"{type(error).__name__}: {line}"[:120]
