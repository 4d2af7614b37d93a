"""What is built is read back before it is returned, and anything that differs is an error."""

from dataclasses import replace
from decimal import Decimal

import pytest

from app.documents.from_json.calculation import invoice_of
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.ubl import Dialect, build
from app.documents.ubl.dialect import ReportFacts
from app.documents.ubl.read_back import read_back_errors
from app.domain.invoice_info.model import InternetSale
from tests.documents.ubl.pairs import entry_for
from tests.documents.ubl.test_dialects import CARD, COURIER, WALLET, sold_online

INVOICE = invoice_of(entry_for(Profile.EARSIVFATURA, "SATIS"))


def codes(invoice: Invoice, xml: bytes) -> list[str]:
    return [error.code for error in read_back_errors(invoice, xml)]


@pytest.mark.parametrize("report", ReportFacts)
@pytest.mark.parametrize("sale", [CARD, COURIER, WALLET])
def test_in_every_dialect_an_invoice_is_read_back_as_it_was(report: ReportFacts, sale: InternetSale) -> None:
    invoice = sold_online(sale)
    assert codes(invoice, build(invoice, dialect=Dialect(report=report))) == []


def test_a_template_that_is_embedded_changes_nothing() -> None:
    assert codes(INVOICE, build(INVOICE, template=b"<a/>")) == []


@pytest.mark.parametrize(
    "other",
    [
        replace(INVOICE, notes=("Teşekkürler",)),
        replace(INVOICE, rounding=Decimal("0.01")),
        replace(INVOICE, customer=replace(INVOICE.customer, name="Deneme")),
        replace(INVOICE, lines=INVOICE.lines[:1] * 2),
    ],
)
def test_an_invoice_that_is_not_in_its_xml_is_an_error(other: Invoice) -> None:
    assert codes(other, build(INVOICE)) == ["READ_BACK_DIFFERS"]


def test_so_is_xml_whose_totals_are_not_those_of_its_lines() -> None:
    spoilt = build(INVOICE).replace(b'<cbc:PayableAmount currencyID="TRY">', b'<cbc:PayableAmount currencyID="TRY">1')
    assert codes(INVOICE, spoilt) == ["NOT_READ_BACK"]
