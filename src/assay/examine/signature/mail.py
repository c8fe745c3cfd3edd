"""`mail.dkim`: the signatures that mail servers put on a mail (DKIM), the chain of its handlers (ARC), and claims.

A body that was changed is found without any key: its hash stands in the signature. Whether the signature itself holds
takes the key of that day, from an archive that a person puts in; without it, that is open.
Limits: see `mail_field`. What an Authentication-Results header says is the claim of the server that it names, and
anybody can write one. Sources: RFC 6376, RFC 8617, RFC 8601.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from datetime import timedelta

from assay.custody.unpack_mail import words
from assay.examine.question import Question, quoted
from assay.examine.signature.mail_field import Arc, Field, Keys, Letter, NotMail, arc, fields, letter
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import BROKEN, PART, UNCHANGED, VOUCHED
from assay.model import Direction, Finding, Reading, Record, Voucher, VoucherKind, Weight
from assay.work.part import Examination

_SLACK = timedelta(hours=1)
_MOST_CLAIMS = 10
_TIMES, _ADDED, _CLAIM, _CHAIN = "signing time", "added header", "server's claim", "chain of handlers"

_DKIM = Question(
    part="mail.dkim",
    version="1",
    proposition="The mail's body or signed headers were changed after the named server signed them.",
    alternative="Body and signed headers are what the server that holds the domain's key sent.",
    expected="A signature that holds over the whole body and all headers that a reader sees.",
    innocent=(
        "a mailing list or gateway that added a footer, a tag in the subject, or re-encoded the text",
        "a program that saved the mail with other line ends or folded its headers anew",
        "a key that was replaced under the same name: the archived one is of another time",
    ),
    limits=(
        "It speaks of a server's key and of bytes, not of truth or of who wrote. Without an archived key the signature "
        "value is open, and only the body is checked. No server is asked. Headers that are not signed can be changed "
        "unseen."
    ),
    heaviest=Weight.CRYPTOGRAPHIC,
)


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for each DKIM signature of a mail, its ARC chain, and what servers claim of it."""
    digest = reading.exhibit.digest
    try:
        mail = letter(data)
    except NotMail as error:
        if b"DKIM-Signature:" in data[:200_000]:
            yield _DKIM.not_examined(digest, f"The mail could not be examined: {error}.")
        else:
            yield _DKIM.not_applicable(digest, "It bears no server's signature.")
        return
    keys = archived(vouchers)
    signed, chain, claims = fields(mail, keys), arc(mail, keys), list(_claims(digest, mail))
    if not signed and chain is None:
        if claims:
            yield from claims
        else:
            yield _DKIM.not_applicable(digest, "It bears no server's signature.")
        return
    for field in signed:
        yield from _field(digest, mail, field)
    if chain is not None:
        yield _arc(digest, chain)
    yield from claims


def archived(vouchers: Iterable[Voucher]) -> Keys:
    """Return the archived mail keys among vouchers."""
    found: dict[str, tuple[str, ...]] = {}
    for voucher in vouchers:
        if voucher.kind is VoucherKind.MAIL_KEY:
            record = base64.b64decode(voucher.content).decode("utf-8", "replace")
            found[voucher.name.lower()] = (*found.get(voucher.name.lower(), ()), record)
    return found


def _field(digest: str, mail: Letter, field: Field) -> Iterator[Finding]:
    name = f"The DKIM signature of {quoted(field.domain or 'no domain', 80)} (selector {quoted(field.selector, 60)})"
    left = _left_open(field)
    weak = f" {field.weak}." if field.weak else ""
    if field.state is State.BROKEN:
        what = "body" if field.body is State.BROKEN else "header"
        said = f"{name} does not hold over the mail's {what}: {field.reason}.{weak}"
        yield _DKIM.finding(digest, said, (), Weight.CRYPTOGRAPHIC, BROKEN)
    elif field.state is State.OPEN:
        agrees = " The hash of the body in it agrees." if field.body is State.HOLDS else ""
        yield _DKIM.not_examined(
            digest, f"{name}: whether it holds could not be determined: {field.reason}.{agrees}{left}{weak}"
        )
    else:
        yield from _held(digest, field, name, left, weak)
    yield from _around(digest, mail, field, name)


def _held(digest: str, field: Field, name: str, left: str, weak: str) -> Iterator[Finding]:
    said = f"{name} holds: the body and the headers that it covers were sent by a server that held the archived key."
    weight = Weight.MODERATE if field.weak else Weight.CRYPTOGRAPHIC
    whole = not (field.unsigned or field.added or field.appended)
    if whole:
        yield _DKIM.finding(
            digest, f"{said} That is all that a reader sees of the mail.{weak}", (), weight, UNCHANGED,
            direction=Direction.FOR,
        )  # fmt: skip
    else:
        yield _DKIM.finding(digest, f"{said}{left}{weak}", (), Weight.NEUTRAL, PART, direction=Direction.NEITHER)
    if field.aligned and not field.weak and not field.added:
        yield _DKIM.finding(
            digest, f"{name}: the sender's address is of that domain, whose key a person vouches for.", (),
            Weight.CRYPTOGRAPHIC, VOUCHED, direction=Direction.FOR,
        )  # fmt: skip
    elif not field.aligned:
        yield _DKIM.finding(
            digest, f"{name}: the sender's address is of another domain than the one that signed.", (), Weight.NEUTRAL,
            PART, direction=Direction.NEITHER, expected="A sender's address of the domain that signed.",
            innocent=("a service that sends mails for others, which is very common",),
        )  # fmt: skip


def _left_open(field: Field) -> str:
    said = []
    if field.unsigned:
        said.append(f"It does not cover {_list(field.unsigned)}: what stands there could be changed unseen.")
    if field.appended:
        said.append(
            f"It covers the beginning of the body only: {field.appended:,} bytes at its end could be anybody's."
        )
    return f" {' '.join(said)}" if said else ""


def _around(digest: str, mail: Letter, field: Field, name: str) -> Iterator[Finding]:
    """Yield what speaks against a signature though its arithmetic may hold: doubled headers, times that do not fit."""
    if field.added:
        yield _DKIM.finding(
            digest, f"{name} covers {_list(field.added)} fewer times than the mail holds: the topmost, which most "
            "programs show, is not signed.", (), Weight.MODERATE, _ADDED, expected="Each of these headers once.",
            innocent=("a faulty program that writes a header twice",),
        )  # fmt: skip
    arrived, dated = mail.received, mail.dated
    if arrived is None and field.made and dated and dated < field.made - _SLACK:
        yield _DKIM.finding(
            digest, f"{name} states to be of {field.made:%Y-%m-%d %H:%M} UTC, the mail itself of "
            f"{dated:%Y-%m-%d %H:%M} UTC; no server's mark says when it arrived.", (), Weight.NEUTRAL, _TIMES,
            direction=Direction.NEITHER, expected="A mail that is signed when it is sent.",
            innocent=("a mail that was kept or delayed before it was sent", "a clock that was wrong"),
        )  # fmt: skip
    if arrived is None:
        return
    if field.made and arrived < field.made - _SLACK:
        yield _DKIM.finding(
            digest, f"{name} states to be of {field.made:%Y-%m-%d %H:%M} UTC; the mail was taken in on "
            f"{arrived:%Y-%m-%d %H:%M} UTC, before it.", (), Weight.LIMITED, _TIMES,
            expected="A mail that is signed before it arrives.", innocent=("a server's clock that was wrong",),
        )  # fmt: skip
    if field.expires and arrived > field.expires:
        yield _DKIM.finding(
            digest, f"{name} states to count until {field.expires:%Y-%m-%d %H:%M} UTC; the mail was taken in on "
            f"{arrived:%Y-%m-%d %H:%M} UTC, after it.", (), Weight.NEUTRAL, _TIMES, direction=Direction.NEITHER,
            expected="A mail that arrives while its signature counts.",
            innocent=("a mail that was delayed or sent on",),
        )  # fmt: skip


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(name.title() for name in names)


def _arc(digest: str, chain: Arc) -> Finding:
    name = f"The chain of handlers (ARC, {chain.sets} set(s), sealed by {', '.join(chain.domains)[:120] or 'nobody'})"
    if chain.state is State.OPEN:
        return _DKIM.not_examined(digest, f"{name}: whether it holds could not be determined: {chain.reason}.")
    if chain.state is State.HOLDS:
        said = (
            f"{name} holds: the mail is as the last handler passed it on; what came before is what each handler claims."
        )
        return _DKIM.finding(digest, said, (), Weight.NEUTRAL, _CHAIN, direction=Direction.NEITHER)
    said = f"{name} does not hold: {chain.reason}."
    return _DKIM.finding(digest, said, (), Weight.LIMITED, _CHAIN)


def _claims(digest: str, mail: Letter) -> Iterator[Finding]:
    """Yield what Authentication-Results headers say, as claims of the servers that they name."""
    for value in mail.of("authentication-results")[:_MOST_CLAIMS]:
        text = words(value.decode("utf-8", "surrogateescape"))
        server = text.partition(";")[0].strip() or "an unnamed server"
        yield _DKIM.finding(
            digest, f"The mail carries a claim in the name of the server {quoted(server, 80)}: {quoted(text, 300)}. "
            "Anybody who held the mail could have written it.", (), Weight.NEUTRAL, _CLAIM, direction=Direction.NEITHER,
            expected="Nothing: such a claim is usual and proves nothing by itself.",
        )  # fmt: skip


DKIM = Examination(
    name=_DKIM.part,
    version=_DKIM.version,
    purpose="Checks what mail servers signed (DKIM, ARC): the body by its hash, the rest by archived keys.",
    limits=_DKIM.limits,
    accepts=("message/rfc822",),
    examine_vouched=examine,
    heaviest=_DKIM.heaviest,
)
