"""OpenPGP signatures: detached, in texts and mails; held, changed, without a key; made by Sequoia."""

from __future__ import annotations

import hashlib

import pysequoia
import pytest

from assay.custody.detached import link
from assay.custody.pgp import only_signatures, signature_of, unarmoured
from assay.custody.sniff import media_type
from assay.custody.vouch import vouched
from assay.examine.signature import clearsigned, detached, openpgp
from assay.examine.signature.verdict import State
from assay.examine.signature.wording import BROKEN, PART, UNCHANGED, VOUCHED, VOUCHED_PART
from assay.model import Exhibit, FindingStatus, MemoryTrove, Occurrence, Reading, VoucherKind, Weight

PAPER = "Договор № 7/А. Цена: 1 200 000 руб.\r\n".encode()
SUITES = ("Cv25519", "RSA2k", "P256", "P384")


def key(suite="Cv25519", user="A. Signer <a@example.org>"):
    return pysequoia.Tsk.generate(user, cipher_suite=getattr(pysequoia.CipherSuite, suite))


def vouchers(tmp_path, *secrets):
    for number, secret in enumerate(secrets):
        (tmp_path / f"{number}.asc").write_text(str(secret.extract_certificate()))
    return vouched(tmp_path).vouchers if secrets else ()


def signed(secret, content, mode="DETACHED", armor=True):
    return pysequoia.sign(secret.signer(), content, mode=getattr(pysequoia.SignatureMode, mode), armor=armor)


def trove(files, known=()):
    records, blobs = list(known), {}
    for name, data in files.items():
        digest = hashlib.sha256(data).hexdigest()
        blobs[digest] = data
        records += [Exhibit(digest, "", len(data), media_type(data), "t", "1"),
                    Occurrence(digest, name, None, "s", "", "", "", "t", "1")]  # fmt: skip
    held = MemoryTrove(records, blobs)
    return MemoryTrove([*records, *link(held)], blobs)


def answers(data, known, kind=None):
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), kind or media_type(data), "t", "1")
    return list(clearsigned.examine(Reading(exhibit, (), ()), data, known))


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("armor", [True, False])
def test_a_detached_signature_under_a_vouched_key_holds_by_both_engines(tmp_path, suite, armor):
    secret = key(suite)
    value = signed(secret, PAPER, armor=armor)
    assert media_type(value) == "application/pgp-signature"
    found = list(detached.examine_trove(trove({"a.txt": PAPER, "a.txt.sig": value}, vouchers(tmp_path, secret))))
    assert [f.independence_group for f in found] == [UNCHANGED, VOUCHED]
    assert all(f.weight is Weight.CRYPTOGRAPHIC for f in found)
    assert "assay: it holds" in found[0].observation or "cryptography: it holds" in found[0].observation
    assert "Sequoia: it holds" in found[0].observation
    assert "A. Signer" in found[1].observation


@pytest.mark.parametrize("suite", SUITES)
def test_a_changed_file_is_broken_with_and_without_the_key(tmp_path, suite):
    secret = key(suite)
    files = {"a.txt": PAPER.replace(b"1 200", b"9 200"), "a.txt.asc": signed(secret, PAPER)}
    for known in ((), vouchers(tmp_path, secret)):
        (found,) = detached.examine_trove(trove(files, known))
        assert (found.independence_group, found.weight) == (BROKEN, Weight.CRYPTOGRAPHIC)


def test_a_changed_value_is_broken_though_the_two_bytes_agree(tmp_path):
    secret = key("RSA2k")
    value = bytearray(unarmoured(signed(secret, PAPER)))
    value[-7] ^= 1
    assert only_signatures(bytes(value))
    files = {"a.txt": PAPER, "a.txt.sig": bytes(value)}
    (found,) = detached.examine_trove(trove(files, vouchers(tmp_path, secret)))
    assert found.independence_group == BROKEN
    assert "under the key" in found.observation
    (alone,) = detached.examine_trove(trove(files))
    assert alone.status is FindingStatus.NOT_EXAMINED


def test_without_the_key_it_is_open_and_names_the_key(tmp_path):
    secret, other = key(), key(user="Somebody else")
    value = signed(secret, PAPER)
    for known in ((), vouchers(tmp_path, other)):
        (found,) = detached.examine_trove(trove({"a.txt": PAPER, "a.txt.sig": value}, known))
        assert found.status is FindingStatus.NOT_EXAMINED
        assert signature_of(value)[0].issuer.upper() in found.observation


def test_several_signers_are_answered_one_by_one(tmp_path):
    one, two = key(), key("P256", "B. Signer")
    both = unarmoured(signed(one, PAPER)) + unarmoured(signed(two, PAPER))
    found = list(detached.examine_trove(trove({"a.txt": PAPER, "a.txt.sig": both}, vouchers(tmp_path, one))))
    assert [f.status for f in found] == [FindingStatus.FINDING, FindingStatus.FINDING, FindingStatus.NOT_EXAMINED]
    assert "signer 2 of 2" in found[2].observation


def test_a_signature_over_an_absent_file_says_so():
    (found,) = detached.examine_trove(trove({"a.txt.sig": signed(key(), PAPER)}))
    assert found.status is FindingStatus.NOT_EXAMINED
    assert "not in the trove" in found.observation


# ---- within texts and mails


def test_a_signed_text_is_unchanged_and_one_with_words_around_it_is_not_shown_whole(tmp_path):
    secret = key()
    known = vouchers(tmp_path, secret)
    text = signed(secret, b"Price: 100\n- first\n\nlast   \n", "CLEAR")
    assert [f.independence_group for f in answers(text, known)] == [UNCHANGED, VOUCHED]
    around = b"Price: 900\n" + text
    assert [f.independence_group for f in answers(around, known)] == [PART, VOUCHED_PART]
    assert "not covered" in answers(around, known)[0].observation
    spoken = text.replace(b"\n\n", b"\nComment: the price is 900\n\n", 1)
    assert answers(spoken, known)[0].independence_group == PART


def test_a_signed_text_that_was_changed(tmp_path):
    secret = key()
    text = signed(secret, b"Price: 100\n", "CLEAR").replace(b"100", b"900")
    for known in ((), vouchers(tmp_path, secret)):
        (found,) = answers(text, known)
        assert found.independence_group == BROKEN


def test_line_ends_and_blanks_that_a_gateway_changed_do_not_count(tmp_path):
    secret = key()
    text = signed(secret, b"Price: 100\nDate: May\n", "CLEAR").replace(b"\n", b"\r\n").replace(b"May", b"May  ")
    assert answers(text, vouchers(tmp_path, secret))[0].independence_group == UNCHANGED


def pgp_mail(secret, body):
    part = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + body
    return (
        b'From: a@example.org\r\nSubject: price\r\nContent-Type: multipart/signed; boundary="b";\r\n'
        b' protocol="application/pgp-signature"; micalg=pgp-sha512\r\n\r\n--b\r\n' + part
        + b"\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\n" + signed(secret, part) + b"\r\n--b--\r\n"
    )  # fmt: skip


def test_a_signed_mail_holds_over_its_body_only(tmp_path):
    secret = key()
    known = vouchers(tmp_path, secret)
    mail = pgp_mail(secret, b"Price: 100")
    assert media_type(mail) == "message/rfc822"
    found = answers(mail, known)
    assert [f.independence_group for f in found] == [PART, VOUCHED_PART]
    assert "headers" in found[0].observation
    assert answers(mail.replace(b"\r\n", b"\n"), known)[0].independence_group == PART
    assert answers(mail.replace(b"100", b"900"), known)[0].independence_group == BROKEN


def test_a_text_that_only_quotes_the_marks_bears_no_signature():
    for text in (
        b"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nno end",
        b"> -----BEGIN PGP SIGNED MESSAGE-----\n",
    ):
        assert [f.status for f in answers(text, (), "text/plain")] == [FindingStatus.NOT_APPLICABLE]


# ---- keys


def test_keys_are_taken_armoured_and_binary_and_without_their_secrets(tmp_path):
    secret = key()
    (tmp_path / "public.asc").write_text(str(secret.extract_certificate()))
    (tmp_path / "binary.gpg").write_bytes(bytes(secret.extract_certificate()))
    (tmp_path / "secret.asc").write_text(str(secret))
    found = vouched(tmp_path)
    assert [(v.kind, v.name) for v in found.vouchers] == [(VoucherKind.OPENPGP_KEY, "A. Signer <a@example.org>")]
    assert [name for name, _ in found.refused] == ["secret.asc"]
    assert signature_of(signed(secret, PAPER))[0].issuer in {k.fingerprint for k in openpgp.keys_of(found.vouchers)}


def test_every_cut_of_a_signature_is_answered(tmp_path):
    secret = key()
    keys = openpgp.keys_of(vouchers(tmp_path, secret))
    whole = unarmoured(signed(secret, PAPER))
    for end in range(0, len(whole), 3):
        for packet in signature_of(whole[:end]):
            assert openpgp.check(packet, (PAPER,), keys)[0].state is not State.HOLDS
    for at in range(len(whole)):
        damaged = bytearray(whole)
        damaged[at] ^= 0x10
        for packet in signature_of(bytes(damaged)):
            state = openpgp.check(packet, (PAPER,), keys)[0].state
            assert state is not State.HOLDS or at < 3 or packet.trailer == signature_of(whole)[0].trailer


def test_armour_of_blanks_is_answered_soon():
    assert signature_of(b"-----BEGIN PGP SIGNATURE-----\n" + b" \n" * 900_000) == ()
    assert signature_of(b"-----BEGIN PGP SIGNATURE-----\n" + b" \n" * 900_000 + b"-----END PGP SIGNATURE-----") == ()
