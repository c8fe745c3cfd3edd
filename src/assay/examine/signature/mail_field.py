"""DKIM and ARC fields of a mail: what they state, and whether body and header are still what the server signed.

The body's hash is checked whether or not a key is at hand; the signature value needs the key that stood in the domain
name system then, which only an archive can give. Arithmetic and canonical forms are dkimpy's.
Limits: nothing is asked of any server, and no clock is read: expiry is judged against the mail's own dates. At most
`MOST_FIELDS` signatures. Sources: RFC 6376, RFC 8301, RFC 8463, RFC 8617.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from assay.examine.signature.verdict import State

MOST_FIELDS = 20
MOST_BYTES = 64 << 20
SHOWN = ("from", "to", "cc", "subject", "date", "reply-to", "sender", "content-type", "content-transfer-encoding")
"""Headers that decide what a reader sees of a mail and of whom it comes from."""
SINGLE = ("from", "to", "cc", "subject", "date", "reply-to", "sender", "content-type", "message-id")
"""Headers that may stand once (RFC 5322, 3.6)."""
LONGEST_FIELD = 8_192
_BLANKS = re.compile(rb"[ \t]{1024}")
"""Canonical forms take time with the square of a run of blanks."""
_ALGORITHMS = {"rsa-sha256": "sha256", "rsa-sha1": "sha1", "ed25519-sha256": "sha256"}
_REQUIRED = ("v", "a", "b", "bh", "d", "h", "s")

Keys = dict[str, tuple[str, ...]]
"""Archived TXT records by their place in the domain name system, in lower case."""


class NotMail(Exception):
    """The header cannot be taken apart."""


@dataclass(frozen=True, slots=True)
class Field:
    """One signature field: its tags, whether body and value hold, and what of the mail it leaves open.

    `unsigned` are the shown headers that it does not cover, `added` those that stand more often than it covers,
    `appended` how many bytes of the body follow what it covers. `aligned`: the sender's domain is the signer's.
    """

    domain: str
    selector: str
    identity: str
    algorithm: str
    body: State
    state: State
    reason: str
    unsigned: tuple[str, ...]
    added: tuple[str, ...]
    appended: int
    made: datetime | None
    expires: datetime | None
    aligned: bool
    weak: str

    @property
    def place(self) -> str:
        """Where its key stands in the domain name system."""
        return f"{self.selector}._domainkey.{self.domain}".lower()


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail's header, as pairs of name and value, and its body with CRLF ends."""

    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    data: bytes

    def of(self, name: str) -> list[bytes]:
        """Return a header's values, topmost first."""
        return [value for key, value in self.headers if key.lower() == name.encode()]

    @property
    def received(self) -> datetime | None:
        """When the last server says it took the mail in."""
        values = self.of("received")
        return _date(values[0].rpartition(b";")[2]) if values else None

    @property
    def dated(self) -> datetime | None:
        """What the mail itself gives as its date."""
        values = self.of("date")
        return _date(values[0]) if values else None

    @property
    def sender_domain(self) -> str:
        """The domain of the sender's address."""
        from email.utils import parseaddr

        values = self.of("from")
        text = values[0].decode("utf-8", "replace") if values else ""
        return parseaddr(re.sub(r"\r?\n[ \t]+", " ", text).strip())[1].rpartition("@")[2].lower()


def letter(data: bytes) -> Letter:
    """Return a mail's header and body; raise `NotMail`."""
    import dkim

    if len(data) > MOST_BYTES:
        raise NotMail(f"it is larger than {MOST_BYTES >> 20} MiB")
    if _BLANKS.search(data):
        raise NotMail("it holds runs of blanks that are too long to be brought into canonical form")
    try:
        headers, body = dkim.rfc822_parse(data)
    except (dkim.DKIMException, IndexError) as error:
        raise NotMail(f"its header cannot be taken apart ({str(error)[:80]})") from error
    return Letter(tuple((bytes(k), bytes(v)) for k, v in headers), body, data)


def _date(raw: bytes) -> datetime | None:
    try:
        found = parsedate_to_datetime(" ".join(raw.decode("ascii", "replace").split()))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def fields(mail: Letter, keys: Keys) -> list[Field]:
    """Return what came of each DKIM signature of a mail, topmost first."""
    found = [(k, v) for k, v in mail.headers if k.lower() == b"dkim-signature"]
    return [_field(mail, header, keys) for header in found[:MOST_FIELDS]]


def _field(mail: Letter, header: tuple[bytes, bytes], keys: Keys) -> Field:
    tags = _tags(header[1])
    get = {k: v.decode("utf-8", "replace").strip() for k, v in tags.items()}
    h = [name.strip().lower() for name in get.get("h", "").split(":") if name.strip()]
    domain, selector = get.get("d", "").lower(), get.get("s", "")
    covered, present = Counter(h), Counter(k.lower().decode("ascii", "replace") for k, _ in mail.headers)
    body, appended, reason = _body(mail, get)
    algorithm = get.get("a", "").lower()
    sender = mail.sender_domain
    base = Field(
        domain, selector, get.get("i", f"@{domain}"), algorithm, body, State.OPEN, reason,
        tuple(name for name in SHOWN if present[name] and not covered[name]),
        tuple(name for name in SINGLE if covered[name] and present[name] > covered[name]),
        appended, _moment(get.get("t")), _moment(get.get("x")),
        bool(sender) and (sender == domain or sender.endswith(f".{domain}") or domain.endswith(f".{sender}")),
        "SHA-1 has been broken since 2017, and RFC 8301 withdrew it here" if algorithm == "rsa-sha1" else "",
    )  # fmt: skip
    return _judged(base, mail, header, tags, get, h, keys)


def _judged(
    base: Field,
    mail: Letter,
    header: tuple[bytes, bytes],
    tags: dict[str, bytes],
    get: dict[str, str],
    covered: list[str],
    keys: Keys,
) -> Field:
    from dataclasses import replace

    if len(header[1]) > LONGEST_FIELD:
        return replace(base, state=State.OPEN, reason=f"its field is longer than {LONGEST_FIELD} bytes")
    missing = [tag for tag in _REQUIRED if tag not in tags]
    if missing or get.get("v") != "1":
        why = f"it states no {'=, '.join(missing)}=" if missing else f"its version is {get['v']!r}"
        state = State.BROKEN if base.body is State.BROKEN else State.OPEN
        return replace(base, state=state, reason=f"it is not formed as RFC 6376 asks: {why}")
    if base.body is not State.HOLDS:
        return replace(base, state=base.body)
    if "from" not in covered:
        return replace(base, reason="it does not cover the sender (From), as RFC 6376 asks")
    identity = base.identity.rpartition("@")[2].lower()
    if identity != base.domain and not identity.endswith(f".{base.domain}"):
        return replace(base, reason=f"its i= ({identity}) lies outside its d= ({base.domain})")
    records = keys.get(base.place, ())
    if not records:
        return replace(base, reason=f"no archived key for {base.place} was put in")
    tried = [_with_key(base, mail, header, tags, covered, record) for record in records]
    order = (State.HOLDS, State.BROKEN, State.OPEN)
    state, reason = min(tried, key=lambda t: order.index(t[0]))
    return replace(base, state=state, reason=reason)


def _with_key(
    base: Field, mail: Letter, header: tuple[bytes, bytes], tags: dict[str, bytes], covered: list[str], record: str
) -> tuple[State, str]:
    """Check the signature value with one archived record."""
    import dkim

    stated = _tags(record.encode())
    if not stated.get("p"):
        return State.OPEN, "the archived record says that the key was withdrawn"
    kind = stated.get("k", b"rsa").decode("ascii", "replace").lower()
    if kind != base.algorithm.partition("-")[0]:
        return State.OPEN, f"the archived key is of the kind {kind}, the signature of {base.algorithm}"
    flags = [flag.strip() for flag in stated.get("t", b"").decode("ascii", "replace").split(":")]
    if "s" in flags and base.identity.rpartition("@")[2].lower() != base.domain:
        return State.OPEN, f"the key's record (t=s) does not allow the identity {base.identity}"
    checked = dkim.DKIM(mail.data, minkey=0)
    try:
        checked.pk, checked.keysize, checked.ktag, checked.seqtlsrpt = dkim.evaluate_pk(base.place, record.encode())
        if checked.keysize and checked.ktag == b"rsa" and checked.keysize > 16_384:
            return State.OPEN, f"an RSA key of {checked.keysize} bits is not examined"
        sig = {key.encode(): value for key, value in tags.items()}
        held = checked.verify_sig_process(sig, [name.encode() for name in covered], header, None)
    except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError) as error:
        return State.OPEN, f"key or signature value cannot be read ({str(error)[:80]})"
    if held:
        return State.HOLDS, ""
    return State.BROKEN, "the body is the same, and the signature value does not hold over the header as it stands"


def _body(mail: Letter, get: dict[str, str]) -> tuple[State, int, str]:
    """Whether the body has the stated hash, and how many bytes follow the covered ones."""
    from dkim.canonicalization import CanonicalizationPolicy, InvalidCanonicalizationPolicyError

    algorithm = _ALGORITHMS.get(get.get("a", "").lower())
    if algorithm is None:
        return State.OPEN, 0, f"the algorithm {get.get('a', '')[:40]!r} is not known here"
    try:
        policy = CanonicalizationPolicy.from_c_value(get.get("c", "simple/simple").encode())
        stated = base64.b64decode("".join(get.get("bh", "").split()), validate=True)
        length = int(get["l"]) if re.fullmatch(r"\d{1,76}", get.get("l", "")) else None
    except (InvalidCanonicalizationPolicyError, ValueError):
        return State.OPEN, 0, "its canonical form or its body hash cannot be read"
    body = policy.canonicalize_body(mail.body)
    covered = body if length is None else body[:length]
    if hashlib.new(algorithm, covered, usedforsecurity=False).digest() == stated:
        return State.HOLDS, len(body) - len(covered), ""
    return State.BROKEN, 0, "the hash of the body is not the one that stands in the signature"


def _tags(value: bytes) -> dict[str, bytes]:
    """Return a field's tags; a doubled one keeps its first value."""
    found: dict[str, bytes] = {}
    for part in value.split(b";")[:100]:
        name, mark, content = part.partition(b"=")
        if mark:
            key = name.strip().decode("ascii", "replace")
            found.setdefault(key, re.sub(rb"\r?\n[ \t]+", b" ", content).strip())
    return found


def _moment(written: str | None) -> datetime | None:
    if not written or not written.isdigit() or len(written) > 12:
        return None
    try:
        return datetime.fromtimestamp(int(written), UTC)
    except (OverflowError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Arc:
    """A chain of handlers (RFC 8617): how many sets, its state, why, and the domains that sealed it."""

    sets: int
    state: State
    reason: str
    domains: tuple[str, ...]


def arc(mail: Letter, keys: Keys) -> Arc | None:
    """Return what came of the mail's ARC chain, None when it has none."""
    import logging

    import dkim

    seals = [_tags(value) for value in mail.of("arc-seal")][:MOST_FIELDS]
    signatures = [_tags(value) for value in mail.of("arc-message-signature")][:MOST_FIELDS]
    if not seals and not signatures:
        return None
    longest = max(len(v) for name in ("arc-seal", "arc-message-signature") for v in (*mail.of(name), b""))
    if longest > LONGEST_FIELD or max(len(mail.of("arc-seal")), len(mail.of("arc-message-signature"))) > MOST_FIELDS:
        return Arc(len(seals), State.OPEN, "its fields are too many or too long", ())
    domains = tuple(dict.fromkeys(t.get("d", b"").decode("ascii", "replace").lower() for t in seals))
    wanted = {_place(tags) for tags in (*seals, *signatures)}
    missing = sorted(place for place in wanted if place not in keys)
    if missing:
        return Arc(len(seals), State.OPEN, f"no archived key for {', '.join(missing)[:200]} was put in", domains)

    def archived(name: Any, timeout: float = 0) -> bytes:
        place = (name.decode() if isinstance(name, bytes) else str(name)).rstrip(".").lower()
        return keys[place][0].encode() if place in keys else b""

    quiet = logging.getLogger("assay.dkim")
    quiet.setLevel(logging.CRITICAL)
    try:
        result, _, why = dkim.ARC(mail.data, logger=quiet, minkey=0).verify(dnsfunc=archived)
    except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError, AssertionError) as error:
        return Arc(len(seals), State.OPEN, f"it cannot be read ({str(error)[:80]})", domains)
    state = State.HOLDS if result == dkim.CV_Pass else State.BROKEN
    return Arc(len(seals), state, "" if state is State.HOLDS else str(why)[:120], domains)


def _place(tags: dict[str, bytes]) -> str:
    selector, domain = tags.get("s", b"").decode("ascii", "replace"), tags.get("d", b"").decode("ascii", "replace")
    return f"{selector}._domainkey.{domain}".lower()
