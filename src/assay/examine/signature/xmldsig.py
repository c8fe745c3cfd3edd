"""XML signatures (XML-DSig, XAdES): canonical forms, references, and the value over them.

Limits: of XAdES's time stamps the one over the signature value is checked whole, of others the token itself.
The transforms of office documents and plain XAdES are known: canonical XML (1.0, 1.1, exclusive), enveloped
signature, base64, and the relationship transform of Open Packaging. Any other, and XPath and XSLT on purpose, leaves a
signature open. References that lead outside the file are never followed. An identifier that stands twice is refused:
that is how signatures are wrapped. Sources: W3C XML Signature 1.1, ETSI EN 319 132-1, ECMA-376 part 2, clause 13.
"""

from __future__ import annotations

import base64
import copy
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from assay.examine.signature import digests, publickey
from assay.examine.signature.certificate import Certificate, Vouched, certificate_of, chain
from assay.examine.signature.cms import MOST_BESIDE, Check, Stamp, stamp_of
from assay.examine.signature.der import Malformed
from assay.examine.signature.digests import BY_LABEL, Digest, Unsupported
from assay.examine.signature.publickey import Padding
from assay.examine.signature.verdict import Engine, State, disagree, joined

if TYPE_CHECKING:
    from lxml.etree import _Element

DS = "{http://www.w3.org/2000/09/xmldsig#}"
RELATIONSHIPS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_OPC = "{http://schemas.openxmlformats.org/package/2006/digital-signature}"
_RELATIONSHIP_TRANSFORM = "http://schemas.openxmlformats.org/package/2006/RelationshipTransform"
_ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
_BASE64 = "http://www.w3.org/2000/09/xmldsig#base64"
_XML = "{http://www.w3.org/XML/1998/namespace}"
MOST_REFERENCES = 5_000
MOST_INNER = 100
"""References to elements of the same document: each one copies what it names."""
MOST_BYTES = 64 << 20
_IDS = ("Id", "ID", "id", "AssertionID")

_PLAIN = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
_CANONICAL: dict[str, tuple[bool, bool]] = {
    _PLAIN: (False, False),
    "http://www.w3.org/TR/2001/REC-xml-c14n-20010315#WithComments": (False, True),
    "http://www.w3.org/2006/12/xml-c14n11": (False, False),
    "http://www.w3.org/2006/12/xml-c14n11#WithComments": (False, True),
    "http://www.w3.org/2001/10/xml-exc-c14n#": (True, False),
    "http://www.w3.org/2001/10/xml-exc-c14n#WithComments": (True, True),
}
"""Canonical forms: exclusive or not, with comments or not."""

_DIGESTS = {
    "http://www.w3.org/2001/04/xmldsig-more#md5": "MD5",
    "http://www.w3.org/2000/09/xmldsig#sha1": "SHA-1",
    "http://www.w3.org/2001/04/xmldsig-more#sha224": "SHA-224",
    "http://www.w3.org/2001/04/xmlenc#sha256": "SHA-256",
    "http://www.w3.org/2001/04/xmldsig-more#sha384": "SHA-384",
    "http://www.w3.org/2001/04/xmlenc#sha512": "SHA-512",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-256": "Streebog-256",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34112012-512": "Streebog-512",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr3411": "GOST R 34.11-94",
    "http://www.w3.org/2001/04/xmldsig-more#gostr3411": "GOST R 34.11-94",
}
_SIGNED_WITH = {
    "http://www.w3.org/2000/09/xmldsig#rsa-sha1": "SHA-1",
    "http://www.w3.org/2000/09/xmldsig#dsa-sha1": "SHA-1",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-md5": "MD5",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256": "SHA-256",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha384": "SHA-384",
    "http://www.w3.org/2001/04/xmldsig-more#rsa-sha512": "SHA-512",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1": "SHA-1",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256": "SHA-256",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384": "SHA-384",
    "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512": "SHA-512",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-256": "Streebog-256",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102012-gostr34112012-512": "Streebog-512",
    "urn:ietf:params:xml:ns:cpxmlsec:algorithms:gostr34102001-gostr3411": "GOST R 34.11-94",
    "http://www.w3.org/2001/04/xmldsig-more#gostr34102001-gostr3411": "GOST R 34.11-94",
}
_PSS = {
    "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1": "SHA-256",
    "http://www.w3.org/2007/05/xmldsig-more#sha384-rsa-MGF1": "SHA-384",
    "http://www.w3.org/2007/05/xmldsig-more#sha512-rsa-MGF1": "SHA-512",
}

Fetch = Callable[[str], bytes | None]
"""Gives the bytes of a part that a reference names, None when the file holds none of that name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """One thing that a signature covers: its address, whether its digest agrees, why not, and which relations it picks.

    `relations` are the identifiers and `kinds` the types that a relationship transform selects; None without one.
    """

    address: str
    state: State
    reason: str
    relations: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class XmlSignature:
    """A signature's check and all that it covers, through manifests too."""

    check: Check
    references: tuple[Reference, ...]


def parsed(data: bytes) -> _Element:
    """Return the root of hostile XML; raise `Malformed` for what is unsound, too large or has a document type."""
    from lxml import etree

    if len(data) > MOST_BYTES:
        raise Malformed(f"it is larger than {MOST_BYTES >> 20} MiB")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Malformed(f"it is no sound XML ({(str(error).splitlines() or [''])[0][:100]})") from error
    about: Any = root.getroottree().docinfo  # the library's stubs do not know all of it
    if about.doctype:
        raise Malformed("it has a document type, which can change what it says")
    return root


def check(signature: _Element, fetch: Fetch, known: Vouched) -> XmlSignature:
    """Return what came of one `ds:Signature` element; `fetch` gives the parts of the file that it lies in."""
    try:
        return _checked(signature, fetch, known)
    except (Unsupported, Malformed) as error:
        reason = str(error)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        reason = f"its structure cannot be read ({type(error).__name__})"
    return XmlSignature(
        Check(State.OPEN, State.OPEN, reason, (), "", _family(signature), (), None, None, None, None), ()
    )


def _family(signature: _Element) -> str:
    method = signature.find(f"{DS}SignedInfo/{DS}SignatureMethod")
    return publickey.GOST if method is not None and "gostr3410" in str(method.get("Algorithm")) else ""


def _checked(signature: _Element, fetch: Fetch, known: Vouched) -> XmlSignature:
    info = _one(signature, "SignedInfo")
    listed = info.findall(f"{DS}Reference")
    inner = sum(str(r.get("URI", "")).startswith("#") or not r.get("URI") for r in signature.iter(f"{DS}Reference"))
    if len(listed) > MOST_REFERENCES or inner > MOST_INNER:
        raise Malformed("it has more references than are examined")
    covered = [_reference(r, signature, fetch) for r in listed]
    covered += _manifests(signature, covered, fetch)
    algorithm = str(_one(info, "SignatureMethod").get("Algorithm"))
    digest, padding = _method(algorithm)
    value = base64.b64decode("".join((_one(signature, "SignatureValue").text or "").split()))
    method = _one(info, "CanonicalizationMethod")
    signed = canonical(info, str(method.get("Algorithm")), _prefixes(method))
    certificates = _certificates(signature)
    signer, engines = _by_keys(certificates, digest, padding, signed, value)
    state, bytes_state, reason = _together(covered, engines, signer)
    weak = tuple(dict.fromkeys(d.weak for d in (digest, *_used(info)) if d.weak))
    time = _time(signature)
    stamps = _stamps(signature, known)
    stamp = next(
        (s for s in stamps if s.covers and s.state is State.HOLDS), next((s for s in stamps if s.covers), None)
    )
    family = signer.key().family if signer else _family(signature)
    label = f"{signer.key().label if signer else 'unknown key'}{' (PSS)' if padding else ''} with {digest.label}"
    made = Check(
        state, bytes_state, reason, tuple(engines), label, family, weak, signer, time, stamp, None, _notes(signature),
        tuple(s for s in stamps if s is not stamp),
    )  # fmt: skip
    link = chain(signer, certificates, known, made.moment, attested=made.attested) if signer else None
    made = replace(made, chain=link)
    return XmlSignature(made, tuple(covered))


def _together(covered: list[Reference], engines: list[Engine], signer: Certificate | None) -> tuple[State, State, str]:
    broken = [r for r in covered if r.state is State.BROKEN]
    opened = [r for r in covered if r.state is State.OPEN]
    if broken:
        listed = ", ".join(f"“{r.address}”" for r in broken[:6]) + (
            f" and {len(broken) - 6} more" if broken[6:] else ""
        )
        return State.BROKEN, State.BROKEN, f"{listed}: {broken[0].reason}"
    bytes_state = State.OPEN if opened or not covered else State.HOLDS
    why = f"“{opened[0].address}”: {opened[0].reason}" if opened else "" if covered else "it covers nothing"
    if signer is None:
        return State.OPEN, bytes_state, why or "it carries no certificate, so its value cannot be checked"
    if disagree(engines):
        return State.OPEN, bytes_state, "two engines disagree; both answers stand"
    value = joined(engines)
    if value is State.BROKEN:
        return State.BROKEN, bytes_state, "the signature value does not hold under the key of its certificate"
    if value is State.OPEN:
        return State.OPEN, bytes_state, "; ".join(e.reason for e in engines if e.reason) or why
    return bytes_state, bytes_state, why


def _by_keys(
    certificates: tuple[Certificate, ...], digest: Digest, padding: Padding | None, signed: bytes, value: bytes
) -> tuple[Certificate | None, list[Engine]]:
    """Return the certificate under whose key the value holds, the first one when it holds under none."""
    first: list[Engine] = []
    for certificate in certificates[:10]:
        key = certificate.key()
        form = _as_der(value) if key.family in (publickey.EC, publickey.DSA) else value
        engines = publickey.verify(key, digest, signed, form, padding)
        if joined(engines) is State.HOLDS:
            return certificate, engines
        first = first or engines
    return (certificates[0] if certificates else None), first


def _as_der(value: bytes) -> bytes:
    """Return two numbers that stand side by side, as XML signatures have them, as the sequence that libraries read."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    half = len(value) // 2
    return encode_dss_signature(int.from_bytes(value[:half], "big"), int.from_bytes(value[half:], "big"))


def _method(algorithm: str) -> tuple[Digest, Padding | None]:
    if algorithm in _SIGNED_WITH:
        return BY_LABEL[_SIGNED_WITH[algorithm]], None
    if algorithm in _PSS:
        digest = BY_LABEL[_PSS[algorithm]]
        return digest, Padding(digest, digest, len(digests.compute(digest, b"")))
    raise Unsupported(f"the signature algorithm {algorithm[:100]} is not known here")


def _used(info: _Element) -> list[Digest]:
    named = [str(m.get("Algorithm")) for m in info.iter(f"{DS}DigestMethod")]
    return [BY_LABEL[_DIGESTS[name]] for name in named if name in _DIGESTS]


def _reference(reference: _Element, signature: _Element, fetch: Fetch) -> Reference:
    address = str(reference.get("URI", ""))
    try:
        return _judged(reference, address, signature, fetch)
    except (Unsupported, Malformed) as error:
        return Reference(address, State.OPEN, str(error))


def _judged(reference: _Element, address: str, signature: _Element, fetch: Fetch) -> Reference:
    method = str(_one(reference, "DigestMethod").get("Algorithm"))
    if method not in _DIGESTS:
        raise Unsupported(f"the digest algorithm {method[:100]} is not known here")
    stated = base64.b64decode("".join((_one(reference, "DigestValue").text or "").split()))
    relations: tuple[str, ...] | None = None
    kinds: tuple[str, ...] | None = None
    node: Any = _target(address, signature, fetch)
    for transform in reference.findall(f"{DS}Transforms/{DS}Transform")[:8]:
        name = str(transform.get("Algorithm"))
        if name == _RELATIONSHIP_TRANSFORM:
            relations = tuple(str(r.get("SourceId")) for r in transform.findall(f"{_OPC}RelationshipReference"))
            kinds = tuple(str(r.get("SourceType")) for r in transform.findall(f"{_OPC}RelationshipsGroupReference"))
            node = _related(parsed(node) if isinstance(node, bytes) else node, relations, kinds)
        else:
            node = _transformed(node, name, transform, signature)
    if not isinstance(node, bytes):
        node = canonical(node, _PLAIN, ())
    if digests.compute(BY_LABEL[_DIGESTS[method]], node) == stated:
        return Reference(address, State.HOLDS, "", relations, kinds)
    return Reference(address, State.BROKEN, "its digest is not the one that was signed", relations, kinds)


def _target(address: str, signature: _Element, fetch: Fetch) -> Any:
    """Return what a reference names: an element of the same document, or a part's bytes."""
    root = signature.getroottree().getroot()
    if address == "":
        return root
    if address.startswith("#"):
        name = address[1:]
        if name.startswith("xpointer"):
            raise Unsupported("addresses by XPointer are not followed")
        found = [e for e in root.iter("*") if any(e.get(key) == name for key in _IDS)]
        if len(found) != 1:
            raise Malformed("the identifier that it names stands " + ("twice" if found else "nowhere") + " in the file")
        return found[0]
    if ":" in address.partition("/")[0]:
        raise Unsupported("it leads outside the file, and nothing is fetched")
    content = fetch(address)
    if content is None:
        raise Malformed("the file holds no part of that name")
    return content


def _transformed(node: Any, name: str, transform: _Element, signature: _Element) -> Any:
    if name in _CANONICAL:
        return canonical(parsed(node) if isinstance(node, bytes) else node, name, _prefixes(transform))
    if name == _ENVELOPED:
        return _without(node if not isinstance(node, bytes) else parsed(node), signature)
    if name == _BASE64:
        text = node.decode("ascii", "replace") if isinstance(node, bytes) else "".join(node.itertext())
        return base64.b64decode("".join(text.split()))
    raise Unsupported(f"the transform {name[:100]} is not applied here")


def _without(node: _Element, signature: _Element) -> _Element:
    """Return a copy of an element without the signature that stands in it."""
    path = []
    here: _Element | None = signature
    while here is not None and here is not node:
        above = here.getparent()
        if above is not None:
            path.append(above.index(here))
        here = above
    if here is None:
        return node
    made = standing_alone(node)
    place = made
    for index in reversed(path[1:]):
        place = place[index]
    doomed = place[path[0]]
    if doomed.tail:
        before = doomed.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + doomed.tail
        else:
            place.text = (place.text or "") + doomed.tail
    place.remove(doomed)
    return made


def standing_alone(node: _Element, *, inherit: bool = True) -> _Element:
    """Return a copy of an element as a document of its own, with the namespaces in force on it.

    With `inherit`, the xml: attributes of what holds it too, as canonical XML asks and its exclusive form does not.
    """
    from lxml import etree

    names: Any = node.nsmap
    made = etree.Element(node.tag, nsmap=names)
    for key, value in node.attrib.items():
        made.set(key, value)
    above = node.getparent() if inherit else None
    while above is not None:
        for key, value in above.attrib.items():
            if str(key).startswith(_XML) and str(key) != f"{_XML}id" and made.get(key) is None:
                made.set(key, value)
        above = above.getparent()
    made.text = node.text
    for child in node:
        made.append(copy.deepcopy(child))
    return made


def canonical(node: _Element, algorithm: str, prefixes: tuple[str, ...]) -> bytes:
    """Return an element's canonical form; raise `Unsupported` for a form that is not known."""
    from lxml import etree

    if algorithm not in _CANONICAL:
        raise Unsupported(f"the canonical form {algorithm[:100]} is not known here")
    exclusive, comments = _CANONICAL[algorithm]
    whole = node.getparent() is None
    alone = node.getroottree() if whole else standing_alone(node, inherit=not exclusive)
    return bytes(
        etree.tostring(
            alone, method="c14n", exclusive=exclusive, with_comments=comments,
            inclusive_ns_prefixes=list(prefixes) if exclusive and prefixes else None,
        )
    )  # fmt: skip


def _prefixes(element: _Element) -> tuple[str, ...]:
    found = element.find("{http://www.w3.org/2001/10/xml-exc-c14n#}InclusiveNamespaces")
    return tuple(str(found.get("PrefixList", "")).split()) if found is not None else ()


def _related(root: _Element, identifiers: tuple[str, ...], kinds: tuple[str, ...]) -> _Element:
    """Apply the relationship transform: the chosen relations, ordered by identifier, with their mode written out."""
    from lxml import etree

    names: Any = {None: RELATIONSHIPS[1:-1]}
    made = etree.Element(f"{RELATIONSHIPS}Relationships", nsmap=names)
    chosen = [r for r in root.findall(f"{RELATIONSHIPS}Relationship")
              if r.get("Id") in identifiers or r.get("Type") in kinds]  # fmt: skip
    for relation in sorted(chosen, key=lambda r: str(r.get("Id"))):
        one = etree.SubElement(made, f"{RELATIONSHIPS}Relationship")
        for key, value in relation.attrib.items():
            one.set(key, value)
        if one.get("TargetMode") is None:
            one.set("TargetMode", "Internal")
    return made


def _manifests(signature: _Element, covered: list[Reference], fetch: Fetch) -> list[Reference]:
    """Return what manifests list, of objects that the signature itself covers and that agree."""
    held = {r.address[1:] for r in covered if r.address.startswith("#") and r.state is State.HOLDS}
    found: list[Reference] = []
    for thing in signature.findall(f"{DS}Object"):
        for manifest in thing.findall(f"{DS}Manifest"):
            if thing.get("Id") in held or manifest.get("Id") in held:
                its = manifest.findall(f"{DS}Reference")[: MOST_REFERENCES - len(found)]
                found += [_reference(r, signature, fetch) for r in its]
    return found


def _certificates(signature: _Element) -> tuple[Certificate, ...]:
    found = []
    for element in list(signature.iterfind(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate"))[:20]:
        found.append(certificate_of(base64.b64decode("".join((element.text or "").split()))))
    return tuple(dict.fromkeys(found))


def _one(element: _Element, name: str) -> _Element:
    found = element.find(f"{DS}{name}")
    if found is None:
        raise Malformed(f"it has no {name}")
    return found


def _time(signature: _Element) -> datetime | None:
    """Return the time of signing that it states: of XAdES, or of the office program."""
    for element in _own(signature):
        name = str(element.tag).rpartition("}")[2]
        if name in ("SigningTime", "Value", "date") and element.text:
            if name == "Value" and "SignatureTime" not in str(getattr(element.getparent(), "tag", "")):
                continue
            try:
                moment = datetime.fromisoformat(element.text.strip()[:35].replace(",", "."))
            except ValueError:
                continue
            return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    return None


_STAMPS = {
    "AllDataObjectsTimeStamp": "the content, before it was signed",
    "IndividualDataObjectsTimeStamp": "parts of the content, before it was signed",
    "SigAndRefsTimeStamp": "the signature and its validation data", "RefsOnlyTimeStamp": "the validation data",
    "ArchiveTimeStamp": "the archived signature",
}  # fmt: skip
"""XAdES's time stamps whose own token is checked and not what it covers."""


def _stamps(signature: _Element, known: Vouched) -> list[Stamp]:
    """Return the time stamps of XAdES (EN 319 132-1, 5.3 to 5.5) that can be read."""
    found: list[Stamp] = []
    for element in _own(signature):
        name = str(element.tag).rpartition("}")[2]
        if name != "SignatureTimeStamp" and name not in _STAMPS:
            continue
        stamped = None
        method = element.find(f"{DS}CanonicalizationMethod")
        try:
            if name == "SignatureTimeStamp":
                form = str(method.get("Algorithm")) if method is not None else _PLAIN
                prefixes = _prefixes(method) if method is not None else ()
                stamped = canonical(_one(signature, "SignatureValue"), form, prefixes)
            for token in [e for e in element if str(e.tag).endswith("}EncapsulatedTimeStamp")][:MOST_BESIDE]:
                made = stamp_of(base64.b64decode("".join((token.text or "").split())), stamped, known)
                found.append(replace(made, over=_STAMPS.get(name, made.over)))
        except (Unsupported, Malformed, ValueError, TypeError, KeyError):
            continue  # a time stamp that cannot be read is none; the signature's own answer does not rest on it
        if len(found) >= MOST_BESIDE:
            break
    return found


def _own(signature: _Element) -> Iterator[_Element]:
    """Yield the elements of a signature but those of another one that lies within it."""
    pending = deque(signature)
    while pending:
        element = pending.popleft()
        if element.tag != f"{DS}Signature":
            yield element
            pending.extend(element)


def _notes(signature: _Element) -> tuple[str, ...]:
    several = len(_certificates(signature)) > 1
    return ("it carries several certificates; the one whose key fits is named",) if several else ()
