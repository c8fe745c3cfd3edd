"""`sig.openpgp`: texts and mails signed with OpenPGP: within the text (cleartext framework), and as PGP/MIME.

Limits: an armoured OpenPGP message (signed, compressed or encrypted as a whole) is not opened. Like S/MIME, PGP/MIME
covers a mail's body and not its headers. Sources: RFC 4880, chapter 7; RFC 3156.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.custody.pgp import signature_of
from assay.custody.unpack_mail import payload_bytes
from assay.examine.signature import openpgp
from assay.examine.signature.cades import AROUND, HEADERS, MAIL, parts_in, with_line_ends
from assay.examine.signature.wording import Covered, question
from assay.model import Reading, Record, Voucher
from assay.work.part import Examination

TEXT = "text/plain"
MESSAGE = "application/pgp-encrypted"
MOST = 50
"""Signed passages of one exhibit that are looked at."""
_BEGIN, _MIDDLE = b"-----BEGIN PGP SIGNED MESSAGE-----", b"-----BEGIN PGP SIGNATURE-----"
_END = b"-----END PGP SIGNATURE-----"
_HEAD = re.compile(
    rb"-----BEGIN PGP SIGNED MESSAGE-----[ \t\r]{0,20}\n(?:Hash: [^\n]{0,200}\n){0,20}"
    rb"((?:[A-Za-z-]{1,40}: [^\n]{0,200}\n){0,20})[ \t\r]{0,20}\n"
)
"""Group 1: lines of the head that the signature does not cover, though they stand between the marks."""
_MIME = "application/pgp-signature"

_OPENPGP = question(
    "sig.openpgp", "2",
    "Checked under the keys that a person put in, and under no other. A message that is compressed or encrypted as a "
    "whole is not opened. Detached signatures are answered by sig.detached.",
    ("a mail gateway or a mailing list that rewrote the body",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """Signed content with its signature as they stand in an exhibit; `contents` are the forms that may be signed."""

    contents: tuple[bytes, ...]
    signature: bytes
    covered: Covered


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for each OpenPGP signature in one text or mail."""
    digest, kind = reading.exhibit.digest, reading.exhibit.media_type
    if kind == MESSAGE:
        yield _OPENPGP.not_examined(digest, "It is an OpenPGP message as a whole, which is not opened here.")
        return
    keys, said = openpgp.keys_of(vouchers), False
    for passage in passages(data, kind):
        made = signature_of(passage.signature)
        said = True
        if not made:
            reason = "holds no OpenPGP signature of a version that is known here"
            yield _OPENPGP.not_examined(digest, f"{passage.covered.name} {reason}.")
        for packet in made[:MOST]:
            yield from openpgp.answered(_OPENPGP, digest, packet, passage.contents, keys, passage.covered)
    if not said:
        yield _OPENPGP.not_applicable(digest, "It bears no OpenPGP signature together with what is signed.")


def passages(data: bytes, media_type: str) -> Iterator[Passage]:
    """Yield the signed passages of a text or a mail, at most `MOST`."""
    left = MOST
    if media_type != MAIL:
        for passage in _in_text(data, ""):
            yield passage
            left -= 1
            if not left:
                return
        return
    for raw, head, inner, depth in parts_in(data):
        part = email.message_from_bytes(head, policy=email.policy.compat32)
        kind = part.get_content_type()
        if kind == "multipart/signed" and len(inner) == 2 and _kind_of(inner[1]) == _MIME:
            doubt = HEADERS if depth == 0 else f"{HEADERS} {AROUND}"
            covered = Covered("The OpenPGP signature", "the mail's body", False, doubt)
            value = payload_bytes(email.message_from_bytes(inner[1], policy=email.policy.compat32))
            yield Passage(with_line_ends(inner[0]), value, covered)
            left -= 1
        elif kind == TEXT and _BEGIN in raw:
            body = payload_bytes(email.message_from_bytes(raw, policy=email.policy.compat32))
            for passage in _in_text(body, HEADERS):
                yield passage
                left -= 1
        if left <= 0:
            return


def _kind_of(raw: bytes) -> str:
    return email.message_from_bytes(raw[: 1 << 16], policy=email.policy.compat32).get_content_type()


def _in_text(data: bytes, doubt: str) -> Iterator[Passage]:
    """Yield what is signed in the cleartext framework: dashes unescaped, blanks at line ends left out."""
    at, number = 0, 0
    while (start := _line(data, _BEGIN, at)) >= 0:
        middle = _line(data, _MIDDLE, start)
        end = data.find(_END, middle) if middle >= 0 else -1
        if end < 0:
            return
        head = _HEAD.match(data, start)
        number += 1
        if head and head.end() <= middle:
            lines = re.sub(rb"\r?\n\Z", b"", data[head.end() : middle]).split(b"\n")
            plain = [line.removeprefix(b"- ").rstrip(b" \t\r") for line in lines]
            outside = data[:start].strip() or data[end + len(_END) :].strip() or head.group(1)
            around = f"{doubt} Text outside of the signed passage is not covered." if outside else doubt
            covered = Covered(f"OpenPGP signature {number}", "the text between its marks", not around, around.strip())
            yield Passage((b"\r\n".join(plain),), data[middle : end + len(_END)], covered)
        at = end


def _line(data: bytes, mark: bytes, at: int) -> int:
    """Return where `mark` stands at the beginning of a line, from `at` on; -1 when nowhere."""
    found = data.find(mark, at)
    while found > 0 and data[found - 1 : found] != b"\n":
        found = data.find(mark, found + 1)
    return found


OPENPGP = Examination(
    name=_OPENPGP.part,
    version=_OPENPGP.version,
    purpose="Checks OpenPGP signatures in texts and mails, under the keys that a person put in.",
    limits=_OPENPGP.limits,
    accepts=(TEXT, MAIL, MESSAGE),
    examine_vouched=examine,
    heaviest=_OPENPGP.heaviest,
)
