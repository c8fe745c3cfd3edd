"""`sig.gost` and `sig.sm2`: signatures as Russian and Chinese offices make them, in PDF, CMS and mail.

GOST R 34.10-2012 with Streebog (and the older 2001 with GOST R 34.11-94), SM2 with SM3. pyHanko knows neither, so
the CMS structure is taken out of the PDF and checked by engines that do.
Limits: without OpenSSL's GOST engine one engine only answers, slowly; long content is then not examined. An SM2
signature that holds under none of the known identifiers of its signer is open: nothing tells another identifier from a
change.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from assay.examine.question import Question
from assay.examine.signature import publickey, xades
from assay.examine.signature.cades import ACCEPTS, examine_cms
from assay.examine.signature.pdf import examine_family
from assay.examine.signature.wording import question
from assay.model import Reading, Record, Voucher
from assay.work.part import Examination

_PDF = "application/pdf"
_GOST = question(
    "sig.gost", "3",
    "Without OpenSSL's GOST engine Streebog over more than 6 MiB is not computed, nor GOST R 34.11-94 at all.",
)  # fmt: skip
_SM2 = question(
    "sig.sm2", "3",
    "A signature that holds under none of the tried identifiers of its signer is open: another one explains it too.",
    ("the signer used another identifier than those tried (GM/T 0009 allows any)",),
)  # fmt: skip


def _examine(
    asked: Question, family: str, reading: Reading, data: bytes, vouchers: tuple[Voucher, ...]
) -> Iterable[Record]:
    if reading.exhibit.media_type == _PDF:
        return examine_family(asked, family, reading, data, vouchers)
    if reading.exhibit.media_type not in ACCEPTS and not xades.accepts(reading.exhibit.media_type):
        return [asked.not_applicable(reading.exhibit.digest, f"It does not look at {reading.exhibit.media_type}.")]
    if xades.accepts(reading.exhibit.media_type):
        return xades.examine_xml(asked, reading, data, vouchers, lambda its: its == family)
    return examine_cms(asked, reading, data, vouchers, lambda its: its == family)


GOST = Examination(
    name=_GOST.part,
    version=_GOST.version,
    purpose="Checks signatures with GOST R 34.10 keys, in PDF, CMS, mail, office and XML files.",
    limits=_GOST.limits,
    examine_vouched=partial(_examine, _GOST, publickey.GOST),
    heaviest=_GOST.heaviest,
)

SM2 = Examination(
    name=_SM2.part,
    version=_SM2.version,
    purpose="Checks signatures with SM2 keys, in PDF, CMS and mail.",
    limits=_SM2.limits,
    examine_vouched=partial(_examine, _SM2, publickey.SM2),
    heaviest=_SM2.heaviest,
)
