"""The words in which every signature examination speaks, and how a check becomes findings.

A signature that holds says one narrow thing: these bytes were signed with that key and are unchanged since. Who held
the key is what a certificate claims; only where its chain ends at what a person vouches for is that a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.examine.question import Question
from assay.examine.signature.certificate import Chain, Standing
from assay.examine.signature.cms import Check, Stamp
from assay.examine.signature.verdict import State
from assay.model import Direction, Finding, Span, Weight

UNCHANGED, VOUCHED = "unchanged since signing", "signer vouched for"
VOUCHED_PART = "signer of a part vouched for"
"""Causes that the policy of the axes knows: all that is seen is covered and unchanged; the chain is vouched for. A key
that signed a part only tells nothing of where the rest comes from, so the policy does not know the third."""
BROKEN, CERTIFICATE, PART, RANGE = "broken signature", "signer's certificate", "signed part", "signed range"
BESIDE = "time stamp or counter-signature"

_WHOSE = (
    "The signature was made when its key did not count any more, or not yet.",
    "The key counted when it was used.",
)
_BESIDE_WHAT = ("A time stamp or counter-signature was put beside a signature that it was not made over.",
                "What stands beside the signature was made over it.")  # fmt: skip
KEY_RIVALS = ("The key is not one that a person vouches for.", "The key is one that a person vouches for.")
"""Two propositions each: a finding against supports the first, one for the document the second."""

PROPOSITION = "The signed bytes, or the signature over them, were changed after signing."
ALTERNATIVE = "These bytes were signed with the key that the signature names, and are unchanged since."
EXPECTED = "A signature that holds over the bytes as they are."
INNOCENT = (
    "a transfer or a conversion that changed bytes and no meaning (line ends, encodings, a re-save)",
    "a signing program that computed the digest in its own way",
)
LIMITS = (
    "It speaks of bytes and keys, not of truth: a signature does not say that the content is right, nor who held the "
    "key. Names in a certificate are its issuer's word. What is not supported here is said to be so, and is nothing "
    "against the document. Nothing is fetched: issuers, revocation and archived keys are known only as far as a person "
    "put them in."
)


@dataclass(frozen=True, slots=True)
class Covered:
    """What a signature covers: `name` of the signature, `what` in words, and whether that is all that a person sees.

    `whole` with `doubt` empty is what "unchanged since signing" rests on; `doubt` says what else speaks against it.
    """

    name: str
    what: str
    whole: bool
    doubt: str = ""

    @property
    def vouched(self) -> str:
        """The cause under which a vouched key is told: of all that a person sees, or of a part."""
        return VOUCHED if self.whole and not self.doubt else VOUCHED_PART


def question(part: str, version: str, extra_limits: str = "", innocent: tuple[str, ...] = ()) -> Question:
    """Return the standing words of one signature examination."""
    limits = f"{LIMITS} {extra_limits}".strip()
    return Question(
        part, version, PROPOSITION, ALTERNATIVE, EXPECTED, (*innocent, *INNOCENT), limits, Weight.CRYPTOGRAPHIC
    )


def findings(
    asked: Question, exhibit: str, check: Check, covered: Covered, spans: Iterable[Span] = ()
) -> Iterator[Finding]:
    """Yield what one signer's check says: of the bytes first, then of the certificate where there is something."""
    places = tuple(spans)
    if check.state is State.OPEN:
        yield from _left_open(asked, exhibit, check, covered, places)
        return
    said = " ".join(filter(None, (_bytes(check, covered), _signer(check), _engines(check), _weak(check))))
    if check.state is State.BROKEN:
        yield asked.finding(exhibit, said, places, Weight.CRYPTOGRAPHIC, BROKEN)
        return
    weight, direction = _strength(check)
    if covered.whole and not covered.doubt and direction is Direction.FOR:
        yield asked.finding(exhibit, said, places, weight, UNCHANGED, direction=direction)
    else:
        yield asked.finding(exhibit, said, places, Weight.NEUTRAL, PART, direction=Direction.NEITHER)
    yield from _identity(asked, exhibit, check, covered, places)
    yield from _beside(asked, exhibit, check, covered, places)


def _left_open(
    asked: Question, exhibit: str, check: Check, covered: Covered, places: tuple[Span, ...]
) -> Iterator[Finding]:
    said = f"{covered.name}: whether it holds could not be determined: {check.reason or 'no reason is known'}."
    if check.bytes_state is State.HOLDS and check.signer:
        said += f" The digest in it is that of {covered.what}; the signature value over the digest is open."
    yield asked.not_examined(exhibit, " ".join(filter(None, (said, _signer(check), _engines(check), _weak(check)))))


def _bytes(check: Check, covered: Covered) -> str:
    if check.state is State.BROKEN:
        return f"{covered.name} does not hold over {covered.what}: {check.reason}."
    said = f"{covered.name} holds: {covered.what} was signed with the key that it names and is unchanged since."
    return f"{said} {covered.doubt}".strip()


def _signer(check: Check) -> str:
    signer = check.signer
    if signer is None:
        return ""
    said = [f"The certificate names “{signer.subject}”, issued by “{signer.issuer}”"]
    if signer.begins and signer.ends:
        said.append(f"in force {signer.begins:%Y-%m-%d} to {signer.ends:%Y-%m-%d}")
    said.append(check.algorithm)
    words = "; ".join(said) + "."
    for stamp in dict.fromkeys((*filter(None, (check.stamp,)), *check.stamps)):
        words += f" {_stamped(stamp)}"
    for counter in check.counters:
        words += f" {_countersigned(counter)}"
    if check.time and not (check.stamp and check.stamp.time == check.time):
        words += f" The signer states {check.time:%Y-%m-%d %H:%M} UTC as time of signing."
    if check.chain is not None:
        words += f" {_capital(check.chain.reason)}."
    return words


def _stamped(stamp: Stamp) -> str:
    """Say what a time stamp says, and of what kind its maker is."""
    when = f"{stamp.time:%Y-%m-%d %H:%M} UTC"
    if stamp.state is State.BROKEN:
        return f"A time stamp over {stamp.over} (“{stamp.maker}”, {when}) does not hold."
    if stamp.state is State.OPEN:
        return f"Whether a time stamp over {stamp.over} (“{stamp.maker}”, {when}) holds could not be determined."
    vouched = stamp.chain is not None and stamp.chain.standing is Standing.VOUCHED
    whose = "" if vouched else ", itself of an unknown issuer"
    doubt = f"; {stamp.doubt}" if stamp.doubt else ""
    rest = "" if stamp.covers else "; it is sound in itself, and what it covers was not worked out"
    over = "" if stamp.over == "the signature" else f" over {stamp.over}"
    return f"Time stamp{over} of “{stamp.maker}”{whose}: {when}{doubt}{rest}."


def _countersigned(counter: Check) -> str:
    whose = f"“{counter.signer.subject}”" if counter.signer else "an unknown signer"
    if counter.state is State.HOLDS:
        when = f" on {counter.time:%Y-%m-%d}, as that one states" if counter.time else ""
        chained = f"; {counter.chain.reason}" if counter.chain else ""
        return f"{_capital(whose)} signed this signature{when}: that holds{chained}."
    word = "does not hold" if counter.state is State.BROKEN else "could not be determined"
    return f"A counter-signature by {whose} {word}: {counter.reason}."


def _beside(
    asked: Question, exhibit: str, check: Check, covered: Covered, places: tuple[Span, ...]
) -> Iterator[Finding]:
    """Yield what stands beside a signature and does not belong to it: a stamp or counter-signature over another one."""
    stamps = dict.fromkeys((*filter(None, (check.stamp,)), *check.stamps))
    broken = [_stamped(s) for s in stamps if s.state is State.BROKEN]
    broken += [_countersigned(c) for c in check.counters if c.state is State.BROKEN]
    if broken:
        yield asked.finding(
            exhibit, f"{covered.name}: {' '.join(broken)}", places, Weight.LIMITED, BESIDE,
            expected="Time stamps and counter-signatures that hold over the signature that they stand beside.",
            innocent=("a stamp over another form of the same signature", "an archive that added it in its own way"),
            rivals=_BESIDE_WHAT,
        )  # fmt: skip


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _engines(check: Check) -> str:
    if len(check.engines) < 2 and not any(engine.reason for engine in check.engines):
        return ""
    return "Engines: " + "; ".join(engine.sentence() for engine in check.engines) + "."


def _weak(check: Check) -> str:
    notes = [*check.weak, *(note for note in check.notes if note != check.reason)]
    return " ".join(f"{_capital(note)}." for note in notes)


def _strength(check: Check) -> tuple[Weight, Direction]:
    """Return what a signature that holds can carry: a broken digest algorithm takes from it."""
    if any(weak.startswith("MD5") for weak in check.weak):
        return Weight.NEUTRAL, Direction.NEITHER
    return (Weight.MODERATE if check.weak else Weight.CRYPTOGRAPHIC), Direction.FOR


def _identity(
    asked: Question, exhibit: str, check: Check, covered: Covered, places: tuple[Span, ...]
) -> Iterator[Finding]:
    """Yield what is known of the signer's certificate, where something is."""
    if check.signer is None or check.chain is None:
        return
    chain: Chain = check.chain
    moment = check.moment
    if chain.standing is Standing.VOUCHED and not check.weak:
        said = f"{covered.name}: {chain.reason}; the key is that of “{check.signer.subject}”."
        yield asked.finding(
            exhibit, said, places, Weight.CRYPTOGRAPHIC, covered.vouched, direction=Direction.FOR,
            expected="A chain of certificates that ends at one that a person vouches for.", rivals=KEY_RIVALS,
        )  # fmt: skip
    elif chain.standing is Standing.REVOKED:
        whose = f"the certificate of “{check.signer.subject}”"
        said = f"{covered.name}: when it was signed, {whose} no longer counted: {chain.reason}."
        yield asked.finding(
            exhibit, said, places, Weight.MODERATE, CERTIFICATE, expected="A certificate in force when it was used.",
            innocent=("a clock that was wrong when it was signed",), rivals=_WHOSE,
        )  # fmt: skip
    elif moment is not None and not check.signer.lasts(moment):
        said = (
            f"{covered.name}: the certificate of “{check.signer.subject}” states to be in force from "
            f"{_day(check.signer.begins)} to {_day(check.signer.ends)}; the time of signing is given as "
            f"{moment:%Y-%m-%d}."
        )
        yield asked.finding(
            exhibit, said, places, Weight.NEUTRAL, CERTIFICATE, direction=Direction.NEITHER,
            expected="A certificate in force when it was used.", rivals=_WHOSE,
            innocent=("a clock that was wrong when it was signed", "a certificate renewed with the same key"),
        )  # fmt: skip


def _day(moment: object) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "no stated day"
