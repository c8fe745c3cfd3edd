"""What invoices in several languages come to, and how they state their number, their date and their currency."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from assay.model import DocumentKind

from .test_extract_deal_papers import document, reading, run

GERMAN = """Handelsrechnung Nr. R-7718 vom 06.08.2018
Währung: EUR
Liefer- und Leistungsdatum: 05.08.2018
Positionssumme\t457,20
Gesamtbetrag der Abschläge\t-11,21
Rechnungssumme ohne USt.\t445,99
Steuerbetrag\t73,00
Bruttosumme\t518,99
Erhaltene Anzahlungen\t-100,00
Zahlbetrag\t418,99"""
FRENCH = """FACTURE N° 2021-0456
Date de facturation : 13/02/2021
Date d'échéance : 05/03/2021
Total HT\t1 200,00 €
TVA 20 %\t240,00 €
Total TTC\t1 440,00 €"""
ENGLISH = """Invoice # 55-812
Invoice date: March 4, 2020
Due date: April 3, 2020
Subtotal\t$900.00
Sales tax\t$74.25
Total\t$974.25
Paid\t$100.00"""
RUSSIAN = """СЧЁТ № 17/08 от 12.03.2019
Итого без НДС\t100 000,00 руб.
НДС 20 %\t20 000,00 руб.
Всего к оплате\t120 000,00 руб."""
BELOW = """Invoice No. 4/21 dated 5 May 2021
Amount due:
$ 41.10"""


@pytest.mark.parametrize(
    ("text", "number", "day", "amount", "currency"),
    [
        (GERMAN, "R-7718", date(2018, 8, 6), "518.99", "EUR"),
        (FRENCH, "2021-0456", date(2021, 2, 13), "1440.00", "EUR"),
        (ENGLISH, "55-812", date(2020, 3, 4), "974.25", "USD"),
        (RUSSIAN, "17/08", date(2019, 3, 12), "120000.00", "RUB"),
        (BELOW, "4/21", date(2021, 5, 5), "41.10", "USD"),
    ],
)
def test_an_invoice_comes_to_its_gross_total(text: str, number: str, day: date, amount: str, currency: str) -> None:
    paper = document(run(reading(text)))
    assert paper.kind is DocumentKind.INVOICE
    assert paper.number is not None and paper.number.value == number
    assert paper.total is not None
    assert (paper.total.amount, paper.total.currency) == (Decimal(amount), currency)
    assert paper.total.span is not None and paper.total.span.quote == paper.total.written
    assert paper.date is not None and paper.date.earliest == paper.date.latest == day


def test_a_total_in_a_sentence_without_an_amount_is_none() -> None:
    paper = document(run(reading("Rechnung Nr. 12-B\nDer Rechnungsbetrag wurde bereits am 03.10.2018 beglichen.")))
    assert paper.kind is DocumentKind.INVOICE and paper.total is None


def test_a_year_is_no_amount_in_roubles() -> None:
    text = "Додаток № 1 до Договору № 7/19 від 10 квітня 2019 р.\nУсього за договором: 10 квітня 2019 р."
    paper = document(run(reading(text)))
    assert paper.total is None
