"""A long run is checked in slices: each order, and each document that a provider made, in exactly one."""

from app.testbed.chaos.collect_evidence import ORDERS_PER_SLICE, ProviderRecords, Slice, slices_of
from tests.testbed.chaos import evidence

ORDERS = [("PAZARYERI", f"S-{number}") for number in range(300)]
ROW = {
    "company": evidence.COMPANY,
    "number": "DNA2026000000001",
    "order_reference": "S-1",
    "receiver_tax_number": "11111111111",
    "payable": "150.00",
    "lines": [{"name": "Ürün 1"}],
    "state": "SUCCEEDED",
}


def records_of(*references: str) -> ProviderRecords:
    rows = [{**ROW, "reference": reference} for reference in references]
    calls = [{"reference": reference, "said": ["CREATE"]} for reference in sorted(set(references))]
    return ProviderRecords.of({"nilvera": {"provider": "nilvera", "documents": rows, "calls": calls}})


def test_a_run_of_a_few_minutes_is_one_slice_and_a_long_one_several() -> None:
    assert len(slices_of(0)) == len(slices_of(ORDERS_PER_SLICE)) == 1
    assert len(slices_of(ORDERS_PER_SLICE * 5)) == 5
    assert [part.is_last for part in slices_of(ORDERS_PER_SLICE * 3)] == [False, False, True]


def test_each_order_is_in_exactly_one_slice() -> None:
    parts = [Slice(number=number, of=4) for number in range(4)]
    assert all(sum(part.has(order) for part in parts) == 1 for order in ORDERS)
    assert all(any(part.has(order) for order in ORDERS) for part in parts)


def test_a_made_document_goes_to_the_slice_that_knows_it_and_a_stray_one_to_the_last() -> None:
    records = records_of("d-1", "d-2", "d-2", "stray")
    first = records.take({"d-2", "d-3"}, rest=False)
    last = records.take({"d-1"}, rest=True)
    assert [document.reference for document in first] == ["d-2", "d-2"]
    assert sorted(document.reference for document in last) == ["d-1", "stray"]
    assert [calls.reference for calls in records.take_calls({"d-2", "d-3"}, rest=False)] == ["d-2"]
    assert {calls.reference for calls in records.take_calls({"d-1"}, rest=True)} == {"d-1", "stray"}
