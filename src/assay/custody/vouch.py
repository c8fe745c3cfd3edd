"""What a person vouches for, taken from a folder: certificates, revocation lists, OCSP answers and archived mail keys.

Certificates as PEM, DER or PKCS #7 bundles; revocation lists and OCSP answers as PEM or DER. Mail keys as text: a line
`selector._domainkey.domain` and the TXT record behind it (a zone file's `IN TXT` and quotes are understood), or a file
of that name that holds the record alone. OpenPGP keys armoured or binary, as they are exported, without secret parts.
A gazetteer of names with the day on which each began is a tab-separated file whose first line is
`# assay gazetteer`.
Limits: these are the person's own files, not the trove's, so the driver reads them; nothing is checked here but that
each is what it is taken for. Files over 32 MiB are refused, and no more than 20,000 files are looked at.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.custody.pgp import KEY, USER, packets, unarmoured
from assay.model import Voucher, VoucherKind
from assay.model.errors import Usage

if TYPE_CHECKING:
    from cryptography import x509

NAME, VERSION = "vouch", "1"
GAZETTEER_MARK = b"# assay gazetteer"
MOST_BYTES = 32 << 20
MOST_FILES = 20_000

_BINARY_KEYS = (b"\x98", b"\x99", b"\xc6")
"""How the packet of a public key begins."""
_SECRET = (5, 7)
_MOST_PACKETS = 50_000
_PEM = re.compile(
    rb"-----BEGIN (CERTIFICATE|TRUSTED CERTIFICATE|X509 CRL|PKCS7|CMS|OCSP RESPONSE)-----(.*?)-----END \1-----", re.S
)
_KEY_NAME = re.compile(r"[A-Za-z0-9_.-]{1,200}\._domainkey\.[A-Za-z0-9.-]{1,250}")
_KEY_LINE = re.compile(rf"^({_KEY_NAME.pattern})\.?(?:\s+\d+)?(?:\s+IN)?(?:\s+TXT)?[\s:=]+(.+)$", re.I)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Vouched:
    """What a folder held: vouchers in a fixed order, and the names of files that are none with the reason."""

    vouchers: tuple[Voucher, ...]
    refused: tuple[tuple[str, str], ...]


def vouched(folder: Path) -> Vouched:
    """Return all that stands in `folder` (or in one file); raise `Usage` when it is not there."""
    if not folder.exists():
        raise Usage(f"{folder} is not there", hint="Name the folder that holds certificates or archived keys.")
    files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    found: dict[str, Voucher] = {}
    refused: list[tuple[str, str]] = [(str(p), "more files than are looked at") for p in files[MOST_FILES:]]
    for file in files[:MOST_FILES]:
        if file.stat().st_size > MOST_BYTES:
            refused.append((file.name, f"larger than {MOST_BYTES >> 20} MiB"))
            continue
        its = list(_from_bytes(file.read_bytes(), file.name))
        found.update((voucher.id, voucher) for voucher in its)
        if not its:
            refused.append(
                (file.name, "no certificate, revocation list, OCSP response, mail or OpenPGP key, or gazetteer")
            )
    return Vouched(tuple(sorted(found.values(), key=lambda v: (v.kind.value, v.name, v.id))), tuple(refused))


def _from_bytes(data: bytes, name: str) -> Iterator[Voucher]:
    if data.removeprefix(b"\xef\xbb\xbf").startswith(GAZETTEER_MARK):
        yield _voucher(VoucherKind.GAZETTEER, name, data.removeprefix(b"\xef\xbb\xbf"))
        return
    if b"-----BEGIN PGP PUBLIC KEY" in data or data[:1] in _BINARY_KEYS:
        yield from _openpgp(data)
        return
    blocks = [(m.group(1), _unarmoured(m.group(2))) for m in _PEM.finditer(data)]
    if blocks:
        for _, der in blocks:
            yield from _from_der(der)
    elif data[:1] == b"\x30":
        yield from _from_der(data)
    else:
        yield from mail_keys(data.decode("utf-8", "replace"), name)


def _openpgp(data: bytes) -> Iterator[Voucher]:
    """Yield a voucher for each OpenPGP certificate: a primary key and all that follows it until the next one."""
    blocks = [b"-----BEGIN PGP PUBLIC KEY" + rest for rest in data.split(b"-----BEGIN PGP PUBLIC KEY")[1:]] or [data]
    for block in blocks:
        certificates: list[list[tuple[int, bytes]]] = []
        for tag, body in packets(unarmoured(block), most=_MOST_PACKETS):
            if tag == KEY:
                certificates.append([])
            if certificates and tag not in _SECRET:
                certificates[-1].append((tag, body))
        for its in certificates:
            user = next((body.decode("utf-8", "replace") for tag, body in its if tag == USER), "no name")
            content = b"".join(bytes([0xC0 | tag, 0xFF]) + len(body).to_bytes(4, "big") + body for tag, body in its)
            yield _voucher(VoucherKind.OPENPGP_KEY, "".join(c if c.isprintable() else "?" for c in user)[:200], content)


def _unarmoured(body: bytes) -> bytes:
    try:
        return base64.b64decode(b"".join(line for line in body.splitlines() if b":" not in line))
    except ValueError:
        return b""


def _from_der(der: bytes) -> Iterator[Voucher]:
    """Yield what DER bytes are: each kind is tried, for they carry no name."""
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
    from cryptography.x509 import ocsp

    try:
        yield _certificate(x509.load_der_x509_certificate(der))
        return
    except ValueError:
        pass
    try:
        issuer = x509.load_der_x509_crl(der).issuer.rfc4514_string()
        yield _voucher(VoucherKind.REVOCATION_LIST, issuer, der)
        return
    except ValueError:
        pass
    try:
        ocsp.load_der_ocsp_response(der)
        yield _voucher(VoucherKind.OCSP_RESPONSE, "OCSP response", der)
        return
    except ValueError:
        pass
    try:
        held = pkcs7.load_der_pkcs7_certificates(der)
    except ValueError:
        return
    for certificate in held:
        yield _certificate(x509.load_der_x509_certificate(certificate.public_bytes(Encoding.DER)))


def _certificate(certificate: x509.Certificate) -> Voucher:
    from cryptography.hazmat.primitives.serialization import Encoding

    der = certificate.public_bytes(Encoding.DER)
    return _voucher(VoucherKind.CERTIFICATE, certificate.subject.rfc4514_string(), der)


def mail_keys(text: str, name: str) -> Iterator[Voucher]:
    """Yield the archived mail keys that stand in `text`, a file called `name`."""
    for line in _joined(text):
        if match := _KEY_LINE.match(line):
            record = _record(match.group(2))
            if record:
                yield _voucher(VoucherKind.MAIL_KEY, match.group(1).lower().rstrip("."), record.encode())
    stem = re.sub(r"\.(txt|key|pub)$", "", name, flags=re.I)
    if _KEY_NAME.fullmatch(stem) and (record := _record(" ".join(text.split("\n")))):
        yield _voucher(VoucherKind.MAIL_KEY, stem.lower(), record.encode())


def _joined(text: str) -> Iterator[str]:
    """Yield lines without comments, those within a zone file's brackets run together."""
    held = ""
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", ";")):
            continue
        held = f"{held} {bare}" if held else bare
        if held.count("(") <= held.count(")"):
            yield held.replace("(", " ").replace(")", " ") if "(" in held else held
            held = ""
    if held:
        yield held


def _record(written: str) -> str:
    """Return a TXT record with a zone file's quotes undone; empty when it holds no key (RFC 6376, 3.6.1)."""
    pieces = _QUOTED.findall(written)
    record = "".join(pieces) if pieces else written.strip()
    return record if re.search(r"(^|;)\s*p\s*=", record) else ""


def _voucher(kind: VoucherKind, name: str, content: bytes) -> Voucher:
    return Voucher(kind, name, base64.b64encode(content).decode(), NAME, VERSION)
