"""What a person vouches for: certificates, revocation lists and archived keys that signatures are judged by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from assay.model.record import Record


class VoucherKind(StrEnum):
    """What was handed in."""

    CERTIFICATE = "certificate"
    REVOCATION_LIST = "revocation_list"
    OCSP_RESPONSE = "ocsp_response"
    MAIL_KEY = "mail_key"
    GAZETTEER = "gazetteer"
    OPENPGP_KEY = "openpgp_key"


@dataclass(frozen=True, slots=True)
class Voucher(Record):
    """A certificate, revocation list, OCSP answer, mail key, gazetteer or OpenPGP key that a person put into the case.

    `name` is the certificate's subject, the list's issuer, the gazetteer's file name, the first user that an OpenPGP
    key names, or a mail key's place in the domain name system (`selector._domainkey.domain`). `content` is base64 of
    the DER bytes, of a mail key's TXT record, of the gazetteer's text, or of an OpenPGP certificate's packets. A
    certificate that a person put in is a trust anchor: chains end there. The program adds none of its own.
    """

    KIND: ClassVar[str] = "vouchers"
    kind: VoucherKind
    name: str
    content: str
    part: str
    version: str
