"""Orders that are more than a plain sale, in Nilvera's words, and as its simulator takes them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.invoice_details import Identification, LineDetails
from app.domain.invoice_info.enums import InvoiceType
from providers.base import UnpreparableError
from providers.nilvera.simulator.checks import problem_in
from providers.nilvera.simulator.documents import SentDocument, xml_of
from tests.documents.order_kinds import KINDS, KUNYE
from tests.providers.examples import SELLER_VKN, command, prepared_by

T = InvoiceType


def model(kind: InvoiceType) -> dict[str, Any]:
    changes, person = KINDS[kind]
    order = command(person=person, website=None, **changes)
    request: Any = exact_json.loads(prepared_by("nilvera", order, DocumentType.EARSIV).request)
    made: dict[str, Any] = request["ArchiveInvoice"]
    return made


MADE = [
    T.TEVKIFAT, T.SGK, T.KOMISYONCU, T.HKSSATIS, T.HKSKOMISYONCU, T.KONAKLAMAVERGISI, T.SATIS,
]  # fmt: skip


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.name)
def test_the_simulator_takes_what_is_made_of_each_type_and_nothing_less(kind: InvoiceType) -> None:
    made = model(kind)
    assert problem_in(made, SELLER_VKN) is None
    assert made["InvoiceInfo"]["InvoiceType"] == kind.name
    made["InvoiceInfo"]["PayableAmount"] += 1
    assert problem_in(made, SELLER_VKN) is not None


def test_withheld_vat_is_a_tax_of_its_own_with_the_kind_of_delivery() -> None:
    (line,) = model(T.TEVKIFAT)["InvoiceLines"]
    assert line["Taxes"] == [{"TaxCode": "9015", "Total": Decimal("30.00"), "Percent": 90, "ReasonCode": "606"}]
    assert line["KDVTotal"] == Decimal("33.33")


def test_a_market_hall_s_mark_is_the_line_s_tag_and_comes_back() -> None:
    made = model(T.HKSSATIS)
    assert made["InvoiceLines"][0]["AdditionalItemIdentification"] == {"TagNumber": KUNYE.value}
    assert f'schemeID="KUNYENO">{KUNYE.value}<' in xml_of(SentDocument(model=made, number="ABC2026000000001"))
    del made["InvoiceLines"][0]["AdditionalItemIdentification"]
    assert problem_in(made, SELLER_VKN) is not None


@pytest.mark.parametrize("marks", [(KUNYE, KUNYE), (replace(KUNYE, scheme="PLAKANO"),)], ids=["two", "another scheme"])
def test_what_a_line_has_no_tag_for_is_refused_by_name(marks: tuple[Identification, ...]) -> None:
    changes, person = KINDS[T.SATIS]
    (line,) = changes["lines"]
    order = command(person=person, website=None, lines=(replace(line, details=LineDetails(marks=marks)),))
    with pytest.raises(UnpreparableError) as refused:
        prepared_by("nilvera", order, DocumentType.EARSIV)
    assert ("$.order.lines[0].details.marks", "NOT_AT_THIS_PROVIDER") in {
        (error.path, error.code) for error in refused.value.errors
    }


def test_a_withholding_that_does_not_follow_from_the_vat_is_refused() -> None:
    made = model(T.TEVKIFAT)
    made["InvoiceLines"][0]["Taxes"][0]["Total"] = 20
    assert problem_in(made, SELLER_VKN) is not None
    made["InvoiceLines"][0]["Taxes"] = []
    assert problem_in(made, SELLER_VKN) is not None


def test_accommodation_tax_stands_beside_vat_and_the_stay_is_the_period() -> None:
    made = model(T.KONAKLAMAVERGISI)
    assert made["InvoiceLines"][0]["Taxes"] == [{"TaxCode": "0059", "Total": Decimal("4.00"), "Percent": 2}]
    assert made["InvoiceInfo"]["InvoicePeriod"] == {"StartDate": "2026-04-28", "EndDate": "2026-04-30"}
    assert made["InvoiceInfo"]["PayableAmount"] == Decimal("224.00")


def test_the_document_that_comes_back_has_the_further_taxes() -> None:
    xml = xml_of(SentDocument(model=model(T.TEVKIFAT), number="ABC2026000000001"))
    assert '<cac:WithholdingTaxTotal><cbc:TaxAmount currencyID="TRY">30.00</cbc:TaxAmount>' in xml
    assert '<cbc:PayableAmount currencyID="TRY">170.00</cbc:PayableAmount>' in xml
