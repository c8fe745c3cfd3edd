"""Detached signatures and what they sign: tied by the digest that the signature states, and by names side by side.

Each signature file (.sig, .p7s, .p7m without content, .sgn, .asc) gives at least one `DetachedSignature` record: to
each exhibit whose bytes have the stated digest, and to each that lies beside it under the name that belongs to it. A
signature that fits nothing here gives one record without an exhibit.

Limits: whether a signature holds is an examination's matter. OpenPGP signatures state two bytes of their digest only,
so they are tied by name, and the two bytes are compared. Streebog digests are computed for exhibits that fit by name
only, up to `STREEBOG_BYTES` each. GOST R 34.11-94 digests are not computed.
Sources: RFC 5652 section 5.3, RFC 4880 section 5.2, RFC 4357 and 7836 for the GOST numbers, GM/T 0010 for SM3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.custody import cms
from assay.custody.pgp import Packet, signature_of
from assay.model import DetachedSignature, Exhibit, Occurrence, Record, Trove
from assay.work.part import Synthesis

NAME, VERSION = "detached", "1"
SIGNATURES = frozenset({"application/pkcs7-signature", "application/pgp-signature"})
"""Media types of files that hold a signature and not what it signs."""
STREEBOG_BYTES = 8 << 20
HASHED_BYTES = 4 << 30
"""No more than this is hashed, over all exhibits, to find what signatures with uncommon digests sign."""

_ALGORITHMS = {
    "1.2.840.113549.2.5": "md5", "1.3.14.3.2.26": "sha1", "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384", "2.16.840.1.101.3.4.2.3": "sha512", "2.16.840.1.101.3.4.2.4": "sha224",
    "1.2.643.7.1.1.2.2": "streebog256", "1.2.643.7.1.1.2.3": "streebog512", "1.2.643.2.2.9": "gost94",
    "1.2.643.2.2.30.1": "gost94", "1.2.156.10197.1.401": "sm3", "1.2.156.10197.1.401.1": "sm3",
}  # fmt: skip
_ENDINGS = re.compile(
    r"(?:\.(?:sig|sgn|sign|signature|p7s|p7m|p7b|pkcs7|cms|cades|asc|pgp|gpg|ds|sgn\d+|sig\d+))+$", re.I
)
_AFFIX = re.compile(r"[ _.-]*(?:\(\d+\)|sign(?:ature|ed)?|sgn|подпись|эцп|签名|签章)\d*$", re.I)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an exhibit was met: in which container, from which source, in which folder, under which name."""

    parent: str
    source: str
    folder: str
    name: str


@dataclass(frozen=True, slots=True)
class _Signature:
    """What a signature file says of the bytes that it signs."""

    exhibit: str
    stated: tuple[tuple[str, str], ...]
    pgp: tuple[Packet, ...]
    note: str


def link(trove: Trove) -> Iterable[Record]:
    """Yield a `DetachedSignature` for each signature and each exhibit that it is tied to."""
    exhibits = {e.digest: e for e in trove.all(Exhibit)}
    signatures = [d for d in sorted(exhibits) if exhibits[d].media_type in SIGNATURES]
    if not signatures:
        return
    places: dict[str, list[_Place]] = {}
    beside: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for occurrence in trove.all(Occurrence):
        place = _place(occurrence)
        places.setdefault(occurrence.exhibit, []).append(place)
        beside.setdefault((place.parent, place.source, place.folder), []).append((place.name, occurrence.exhibit))
    finder = _Digests(trove, exhibits)
    for digest in signatures:
        signature = _read(digest, trove.blob(digest))
        named: set[str] = set()
        for place in places.get(digest, ()):
            near = beside[place.parent, place.source, place.folder]
            named |= {e for e in fitting(place.name, near) if e in exhibits and e not in signatures}
        yield from _records(signature, named, finder)


def _place(occurrence: Occurrence) -> _Place:
    folder, _, name = occurrence.path.rpartition("/")
    return _Place(occurrence.parent or "", occurrence.source, folder, name)


def fitting(name: str, near: Iterable[tuple[str, str]]) -> list[str]:
    """Return which of `near` (name, exhibit) a signature called `name` signs, by names: `a.pdf.sig` signs `a.pdf`.

    Where no file has that very name, those with the same stem fit (`a.sig` beside `a.pdf`), then `a_signature.sig`.
    """
    bare = _ENDINGS.sub("", name).casefold()
    others = [(n.casefold(), e) for n, e in near if n != name and not _ENDINGS.search(n)]
    stem = bare.rpartition(".")[0] or bare
    affixed = _AFFIX.sub("", bare)
    for wanted in dict.fromkeys((bare, affixed)):
        if found := [e for n, e in others if n == wanted]:
            return sorted(set(found))
    for wanted in dict.fromkeys((bare, stem, affixed, _AFFIX.sub("", stem))):
        if wanted and (found := [e for n, e in others if (n.rpartition(".")[0] or n) == wanted]):
            return sorted(set(found))
    return []


def _read(digest: str, data: bytes) -> _Signature:
    try:
        stated = cms.stated_digests(data)
    except (ValueError, StopIteration, RuntimeError):
        found = signature_of(data)
        return _Signature(digest, (), found, "" if found else "its structure cannot be read")
    named = tuple((_ALGORITHMS.get(s.algorithm, s.algorithm), s.digest.hex()) for s in stated)
    return _Signature(digest, tuple(dict.fromkeys(named)), (), "" if named else "it states no digest of its own")


def _records(signature: _Signature, named: set[str], finder: _Digests) -> Iterator[DetachedSignature]:
    tied: set[str] = set()
    for algorithm, stated in signature.stated:
        same = finder.having(algorithm, stated, named)
        tied |= same
        for exhibit in sorted(same):
            how = ("digest", "name") if exhibit in named else ("digest",)
            yield _record(signature, exhibit, how, algorithm, stated, "yes")
    for exhibit in sorted(named - tied):
        if not signature.stated:
            yield _named(signature, exhibit, finder)
        for algorithm, stated in signature.stated:
            computed = finder.of(algorithm, exhibit)
            agrees = "no" if computed else "not_computed"
            yield _record(signature, exhibit, ("name",), algorithm, stated, agrees)
    if not tied and not named:
        algorithm, stated = signature.stated[0] if signature.stated else ("", "")
        yield _record(signature, "", (), algorithm, stated, "not_computed", "no exhibit here fits it")


def _named(signature: _Signature, exhibit: str, finder: _Digests) -> DetachedSignature:
    """Return the link by name of a signature that states no digest; of an OpenPGP one its two bytes are compared."""
    for packet in signature.pgp:
        computed = finder.pgp(packet, exhibit)
        if computed:
            agrees = "yes" if computed[:2] == packet.left else "no"
            return _record(signature, exhibit, ("name",), packet.algorithm, packet.left.hex(), agrees,
                           "the signature states the first two bytes of its digest only")  # fmt: skip
    return _record(signature, exhibit, ("name",), "", "", "not_computed")


def _record(
    signature: _Signature, exhibit: str, how: tuple[str, ...], algorithm: str, stated: str, agrees: str, note: str = ""
) -> DetachedSignature:
    said = "; ".join(filter(None, [signature.note, note]))
    return DetachedSignature(signature.exhibit, exhibit, how, algorithm, stated, agrees, said, NAME, VERSION)


class _Digests:
    """Digests of exhibits, computed when first asked for, within bounds."""

    def __init__(self, trove: Trove, exhibits: dict[str, Exhibit]) -> None:
        self.trove = trove
        self.exhibits = exhibits
        self.known: dict[tuple[str, str], str] = {}
        self.left = HASHED_BYTES

    def having(self, algorithm: str, stated: str, named: set[str]) -> set[str]:
        """Return the exhibits whose digest is the stated one; all are looked at where that is cheap, else `named`."""
        if algorithm == "sha256":
            return {stated} & set(self.exhibits)
        if algorithm == "sha1":
            return {d for d, e in self.exhibits.items() if e.sha1 == stated}
        where = named if algorithm.startswith("streebog") else sorted(self.exhibits)
        return {d for d in where if self.of(algorithm, d) == stated}

    def of(self, algorithm: str, exhibit: str) -> str:
        """Return an exhibit's digest in hex; empty when it cannot be computed, or would take too long."""
        key = (algorithm, exhibit)
        if key not in self.known:
            self.known[key] = self._compute(algorithm, exhibit)
        return self.known[key]

    def _compute(self, algorithm: str, exhibit: str) -> str:
        size = self.exhibits[exhibit].size
        if algorithm == "sha256":
            return exhibit
        if algorithm == "sha1":
            return self.exhibits[exhibit].sha1
        if algorithm.startswith("streebog"):
            return self._streebog(algorithm, exhibit) if size <= STREEBOG_BYTES else ""
        if algorithm not in hashlib.algorithms_available or size > self.left:
            return ""
        self.left -= size
        return hashlib.new(algorithm, self.trove.blob(exhibit), usedforsecurity=False).hexdigest()

    def _streebog(self, algorithm: str, exhibit: str) -> str:
        try:
            from gostcrypto import gosthash
        except ImportError:
            return ""
        made = gosthash.new(algorithm, data=bytearray(self.trove.blob(exhibit)))
        return str(made.hexdigest())

    def pgp(self, packet: Packet, exhibit: str) -> bytes:
        """Return the digest that an OpenPGP signature of these bytes would start with; empty when not computable."""
        size = self.exhibits[exhibit].size
        if packet.algorithm not in hashlib.algorithms_available or size > self.left:
            return b""
        self.left -= size
        data = self.trove.blob(exhibit)
        if packet.text:
            data = re.sub(rb"\r?\n", b"\r\n", data)
        return hashlib.new(packet.algorithm, data + packet.trailer, usedforsecurity=False).digest()


DETACHED = Synthesis(
    NAME,
    VERSION,
    "Ties detached signatures to the exhibits that they sign, by digest and by name.",
    "Says which bytes belong together, and nothing about whether a signature holds.",
    combine=link,
)
