"""What makes an invoice's type, in the whole order and in each part of it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.invoice_details import FurtherTax, LineDetails, WithheldVat
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_types import type_of
from app.domain.orders import LineKind, OrderLine
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from tests.planning.events import Log, line, placed, requested

T = InvoiceType
WITHHELD = LineDetails(withholding=WithheldVat(code="606"))
SPECIAL = LineDetails(special_base=Decimal("4.00"))
ROOM = LineDetails(taxes=(FurtherTax(code="0059", rate=Decimal(2)),))


def with_details(reference: str, details: LineDetails | None, **changes: Any) -> OrderLine:
    return replace(line(reference), details=details, **changes)


def refusals(*lines: OrderLine, **order: Any) -> set[str]:
    outcome = Log(Trigger.ORDER_PLACED).outcome(placed(*lines, **order))
    return {error.code for error in outcome.errors}


def info(kind: InvoiceType) -> InvoiceInfo:
    return InvoiceInfo(invoice_type=kind)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (LineDetails(taxes=(FurtherTax(code="0071"),)), "TAX_RATE_REQUIRED"),
        (LineDetails(taxes=(FurtherTax(code="0015", rate=Decimal(1)),)), "TAX_TWICE"),
        (LineDetails(taxes=(*ROOM.taxes, *ROOM.taxes)), "TAX_TWICE"),
    ],
)
def test_each_further_tax_is_there_once_with_its_rate(given: LineDetails, code: str) -> None:
    assert refusals(with_details("1", given), prices_include_vat=False) == {code}


def test_further_taxes_need_prices_without_vat() -> None:
    assert refusals(with_details("1", ROOM)) == {"NET_PRICES_REQUIRED"}
    assert refusals(with_details("1", ROOM), prices_include_vat=False) == set()


def test_of_a_line_without_vat_nothing_is_withheld_and_its_vat_has_no_base() -> None:
    exempt = {"vat_rate": Decimal(0), "vat_exemption_code": "351"}
    assert refusals(with_details("1", WITHHELD, **exempt)) == {"WITHHOLDING_WITHOUT_VAT"}
    assert refusals(with_details("1", SPECIAL, **exempt)) == {"SPECIAL_BASE_WITHOUT_VAT"}


def test_a_discount_has_no_details_and_lowers_no_special_base() -> None:
    discount = replace(line("2"), kind=LineKind.DISCOUNT, unit_price=Decimal("-1.00"))
    assert refusals(line("1"), replace(discount, details=WITHHELD)) == {"DETAILS_OF_A_DISCOUNT"}
    assert refusals(with_details("1", SPECIAL), discount) == {"SPECIAL_BASE_WITH_DISCOUNT"}


def test_a_document_has_one_type() -> None:
    assert refusals(with_details("1", WITHHELD), with_details("2", SPECIAL)) == {"INVOICE_TYPE_AMBIGUOUS"}


@pytest.mark.parametrize(
    ("kind", "details"),
    [(T.TEVKIFAT, None), (T.TEVKIFAT, SPECIAL), (T.KONAKLAMAVERGISI, WITHHELD), (T.SATIS, WITHHELD)],
)
def test_a_type_that_the_lines_contradict_is_refused(kind: InvoiceType, details: LineDetails | None) -> None:
    assert refusals(with_details("1", details), invoice_info=info(kind)) == {"INVOICE_TYPE_CONTRADICTION"}


def test_each_part_of_an_order_has_the_type_that_its_lines_need() -> None:
    log = Log(Trigger.SHIPMENT)
    order = placed(with_details("1", WITHHELD), line("2"), invoice_info=info(T.TEVKIFAT))
    assert log.outcome(order).verdict is Verdict.OK
    (first,) = log.append(requested("1")).commands
    (second,) = log.append(requested("2")).commands
    contents = [each.order for each in (first, second)]
    assert [type_of(each.invoice_info, each.lines) for each in contents if each] == [T.TEVKIFAT, None]
