"""`sig.cades`: signatures in CMS that carry what they sign, and in mails (S/MIME).

Limits: a detached signature is answered where what it signs is known (`sig.detached`). S/MIME covers a mail's body, not
its headers. Encrypted CMS is not opened. Sources: RFC 5652, RFC 8551, RFC 1847.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from assay.custody.unpack_mail import payload_bytes
from assay.examine.question import Question, quoted
from assay.examine.signature import cms, publickey
from assay.examine.signature.certificate import Vouched, vouched
from assay.examine.signature.cms import Check
from assay.examine.signature.der import Malformed
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import Covered, findings, question
from assay.model import Finding, Reading, Record, Voucher
from assay.work.part import Examination

CMS_TYPES = ("application/pkcs7-mime", "application/pkcs7-signature")
MAIL = "message/rfc822"
ACCEPTS = (*CMS_TYPES, MAIL)
_OTHER_FAMILIES = frozenset({publickey.GOST, publickey.SM2})
_MOST_PARTS = 50
_DEEPEST = 12
_LONGEST_HEAD = 1 << 20
_SIGNATURE_TYPES = ("application/pkcs7-signature", "application/x-pkcs7-signature")
_SIGNED_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")

_CADES = question(
    "sig.cades", "3",
    "Keys of GOST and SM2 are answered by sig.gost and sig.sm2; detached signatures by sig.detached.",
    ("a mail gateway or a mailing list that rewrote the body",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Container:
    """A CMS structure in an exhibit: its bytes, what it signs (None: what it carries), and how that is worded."""

    value: bytes
    content: tuple[bytes, ...] | None
    covered: Covered


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for each signer of a CMS file or mail but those with GOST and SM2 keys."""
    return examine_cms(_CADES, reading, data, vouchers, lambda family: family not in _OTHER_FAMILIES)


def examine_cms(
    asked: Question, reading: Reading, data: bytes, vouchers: tuple[Voucher, ...], wanted: Callable[[str], bool]
) -> Iterator[Finding]:
    """Answer for each signer whose key's family is wanted."""
    exhibit = reading.exhibit
    known = vouched(vouchers)
    said = False
    for container in containers(data, exhibit.media_type):
        try:
            checks = _checks(container, known)
        except Malformed as error:
            if wanted(""):
                said = True
                yield asked.not_examined(exhibit.digest, f"{container.covered.name} cannot be read: {error}.")
            continue
        for number, check in enumerate(checks, 1):
            if wanted(check.family):
                said = True
                covered = container.covered
                if len(checks) > 1:
                    name = f"{covered.name} (signer {number} of {len(checks)})"
                    covered = Covered(name, covered.what, covered.whole, covered.doubt)
                covered = _with_address(covered, check, data, exhibit.media_type)
                yield from findings(asked, exhibit.digest, check, covered)
    if not said:
        yield asked.not_applicable(exhibit.digest, "It bears no signature of this kind together with what is signed.")


def _checks(container: Container, known: Vouched) -> list[Check]:
    """Check against each form that the content may have had; the first that holds stands."""
    signed = cms.parse(cms.unarmoured(container.value))
    if container.content is None:
        if signed.content is None:
            return []
        return cms.check(signed, None, known)
    tried = [cms.check(signed, content, known) for content in container.content]
    return next((its for its in tried if its and all(c.bytes_state is State.HOLDS for c in its)), tried[-1])


def containers(data: bytes, media_type: str) -> Iterator[Container]:
    """Yield the CMS structures of a file or mail that stand together with what they sign."""
    if media_type == MAIL:
        yield from _in_mail(data)
        return
    yield Container(data, None, Covered("The signature", "the content that it carries", True))


def _in_mail(data: bytes) -> Iterator[Container]:
    """Yield the S/MIME signatures of a mail, with the signed part as its bytes stand in the mail."""
    for raw, head, inner, depth in parts_in(data):
        part = email.message_from_bytes(head, policy=email.policy.compat32)
        kind = part.get_content_type()
        if kind in _SIGNED_TYPES and "enveloped" not in str(part.get_param("smime-type", "")).lower():
            yield _opaque(raw, depth)
        if kind == "multipart/signed" and len(inner) == 2 and _is_signature(inner[1]):
            yield _detached(inner, alone=depth == 0)


def parts_in(data: bytes) -> Iterator[tuple[bytes, bytes, list[bytes], int]]:
    """Yield each part of a mail as its bytes stand: all of it, its head, the parts within it, and how deep it lies."""
    pending: list[tuple[bytes, int]] = [(data, 0)]
    left = _MOST_PARTS
    while pending and left:
        raw, depth = pending.pop(0)
        left -= 1
        head, body = split(raw)
        part = email.message_from_bytes(head, policy=email.policy.compat32)
        several = part.get_content_type().startswith("multipart/") and depth <= _DEEPEST
        inner = parts_of(body, str(part.get_boundary(""))) if several else []
        yield raw, head, inner, depth
        pending += [(p, depth + 1) for p in inner[:_MOST_PARTS]]


def _opaque(raw: bytes, depth: int) -> Container:
    value = payload_bytes(email.message_from_bytes(raw, policy=email.policy.compat32))
    covered = Covered("The S/MIME signature", "the mail's body", False, HEADERS)
    return Container(value, None, covered)


HEADERS = "It does not cover the mail's headers: sender, recipients, subject and date were not signed by it."
AROUND = "Other parts of the mail stand outside of what it covers."


def _detached(inner: list[bytes], *, alone: bool) -> Container:
    value = payload_bytes(email.message_from_bytes(inner[1], policy=email.policy.compat32))
    doubt = HEADERS if alone else f"{HEADERS} {AROUND}"
    return Container(value, with_line_ends(inner[0]), Covered("The S/MIME signature", "the mail's body", False, doubt))


def with_line_ends(part: bytes) -> tuple[bytes, ...]:
    """Return the forms that a part may have been signed in; the last is the one that the standard asks for."""
    lines = re.sub(rb"\r?\n", b"\r\n", part)
    others = dict.fromkeys((part, re.sub(rb"[ \t]+\r\n", b"\r\n", lines)))
    return (*(form for form in others if form != lines), lines)


def _is_signature(raw: bytes) -> bool:
    head, _ = split(raw)
    return email.message_from_bytes(head, policy=email.policy.compat32).get_content_type() in _SIGNATURE_TYPES


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Return a mail's or part's head and body, as they stand."""
    if raw[:1] in (b"\n", b"\r"):
        return b"", raw.lstrip(b"\r")[1:]
    found = re.search(rb"\r?\n\r?\n", raw)
    if found is None:
        return raw[:_LONGEST_HEAD], b""
    return raw[: min(found.start() + 1, _LONGEST_HEAD)], raw[found.end() :]


def parts_of(body: bytes, boundary: str) -> list[bytes]:
    """Return the parts of a multipart body as their bytes stand: the line end before a boundary belongs to it."""
    if not boundary:
        return []
    mark = re.escape(boundary.encode("utf-8", "surrogateescape"))
    marks = list(re.finditer(rb"(?:^|\r?\n)--" + mark + rb"(--)?[ \t]*(?=\r?\n|$)", body))[: _MOST_PARTS + 1]
    found = []
    for here, after in pairwise(marks):
        if here.group(1):
            break
        start = body.find(b"\n", here.end()) + 1
        found.append(body[start : after.start()])
    return found


def _with_address(covered: Covered, check: Check, data: bytes, media_type: str) -> Covered:
    """Add whether the sender's address is one that the signer's certificate names."""
    if media_type != MAIL or check.signer is None:
        return covered
    head, _ = split(data)
    sender = str(email.message_from_bytes(head, policy=email.policy.compat32).get("From", ""))
    address = email.utils.parseaddr(sender)[1].lower()
    if not check.signer.mails:
        said = "The certificate names no mail address."
    elif address in check.signer.mails:
        said = f"The certificate names the sender's address {quoted(address, 80)}."
    else:
        named = quoted(", ".join(check.signer.mails), 120)
        said = f"The certificate names {named}, the mail's sender is {quoted(address, 80)}."
    return Covered(covered.name, covered.what, covered.whole, f"{covered.doubt} {said}".strip())


CADES = Examination(
    name=_CADES.part,
    version=_CADES.version,
    purpose="Checks signatures in CMS files (p7m, p7s, sig) and in mails: whose key, and whether all is unchanged.",
    limits=_CADES.limits,
    accepts=ACCEPTS,
    examine_vouched=examine,
    heaviest=_CADES.heaviest,
)
