"""Whatever the planner takes, no adapter refuses for a reason that is in the order itself."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.documents.invoice_info.order_info import order_info_errors
from app.documents.order_document import document_errors
from app.domain.commands import InvoiceCommand
from app.domain.discounts import amount_of
from app.domain.invoice_details import FurtherTax, LineDetails, WithheldVat
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import ReturnedInvoice, TaxExemptionReasons
from app.domain.late_errors import LATE_ERRORS
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine, OrderPlaced
from app.domain.outcomes import Verdict
from app.domain.parties import Buyer, Person
from app.domain.payment import Payment, PaymentMethod
from app.domain.policy import Trigger
from providers.base import Adapter, UnpreparableError
from tests.contract.case import Case
from tests.contract.cases import CASES, FIRST
from tests.docs.extraction import error_codes
from tests.documents.order_kinds import KINDS
from tests.planning.events import Log, placed, requested
from tests.providers.examples import ADDRESS, CARRIER, FACTS, REGISTERED_VKN, TCKN

ISSUED_AT = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
RATES = [Decimal(rate) for rate in (0, 1, 10, 20)]
AMOUNTS = st.one_of(
    st.sampled_from([Decimal(text) for text in ("0.00", "0.004", "0.005", "0.01", "0.03", "10", "99.99", "64.22")]),
    st.decimals(0, 5000, places=2),
    st.decimals(0, 20, places=8),
)
QUANTITIES = st.one_of(st.sampled_from([Decimal(1), Decimal("2.25")]), st.decimals("0.001", 50, places=3))
TAX = FurtherTax(code="0059", rate=Decimal(2))
# What nobody means and somebody sends.
ODD: dict[str, st.SearchStrategy[Any]] = {
    "quantity": st.sampled_from([Decimal(q) for q in ("0", "-1", "0.00000001", "1000000", "123456789.5")]),
    "unit_price": st.sampled_from([Decimal(p) for p in ("-0.01", "-5", "0.0000013", "1E12", "999999999999")]),
    "discount": st.sampled_from([Decimal(d) for d in ("-1", "0.004", "0.01", "144.495", "5000")]),
    "vat_rate": st.sampled_from([Decimal(r) for r in ("0", "8", "18", "0.20", "100")]),
    "vat_exemption_code": st.sampled_from([None, "351", "335", "301", "501", "555", "701", "801", "999"]),
    "kind": st.sampled_from(LineKind),
    "unit": st.just("XXX"),
    "line_reference": st.just("1"),
    "details": st.one_of(
        st.builds(
            LineDetails,
            withholding=st.sampled_from([None, WithheldVat(code="606"), WithheldVat(code="999")]),
            taxes=st.sampled_from([(), (TAX,), (TAX, TAX), (replace(TAX, rate=None),), (replace(TAX, code="0015"),)]),
            special_base=st.sampled_from([None, Decimal(0), Decimal("40.00")]),
        ),
        st.just(LineDetails()),
    ),
}
CURRENCIES = st.sampled_from(
    [("TRY", None)] * 9
    + [
        ("EUR", Decimal("48.123456")),
        ("USD", Decimal(41_000)),
        ("XXX", Decimal("0.5")),
        ("EUR", None),
        ("TRY", Decimal(1)),
    ]
)
INFOS = st.builds(
    lambda code, sct, kind, returned: InvoiceInfo(
        invoice_type=kind,
        return_invoice_info=returned,
        tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code=code, otv_exemption_reason_code=sct),
    ),
    st.sampled_from([None, None, "351", "335", "555", "701", "999"]),
    st.sampled_from([None, None, None, "101"]),
    st.sampled_from([None, None, None, InvoiceType.SATIS, InvoiceType.ISTISNA, InvoiceType.IADE, *KINDS]),
    st.sampled_from([(), (), (ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=date(2026, 10, 20)),)]),
)
NAMES = [("Ayşe", None), ("Ayşe Örnek", None), ("Ayşe", "Örnek"), ("Örnek Ltd. Şti.", None)]
NUMBERS = [None, None, TCKN, REGISTERED_VKN, REGISTERED_VKN, "11111111111", "2222222222", "12345678901"]
BUYERS = st.sampled_from(
    [
        Person(buyer=Buyer(name=name, family_name=family, tax_number=number, address=ADDRESS))
        for name, family in NAMES
        for number in NUMBERS
    ]
)


@st.composite
def goods(draw: st.DrawFn, reference: str) -> OrderLine:
    price, quantity, rate = draw(AMOUNTS), draw(QUANTITIES), draw(st.sampled_from(RATES))
    share = draw(st.sampled_from([Decimal(0)] * 3 + [Decimal("0.1"), Decimal(1)]))
    return OrderLine(
        line_reference=reference,
        name=f"Ürün {reference}",
        kind=draw(st.sampled_from([LineKind.GOODS, LineKind.SERVICE, LineKind.SHIPPING, LineKind.FEE])),
        quantity=quantity,
        unit_price=price,
        vat_rate=rate,
        discount=to_kurus(share * to_kurus(price * quantity)),
        vat_exemption_code=draw(st.sampled_from(["351"] * 4 + ["335", "335", None])) if rate == 0 else None,
    )


def coupon(draw: st.DrawFn, lowered: list[OrderLine], reference: str) -> OrderLine:
    rate = draw(st.sampled_from(lowered)).vat_rate
    worth = sum((amount_of(line) for line in lowered if line.vat_rate == rate), Decimal(0))
    amount = draw(st.sampled_from([to_kurus(worth / 3), to_kurus(worth / 10), worth, Decimal("0.004"), Decimal(0)]))
    return OrderLine(
        line_reference=reference,
        name="Kupon",
        kind=LineKind.DISCOUNT,
        quantity=Decimal(1),
        unit_price=-amount,
        vat_rate=rate,
    )


@st.composite
def orders(draw: st.DrawFn, most: int) -> OrderPlaced:
    """Most are in order; in one of three, one field of one line is odd."""
    lines = [draw(goods(str(number))) for number in range(1, draw(st.integers(1, most)) + 1)]
    lines += [coupon(draw, lines, f"D{number}") for number in range(draw(st.sampled_from([0, 0, 1, 2])))]
    if draw(st.sampled_from([False, False, True])):
        index, name = draw(st.integers(0, len(lines) - 1)), draw(st.sampled_from(sorted(ODD)))
        lines[index] = replace(lines[index], **{name: draw(ODD[name])})
    currency, rate = draw(CURRENCIES)
    return placed(
        *lines,
        currency=currency,
        exchange_rate=rate,
        prices_include_vat=draw(st.booleans()),
        website=draw(st.sampled_from([None, None, "shop.example"])),
        payment=draw(st.sampled_from([None, *(Payment(method=method) for method in PaymentMethod)])),
        carrier=draw(st.sampled_from([None, CARRIER.name, "Kim Kargo"])),
        invoice_info=draw(st.one_of(st.none(), st.none(), INFOS)),
    )


def commands(order: OrderPlaced, person: Person | None, parts: list[tuple[str, ...]]) -> Iterator[InvoiceCommand]:
    """What the planner asks for: the whole order at once, or each part that a shipment's request names.

    What an InvoiceInfo has wrong by itself, or a document that is more than a plain sale, intake refuses.
    """
    if order.invoice_info is not None and order_info_errors(order.invoice_info):
        return
    if any(document_errors(order, person, ISSUED_AT)):
        return
    log = Log(Trigger.SHIPMENT if parts else Trigger.ORDER_PLACED)
    effects = log.append(order, person=person)
    verdict = effects.outcomes[0].verdict
    event(f"the planner says {verdict}")
    yield from effects.commands
    for part in parts if verdict is Verdict.OK else []:
        yield from log.append(requested(*part), person=person).commands


def refused(adapter: Adapter, case: Case, command: InvoiceCommand) -> set[str]:
    try:
        adapter.prepare(command, FACTS, case.document_type, ISSUED_AT, case.number("first"))
    except UnpreparableError as refusal:
        return {error.code for error in refusal.errors}
    return set()


def holds(case: Case, order: OrderPlaced, person: Person | None, cut: int | None) -> None:
    references = [line.line_reference for line in order.lines]
    parts = [] if cut is None else [tuple(part) for part in (references[:cut], references[cut:]) if part]
    adapter = case.connect("https://provider.example")
    for command in commands(order, person, parts):
        assert refused(adapter, case, command) <= LATE_ERRORS.keys()


def cuts(most: int) -> st.SearchStrategy[int | None]:
    return st.one_of(st.none(), st.integers(0, most))


@pytest.mark.parametrize("case", FIRST, ids=str)
@given(order=orders(4), person=st.none() | BUYERS, cut=cuts(4))
@settings(max_examples=100)
def test_what_the_planner_takes_is_refused_late_for_no_reason_of_its_own(
    case: Case, order: OrderPlaced, person: Person | None, cut: int | None
) -> None:
    holds(case, order, person, cut)


@pytest.mark.fuzz
@pytest.mark.parametrize("case", CASES, ids=str)
@given(order=orders(12), person=st.none() | BUYERS, cut=cuts(12))
@settings(max_examples=1000)
def test_none_of_a_thousand_orders_is_refused_late_for_a_reason_of_its_own(
    case: Case, order: OrderPlaced, person: Person | None, cut: int | None
) -> None:
    holds(case, order, person, cut)


def test_each_late_code_is_one_that_an_error_has() -> None:
    assert LATE_ERRORS.keys() <= error_codes().keys()
