"""Kinds of alteration of signed documents: broken signatures, and changes that a signature does not cover.

The keys are drawn from the specimen's seed and vouch for nothing. Sources: ISO 32000-1, 12.8 (signatures in PDF),
RFC 5652 (CMS), RFC 8551 (S/MIME), RFC 6376 (DKIM).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from random import Random

import pikepdf

from assay.specimen import alter
from assay.specimen.alter.overlay import lay_over, resource
from assay.specimen.alter.pdffile import Revision
from assay.specimen.alter.revised import points, saved
from assay.specimen.forge.bench import Bench, Paper
from assay.specimen.forge.der import Signer, cms, gost_signer, rsa_signer, sm2_signer
from assay.specimen.forge.kind import BORN, MAIL, OTHER, File, Kind, Made

_ROOM = 6000
_PLACES = (1111111111, 2222222222, 3333333333)


def _signer(bench: Bench, paper: Paper, make: Callable[..., Signer] = rsa_signer) -> Signer:
    return make(bench.rng, paper.author, paper.at - timedelta(days=90))


def sign(pdf: bytes, signer: Signer, paper: Paper, *, name: str = "Signature1") -> bytes:
    """Append a revision that holds a signature over all of the file but its own octets (ISO 32000-1, 12.8.1)."""
    with pikepdf.open(BytesIO(pdf)) as source:
        make = source.make_indirect
        value = make(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Sig, Filter=pikepdf.Name("/Adobe.PPKLite"),
                SubFilter=pikepdf.Name("/adbe.pkcs7.detached"), Name=paper.author,
                M=paper.at.strftime("D:%Y%m%d%H%M%S+00'00'"), ByteRange=[0, *_PLACES],
                Contents=pikepdf.String(b"\xff" * _ROOM),
            )
        )  # fmt: skip
        page = source.pages[0].obj
        field = make(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Widget, FT=pikepdf.Name.Sig, T=name, V=value,
                Rect=[0, 0, 0, 0], F=132, P=page,
            )
        )  # fmt: skip
        page.Annots = pikepdf.Array([*page.get("/Annots", []), field])
        form = source.Root.get("/AcroForm", None)
        fields = [*form.Fields, field] if form is not None else [field]
        source.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(fields), SigFlags=3)
        revision = Revision(pdf, source)
        for one in (value, field, page, source.Root):
            revision.write(one)
        data = bytearray(revision.written())
    start = data.rindex(b"<" + b"ff" * _ROOM + b">")
    end = start + 2 * _ROOM + 2
    for place, number in zip(_PLACES, (start, end, len(data) - end), strict=True):
        at = data.rindex(str(place).encode())
        data[at : at + 10] = str(number).ljust(10).encode()
    made = cms(bytes(data[:start] + data[end:]), signer, paper.at).hex().encode()
    if len(made) > 2 * _ROOM:
        message = "the signature does not fit into its place"
        raise ValueError(message)
    data[start + 1 : end - 1] = made.ljust(2 * _ROOM, b"0")
    return bytes(data)


def _signed(bench: Bench) -> tuple[Paper, bytes]:
    paper = bench.paper("acceptance_act")
    return paper, sign(paper.pdf, _signer(bench, paper), paper)


def _holds(bench: Bench) -> Made:
    paper, data = _signed(bench)
    return Made((paper.file(data, stage="final"),), "a signature that holds")


def _flipped(bench: Bench) -> Made:
    """Change one octet of the signed range in place: a letter of the document information."""
    paper, data = _signed(bench)
    at = data.index(b"/Title (") + len(b"/Title (")
    other = bytes((data[at] ^ 0x01,))
    return Made((paper.file(data[:at] + other + data[at + 1 :]),), f"octet {at} changed after signing")


def _after(bench: Bench) -> Made:
    """Change an amount by a revision after the signature, which still holds over its own range."""
    paper, data = _signed(bench)
    changed = alter.revise(data, bench.rng, when=paper.at + timedelta(days=12))
    return Made((paper.file(changed.data),), f"{changed.before} -> {changed.after}", changed.page, changed.box)


def _twice(bench: Bench) -> Made:
    """Let a second party sign too: a revision after the first signature that changes nothing to be seen."""
    paper, data = _signed(bench)
    other = rsa_signer(bench.rng, paper.deal.buyer.signer.names["en"], paper.at - timedelta(days=200))
    again = sign(data, other, paper, name="Signature2")
    return Made((paper.file(again, stage="final"),), "a second signature")


def _shadow(bench: Bench) -> Made:
    """Prepare an empty form over an amount before signing, and fill it with a cover and another amount afterwards."""
    paper = bench.paper("acceptance_act")
    places = [p for p in alter.amounts(paper.pdf) if any(mark in p.text[1:-1] for mark in ",. \u00a0\u202f")]
    if not places:
        message = "no amount of money"
        raise alter.CannotAlter(message)
    place = bench.rng.choice(places)
    other = alter.changed(place.text.replace("\u00a0", " ").replace("\u202f", " "), bench.rng)
    with pikepdf.open(BytesIO(paper.pdf)) as source:
        held = source.pages[place.page - 1]
        x0, y0, x1, y1 = points(held, place.box)
        empty = source.make_stream(b"q Q")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name("/Times-Roman"),
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )  # fmt: skip
        for key, value in (
            ("/Type", pikepdf.Name.XObject), ("/Subtype", pikepdf.Name.Form),
            ("/BBox", pikepdf.Array([0, 0, 600, 850])),
            ("/Resources", pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))),
        ):  # fmt: skip
            empty[key] = value
        resource(held, "/XObject")["/Fm9"] = empty
        lay_over(source, held, "/Fm9 Do")
        prepared = saved(source)
    data = sign(prepared, _signer(bench, paper), paper)
    with pikepdf.open(BytesIO(data)) as source:
        form = resource(source.pages[place.page - 1], "/XObject")["/Fm9"]
        size = min((y1 - y0) * 1.3, (x1 - x0) / max(1.0, 0.5 * len(other)))
        cover = f"1 g {x0 - 1:.2f} {y0 - 2:.2f} {x1 - x0 + 2:.2f} {y1 - y0 + 4:.2f} re f "
        words = f"BT 0 g /F1 {size:.2f} Tf {x0:.2f} {y0 + 0.8:.2f} Td ({other}) Tj ET"
        form.write((cover + words).encode("latin-1"))
        revision = Revision(data, source)
        revision.write(form)
        shown = revision.written()
    return Made((paper.file(shown),), f"{place.text} -> {other}, by a form prepared before", place.page, place.box)


def _detached(bench: Bench, make: Callable[..., Signer], *, broken: bool) -> Made:
    """Put a detached signature beside a paper; broken: the paper was set again afterwards with another amount."""
    paper = bench.paper("acceptance_act")
    signature = cms(paper.pdf, _signer(bench, paper, make), paper.at)
    data = paper.pdf
    if broken:
        data = alter.revise(paper.pdf, bench.rng).data
    beside = File("acceptance_act.pdf.sig", signature, "other", OTHER, ())
    return Made(
        (paper.file(data), beside), "the paper is not what was signed" if broken else "the signature holds",
        about=(0, 1),
    )  # fmt: skip


def _detached_kind(name: str, examination: str, make: Callable[..., Signer]) -> Kind:
    return Kind(
        name, examination, BORN, lambda bench: _detached(bench, make, broken=True),
        lambda bench: _detached(bench, make, broken=False), "the same with a signature that holds",
    )  # fmt: skip


def _mail(bench: Bench) -> tuple[Paper, bytes, str]:
    """Return a plain mail about a paper, with one hop behind it."""
    from assay.specimen.mailfile import Note, eml_of

    paper = bench.paper("letter")
    firms = (paper.deal.supplier, paper.deal.buyer)
    names = [firm.signer.names[bench.language] for firm in firms]
    at = [f"{firm.signer.surnames['en'].lower()}@{firm.key.split('-')[0]}.example" for firm in firms]
    body = "\n".join(paper.pages)
    note = Note(names[0], at[0], names[1], at[1], paper.day, f"No {paper.number}", body, bench.language)
    return paper, eml_of(note, Random(bench.rng.getrandbits(64)), ()), at[0].partition("@")[2]


def _filed(paper: Paper, data: bytes, **change: object) -> File:
    from assay.specimen.mailfile import headers_of

    page = f"{headers_of(data)}\n" + "\n".join(paper.pages)
    return paper.file(data, name="letter.eml", sort="mail", medium=MAIL, pages=(page,), **change)


def dkim(mail: bytes, signer: Signer, domain: str, selector: str = "mail") -> bytes:
    """Return the mail with a DKIM signature above it, relaxed in head and body (RFC 6376, 3.4.2 and 3.4.4)."""
    head, _, body = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    lines = [re.sub(rb"[ \t]+", b" ", line).rstrip() for line in body.split(b"\r\n")]
    while lines and not lines[-1]:
        lines.pop()
    flat = b"".join(line + b"\r\n" for line in lines)
    known = {}
    for line in re.sub(rb"\r\n[ \t]+", b" ", head).split(b"\r\n"):
        key, _, said = line.partition(b":")
        known[key.strip().lower()] = b" ".join(said.split())
    names = [n for n in (b"from", b"to", b"subject", b"date", b"message-id") if n in known]
    digest = base64.b64encode(hashlib.sha256(flat).digest()).decode()
    first = f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector}"
    second, third = f"h={b':'.join(names).decode()}", f"bh={digest}; b="
    covered = b"".join(n + b":" + known[n] + b"\r\n" for n in names)
    covered += f"dkim-signature:{first}; {second}; {third}".encode()
    made = base64.b64encode(signer.sign(covered)).decode()
    wrapped = "\r\n ".join(made[at : at + 70] for at in range(0, len(made), 70))
    top = f"{first};\r\n {second};\r\n {third}"
    return f"DKIM-Signature: {top}{wrapped}\r\n".encode() + head + b"\r\n\r\n" + body


def _dkim(bench: Bench, *, broken: bool) -> Made:
    paper, mail, domain = _mail(bench)
    data = dkim(mail, _signer(bench, paper), domain)
    detail = "signed by its domain"
    if broken:
        head, gap, body = data.partition(b"\r\n\r\n")
        at = bench.rng.choice([n for n, octet in enumerate(body) if octet > 0x40 and octet not in b"=_"])
        other = bytes((body[at] ^ 0x01,))
        data = head + gap + body[:at] + other + body[at + 1 :]
        detail = f"octet {at} of the body changed after signing"
    return Made((_filed(paper, data),), detail)


def _smime(bench: Bench, *, broken: bool) -> Made:
    """Sign a mail's body as a part (multipart/signed); broken: the part was changed afterwards."""
    paper, mail, _ = _mail(bench)
    head, _, body = mail.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n").partition(b"\r\n\r\n")
    kept: list[bytes] = []
    moved: list[bytes] = []
    for line in re.split(rb"\r\n(?![ \t])", head):
        (moved if line.lower().startswith((b"content-", b"mime-")) else kept).append(line)
    part = b"\r\n".join(line for line in moved if not line.lower().startswith(b"mime-")) + b"\r\n\r\n" + body
    signature = base64.encodebytes(cms(part, _signer(bench, paper), paper.at)).replace(b"\n", b"\r\n")
    if broken:
        text = re.search(rb"[A-Za-z0-9+/]{30,}", part)
        at = (text.start() if text else len(part) // 2) + 7
        part = part[:at] + (b"Q" if part[at : at + 1] != b"Q" else b"R") + part[at + 1 :]
    mark = b"=_signed_%010d" % bench.rng.randrange(10**10)
    data = (
        b"\r\n".join(kept)
        + b'\r\nMIME-Version: 1.0\r\nContent-Type: multipart/signed; protocol="application/pkcs7-signature";'
        + b' micalg=sha-256; boundary="' + mark + b'"\r\n\r\n--' + mark + b"\r\n" + part + b"\r\n--" + mark
        + b'\r\nContent-Type: application/pkcs7-signature; name="smime.p7s"\r\nContent-Transfer-Encoding: base64\r\n'
        + b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n' + signature + b"\r\n--" + mark + b"--\r\n"
    )  # fmt: skip
    file = replace(_filed(paper, data), data=data)
    return Made((file,), "the signed part was changed" if broken else "the signature holds")


def _hops(bench: Bench, *, broken: bool) -> Made:
    """Give a mail three hops; broken: a later server received it days before an earlier one."""
    from email import message_from_bytes
    from email.utils import format_datetime, parsedate_to_datetime

    paper, mail, domain = _mail(bench)
    sent = parsedate_to_datetime(str(message_from_bytes(mail)["Date"]))
    steps = [timedelta(seconds=4), timedelta(seconds=-2), timedelta(seconds=9)]
    if broken:
        steps[1] = timedelta(days=-bench.rng.randint(2, 30))
    lines = [
        f"Received: from mx{n}.{domain} by mx{n + 1}.relay.example with ESMTPS; {format_datetime(sent + step)}\n"
        for n, step in enumerate(steps)
    ]
    data = "".join(reversed(lines)).encode() + mail
    return Made((_filed(paper, data),), "a hop before the one it follows" if broken else "clocks two seconds apart")


KINDS = (
    Kind("octet changed after signing", "sig.pades", BORN, _flipped, _holds, "a signature that holds"),
    Kind("amount changed after signing", "pdf.sigdiff", BORN, _after, _twice, "a second signature"),
    Kind("form prepared before signing", "pdf.sigdiff", BORN, _shadow, _twice, "a second signature"),
    _detached_kind("paper changed under its detached signature", "sig.detached", rsa_signer),
    _detached_kind("paper changed under a GOST signature", "sig.detached", gost_signer),
    _detached_kind("paper changed under an SM2 signature", "sig.detached", sm2_signer),
    Kind("mail changed after its domain signed", "mail.dkim", MAIL, lambda b: _dkim(b, broken=True),
         lambda b: _dkim(b, broken=False), "a mail as its domain signed it"),
    Kind("signed mail changed", "sig.cades", MAIL, lambda b: _smime(b, broken=True), lambda b: _smime(b, broken=False),
         "a signed mail that holds"),
    Kind("hops in the wrong order", "mail.chain", MAIL, lambda b: _hops(b, broken=True),
         lambda b: _hops(b, broken=False), "clocks two seconds apart"),
)  # fmt: skip
