"""`sig.xades`: XML signatures in OOXML and OpenDocument files and in XML documents, and what they do not cover.

An office signature lists the parts that it covers; a document is shown unchanged only when every part that a person
sees is among them, and every relation that leads to one. What Word itself never signs (properties, thumbnails, content
types) is left aside, but for a content type that differs from the signed one.
Limits: see `xmldsig`. Sources: ECMA-376 part 2, MS-OFFCRYPTO 2.5.2, ODF 1.3 part 2 chapter 5; Rohlmann et al. 2023 on
how office signatures are attacked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from assay.examine.office.package import Package, PackageRefused
from assay.examine.question import Question, quoted
from assay.examine.signature import publickey, xmldsig
from assay.examine.signature.certificate import Vouched, vouched
from assay.examine.signature.der import Malformed
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import Covered, findings, question
from assay.examine.signature.xmldsig import DS, RELATIONSHIPS, Reference, XmlSignature
from assay.model import Finding, Reading, Record, Voucher
from assay.work.part import Examination

if TYPE_CHECKING:
    from lxml.etree import _Element

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
_XML_TYPES = ("application/xml", "text/xml", "application/xhtml+xml")
_MOST_SIGNATURES = 20
MOST_FETCHED = 1 << 30
"""Bytes of parts that one signature may make us read."""
_OTHER_FAMILIES = frozenset({publickey.GOST, publickey.SM2})
_ASIDE = ("docProps/", "_xmlsignatures/", "[Content_Types].xml", "META-INF/", "mimetype", "Thumbnails/")
_ASIDE_RELATIONS = (
    "/digital-signature/",
    "/metadata/core-properties",
    "-properties",
    "/metadata/thumbnail",
    "/customXml",
)

_XADES = question(
    "sig.xades", "3",
    "XPath and XSLT transforms are not applied, and references that lead outside the file never followed: both leave a "
    "signature open. Of archive time stamps the token is checked, and not what it covers.",
    ("a program that saved the document again and kept the signature's parts",),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Found:
    """One signature of a document: its check, what it covers, and how that is worded."""

    signature: XmlSignature
    covered: Covered


def examine(reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]) -> Iterable[Record]:
    """Answer for each XML signature of a document but those with GOST keys."""
    return examine_xml(_XADES, reading, data, vouchers, lambda family: family not in _OTHER_FAMILIES)


def accepts(media_type: str) -> bool:
    """Whether files of this type can bear XML signatures."""
    return media_type.startswith((_OOXML, _ODF)) or media_type in _XML_TYPES


def examine_xml(
    asked: Question, reading: Reading, data: bytes, vouchers: tuple[Voucher, ...], wanted: Callable[[str], bool]
) -> Iterator[Finding]:
    """Answer for each XML signature whose key's family is wanted."""
    exhibit, said = reading.exhibit, False
    if accepts(exhibit.media_type):
        try:
            for found in signatures(data, exhibit.media_type, vouched(vouchers)):
                if wanted(found.signature.check.family):
                    said = True
                    yield from findings(asked, exhibit.digest, found.signature.check, found.covered)
        except (PackageRefused, Malformed) as error:
            if wanted(""):
                said = True
                yield asked.not_examined(exhibit.digest, f"Its signatures could not be looked at: {error}.")
    if not said:
        yield asked.not_applicable(exhibit.digest, "It bears no XML signature of this kind.")


def signatures(data: bytes, media_type: str, known: Vouched) -> Iterator[Found]:
    """Yield the XML signatures of a file; raise `PackageRefused` or `Malformed`."""
    if media_type in _XML_TYPES:
        if b"SignedInfo" in data:
            yield from _in_document(data, known)
        return
    package = Package(data)
    if media_type.startswith(_OOXML):
        for name in package.names("_xmlsignatures/")[:_MOST_SIGNATURES]:
            for element in _elements(xmldsig.parsed(package.content(name))):
                signature = xmldsig.check(element, _parts(package), known)
                yield Found(signature, _over_another(element, name) or _ooxml(package, name, signature))
        return
    for name in [n for n in package.names("META-INF/") if "signatures" in n][:_MOST_SIGNATURES]:
        for element in _elements(xmldsig.parsed(package.content(name))):
            signature = xmldsig.check(element, _parts(package), known)
            yield Found(signature, _over_another(element, name) or _odf(package, name, signature))


def _elements(root: _Element) -> list[_Element]:
    if root.tag == f"{DS}Signature":
        return [root]
    return list(root.iter(f"{DS}Signature"))[:_MOST_SIGNATURES]


def _parts(package: Package) -> xmldsig.Fetch:
    names = {entry.name for entry in package.entries()}
    left = MOST_FETCHED

    def fetch(address: str) -> bytes | None:
        nonlocal left
        name = part_name(address)
        if name not in names:
            return None
        content = package.content(name)
        left -= len(content)
        if left < 0:
            raise Malformed("its references add up to more than is examined")
        return content

    return fetch


def part_name(address: str) -> str:
    """Return the member that a reference's address names."""
    return unquote(address.partition("?")[0]).lstrip("/")


def _in_document(data: bytes, known: Vouched) -> Iterator[Found]:
    root = xmldsig.parsed(data)
    for number, element in enumerate(_elements(root), 1):
        signature = xmldsig.check(element, lambda _: None, known)
        held = [r for r in signature.references if r.state is State.HOLDS]
        whole = any(r.address == "" or _is_root(root, r.address) for r in held)
        doubt = "" if whole else "It covers a part of the document only."
        what = "the whole document" if whole else f"{len(held)} part(s) of the document"
        over_another = _over_another(element, f"XML signature {number}")
        yield Found(signature, over_another or Covered(f"XML signature {number}", what, whole, doubt))


def _over_another(element: _Element, name: str) -> Covered | None:
    """Return how a counter-signature is worded: one that stands in another signature; None for any other."""
    if next(element.iterancestors(f"{DS}Signature"), None) is None:
        return None
    return Covered(
        f"The counter-signature in {quoted(name, 80)}", "another signature's value", False, "It covers no more."
    )


def _is_root(root: _Element, address: str) -> bool:
    return address.startswith("#") and address[1:] in [root.get(key) for key in ("Id", "ID", "id")]


def _ooxml(package: Package, name: str, signature: XmlSignature) -> Covered:
    held = [r for r in signature.references if r.state is State.HOLDS and not r.address.startswith("#")]
    names = [entry.name for entry in package.entries() if not entry.name.endswith("/")]
    doubts = [*_uncovered(names, held), *_loose_relations(package, names, held), *_retyped(package, held)]
    return _worded(name, held, names, doubts)


def _odf(package: Package, name: str, signature: XmlSignature) -> Covered:
    held = [r for r in signature.references if r.state is State.HOLDS and not r.address.startswith("#")]
    names = [entry.name for entry in package.entries() if not entry.name.endswith("/")]
    doubts = _uncovered(names, held)
    if "macro" in name:
        doubts.append("It is a signature over macros, not over the document.")
    return _worded(name, held, names, doubts)


def _worded(name: str, held: list[Reference], names: list[str], doubts: list[str]) -> Covered:
    what = f"{len(held)} of {len(names)} parts of the file"
    doubt = " ".join(doubts)
    if not doubts:
        what += ", all that a person sees among them"
    return Covered(f"The signature in {quoted(name, 80)}", what, not doubts, doubt)


def _uncovered(names: list[str], held: list[Reference]) -> list[str]:
    """Return, in words, the parts that can be seen and are not covered, and names that stand twice."""
    covered = {part_name(r.address) for r in held}
    left = sorted({n for n in names if n not in covered and not n.startswith(_ASIDE) and not n.endswith(".rels")})
    said = []
    if left:
        listed = ", ".join(quoted(n, 60) for n in left[:8]) + (f" and {len(left) - 8} more" if left[8:] else "")
        said.append(f"It does not cover {listed}.")
    doubled = sorted(n for n, count in Counter(names).items() if count > 1)
    if doubled:
        said.append(f"The file holds {quoted(doubled[0], 60)} more than once, and programs differ in which they show.")
    return said


def _loose_relations(package: Package, names: list[str], held: list[Reference]) -> list[str]:
    """Return, in words, the relations that lead to something a person sees and are not covered."""
    chosen = {part_name(r.address): r for r in held if r.address.partition("?")[0].endswith(".rels")}
    loose: list[str] = []
    for name in sorted(
        {n for n in names if n.endswith(".rels") and not n.startswith(("_xmlsignatures/", "docProps/"))}
    ):
        covering = chosen.get(name)
        if covering is not None and covering.relations is None:
            continue
        for relation in package.xml(name).findall(f"{RELATIONSHIPS}Relationship"):
            kind = str(relation.get("Type", ""))
            if any(aside in kind for aside in _ASIDE_RELATIONS):
                continue
            picked = covering is not None and (
                relation.get("Id") in (covering.relations or ()) or kind in (covering.kinds or ())
            )
            if not picked:
                loose.append(f"{name}: {relation.get('Id')}")
    if not loose:
        return []
    listed = ", ".join(quoted(text, 80) for text in loose[:5]) + (f" and {len(loose) - 5} more" if loose[5:] else "")
    return [f"Relations that lead to what is shown are not covered: {listed}."]


def _retyped(package: Package, held: list[Reference]) -> list[str]:
    """Return, in words, the covered parts whose type in the file is another than the signed one."""
    kinds = "{http://schemas.openxmlformats.org/package/2006/content-types}"
    table = package.xml("[Content_Types].xml")
    defaults = {str(d.get("Extension")).lower(): str(d.get("ContentType")) for d in table.findall(f"{kinds}Default")}
    named = {str(o.get("PartName")).lstrip("/"): str(o.get("ContentType")) for o in table.findall(f"{kinds}Override")}
    said = []
    for reference in held:
        signed = unquote(reference.address.partition("?ContentType=")[2])
        name = part_name(reference.address)
        present = named.get(name) or defaults.get(name.rpartition(".")[2].lower(), "")
        if signed and present != signed:
            was, now = quoted(signed, 80), quoted(present, 80)
            said.append(f"{quoted(name, 60)} was signed as {was} and stands in the file as {now}.")
    return said[:5]


XADES = Examination(
    name=_XADES.part,
    version=_XADES.version,
    purpose="Checks XML signatures in OOXML, OpenDocument and XML files, and names the parts that they do not cover.",
    limits=_XADES.limits,
    examine_vouched=examine,
    heaviest=_XADES.heaviest,
)
