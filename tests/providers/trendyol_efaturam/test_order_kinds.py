"""Orders that are more than a plain sale, in the fields of v1, and as the simulator takes them."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.invoice_details import (
    Delivery,
    Detail,
    FurtherTax,
    Identification,
    LineDetails,
    PerUnit,
    WithheldVat,
)
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InvoiceInfo
from app.domain.orders import OrderLine
from providers.base import Done, Step, StepInput, UnpreparableError
from providers.trendyol_efaturam.simulator.checks import sent_of
from providers.trendyol_efaturam.simulator.words import RefusedError
from tests.documents.order_kinds import KINDS, KUNYE, LINE
from tests.providers.examples import CONSUMER, command, prepared_by
from tests.providers.trendyol_efaturam.bench import SECONDS, bench_of

T = InvoiceType
MADE = [T.TEVKIFAT, T.IHRACKAYITLI, T.KOMISYONCU, T.HKSSATIS, T.KONAKLAMAVERGISI, T.SATIS]
DELIVERY = Delivery(customs_id="123456789012", licence_line="12345678901")


def changes_of(kind: InvoiceType, details: LineDetails | None = None) -> dict[str, Any]:
    """What the kind's order has; a stay's days have no field at Trendyol."""
    changes, _ = KINDS[kind]
    (line,) = changes["lines"]
    return {**changes, "lines": (replace(line, details=details or line.details),), "details": None}


def body(kind: InvoiceType, document_type: DocumentType = DocumentType.EARSIV, **changes: Any) -> dict[str, Any]:
    _, person = KINDS[kind]
    order = command(person=person, website=None, **{**changes_of(kind), **changes})
    made: dict[str, Any] = exact_json.loads(prepared_by("trendyol-efaturam", order, document_type).request)
    return made


def export(delivery: Delivery) -> OrderLine:
    exempt = replace(LINE, vat_rate=Decimal(0), vat_exemption_code="301")
    return replace(exempt, details=LineDetails(delivery=delivery))


def refused(order_changes: dict[str, Any], **options: str) -> set[str]:
    order = command(**{"person": CONSUMER, "website": None, "earsiv_series": None, **order_changes})
    with pytest.raises(UnpreparableError) as refusal:
        prepared_by("trendyol-efaturam", order, DocumentType.EARSIV, **options)
    assert {error.code for error in refusal.value.errors} == {"NOT_AT_THIS_PROVIDER"}
    return {error.path for error in refusal.value.errors}


@pytest.mark.parametrize("kind", MADE, ids=lambda kind: kind.name)
def test_the_simulator_takes_what_is_made_of_each_type_and_no_other_sum(kind: InvoiceType) -> None:
    made = body(kind)
    assert sent_of(made, v2=False).type_code == kind.name
    made["invoiceTotal"]["payableAmount"] += 1
    with pytest.raises(RefusedError):
        sent_of(made, v2=False)


def test_withheld_vat_stands_with_its_line_and_is_not_payable() -> None:
    made = body(T.TEVKIFAT, DocumentType.EFATURA)
    withheld = {"taxAmount": 3000, "percent": 90, "taxTypeCode": "606"}
    (line,) = made["invoiceLines"]
    assert withheld.items() <= line["withholdingTax"].items()
    assert line["taxAmount"] == 3333
    (part,) = made["totalWithholdingTax"]["subWithholdingTaxes"]
    assert made["totalWithholdingTax"]["totalTaxAmount"] == 3000
    assert part == line["withholdingTax"]
    assert made["totalTax"]["totalTaxAmount"] == 3333
    assert (made["invoiceTotal"]["taxInclusiveAmount"], made["invoiceTotal"]["payableAmount"]) == (20000, 17000)


def test_accommodation_tax_is_a_subtotal_beside_vat() -> None:
    made = body(T.KONAKLAMAVERGISI)
    vat, stay = made["totalTax"]["subTotalTaxes"]
    assert (vat["taxType"], vat["taxAmount"]) == ("KDV", 2000)
    assert (stay["taxType"], stay["percent"], stay["taxableAmount"], stay["taxAmount"]) == ("KONAKLAMA", 2, 20000, 400)
    assert made["invoiceLines"][0]["totalTax"] == made["totalTax"]
    assert made["totalTax"]["totalTaxAmount"] == 2400
    assert made["invoiceTotal"]["payableAmount"] == 22400


def test_a_tax_by_piece_has_its_price_in_kurus_and_no_rate() -> None:
    (line,) = body(T.SATIS)["invoiceLines"]
    tax = next(each for each in line["totalTax"]["subTotalTaxes"] if each["taxType"] == "OTV_2")
    assert (tax["taxUnitPrice"], tax["taxAmount"]) == (150, 300)
    assert "percent" not in tax
    assert line["taxAmount"] == 4060  # VAT is of the special consumption tax, too


def test_an_export_registered_line_names_the_licence_and_its_reason() -> None:
    made = body(T.IHRACKAYITLI)
    (line,) = made["invoiceLines"]
    assert line["exportRegisteredAdditionalInfo"] == {"lineId": "12345678901", "requiredCustomsId": "123456789012"}
    assert line["totalTax"]["subTotalTaxes"][0]["taxExemptionReasonCode"] == 702
    assert line["taxAmount"] > 0


def test_a_micro_export_has_its_terms_once_and_the_tariff_number_of_each_line() -> None:
    delivery = Delivery(customs_id="123456789012", incoterms="DAP")
    made = body(T.SATIS, lines=(export(delivery), replace(export(delivery), line_reference="2")))
    assert made["deliveryTypeCode"] == "DAP"
    assert [line["microExportRequiredCustomsId"] for line in made["invoiceLines"]] == ["123456789012"] * 2
    assert sent_of(made, v2=False).type_code == "ISTISNA"
    for wrong in (
        {**made, "deliveryTypeCode": "DA"},
        {**made, "invoiceLines": [{**line, "microExportRequiredCustomsId": "12"} for line in made["invoiceLines"]]},
    ):
        with pytest.raises(RefusedError):
            sent_of(wrong, v2=False)


def test_a_micro_export_with_two_terms_or_without_a_tariff_number_is_refused_by_name() -> None:
    lines = (
        export(Delivery(customs_id="123456789012", incoterms="DAP")),
        replace(export(Delivery(incoterms="DDP", transport_mode="4")), line_reference="2"),
    )
    delivery = "details.delivery"
    assert refused({"lines": lines}) == {
        f"$.order.lines[0].{delivery}.incoterms",
        f"$.order.lines[1].{delivery}.incoterms",
        f"$.order.lines[1].{delivery}.customs_id",
        f"$.order.lines[1].{delivery}.transport_mode",
    }


def test_an_efatura_is_no_micro_export() -> None:
    with pytest.raises(UnpreparableError, match="an e-Arşiv of 301"):
        body(T.SATIS, DocumentType.EFATURA, lines=(export(Delivery(customs_id="123456789012", incoterms="DAP")),))


async def test_a_document_with_withheld_vat_is_made_once_and_found_by_what_is_payable() -> None:
    async with bench_of() as bench:
        prepared = bench.efatura(**changes_of(T.TEVKIFAT))
        made = await bench.create(prepared)
        assert isinstance(made, Done)
        assert bench.body(prepared)["totalWithholdingTax"]["totalTaxAmount"] == 3000
        found = await bench.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
        assert isinstance(found, Done)
        assert found.number == made.number


def test_a_market_hall_s_mark_is_the_line_s_tag() -> None:
    (line,) = body(T.HKSSATIS)["invoiceLines"]
    assert line["marketplaceSaleTypeInvoiceInfo"] == {"tagNo": KUNYE.value}


def test_a_plain_line_has_none_of_these_fields() -> None:
    made = body(T.KONAKLAMAVERGISI)
    kinds = {"withholdingTax", "exportRegisteredAdditionalInfo", "marketplaceSaleTypeInvoiceInfo"}
    assert not kinds & made["invoiceLines"][0].keys()
    assert "totalWithholdingTax" not in made


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        (T.TEVKIFAT, "invoiceLines.0.withholdingTax.taxAmount"),
        (T.TEVKIFAT, "totalWithholdingTax.totalTaxAmount"),
        (T.TEVKIFAT, "totalWithholdingTax.subWithholdingTaxes.0.taxAmount"),
        (T.TEVKIFAT, "invoiceLines.0.withholdingTax.name"),
        (T.IHRACKAYITLI, "invoiceLines.0.exportRegisteredAdditionalInfo"),
        (T.IHRACKAYITLI, "invoiceLines.0.exportRegisteredAdditionalInfo.lineId"),
        (T.IHRACKAYITLI, "invoiceLines.0.totalTax.subTotalTaxes.0.taxExemptionReasonCode"),
        (T.HKSSATIS, "invoiceLines.0.marketplaceSaleTypeInvoiceInfo"),
        (T.HKSSATIS, "invoiceLines.0.marketplaceSaleTypeInvoiceInfo.tagNo"),
        (T.KONAKLAMAVERGISI, "invoiceLines.0.totalTax"),
        (T.SATIS, "invoiceLines.0.totalTax.subTotalTaxes.1.taxUnitPrice"),
    ],
)
def test_the_simulator_refuses_a_kind_without_what_makes_it_one(kind: InvoiceType, path: str) -> None:
    made: Any = body(kind)
    *parents, name = path.split(".")
    part = made
    for parent in parents:
        part = part[int(parent)] if isinstance(part, list) else part[parent]
    del part[name]
    with pytest.raises(RefusedError):
        sent_of(made, v2=False)


@pytest.mark.parametrize("name", ["marketplaceExpenses", "invoiceLines"])
def test_a_market_hall_s_commission_needs_its_expenses(name: str) -> None:
    made = body(T.HKSSATIS)
    made["invoiceInfo"]["invoiceTypeCode"] = "HKSKOMISYONCU"
    made["marketplaceExpenses"] = [{"type": "HKSNAVLUN", "amount": 100}]
    assert sent_of(made, v2=False).type_code == "HKSKOMISYONCU"
    made[name] = []
    with pytest.raises(RefusedError):
        sent_of(made, v2=False)


TAXES = "taxes[0]"


@pytest.mark.parametrize(
    ("kind", "details", "paths"),
    [
        (T.TEVKIFAT, LineDetails(withholding=WithheldVat(code="606", rate=Decimal("12.5"))), {"withholding.rate"}),
        (T.SATIS, LineDetails(taxes=(FurtherTax(code="8006", rate=Decimal(1)),)), {f"{TAXES}.code"}),
        (T.SATIS, LineDetails(taxes=(FurtherTax(code="9040", rate=Decimal(1)),)), {f"{TAXES}.code"}),
        (T.SATIS, LineDetails(taxes=(FurtherTax(code="1047", rate=Decimal("0.95")),)), {f"{TAXES}.rate"}),
        (
            T.SATIS,
            LineDetails(taxes=(FurtherTax(code="0071", per_unit=PerUnit(amount=Decimal("1.505"), unit="LTR")),)),
            {f"{TAXES}.per_unit.unit", f"{TAXES}.per_unit.amount"},
        ),
        (T.SATIS, LineDetails(marks=(KUNYE, KUNYE)), {"marks"}),
        (T.SATIS, LineDetails(marks=(replace(KUNYE, scheme="PLAKANO"),)), {"marks"}),
        (T.SATIS, LineDetails(marks=(Identification(scheme="KUNYENO", value="1"),)), {"marks"}),
        (T.HKSSATIS, LineDetails(), {"marks"}),
        (T.SATIS, LineDetails(delivery=DELIVERY), {"delivery"}),
        (T.IHRACKAYITLI, LineDetails(delivery=replace(DELIVERY, incoterms="FOB")), {"delivery.incoterms"}),
    ],
)
def test_what_v1_has_no_field_for_is_refused_by_name(kind: InvoiceType, details: LineDetails, paths: set[str]) -> None:
    assert refused(changes_of(kind, details)) == {f"$.order.lines[0].details.{path}" for path in paths}


def test_the_second_version_makes_plain_documents_alone() -> None:
    assert refused(changes_of(T.TEVKIFAT), earsiv_api="v2") == {
        "$.order.lines",
        f"$.order.lines[0].details.{Detail.WITHHOLDING}",
    }
    named = {"invoice_info": InvoiceInfo(invoice_type=T.KOMISYONCU)}
    assert refused(named, earsiv_api="v2") == {"$.order.invoice_info.InvoiceType"}


def test_an_efatura_is_of_the_first_version_and_has_them_whatever_earsiv_is_sent_by() -> None:
    changes, person = KINDS[T.TEVKIFAT]
    order = command(person=person, website=None, **changes)
    assert "withholdingTax" in prepared_by("trendyol-efaturam", order, DocumentType.EFATURA, earsiv_api="v2").request
