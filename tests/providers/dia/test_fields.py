"""Each field of an order alone: found in the record that was asked for, or refused by its name."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentType
from app.domain.orders import OrderLine
from providers.base import UnpreparableError
from tests.contract.header_fields import FIELDS, Field
from tests.providers.dia.bench import invoice_in, opened
from tests.providers.examples import FACTS as BUSINESS
from tests.providers.examples import LINE, TAXPAYER, command, connected, prepared_by

CARRIED = {
    "invoice_type",
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
    "tax_exemption_reason_info",
}
# What is refused under the name of the order's own field, or the line's.
ELSEWHERE = {"currency_code": "$.order.currency", "exchange_rate": "$.order.currency"}


def prepared(name: str = "first", options: dict[str, str] | None = None, **changes: Any) -> Any:
    made = command(name, **changes)
    return prepared_by("dia", made, DocumentType.SALES_INVOICE, BUSINESS, **(options or {}))


def refused_paths(**changes: Any) -> set[str]:
    try:
        prepared(**changes)
    except UnpreparableError as refusal:
        return {error.path for error in refusal.errors}
    return set()


@pytest.mark.parametrize("each", FIELDS, ids=str)
def test_a_field_of_the_header_is_in_the_record_or_refused_by_name(each: Field) -> None:
    if each.name not in CARRIED:
        path = ELSEWHERE.get(each.name, f"$.order.invoice_info.{each.model_name.partition(' ')[0].partition('.')[0]}")
        assert path in refused_paths(invoice_info=each.info, **each.order)
        return
    request = prepared(each.name, invoice_info=each.info, **each.order).request
    words = [word for word in each.words if word != "ISTISNA"]
    assert [word for word in words if not _has(request, word)] == []


def _has(text: str, word: str | tuple[str, ...]) -> bool:
    return any(each in text for each in ((word,) if isinstance(word, str) else word))


def test_an_order_is_in_the_fields_and_in_the_texts() -> None:
    document = prepared(due_date=date(2026, 6, 1), lines=(replace(LINE, sku="SKU-1"),))
    invoice = invoice_in(document)
    assert (invoice["turu"], invoice["tarih"], invoice["saat"]) == (2, "2026-05-02", "00:30:00")
    assert (invoice["belgeno"], invoice["belgeno2"]) == (document.reference, "ORDER-first")
    assert invoice["_key_sis_doviz"] == {"adi": "TL"}
    assert invoice["earsivodemetarihi"] == "2026-04-30"
    assert invoice["earsivgonderimeposta"] == "ayse@example.test"
    (line,) = invoice["m_kalemler"]
    assert (line["miktar"], line["birimfiyati"], line["tutari"]) == ("3.000000", "33.333333", "100.000000")
    assert (line["kdv"], line["kdvtutari"], line["note"], line["note2"]) == (
        "20.000000", "20.000000", "Çay bardağı", "SKU-1",
    )  # fmt: skip
    texts = [invoice["aciklama1"], invoice["aciklama2"], invoice["aciklama3"]]
    assert texts[0] == "Teşekkürler"
    for word in ("shop.example", "Deneme Kargo", "ORDER-first", "Vade: 01/06/2026"):
        assert word in "; ".join(texts)
    assert texts[2].endswith(f"Ref: {document.reference}, 120.00 TRY")


def test_our_reference_goes_where_the_connection_says() -> None:
    document = prepared(options={"reference_field": "belgeno2"})
    assert invoice_in(document)["belgeno2"] == document.reference


def test_a_discount_is_in_the_price_and_said_beside_the_line() -> None:
    (line,) = invoice_in(prepared(lines=(replace(LINE, discount=Decimal("12.00")),)))["m_kalemler"]
    assert (line["birimfiyati"], line["tutari"], line["kdvtutari"]) == ("30.000000", "90.000000", "18.000000")
    assert line["note2"] == "İndirim: 10.00"


@pytest.mark.parametrize("rounding", ["line", "rate", "vat", "total"])
async def test_prices_come_to_our_total_where_dia_computes_it(rounding: str) -> None:
    prices = ("79.90", "24.50", "129.99", "5.75")
    lines = tuple(replace(LINE, line_reference=each, unit_price=Decimal(each)) for each in prices)
    async with opened(vat="unknown") as desk:
        await desk.switch(rounding=rounding)
        prepared, done = await desk.made(lines=lines)
    assert done.payable == prepared.payable


def test_a_foreign_currency_goes_by_dia_s_name_and_with_its_rate() -> None:
    order: dict[str, Any] = {"currency": "EUR", "exchange_rate": Decimal("48.1234")}
    invoice = invoice_in(prepared(options={"currencies": "TRY=TL EUR=EURO"}, **order))
    assert (invoice["_key_sis_doviz"], invoice["dovizkuru"]) == ({"adi": "EURO"}, "48.123400")
    assert refused_paths(**order) == {"$.order.currency"}


def test_the_codes_of_combo_fields_are_sent_where_they_are_set() -> None:
    codes = {"earsivgonderimsekli": "E", "efaturasenaryosu": "1", "efaturatipkodu": "2", "kdvdurumu": "H"}
    bare, set_ = invoice_in(prepared()), invoice_in(prepared(options=codes))
    assert not codes.keys() & {*bare, *bare["m_kalemler"][0]}
    assert {name: {**set_, **set_["m_kalemler"][0]}[name] for name in codes} == codes


def test_a_company_s_card_has_its_number_its_office_and_the_city_in_capitals() -> None:
    card = json.loads(prepared(person=TAXPAYER).request)["card"]
    assert (card["carikartkodu"], card["verginumarasi"]) == ("C-2000000002", "2000000002")
    assert (card["carikayitturu"], card["ekalan1"]) == ("SRK", "Şişli")
    assert card["m_adresler"][0]["_key_sis_sehirler"] == {"sehiradi": "İSTANBUL"}
    assert card["m_adresler"][0]["adres2"] == "Kadıköy, İstanbul"


def test_a_year_without_a_period_is_refused() -> None:
    with pytest.raises(UnpreparableError, match="donem_kodu"):
        prepared(options={"donem_kodu": "2027=2"})
    later = connected("dia", donem_kodu="2027=2").prepare(
        replace(command(), occurred_at=datetime(2027, 1, 1, tzinfo=UTC)), BUSINESS, DocumentType.SALES_INVOICE,
        datetime(2027, 1, 1, tzinfo=UTC),
    )  # fmt: skip
    assert '"period":2' in later.request


@pytest.mark.parametrize(
    ("changes", "path"),
    [({"unit": "KGM"}, "$.order.lines[0].unit"), ({"name": "x"}, None)],
)
def test_what_a_line_has_no_field_for_is_refused_by_name(changes: dict[str, Any], path: str | None) -> None:
    line: OrderLine = replace(LINE, **changes)
    assert refused_paths(lines=(line,)) == ({path} if path else set())


def test_two_reasons_without_vat_are_refused() -> None:
    lines = tuple(
        replace(LINE, vat_rate=Decimal(0), vat_exemption_code=code, line_reference=code) for code in ("335", "351")
    )
    assert "$.order.lines" in refused_paths(lines=lines)
