"""`sig.detached`: signatures that lie in a file of their own, over the file that they sign.

Which file that is, custody has found by digest and by name. The answer stands with the signed file, and leads to the
signature. Content that was taken out of a signed CMS file is answered too: it is signed as far as its wrapper is.
Limits: a file of the fitting name is left alone where another one has the very digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from assay.custody.paths import first_paths
from assay.custody.pgp import signature_of
from assay.examine.question import quoted
from assay.examine.signature import cms, openpgp
from assay.examine.signature.cades import MAIL
from assay.examine.signature.certificate import Vouched, vouched
from assay.examine.signature.der import Malformed
from assay.examine.signature.wording import Covered, findings, question
from assay.model import DetachedSignature, Exhibit, Finding, Occurrence, Record, Trove, Voucher, whole
from assay.work.part import Examination

MOST = 5_000
"""More signatures than this are not examined in one trove."""
MOST_PGP = 32
_PGP = "application/pgp-signature"

_DETACHED = question(
    "sig.detached", "3", "An OpenPGP signature is checked under the keys that a person put in, and under no other.",
    ("another version of the file was signed, and lies elsewhere",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Known:
    """What a person vouches for: authorities of certificates, and OpenPGP keys."""

    authorities: Vouched
    keys: tuple[openpgp.PgpKey, ...]


def examine_trove(trove: Trove) -> Iterable[Record]:
    """Answer for each detached signature of the trove, and for what was taken out of signed files."""
    known = _Known(vouched(trove.all(Voucher)), openpgp.keys_of(trove.all(Voucher)))
    exhibits = {e.digest: e for e in trove.all(Exhibit)}
    paths = first_paths(trove)
    ties: dict[str, list[DetachedSignature]] = {}
    for tie in trove.all(DetachedSignature):
        ties.setdefault(tie.signature, []).append(tie)
    mails = _in_mails(trove, exhibits)
    for number, signature in enumerate(sorted(ties)):
        if number >= MOST:
            yield _DETACHED.not_examined(signature, f"More than {MOST} signatures lie in the trove.")
            continue
        yield from _answers(trove, ties[signature], exhibits, paths, signature in mails, known)
    yield from _taken_out(trove, exhibits, paths, known.authorities)


def _in_mails(trove: Trove, exhibits: dict[str, Exhibit]) -> set[str]:
    """Return what lies in mails only: an S/MIME signature is answered with its mail."""
    parents: dict[str, set[bool]] = {}
    for occurrence in trove.all(Occurrence):
        parent = exhibits.get(occurrence.parent or "")
        parents.setdefault(occurrence.exhibit, set()).add(parent is not None and parent.media_type == MAIL)
    return {digest for digest, kinds in parents.items() if kinds == {True}}


def _answers(
    trove: Trove,
    ties: list[DetachedSignature],
    exhibits: dict[str, Exhibit],
    paths: dict[str, str],
    in_mail: bool,
    known: _Known,
) -> Iterator[Finding]:
    signature = ties[0].signature
    name = f"The detached signature {quoted(paths.get(signature, signature[:12]), 100)}"
    fitting = {t.exhibit for t in ties if t.agrees == "yes" and t.exhibit}
    targets = sorted(fitting or {t.exhibit for t in ties if t.exhibit})
    if not targets:
        if not in_mail:
            yield _DETACHED.not_examined(signature, f"{name} signs a file that is not in the trove.")
        return
    if exhibits[signature].media_type == _PGP:
        yield from _by_pgp(trove, signature, targets, name, paths, known.keys)
        return
    try:
        signed = cms.parse(cms.unarmoured(trove.blob(signature)))
    except Malformed as error:
        yield _DETACHED.not_examined(signature, f"{name} cannot be read: {error}.")
        return
    for target in targets:
        content = trove.blob(target)
        covered = _covering(name, paths.get(target, target[:12]), content)
        for check in cms.check(signed, content, known.authorities):
            yield from findings(_DETACHED, target, check, covered, (whole(target), whole(signature)))


def _covering(name: str, path: str, content: bytes) -> Covered:
    return Covered(name, f"the whole file {quoted(path, 100)} ({len(content):,} bytes)", True)


def _by_pgp(
    trove: Trove,
    signature: str,
    targets: list[str],
    name: str,
    paths: dict[str, str],
    keys: tuple[openpgp.PgpKey, ...],
) -> Iterator[Finding]:
    """Answer for each OpenPGP signature of a file of them, over each file that it can sign."""
    made = signature_of(trove.blob(signature))[:MOST_PGP]
    if not made:
        yield _DETACHED.not_examined(signature, f"{name} holds no OpenPGP signature of a version that is known here.")
    for target in targets:
        content = trove.blob(target)
        for number, packet in enumerate(made, 1):
            several = f"{name} (signer {number} of {len(made)})" if len(made) > 1 else name
            covered = _covering(several, paths.get(target, target[:12]), content)
            places = (whole(target), whole(signature))
            yield from openpgp.answered(_DETACHED, target, packet, (content,), keys, covered, places)


def _taken_out(trove: Trove, exhibits: dict[str, Exhibit], paths: dict[str, str], known: Vouched) -> Iterator[Finding]:
    """Answer for the content of signed CMS files as an exhibit of its own."""
    seen: set[tuple[str, str]] = set()
    for occurrence in trove.all(Occurrence):
        parent = exhibits.get(occurrence.parent or "")
        pair = (occurrence.exhibit, occurrence.parent or "")
        if parent is None or parent.media_type != "application/pkcs7-mime" or pair in seen or len(seen) >= MOST:
            continue
        seen.add(pair)
        try:
            signed = cms.parse(cms.unarmoured(trove.blob(parent.digest)))
        except Malformed:
            continue  # sig.cades says so of the signed file itself
        if signed.content is None or hashlib.sha256(signed.content).hexdigest() != occurrence.exhibit:
            continue
        name = f"The signature in {quoted(paths.get(parent.digest, parent.digest[:12]), 100)}"
        covered = Covered(name, f"the whole file that it carries ({len(signed.content):,} bytes)", True)
        for check in cms.check(signed, None, known):
            spans = (whole(occurrence.exhibit), whole(parent.digest))
            yield from findings(_DETACHED, occurrence.exhibit, check, covered, spans)


DETACHED = Examination(
    name=_DETACHED.part,
    version=_DETACHED.version,
    purpose="Checks detached signatures over the files that they sign, and says which signed file is absent.",
    limits=_DETACHED.limits,
    examine_trove=examine_trove,
    heaviest=_DETACHED.heaviest,
)
