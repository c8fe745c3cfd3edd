from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from assay.custody.detached import fitting, link
from assay.custody.pgp import signature_of
from assay.custody.sniff import media_type
from assay.model import DetachedSignature, Exhibit, MemoryTrove, Occurrence


def signed(content: bytes, *, algorithm: hashes.HashAlgorithm | None = None) -> bytes:
    import datetime

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "signer")])
    start = datetime.datetime(2024, 1, 1)
    certificate = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start.replace(year=2044)).sign(key, hashes.SHA256())
    )  # fmt: skip
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, algorithm or hashes.SHA256())
    options = [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
    return builder.sign(serialization.Encoding.DER, options)


def trove(files: dict[str, bytes], parent: str | None = None) -> tuple[MemoryTrove, dict[str, str]]:
    records, blobs, names = [], {}, {}
    for path, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        names[path], blobs[digest] = digest, data
        sha1 = hashlib.sha1(data).hexdigest()
        records.append(Exhibit(digest, sha1, len(data), media_type(data), "test", "1"))
        records.append(Occurrence(digest, path, parent, "source", "", "", "", "test", "1"))
    return MemoryTrove(records, blobs), names


def links(files: dict[str, bytes]) -> list[tuple[str, tuple[str, ...], str]]:
    held, names = trove(files)
    of = {digest: path for path, digest in names.items()}
    found = list(link(held))
    assert all(isinstance(r, DetachedSignature) for r in found)
    return [(of.get(r.exhibit, ""), r.how, r.agrees) for r in found]


PAPER = b"the contract of 3 May"


@pytest.mark.parametrize("algorithm", [hashes.SHA256(), hashes.SHA384(), hashes.SHA512()])
def test_a_signature_finds_its_exhibit_by_digest_wherever_it_lies(algorithm) -> None:
    files = {"a/contract.pdf": PAPER, "b/unrelated name.sig": signed(PAPER, algorithm=algorithm), "c.txt": b"other"}
    assert links(files) == [("a/contract.pdf", ("digest",), "yes")]


def test_a_changed_file_is_tied_by_name_and_does_not_agree() -> None:
    files = {"contract.pdf": PAPER + b" changed", "contract.pdf.sig": signed(PAPER)}
    assert links(files) == [("contract.pdf", ("name",), "no")]


def test_name_and_digest_together() -> None:
    assert links({"x.txt": PAPER, "x.p7s": signed(PAPER)}) == [("x.txt", ("digest", "name"), "yes")]


def test_a_signature_of_what_is_not_here_says_so() -> None:
    held, _ = trove({"other.txt": b"something else", "contract.pdf.sig": signed(PAPER)})
    (record,) = link(held)
    assert (record.exhibit, record.how, record.agrees) == ("", (), "not_computed")
    assert record.stated == hashlib.sha256(PAPER).hexdigest()
    assert record.algorithm == "sha256"


@pytest.mark.parametrize("form", ["pem", "base64", "base64 wrapped"])
def test_text_forms_of_signatures_are_known(form: str) -> None:
    der = signed(PAPER)
    text = base64.b64encode(der)
    if form == "pem":
        text = b"-----BEGIN PKCS7-----\n" + base64.encodebytes(der) + b"-----END PKCS7-----\n"
    elif form == "base64 wrapped":
        text = base64.encodebytes(der).replace(b"\n", b"\r\n")
    assert media_type(text) == media_type(der) == "application/pkcs7-signature"
    assert links({"x.txt": PAPER, "y.sig": text}) == [("x.txt", ("digest",), "yes")]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("contract.pdf.sig", ["1"]), ("CONTRACT.PDF.P7S", ["1"]), ("annex.sig", ["2"]),
        ("contract_signature.p7s", ["1"]),
        ("contract.pdf.sig.asc", ["1"]), ("contract.pdf (2).sig", ["1"]), ("договор_подпись.sgn", ["4"]),
        ("нет такого.sig", []), ("contract.pdf.sgn1", ["1"]),
    ],
)  # fmt: skip
def test_names_that_belong_together(name: str, expected: list[str]) -> None:
    near = [("contract.pdf", "1"), ("annex.docx", "2"), ("else.txt", "3"), ("договор.docx", "4"), (name, "5")]
    assert fitting(name, near) == expected


def test_a_damaged_signature_is_tied_by_name_only() -> None:
    data = signed(PAPER)
    assert links({"x.txt": PAPER, "x.txt.sig": data[: len(data) // 2]}) == [("x.txt", ("name",), "not_computed")]


def test_two_bytes_of_an_openpgp_digest_are_compared() -> None:
    hashed = bytes.fromhex("040008080006050265000000")
    trailer = hashed + b"\x04\xff" + len(hashed).to_bytes(4, "big")
    left = hashlib.sha256(PAPER + trailer).digest()[:2]
    body = hashed + b"\0\0" + left + b"\0\x08\x01"
    packet = bytes([0xC2, len(body)]) + body
    armoured = b"-----BEGIN PGP SIGNATURE-----\n\n" + base64.encodebytes(packet) + b"=abcd\n-----END "
    assert len(signature_of(armoured)) == len(signature_of(packet)) == 1
    assert links({"x.txt": PAPER, "x.txt.asc": armoured}) == [("x.txt", ("name",), "yes")]
    assert links({"x.txt": PAPER + b"!", "x.txt.asc": armoured}) == [("x.txt", ("name",), "no")]


def test_a_run_stores_the_link(tmp_path: Path) -> None:
    from assay.case import Case, RunSettings

    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_bytes(PAPER)
    (folder / "a.txt.sig").write_bytes(signed(PAPER))
    with Case.open(tmp_path / "case") as case:
        case.run([folder], RunSettings(executor="inline"), verbs=("receive",))
        (record,) = case.store.all(DetachedSignature)
    assert record.exhibit == hashlib.sha256(PAPER).hexdigest()
    assert record.how == ("digest", "name")
