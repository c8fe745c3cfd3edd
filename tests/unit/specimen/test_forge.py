"""The trove of alterations: what it says it did is what stands in the files."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from random import Random

import pikepdf
import pypdfium2
import pytest

from assay.model.errors import Usage
from assay.specimen.fiction import World
from assay.specimen.forge import KINDS, forge, signed
from assay.specimen.forge.bench import Bench
from assay.specimen.forge.der import gost_signer, rsa_signer, sm2_signer
from assay.specimen.score.truth import parse


def bench(seed: int, language: str = "en") -> Bench:
    return Bench(World(11), language, Random(seed), seed * 10)


def text(data: bytes, page: int) -> str:
    document = pypdfium2.PdfDocument(data)
    try:
        return document[page - 1].get_textpage().get_text_range()
    finally:
        document.close()


def contents(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def test_there_are_thirty_kinds_and_each_has_its_own_name() -> None:
    assert len(KINDS) >= 30
    assert len({k.name for k in KINDS}) == len(KINDS)
    assert {"born_digital", "scan", "image", "office", "sheet", "mail"} <= {k.medium for k in KINDS}
    assert sum(not k.examination for k in KINDS) >= 2


SOME = ("pdf.dates", "ooxml.rsid", "mail.chain", "set.tz")


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        forge(tmp_path / name, seed, kinds=SOME, languages=("ru",))
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert contents(tmp_path / "a") != contents(tmp_path / "c")


def test_the_truth_names_what_was_done_and_the_folders_do_not(tmp_path: Path) -> None:
    truth = forge(tmp_path / "t", 5, kinds=SOME, languages=("zh", "en"))
    held = parse(json.loads(truth.read_text("utf-8")))
    assert {p.examination for p in held.alterations} == set(SOME)
    assert {p.examination for p in held.twins} == set(SOME)
    assert len(held.alterations) == len(held.twins) == 2 * len(SOME)
    known = {p.path for p in held.exhibits}
    for planted in (*held.alterations, *held.twins):
        assert set(planted.paths) <= known
        assert (tmp_path / "t" / "trove" / planted.path).is_file()
        assert "twin" not in planted.path


@pytest.mark.slow
def test_every_kind_can_be_made_altered_and_innocent(tmp_path: Path) -> None:
    truth = forge(tmp_path / "t", 6, languages=("uk",))
    rows = json.loads(truth.read_text("utf-8"))["specimen"]["kinds"]
    assert len(rows) == 2 * len(KINDS)
    assert [row for row in rows if not row["made"]] == []


def test_unknown_kinds_and_full_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="No kind"):
        forge(tmp_path / "t", 1, kinds=("pdf.nothing",))
    with pytest.raises(Usage, match="No papers"):
        forge(tmp_path / "t", 1, languages=("xx",))
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "a").write_text("a")
    with pytest.raises(Usage, match="not empty"):
        forge(tmp_path / "full", 1)


def test_a_later_revision_shows_the_new_amount_and_the_earlier_one_the_old(tmp_path: Path) -> None:
    kind = next(k for k in KINDS if k.name == "amount covered by a later revision")
    made = kind.make(bench(2))
    before, after = made.detail.split(" -> ")
    data = made.files[0].data
    first = data[: data.index(b"%%EOF") + 5]
    assert after in text(data, made.page)
    assert after not in text(first, made.page)
    assert before.replace("\u00a0", " ") in text(first, made.page).replace("\u00a0", " ")


def statuses(data: bytes) -> list[tuple[bool, str]]:
    import logging

    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
    reader = PdfFileReader(io.BytesIO(data), strict=False)
    found = []
    for one in reader.embedded_signatures:
        status = validate_pdf_signature(one, ValidationContext(allow_fetching=False))
        found.append((status.intact and status.valid, status.modification_level.name))
    return found


def test_signatures_hold_as_another_program_sees_them() -> None:
    assert statuses(signed._holds(bench(3)).files[0].data) == [(True, "NONE")]
    assert [ok for ok, _ in statuses(signed._flipped(bench(4)).files[0].data)] == [False]
    assert statuses(signed._after(bench(5)).files[0].data) == [(True, "OTHER")]
    assert [ok for ok, _ in statuses(signed._twice(bench(6)).files[0].data)] == [True, True]


def test_a_prepared_form_shows_another_amount_under_a_signature_that_holds() -> None:
    made = signed._shadow(bench(7))
    assert statuses(made.files[0].data)[0][0]
    assert made.detail.split(" -> ")[1].split(", by")[0] in text(made.files[0].data, made.page)


def test_a_mail_is_signed_as_its_domain_would() -> None:
    import base64

    import dkim
    from cryptography.hazmat.primitives import serialization

    own = bench(8)
    paper, mail, domain = signed._mail(own)
    signer = signed._signer(own, paper)
    public = signer.key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    data = signed.dkim(mail, signer, domain)
    assert dkim.verify(data, dnsfunc=lambda name, timeout=5: record)
    assert not dkim.verify(data.replace(b"letter", b"Letter") + b"more\r\n", dnsfunc=lambda name, timeout=5: record)


def test_gost_and_sm2_signatures_are_those_of_the_standards() -> None:
    import gostcrypto
    from gmssl import func, sm2, sm3

    when = bench(9).paper().at
    gost = gost_signer(Random(1), "A. Signer", when)
    made = gost.sign(b"attributes")
    curve = gostcrypto.gostsignature.CURVES_R_1323565_1_024_2019["id-tc26-gost-3410-2012-256-paramSetB"]
    engine = gostcrypto.gostsignature.new(gostcrypto.gostsignature.MODE_256, curve)
    point = gost.certificate[gost.certificate.index(b"\x04\x40") + 2 :][:64]
    key = bytearray(point[:32][::-1] + point[32:][::-1])
    turned = bytearray(made[32:] + made[:32])
    assert engine.verify(key, bytearray(gost.digest(b"attributes")[::-1]), turned)
    assert not engine.verify(key, bytearray(gost.digest(b"Attributes")[::-1]), turned)
    chinese = sm2_signer(Random(2), "B. Signer", when)
    raw = chinese.sign(b"attributes")
    assert chinese.digest(b"abc").hex() == sm3.sm3_hash(func.bytes_to_list(b"abc"))
    held = chinese.certificate
    public = held[held.index(b"\x03\x42\x00\x04") + 4 :][:64].hex()
    curve_of = sm2.default_ecc_table
    identity = b"\x00\x80" + b"1234567812345678"
    z = chinese.digest(identity + bytes.fromhex(curve_of["a"] + curve_of["b"] + curve_of["g"] + public))
    length = raw[3]
    r, rest = int.from_bytes(raw[4 : 4 + length], "big"), raw[4 + length :]
    flat = f"{r:064x}{int.from_bytes(rest[2 : 2 + rest[1]], 'big'):064x}"
    verifier = sm2.CryptSM2(private_key="", public_key=public)
    assert verifier.verify(flat, chinese.digest(z + b"attributes"))
    assert not verifier.verify(flat, chinese.digest(z + b"Attributes"))
    assert rsa_signer(Random(3), "C", when).certificate == rsa_signer(Random(3), "C", when).certificate


def test_word_files_open_and_bear_what_was_planted() -> None:
    made = next(k for k in KINDS if k.name == "session ids that are not listed").make(bench(10))
    with zipfile.ZipFile(io.BytesIO(made.files[0].data)) as archive:
        body, settings = archive.read("word/document.xml").decode(), archive.read("word/settings.xml").decode()
    foreign = made.detail.split("session ")[1].split(",")[0]
    assert foreign in body
    assert foreign not in settings


def test_a_font_is_dated_after_the_file() -> None:
    from fontTools.misc.timeTools import epoch_diff
    from fontTools.ttLib import TTFont

    made = next(k for k in KINDS if k.examination == "pdf.fontdate").make(bench(12))
    with pikepdf.open(io.BytesIO(made.files[0].data)) as pdf:
        fonts = [
            o.FontFile2.read_bytes() for o in pdf.objects if isinstance(o, pikepdf.Dictionary) and "/FontFile2" in o
        ]
        changed = str(pdf.trailer.Info["/ModDate"])
    stamps = {TTFont(io.BytesIO(f))["head"].modified + epoch_diff for f in fonts}
    assert len(stamps) == 1
    from datetime import UTC, datetime

    assert datetime.fromtimestamp(stamps.pop(), UTC).strftime("D:%Y%m%d") > changed
