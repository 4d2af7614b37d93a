"""Each field of an order's InvoiceInfo alone: it is in what the provider has of it, or refused by its name."""

from dataclasses import fields

import pytest

from app.domain.invoice_info.model import model_name
from providers.base import Done
from tests.contract.bench import bench_of
from tests.contract.case import Case
from tests.contract.header_fields import FIELDS, OF_A_TAX, REAL, Field, given_fields, refusals

PAIRS = [
    pytest.param(case, each, id=f"{case}-{each}")
    for case in REAL
    for each in FIELDS
    if case.document_type in each.document_types and not (case.we_number and each.name == "invoice_serie_or_number")
]


@pytest.mark.parametrize(("case", "each"), PAIRS)
async def test_a_field_is_in_what_the_provider_has_or_is_refused_by_its_name(case: Case, each: Field) -> None:
    if refused := refusals(case, each):
        named = {name.partition(".")[0] for name in refused}
        assert model_name(each.of_the_model) in named or each.of_order in refused
        return
    async with bench_of(case) as bench:
        prepared = bench.prepared(each.name, invoice_info=each.info, **each.order)
        outcome = await bench.create(prepared)
        assert isinstance(outcome, Done), outcome
        content = (await bench.contents())[prepared.reference]
    assert [word for word in each.words if not _has(content, word)] == []


def _has(content: str, word: str | tuple[str, ...]) -> bool:
    return any(each in content for each in ((word,) if isinstance(word, str) else word))


def test_no_field_of_the_model_is_forgotten_here() -> None:
    given = set(given_fields())
    kinds = {kind for kind, _ in given}
    every = {(kind, each.name) for kind in kinds for each in fields(kind)}
    assert every - given == {OF_A_TAX}
