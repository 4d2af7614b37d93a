"""Each invoice type from an order: taken with all that it needs, reckoned, written, and refused by name without it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.documents.checked_ubl import checked_ubl
from app.documents.checking import Mode
from app.documents.model.invoice import Invoice
from app.documents.order_document import document_errors
from app.documents.prepared import prepare_invoice
from app.documents.safe_input.tree import text
from app.documents.safe_input.xml import parse
from app.domain.documents import DocumentType
from app.domain.invoice_details import Delivery, InvoiceDetails, LineDetails
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import TaxExemptionReasons
from app.domain.orders import OrderPlaced
from app.domain.parties import Person
from tests.documents.order_kinds import KINDS
from tests.providers.examples import FACTS, ISSUED_AT, command

T = InvoiceType
# What is payable of two for 100.00 each, and the net of its taxes.
PAYABLE = {
    T.TEVKIFAT: "170.00",  # 166.67 + 33.33, of which nine tenths are withheld
    T.TEVKIFATIADE: "170.00",
    T.IHRACKAYITLI: "200.00",
    T.OZELMATRAH: "200.00",  # the VAT of 8.00 is in the price
    T.SGK: "200.00",
    T.KOMISYONCU: "200.00",
    T.HKSSATIS: "200.00",
    T.HKSKOMISYONCU: "200.00",
    T.KONAKLAMAVERGISI: "224.00",  # 10 % VAT and 2 % accommodation tax, each on 200.00
    T.SATIS: "243.60",  # 3.00 special consumption tax, and 20 % VAT on 203.00
}


def placed(kind: InvoiceType) -> tuple[OrderPlaced, Person]:
    changes, person = KINDS[kind]
    return OrderPlaced(order_date=date(2026, 4, 30), **changes), person


def invoice(kind: InvoiceType, document_type: DocumentType = DocumentType.EARSIV) -> Invoice:
    changes, person = KINDS[kind]
    made: Any = prepare_invoice(command(person=person, website=None, **changes), FACTS, document_type, ISSUED_AT)
    assert isinstance(made, Invoice), made
    return made


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_an_order_becomes_each_type_that_its_lines_need_or_its_invoice_info_has(kind: InvoiceType) -> None:
    order, person = placed(kind)
    assert tuple(document_errors(order, person, ISSUED_AT)) == ()
    made = invoice(kind)
    assert (made.type, made.payable) == (kind.name, Decimal(PAYABLE[kind]))
    xml = checked_ubl(made, mode=Mode.TEST)
    assert isinstance(xml, bytes), xml
    assert text(parse(xml), "InvoiceTypeCode") == kind.name


@pytest.mark.parametrize("kind", [T.TEVKIFAT, T.IHRACKAYITLI, T.OZELMATRAH, T.SGK, T.KOMISYONCU, T.KONAKLAMAVERGISI])
def test_the_same_as_e_fatura(kind: InvoiceType) -> None:
    assert isinstance(checked_ubl(invoice(kind, DocumentType.EFATURA), mode=Mode.TEST), bytes)


def test_withheld_vat_is_on_its_line_and_taken_off_what_is_payable() -> None:
    made = invoice(T.TEVKIFAT)
    (withheld,) = made.lines[0].withholdings
    assert (withheld.code, withheld.rate, withheld.amount) == ("606", Decimal(90), Decimal("30.00"))
    assert invoice(T.TEVKIFATIADE).vat == Decimal("3.33")


def test_a_reason_of_the_invoice_info_is_on_each_line_with_vat_even_where_that_comes_to_nothing() -> None:
    info = InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code="701"))
    cheap = replace(KINDS[T.TEVKIFAT][0]["lines"][0], details=None, unit_price=Decimal("0.004"), vat_rate=Decimal(1))
    order = command(website=None, lines=(cheap,), prices_include_vat=False, invoice_info=info)
    made = prepare_invoice(order, FACTS, DocumentType.EARSIV, ISSUED_AT)
    assert isinstance(made, Invoice), made
    assert (made.type, made.exemption_codes) == ("IHRACKAYITLI", ("701",))


@pytest.mark.parametrize(
    ("kind", "details", "code"),
    [
        (T.IHRACKAYITLI, LineDetails(delivery=Delivery(customs_id="1")), "LICENCE_CUSTOMS_ID"),
        (T.IHRACKAYITLI, LineDetails(), "LICENCE_LINE"),
    ],
)
def test_what_gib_would_refuse_is_refused_before_the_order_is_taken(
    kind: InvoiceType, details: LineDetails, code: str
) -> None:
    order, person = placed(kind)
    lines = tuple(replace(line, details=details) for line in order.lines)
    assert code in {error.code for error in document_errors(replace(order, lines=lines), person, ISSUED_AT)}


def test_an_invoice_to_sgk_has_its_kind() -> None:
    order, person = placed(T.SGK)
    without = replace(order, details=InvoiceDetails(accounting_cost="NOTHING"))
    assert tuple(document_errors(without, person, ISSUED_AT))


def test_a_plain_sale_is_not_looked_at() -> None:
    order, person = placed(T.TEVKIFAT)
    plain = replace(order, lines=tuple(replace(line, details=None, unit="XXX") for line in order.lines))
    assert tuple(document_errors(plain, person, ISSUED_AT)) == ()
