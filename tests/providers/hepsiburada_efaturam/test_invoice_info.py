"""Each field of an order and of its lines, alone: it is in what the service has, and so is every kind of order."""

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from lxml import etree

from app.domain.documents import DocumentType
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from providers.base import Done, Prepared, Step, StepInput, UnpreparableError
from providers.hepsiburada_efaturam.mapping import buyer_in, invoice_in
from tests.documents.order_kinds import KINDS
from tests.providers.examples import FACTS, ISSUED_AT, LINE, command
from tests.providers.hepsiburada_efaturam.service import SECONDS, Service

DAY = date(2026, 4, 29)
OF_THE_ORDER: dict[str, tuple[dict[str, Any], list[str]]] = {
    "note": ({"note": "Kapıda bırakın"}, ["Kapıda bırakın"]),
    "due_date": ({"due_date": date(2026, 6, 7)}, ["2026-06-07"]),
    "currency": ({"currency": "EUR", "exchange_rate": Decimal("48.1234")}, [">EUR<", ">48.1234<"]),
    "website": ({"website": "other.example"}, ["other.example"]),
    "sku": ({"lines": (replace(LINE, sku="SKU-9"),)}, ["SKU-9"]),
    "unit": ({"lines": (replace(LINE, unit="KGM"),)}, ['"KGM"']),
    "line_reference": ({"lines": (replace(LINE, line_reference="LR-5"),)}, ["LR-5"]),
    "discount": ({"lines": (replace(LINE, discount=Decimal(12)),)}, [">10.00<"]),
    "name": ({"lines": (replace(LINE, name="Tabak"),)}, ["Tabak"]),
}


async def has(service: Service, needles: list[str], **changes: Any) -> None:
    done = await service.create(service.prepared(command(**changes)))
    assert isinstance(done, Done), done
    (document,) = service.documents
    text = etree.tostring(document.sent.document, encoding="unicode")
    text += json.dumps(document.sent.beside, ensure_ascii=False)
    assert [needle for needle in needles if needle not in text] == []


@pytest.mark.parametrize("name", OF_THE_ORDER)
async def test_a_field_of_the_order_is_in_what_the_service_has(service: Service, name: str) -> None:
    changes, needles = OF_THE_ORDER[name]
    await has(service, needles, **changes)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
async def test_an_order_of_every_invoice_type_is_taken(service: Service, kind: InvoiceType) -> None:
    changes, person = KINDS[kind]
    made = command(person=person, website=None, **changes)
    prepared = service.adapter.prepare(made, FACTS, DocumentType.EARSIV, ISSUED_AT)
    await service.switch("taxpayers", unregistered=[buyer_of(prepared)])
    done = await service.create(prepared)
    assert isinstance(done, Done), done
    seen = await service.adapter.find_prepared(StepInput(Step.INVOICE, prepared), SECONDS)
    assert isinstance(seen, Done), seen
    (document,) = service.documents
    withheld = document.sent.text("WithholdingTaxTotal", "TaxAmount")
    assert bool(withheld) == bool(document.sent.beside["earchiveinvoiceinfo"].get("withholdings"))


def buyer_of(prepared: Prepared) -> str:
    return str(buyer_in(invoice_in(prepared.request))["TaxNumber"])


def test_a_template_of_another_provider_is_refused_by_its_name(service: Service) -> None:
    named = InvoiceInfo(template_uuid="0f8fad5b-d9cb-469f-a165-70867728950e")
    with pytest.raises(UnpreparableError) as refusal:
        service.prepared(command(invoice_info=named))
    assert [error.path for error in refusal.value.errors] == ["$.order.invoice_info.TemplateUUID"]
