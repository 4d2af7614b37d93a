"""Each field of an order alone: found in the record that was kept, or refused by its name."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.orders import OrderLine
from app.domain.payment import Payment, PaymentMethod
from providers.base import UnpreparableError
from tests.contract.header_fields import FIELDS, Field
from tests.providers.bizimhesap.bench import Desk, opened
from tests.providers.examples import LINE

CARRIED = {
    "is_despatch",
    "sales_platform",
    "send_type",
    "order_reference",
    "payment_terms_info",
    "payment_means_info",
    "payment_means_info.channel_code",
    "payment_means_info.payee_financial_account_id",
    "internet_info",
    "issue_date",
}
# What is refused under the name of the order's own field.
ELSEWHERE = {"currency_code": "$.order.currency", "exchange_rate": "$.order.currency"}


def refused_paths(desk: Desk, each: Field) -> set[str]:
    try:
        desk.prepared(each.name, invoice_info=each.info, **each.order)
    except UnpreparableError as refusal:
        return {error.path for error in refusal.errors}
    return set()


@pytest.mark.parametrize("each", FIELDS, ids=str)
async def test_a_field_of_the_header_is_in_the_note_or_refused_by_name(each: Field) -> None:
    async with opened() as desk:
        if each.name not in CARRIED:
            path = ELSEWHERE.get(
                each.name, f"$.order.invoice_info.{each.model_name.partition(' ')[0].partition('.')[0]}"
            )
            assert path in refused_paths(desk, each)
            return
        prepared = desk.prepared(each.name, invoice_info=each.info, **each.order)
        assert [word for word in each.words if not _has(prepared.request, word)] == []


def _has(text: str, word: str | tuple[str, ...]) -> bool:
    return any(each in text for each in ((word,) if isinstance(word, str) else word))


def body_of(desk: Desk, **changes: Any) -> Any:
    return json.loads(desk.prepared("first", **changes).request)


async def test_an_order_is_in_the_fields_and_in_the_note() -> None:
    async with opened() as desk:
        body = body_of(desk, due_date=date(2026, 6, 1), lines=(replace(LINE, sku="SKU-1"),))
    assert body["invoiceType"] == 3
    assert body["dates"] == {
        "invoiceDate": "2026-05-02T00:30:00.000+03:00",
        "dueDate": "2026-06-01T00:00:00.000+03:00",
        "deliveryDate": "2026-05-02T00:00:00.000+03:00",
    }
    assert body["amounts"] == {
        "currency": "TL", "gross": "100.00", "discount": "0.00", "net": "100.00", "tax": "20.00", "total": "120.00",
    }  # fmt: skip
    (line,) = body["details"]
    assert line["productId"] == "SKU-1"
    assert (line["quantity"], line["taxRate"], line["net"], line["tax"], line["total"]) == (
        3, "20.00", "100.00", "20.00", "120.00",
    )  # fmt: skip
    for word in ("Teşekkürler", "shop.example", "Deneme Kargo", "ORDER-first", f"Ref: {body['invoiceNo']}, 120.00 TRY"):
        assert word in body["note"]


async def test_a_discount_is_an_amount_without_vat_and_every_sum_follows() -> None:
    async with opened() as desk:
        body = body_of(desk, lines=(replace(LINE, discount=Decimal("12.00")),))
    (line,) = body["details"]
    assert (line["grossPrice"], line["discount"], line["net"], line["tax"], line["total"]) == (
        "100.00", "10.00", "90.00", "18.00", "108.00",
    )  # fmt: skip
    assert (body["amounts"]["gross"], body["amounts"]["discount"], body["amounts"]["total"]) == (
        "100.00", "10.00", "108.00",
    )  # fmt: skip


async def test_one_buyer_is_one_card_however_many_orders_come() -> None:
    async with opened() as desk:
        await desk.made("first")
        await desk.made("second")
        headers = {"Key": "any", "Token": desk.adapter.account, "User-Agent": "Mozilla/5.0"}
        _, said = await desk.read("/customers", headers)
    (card,) = said["data"]["customers"]
    assert card["code"] == "10000000078"
    assert card["balance"] == "240,00"


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"unit": "KGM"}, "$.order.lines[0].unit"),
        ({"vat_rate": Decimal(0), "vat_exemption_code": "351"}, "$.order.lines"),
        ({"vat_rate": Decimal(0), "vat_exemption_code": "301"}, "$.order.lines"),
    ],
)
async def test_what_a_line_has_no_field_for_is_refused_by_name(changes: dict[str, Any], path: str) -> None:
    line: OrderLine = replace(LINE, **changes)
    async with opened() as desk:
        with pytest.raises(UnpreparableError) as refusal:
            desk.prepared(lines=(line,))
    assert path in {error.path for error in refusal.value.errors}


async def test_how_a_payment_was_made_is_in_the_note_without_a_website_too() -> None:
    payment = Payment(method=PaymentMethod.CARD, paid_on=date(2026, 4, 30))
    async with opened() as desk:
        body = body_of(desk, website=None, payment=payment)
    assert "Ödeme" in body["note"]
