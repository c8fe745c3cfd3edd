"""`img.c2pa`: content credentials (C2PA manifests) in images: whose key, and whether the image is what was signed.

Limits: arithmetic and format are c2pa-python's, told to fetch nothing: a manifest that only stands at an address is not
examined. Absence is normal: most programs write none, and most platforms strip it. Source: C2PA specification 2.x.
"""

from __future__ import annotations

import base64
import io
import json
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from assay.examine.question import Question, quoted
from assay.examine.signature.wording import BROKEN, PART, UNCHANGED, VOUCHED
from assay.model import Direction, Finding, Reading, Record, Voucher, VoucherKind, Weight
from assay.work.part import Examination

TYPES = ("image/jpeg", "image/png", "image/webp", "image/tiff", "image/heic", "image/avif", "image/gif")
MOST_BYTES = 256 << 20
_MOST_CODES = 12
_MOST_MANIFESTS = 200
_ABOUT_CERTIFICATE = ("signingCredential.", "timeStamp.")
_ANOTHERS = ("ingredient.",)
_ADDRESS = b"dcterms:provenance"

_C2PA = Question(
    part="img.c2pa",
    version="1",
    proposition="The image, or what its manifest says, was changed after it was signed.",
    alternative="Image and manifest are what was signed with the key that the manifest names.",
    expected="No manifest, or one that holds.",
    innocent=(
        "an editor or platform that re-encoded the image and kept the manifest's bytes",
        "a program that wrote the manifest in its own way",
    ),
    limits=(
        "It speaks of bytes and keys, not of whether the picture shows what it is said to show. What the manifest "
        "tells of cameras, programs and edits is the claim of whoever signed it. Nothing is fetched."
    ),
    heaviest=Weight.CRYPTOGRAPHIC,
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the active manifest says and what came of checking it: codes of the specification, and who signed."""

    failures: tuple[str, ...]
    successes: tuple[str, ...]
    earlier: tuple[str, ...]
    signer: str
    issuer: str
    time: str
    program: str


class Unreadable(Exception):
    """The manifest cannot be read; the message says why."""


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for the content credentials of one image."""
    digest, kind = reading.exhibit.digest, reading.exhibit.media_type
    if b"jumb" not in data or b"c2pa" not in data:
        if _ADDRESS in data:
            yield _C2PA.not_examined(digest, "Its manifest stands at an address only, and nothing is fetched.")
        else:
            yield _C2PA.not_applicable(digest, "It bears no content credentials, which is normal.")
        return
    if len(data) > MOST_BYTES:
        yield _C2PA.not_examined(digest, f"It is larger than {MOST_BYTES >> 20} MiB.")
        return
    try:
        manifest = _manifest(kind, data, vouchers)
    except Unreadable as error:
        yield _C2PA.not_examined(digest, f"Its content credentials cannot be read: {error}.")
        return
    if manifest is None:
        yield _C2PA.not_applicable(digest, "It bears no content credentials, which is normal.")
        return
    yield from _said(digest, manifest)


def _manifest(kind: str, data: bytes, vouchers: tuple[Voucher, ...]) -> Manifest | None:
    import c2pa

    settings: dict[str, Any] = {
        "verify": {
            "remote_manifest_fetch": False, "ocsp_fetch": False, "verify_trust": True, "verify_timestamp_trust": False,
        },
        "trust": {},
    }  # fmt: skip
    anchors = [v.content for v in vouchers if v.kind is VoucherKind.CERTIFICATE]
    if anchors:
        settings["trust"]["user_anchors"] = "".join(_pem(base64.b64decode(content)) for content in anchors)
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    try:
        with c2pa.Reader(kind, io.BytesIO(data), context=context) as reader:
            return _read(json.loads(reader.json()), reader.get_validation_results() or {})
    except c2pa.C2paError as error:
        line = (str(error).splitlines() or [""])[0]
        if line.startswith("ManifestNotFound"):
            return None
        raise Unreadable(line[:120]) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"its store has another shape ({type(error).__name__})") from error


def _pem(der: bytes) -> str:
    body = "\n".join(textwrap.wrap(base64.b64encode(der).decode(), 64))
    return f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"


def _read(store: dict[str, Any], results: dict[str, Any]) -> Manifest:
    active = store["manifests"][store["active_manifest"]]
    signed = active.get("signature_info") or {}
    codes = {kind: tuple(str(e["code"]) for e in its) for kind, its in (results.get("activeManifest") or {}).items()}
    deltas = results.get("ingredientDeltas") or []
    earlier = [str(e["code"]) for d in deltas for e in (d.get("validationDeltas") or {}).get("failure", ())]
    made_from = [i for m in list(store["manifests"].values())[:_MOST_MANIFESTS] for i in m.get("ingredients") or ()]
    earlier += [str(e["code"]) for i in made_from for e in i.get("validation_status") or ()]
    earlier += [
        str(e["code"])
        for i in made_from
        for e in ((i.get("validation_results") or {}).get("activeManifest") or {}).get("failure") or ()
    ]
    return Manifest(
        codes.get("failure", ()), codes.get("success", ()), tuple(dict.fromkeys(earlier)),
        str(signed.get("common_name") or "no name"), str(signed.get("issuer") or "no name"),
        str(signed.get("time") or "")[:16].replace("T", " "), str(active.get("claim_generator") or ""),
    )  # fmt: skip


def _said(digest: str, manifest: Manifest) -> Iterator[Finding]:
    about = [code for code in manifest.failures if code.startswith(_ABOUT_CERTIFICATE)]
    broken = [code for code in manifest.failures if code not in about and not code.startswith(_ANOTHERS)]
    others = [code for code in (*manifest.failures, *manifest.earlier) if code.startswith(_ANOTHERS) or code in
              ("claimSignature.mismatch", "assertion.dataHash.mismatch", "assertion.hashedURI.mismatch")]  # fmt: skip
    who = f"The certificate names {quoted(manifest.signer, 120)}, issued by {quoted(manifest.issuer, 120)}."
    when = f" Signed {manifest.time} UTC, by its own word." if manifest.time else ""
    program = f" Written by {quoted(manifest.program, 100)}." if manifest.program else ""
    trusted = "signingCredential.trusted" in manifest.successes
    issuer = (
        " A person vouches for its issuer." if trusted else " Unknown issuer: no certificate vouched for leads to it."
    )
    told = f"{who}{issuer}{when}{program}"
    if any(code.endswith((".mismatch", ".missing", ".undefined", ".malformed")) for code in broken):
        listed = ", ".join(dict.fromkeys(broken[:_MOST_CODES]))
        yield _C2PA.finding(
            digest, f"The content credentials do not hold: {listed}. {told}", (), Weight.CRYPTOGRAPHIC, BROKEN
        )
        return
    if broken:
        yield _C2PA.not_examined(
            digest, f"Whether the content credentials hold could not be determined: {', '.join(broken[:_MOST_CODES])}."
        )
        return
    listed = ", ".join(dict.fromkeys(others))[:200]
    earlier = f" Of what it was made from, the credentials do not hold or are absent: {listed}." if others else ""
    covered = any(code.endswith(("Hash.match", "hash.match")) for code in manifest.successes)
    if "claimSignature.validated" not in manifest.successes or not covered:
        yield _C2PA.not_examined(digest, f"The content credentials do not say that they cover the image. {told}")
        return
    yield _C2PA.finding(
        digest, "The content credentials hold: the image and what its manifest says are unchanged since they were "
        f"signed with the key that it names. {told}{earlier}", (), Weight.NEUTRAL if others else Weight.CRYPTOGRAPHIC,
        PART if others else UNCHANGED,
        direction=Direction.NEITHER if others else Direction.FOR,
    )  # fmt: skip
    if trusted:
        signer = quoted(manifest.signer, 120)
        yield _C2PA.finding(
            digest, f"The content credentials were signed by {signer}, whose chain a person vouches for.", (),
            Weight.CRYPTOGRAPHIC, VOUCHED, direction=Direction.FOR,
        )  # fmt: skip


C2PA = Examination(
    name=_C2PA.part,
    version=_C2PA.version,
    purpose="Checks content credentials in images: whose key, and whether image and manifest are unchanged.",
    limits=_C2PA.limits,
    accepts=TYPES,
    examine_vouched=examine,
    heaviest=_C2PA.heaviest,
)
