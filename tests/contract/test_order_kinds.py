"""An order that is more than a plain sale: made at a provider that has a place for all of it, else refused by name."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.documents import DocumentType
from app.domain.invoice_details import details_in
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InvoiceInfo, ReturnedInvoice
from app.domain.orders import LineKind
from providers.base import Adapter, Done, UnpreparableError
from tests.contract.bench import Bench
from tests.contract.case import Case
from tests.contract.cases import CASES, OF_EACH_TYPE
from tests.documents.order_kinds import KINDS
from tests.planning.credits import invoiced, returned
from tests.planning.events import line
from tests.providers.examples import FACTS, ISSUED_AT, command

BY_NAME = "NOT_AT_THIS_PROVIDER"
# The e-Fatura of a market hall has a profile of its own, and not these types.
ARCHIVE_ONLY = {InvoiceType.HKSSATIS, InvoiceType.HKSKOMISYONCU}
PAIRS = [
    pytest.param(case, kind, id=f"{case}-{kind.name}")
    for case in CASES
    for kind in KINDS
    if case.document_type is not DocumentType.EFATURA or kind not in ARCHIVE_ONLY
]


# Where a tax has a rate alone; the plain sale among the kinds has one by piece.
ONLY_BY_RATE = {("gib-earsiv", InvoiceType.SATIS)}


# Trendyol's second version is known from clients alone, for plain documents.
PLAIN_ALONE = {"earsiv_api": "v2"}

# What a return has of its own; series and profiles are those of the provider's case.
OF_A_RETURN = ("intent", "lines", "payment", "website", "note", "carrier", "shipment_reference", "invoice_info")


def has_a_place(adapter: Adapter, kind: InvoiceType) -> bool:
    changes, _ = KINDS[kind]
    parts = (changes.get("details"), *(line.details for line in changes["lines"]))
    given = {detail for part in parts if part for detail in details_in(part)}
    return kind in adapter.capabilities.invoice_types and given <= adapter.capabilities.details


@pytest.mark.parametrize(("case", "kind"), PAIRS)
def test_what_a_provider_has_no_place_for_is_refused_by_name_and_the_rest_is_made(
    case: Case, kind: InvoiceType
) -> None:
    adapter = case.connect("https://provider.example")
    changes, person = KINDS[kind]
    order = command(person=person, website=None, **changes)
    lacks_it = (case.name, kind) in ONLY_BY_RATE or case.options == PLAIN_ALONE
    if has_a_place(adapter, kind) and not lacks_it:
        assert adapter.prepare(order, FACTS, case.document_type, ISSUED_AT, case.number("first")).request
        return
    with pytest.raises(UnpreparableError) as refused:
        adapter.prepare(order, FACTS, case.document_type, ISSUED_AT, case.number("first"))
    assert BY_NAME in {error.code for error in refused.value.errors}


@pytest.mark.parametrize("bench", OF_EACH_TYPE, ids=str, indirect=True)
async def test_a_return_is_made_as_one_where_there_is_a_place_for_it(bench: Bench) -> None:
    returned = (ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=date(2026, 4, 1)),)
    info = InvoiceInfo(invoice_type=InvoiceType.IADE, return_invoice_info=returned)
    if InvoiceType.IADE not in bench.adapter.capabilities.invoice_types:
        with pytest.raises(UnpreparableError) as refused:
            bench.prepared(invoice_info=info)
        assert BY_NAME in {error.code for error in refused.value.errors}
        return
    prepared = bench.prepared(invoice_info=info)
    made = await bench.create(prepared)
    assert isinstance(made, Done)
    found = await bench.find(prepared, 5.0)
    assert isinstance(found, Done)
    assert found.number == made.number
    assert "IADE" in prepared.request
    assert len((await bench.record())["documents"]) == 1


@pytest.mark.parametrize("bench", OF_EACH_TYPE, ids=str, indirect=True)
async def test_r14_a_return_as_the_planner_commands_it_is_made_where_there_is_a_place_for_it(bench: Bench) -> None:
    if InvoiceType.IADE not in bench.adapter.capabilities.invoice_types:
        return
    sold = (line("1", "33.33", quantity=Decimal(3)), line("2", "-10.00", kind=LineKind.DISCOUNT))
    order = invoiced(*sold, day=date(2026, 4, 1)).command(returned("R-1", _1=2)).order
    assert order is not None
    taken = {name: getattr(order, name) for name in OF_A_RETURN}
    prepared = bench.prepared(**taken)
    made = await bench.create(prepared)
    assert isinstance(made, Done)
    assert "IADE" in prepared.request
    assert len((await bench.record())["documents"]) == 1
