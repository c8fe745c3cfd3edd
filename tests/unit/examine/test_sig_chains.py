"""Certificates that expired, were revoked, or say what is not so of themselves; and whose word the time is."""

from __future__ import annotations

import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assay.examine.signature.certificate import Standing, Vouched, certificate_of, chain

START = datetime.datetime(2020, 1, 1)
SIGNED = datetime.datetime(2022, 6, 1, tzinfo=datetime.UTC)


def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def made(subject, issuer=None, *, authority=False, years=5, usage=True, length=None):
    """Return a key and a certificate; `issuer` is such a pair, None: it issues itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    above = issuer[1].subject if issuer else name(subject)
    end = START + datetime.timedelta(365 * years)
    builder = x509.CertificateBuilder(above, name(subject), key.public_key(), x509.random_serial_number(), START, end)
    builder = builder.add_extension(x509.BasicConstraints(authority, length if authority else None), critical=True)
    if authority and not usage:
        none = {key: False for key in ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                                       "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")}  # fmt: skip
        builder = builder.add_extension(x509.KeyUsage(digital_signature=True, **none), critical=True)
    return key, builder.sign(issuer[0] if issuer else key, hashes.SHA256())


def our(pair):
    return certificate_of(pair[1].public_bytes(serialization.Encoding.DER))


def listed(authority, revoked, day, signer=None):
    """Return a revocation list of `authority`, signed with the key of `signer` (None: its own)."""
    entry = x509.RevokedCertificateBuilder().serial_number(revoked[1].serial_number).revocation_date(day).build()
    builder = x509.CertificateRevocationListBuilder().issuer_name(authority[1].subject).last_update(day)
    builder = builder.next_update(day + datetime.timedelta(30)).add_revoked_certificate(entry)
    made_list = builder.sign((signer or authority)[0], hashes.SHA256())
    return made_list.public_bytes(serialization.Encoding.DER)


@pytest.fixture(scope="module")
def pair():
    root = made("Root", authority=True)
    return root, made("A. Signer", root)


def test_a_chain_that_ends_at_a_vouched_root_counts_at_the_time_of_signing_only(pair):
    root, signer = pair
    known = Vouched((our(root),))
    assert chain(our(signer), (), known, SIGNED).standing is Standing.VOUCHED
    late = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
    assert chain(our(signer), (), known, late).standing is Standing.OUT_OF_TIME
    assert chain(our(signer), (), known, None).standing is Standing.OPEN


def test_a_certificate_revoked_before_it_signed_does_not_count(pair):
    root, signer = pair
    known = Vouched((our(root),), (listed(root, signer, datetime.datetime(2022, 1, 1)),))
    assert chain(our(signer), (), known, SIGNED).standing is Standing.REVOKED
    assert chain(our(signer), (), known, SIGNED, attested=True).standing is Standing.REVOKED


def test_one_revoked_later_counts_only_where_the_time_is_not_the_signers_own_word(pair):
    root, signer = pair
    known = Vouched((our(root),), (listed(root, signer, datetime.datetime(2023, 1, 1)),))
    own_word = chain(our(signer), (), known, SIGNED)
    assert own_word.standing is Standing.OPEN
    assert "own word" in own_word.reason
    assert chain(our(signer), (), known, SIGNED, attested=True).standing is Standing.VOUCHED


def test_a_list_that_the_issuer_did_not_sign_revokes_nothing(pair):
    root, signer = pair
    other = made("Root", authority=True)
    known = Vouched((our(root),), (listed(root, signer, datetime.datetime(2021, 1, 1), other),))
    assert chain(our(signer), (), known, SIGNED).standing is Standing.VOUCHED


def test_an_issuer_of_the_same_name_and_another_key_is_unknown(pair):
    _, signer = pair
    other = made("Root", authority=True)
    assert chain(our(signer), (), Vouched((our(other),)), SIGNED).standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("middle", "said"),
    [({"authority": False}, "no authority"), ({"authority": True, "usage": False}, "may not sign certificates")],
)
def test_a_certificate_that_is_no_authority_issues_nothing(pair, middle, said):
    root, _ = pair
    between = made("Not an authority", root, **middle)
    signer = made("B. Signer", between)
    told = chain(our(signer), (our(between),), Vouched((our(root),)), SIGNED)
    assert told.standing is Standing.UNKNOWN
    assert said in told.reason


def test_a_chain_longer_than_its_root_allows_does_not_count():
    root = made("Short root", authority=True, length=0)
    between = made("Below", root, authority=True)
    signer = made("C. Signer", between)
    told = chain(our(signer), (our(between),), Vouched((our(root),)), SIGNED)
    assert told.standing is Standing.UNKNOWN
    assert "longer" in told.reason


def test_certificates_that_issue_each_other_in_a_circle_end():
    one_key, two_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    end = START + datetime.timedelta(4000)
    one = x509.CertificateBuilder(name("Two"), name("One"), one_key.public_key(), 1, START, end)
    two = x509.CertificateBuilder(name("One"), name("Two"), two_key.public_key(), 2, START, end)
    pairs = ((one_key, one.sign(two_key, hashes.SHA256())), (two_key, two.sign(one_key, hashes.SHA256())))
    both = tuple(our(p) for p in pairs)
    assert chain(both[0], both, Vouched((our(made("Root", authority=True)),)), SIGNED).standing is Standing.UNKNOWN
