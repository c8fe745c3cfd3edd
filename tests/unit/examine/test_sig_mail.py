"""DKIM and ARC on mails signed here, with keys that a test vouches for."""

from __future__ import annotations

import base64
import hashlib
import time
from functools import cache

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from assay.examine.axes import combine
from assay.examine.signature.mail import examine
from assay.examine.signature.wording import BROKEN, PART, UNCHANGED, VOUCHED
from assay.model import (
    Direction,
    Exhibit,
    FindingStatus,
    MemoryTrove,
    Reading,
    Voucher,
    VoucherKind,
    Weight,
)  # fmt: skip

HEAD = [b"from", b"to", b"subject", b"date", b"content-type"]
MAIL = (
    b"Received: from a by b; Mon, 06 May 2024 10:00:05 +0000\r\n"
    b"From: Planted Office <office@example.org>\r\nTo: buyer@example.net\r\nSubject: Offer 7/A\r\n"
    b"Date: Mon, 06 May 2024 10:00:00 +0000\r\nContent-Type: text/plain\r\n\r\n"
    b"Price: 1,250,000.00 USD.\r\nDelivery in May.\r\n"
)


@cache
def pair():
    key = rsa.generate_private_key(65537, 2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, f"v=DKIM1; k=rsa; p={base64.b64encode(public).decode()}"


def signed(mail=MAIL, head=HEAD, domain=b"example.org", **more):
    field = dkim.sign(mail, b"may", domain, pair()[0], include_headers=head, **more)
    # the moment of signing is the machine's: it is not what is tested here
    return b"Received: from b by c; Fri, 01 Jan 2100 00:00:00 +0000\r\n" + field + mail


def key(record=None, domain="example.org"):
    content = base64.b64encode((record or pair()[1]).encode()).decode()
    return (Voucher(VoucherKind.MAIL_KEY, f"may._domainkey.{domain}", content, "t", "1"),)


def answers(data, vouchers=()):
    exhibit = Exhibit(hashlib.sha256(data).hexdigest(), "", len(data), "message/rfc822", "t", "1")
    return exhibit, list(examine(Reading(exhibit, (), ()), data, vouchers))


def groups(data, vouchers=()):
    return {f.independence_group for f in answers(data, vouchers)[1] if f.status is FindingStatus.FINDING}


def integrity(data, vouchers=()):
    exhibit, found = answers(data, vouchers)
    return next(iter(combine(MemoryTrove([exhibit, *found])))).integrity.word


def test_with_the_archived_key_the_mail_is_unchanged_and_its_domain_vouched_for():
    data = signed()
    assert groups(data, key()) == {UNCHANGED, VOUCHED}
    assert integrity(data, key()) == "shown unchanged since signing"
    assert groups(data.replace(b"\r\n", b"\n"), key()) == {UNCHANGED, VOUCHED}


def test_without_a_key_it_is_open_and_the_body_is_checked():
    _, found = answers(signed())
    assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED]
    assert "hash of the body in it agrees" in found[0].observation
    assert "may._domainkey.example.org" in found[0].observation
    assert integrity(signed()) == "not determinable"


def test_a_changed_body_is_found_without_any_key():
    data = signed().replace(b"1,250,000", b"9,250,000")
    _, found = answers(data)
    assert [(f.independence_group, f.weight) for f in found] == [(BROKEN, Weight.CRYPTOGRAPHIC)]
    assert integrity(data) == "signs of later processing"


@pytest.mark.parametrize("change", [(b"Offer 7/A", b"Offer 7/B"), (b"06 May 2024 10:00:00", b"07 May 2024 10:00:00")])
def test_a_changed_signed_header_is_found_with_the_key(change):
    assert BROKEN in groups(signed().replace(*change), key())


def test_headers_that_are_not_signed_are_named():
    data = signed(head=[b"from", b"subject", b"date"]).replace(b"buyer@example.net", b"other@example.net")
    _, found = answers(data, key())
    assert {f.independence_group for f in found} == {PART, VOUCHED}
    assert "To, Content-Type" in found[0].observation
    assert integrity(data, key()) != "shown unchanged since signing"


def test_text_appended_behind_the_stated_length_is_named():
    data = signed(length=True) + b"P.S. Pay to another account.\r\n"
    _, found = answers(data, key())
    assert UNCHANGED not in {f.independence_group for f in found}
    assert any("30 bytes" in f.observation for f in found)


def test_a_second_subject_above_the_signed_one_is_found_and_oversigning_breaks():
    plain = signed()
    doubled = plain.replace(b"Subject: Offer", b"Subject: Acceptance\r\nSubject: Offer", 1)
    _, found = answers(doubled, key())
    assert any(f.independence_group == "added header" and f.direction is Direction.AGAINST for f in found)
    assert integrity(doubled, key()) == "signs of later processing"
    over = signed(head=[*HEAD, b"subject"])
    assert UNCHANGED in groups(over, key())
    assert BROKEN in groups(over.replace(b"Subject: Offer", b"Subject: Acceptance\r\nSubject: Offer", 1), key())


def test_a_key_that_was_withdrawn_or_is_of_another_kind_is_open():
    for record in (
        "v=DKIM1; p=",
        "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
        "v=DKIM1; p=!!",
    ):
        _, found = answers(signed(), key(record))
        assert [f.status for f in found] == [FindingStatus.NOT_EXAMINED], record


def test_of_several_archived_keys_the_one_that_fits_counts():
    other = rsa.generate_private_key(65537, 2048).public_key()
    der = other.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    wrong = f"v=DKIM1; p={base64.b64encode(der).decode()}"
    assert UNCHANGED in groups(signed(), (*key(wrong), *key()))
    assert BROKEN in groups(signed(), key(wrong))


def test_another_domain_than_the_senders_vouches_for_no_sender():
    data = signed(domain=b"service.example.com")
    found = groups(data, key(domain="service.example.com"))
    assert VOUCHED not in found
    assert UNCHANGED in found


def test_a_signature_that_had_expired_when_the_mail_arrived():
    data = signed().replace(b"Fri, 01 Jan 2100", b"Fri, 01 Jan 2100")
    at = data.find(b"; h=")
    expired = data[:at] + b"; x=1714990000" + data[at:]
    _, found = answers(expired)
    assert any("count until 2024-05-06" in f.observation for f in found)


def test_a_server_s_word_is_a_claim_and_weighs_nothing():
    data = MAIL.replace(b"From:", b"Authentication-Results: mx.example.net; dkim=pass header.d=example.org\r\nFrom:", 1)
    _, found = answers(data)
    assert [(f.weight, f.direction) for f in found] == [(Weight.NEUTRAL, Direction.NEITHER)]
    assert "Anybody" in found[0].observation


def test_a_chain_of_handlers_without_keys_is_open_and_with_them_holds():
    before = MAIL.replace(b"From:", b"Authentication-Results: lists.example.org; spf=pass\r\nFrom:", 1)
    chain = dkim.arc_sign(before, b"may", b"example.org", pair()[0], b"lists.example.org", include_headers=HEAD)
    data = b"".join(chain) + before
    assert any("ARC" in f.observation and f.status is FindingStatus.NOT_EXAMINED for f in answers(data)[1])
    held = [f for f in answers(data, key())[1] if "ARC" in f.observation]
    assert [(f.status, f.direction) for f in held] == [(FindingStatus.FINDING, Direction.NEITHER)]
    broken = data.replace(b"1,250,000", b"9,250,000")
    assert [f.direction for f in answers(broken, key())[1] if "ARC" in f.observation] == [Direction.AGAINST]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no mail at all",
        b"DKIM-Signature: \r\n\r\nx",
        b"DKIM-Signature: v=1; a=rsa-sha256; b=; bh=; d=; h=; s=\r\nFrom: a@b\r\n\r\nx",
        b"DKIM-Signature: v=1; a=rsa-sha256; c=odd/odd; b=x; bh=%%%; d=e.org; h=from; s=s; l=9999999999999\r\n\r\nx",
        b"DKIM-Signature: " + b"h=from;" * 20000 + b"\r\nFrom: a@b\r\n\r\nx",
        b" folded first\r\nFrom: a@b\r\nDKIM-Signature: x\r\n\r\n",
    ],
)
def test_ill_formed_signatures_are_answered(data):
    _, found = answers(data, key())
    assert found
    assert not {UNCHANGED, VOUCHED} & {f.independence_group for f in found}


@pytest.mark.parametrize(
    "data",
    [
        signed() + b" " * 3_000_000 + b"x",
        MAIL.replace(b"From:", b"DKIM-Signature: v=1; b=" + b"a \r\n " * 40_000 + b"\r\nFrom:", 1),
        MAIL.replace(b"From:", b"DKIM-Signature: v=1; b" + b" \r\n" * 40_000 + b" =x\r\nFrom:", 1),
    ],
    ids=["blanks", "long value", "folded"],
)
def test_runs_of_blanks_come_to_an_end(data):
    start = time.monotonic()
    _, found = answers(data, key())
    assert time.monotonic() - start < 5
    assert not {UNCHANGED, VOUCHED} & {f.independence_group for f in found}
