"""No adapter claims more of its provider than is known of it."""

import re
from dataclasses import replace

import pytest

from app.domain.documents import DocumentType
from providers.base import Capabilities, Quota
from providers.base.reads import FileForm
from providers.registry import PROVIDERS, provider
from tests.contract.case import Case
from tests.contract.cases import CASES
from tests.contract.facts import CLAIMED, MADE_UP, NO_CLAIM, SOURCES, UNKNOWN, facts, stronger, weaker
from tests.providers.examples import FACTS, ISSUED_AT, command, connected

REAL = sorted(PROVIDERS.keys() - MADE_UP)
# One case for each provider and document type, with as few options as it has.
FIRST = {(case.name, case.document_type): case for case in reversed(CASES)}
# Three glasses for 120 lira.
PAYABLE = {"lira": re.compile(r"\b120(?:\.0+)?\b"), "kuruş": re.compile(r"\b12000\b")}


def test_every_provider_that_can_be_connected_is_in_the_table() -> None:
    assert [name for name in REAL if name not in facts()] == []


def test_every_line_of_the_table_has_a_mark_and_every_document_type_every_line() -> None:
    for name, kinds in facts().items():
        for kind, lines in kinds.items():
            assert lines.keys() == CLAIMED.keys() | NO_CLAIM, (name, kind)
            assert {mark for _, mark in lines.values()} <= {*SOURCES, UNKNOWN}, (name, kind)


def test_no_provider_is_known_to_be_consistent_or_to_take_a_repeat_without_a_look() -> None:
    lines = [lines for kinds in facts().values() for lines in kinds.values()]
    assert {each["consistent"][0] for each in lines} == {False}
    assert {each["sends_again"][0] for each in lines} == {"lookup_first", "never"}


@pytest.mark.parametrize("name", REAL)
def test_no_adapter_claims_more_than_is_known(name: str) -> None:
    for what in (provider(name).capabilities(), connected(name).capabilities):
        assert not set(stronger(what))


def test_every_document_type_of_a_provider_is_in_the_contract_suite() -> None:
    made = {(name, kind) for name in PROVIDERS for kind in provider(name).capabilities().document_types}
    assert made - FIRST.keys() == set()


@pytest.mark.parametrize("case", [case for case in FIRST.values() if case.name in REAL], ids=str)
def test_an_amount_goes_out_in_the_provider_s_unit(case: Case) -> None:
    adapter, order = case.connect("https://api.example"), command(person=case.person, **case.order)
    request = adapter.prepare(order, FACTS, case.document_type, ISSUED_AT, case.number("first")).request
    unit = facts()[case.name][case.document_type]["amounts"][0]
    assert {each for each, written in PAYABLE.items() if written.search(request)} == {unit}


@pytest.mark.parametrize(
    ("changes", "more"),
    [
        ({"visibility_seconds": 0.0}, ["EARSIV: consistent", "EFATURA: consistent"]),
        ({"cancels": frozenset(DocumentType)}, ["EFATURA: cancels"]),
        ({"unique_reference": True}, ["EFATURA: refuses_repeats"]),
        ({"document_types": frozenset({DocumentType.SALES_INVOICE})}, ["SALES_INVOICE: documents"]),
        ({"quota": Quota(requests=4, seconds=1.0)}, ["EARSIV: requests", "EFATURA: requests"]),
    ],
)
def test_a_claim_that_is_stronger_is_found(changes: dict[str, object], more: list[str]) -> None:
    assert stronger(replace(_qnb(), **changes)) == more  # type: ignore[arg-type]


def test_a_claim_that_is_weaker_is_listed() -> None:
    less = replace(_qnb(), downloads=frozenset({FileForm.PDF}), document_types=frozenset({DocumentType.EARSIV}))
    assert stronger(less) == []
    short = weaker(less)
    assert short == {"files": ["EARSIV"], "refuses_repeats": ["EARSIV"], "documents": ["EFATURA"]}


def _qnb() -> Capabilities:
    return provider("qnb-esolutions").capabilities()
