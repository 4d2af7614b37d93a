"""What a provider itself has: its lists by days and its links, at every provider that declares them."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from app.domain.documents import DocumentState
from app.domain.time import legal_date
from providers.base import Absent, Done, GivesLinks, Issued, KeepsLinks, ListsIssued, Prepared, Unclear
from providers.base.reads import Days, DocumentLink, ListedDocument
from providers.transport import pages
from tests.contract.bench import Bench
from tests.contract.case import NOWHERE, Case
from tests.contract.cases import CASES
from tests.contract.test_contract import SECONDS
from tests.providers.examples import ISSUED_AT

ISSUED_ON = legal_date(ISSUED_AT)


def has(case: Case, ability: str) -> bool:
    """Whether its adapter says so, which is all that an operation knows."""
    return case.document_type in getattr(case.connect(NOWHERE, **needed(case)).capabilities, ability)


def needed(case: Case) -> dict[str, str]:
    """What a connection to the simulator is told that the real service's address says."""
    return {"view_link": "https://portal.example.test/{uuid}"} if case.name == "hepsiburada-efaturam" else {}


LISTING = pytest.mark.parametrize("bench", [case for case in CASES if has(case, "lists")], ids=str, indirect=True)
LINKING = pytest.mark.parametrize("bench", [case for case in CASES if has(case, "links")], ids=str, indirect=True)


async def made(bench: Bench, name: str) -> tuple[Prepared, Done]:
    prepared = bench.prepared(name)
    done = await bench.create(prepared, SECONDS)
    assert isinstance(done, Done)
    return prepared, done


async def listed(bench: Bench, *days: date) -> list[ListedDocument]:
    """What the list has on these days, of the document type of the case."""
    assert isinstance(bench.adapter, ListsIssued)
    found: dict[str, ListedDocument] = {}
    for day in days:
        rows = await bench.adapter.list_issued(Days(first=day, last=day), SECONDS)
        assert not isinstance(rows, Unclear), rows
        assert len({row.provider_reference for row in rows}) == len(rows)
        found |= {row.provider_reference: row for row in rows}
    return [row for row in found.values() if row.document_type is bench.case.document_type]


def today() -> date:
    return legal_date(datetime.now(UTC))


def names(rows: Iterable[ListedDocument]) -> set[str | None]:
    """What each is known by: our reference, and where the list does not show that, its ETTN."""
    return {row.reference or row.ettn for row in rows}


def names_of(prepared: Prepared, done: Done, rows: Iterable[ListedDocument]) -> str | None:
    """The same of a document of ours, as this list shows them."""
    return prepared.reference if any(row.reference for row in rows) else done.ettn


@LISTING
async def test_a_list_has_every_document_of_its_days_each_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_SIZE", 2)
    for module in ("nilvera.lists", "hepsiburada_efaturam.lists", "trendyol_efaturam.lists", "kolaybi.reading"):
        monkeypatch.setattr(f"providers.{module}.PAGE_SIZE", 2)
    monkeypatch.setattr("providers.parasut.books.PAGE_SIZE", 2)
    sent = [await made(bench, f"number {n}") for n in range(5)]
    # Of a document without a date of issue the list knows the day on which it was taken.
    rows = await listed(bench, ISSUED_ON, today())
    assert names(rows) == {names_of(prepared, done, rows) for prepared, done in sent}
    assert {row.ettn for row in rows} <= {done.ettn for _, done in sent} | {None}


@LISTING
async def test_what_a_row_shows_is_what_was_sent(bench: Bench) -> None:
    prepared, done = await made(bench, "first")
    (row,) = await listed(bench, ISSUED_ON, today())
    buyer = bench.command("first").person
    assert buyer is not None
    assert (row.reference or row.ettn) == names_of(prepared, done, [row])
    assert row.number in {None, done.number}
    assert row.issue_date in {None, ISSUED_ON}
    assert f"{row.payable}" in {"None", "120.0", "120.00"}
    assert row.currency in {None, "TRY"}
    assert row.buyer_tax_number in {None, buyer.buyer.tax_number}
    assert row.state in {None, DocumentState.ISSUED, DocumentState.DELIVERED}


@LISTING
async def test_a_list_of_other_days_has_nothing_and_is_no_failure(bench: Bench) -> None:
    await made(bench, "first")
    assert await listed(bench, ISSUED_ON - timedelta(days=1), ISSUED_ON + timedelta(days=1)) == []


@LISTING
async def test_a_list_that_cannot_be_had_is_unclear_and_never_empty(bench: Bench) -> None:
    assert isinstance(bench.adapter, ListsIssued)
    await made(bench, "first")
    await bench.change(down=True)
    assert isinstance(await bench.adapter.list_issued(Days(first=ISSUED_ON, last=ISSUED_ON), SECONDS), Unclear)


@LISTING
async def test_a_list_of_another_login_is_unclear_or_has_nothing_of_ours(bench: Bench) -> None:
    await made(bench, "first")
    stranger = bench.case.connect(bench.url, "wrong-key")
    assert isinstance(stranger, ListsIssued)
    found = await stranger.list_issued(Days(first=ISSUED_ON, last=ISSUED_ON), SECONDS)
    await stranger.close()
    assert isinstance(found, Unclear)


@LINKING
async def test_a_link_is_of_a_document_that_is_there_and_shown_in_no_text(bench: Bench) -> None:
    adapter = bench.case.connect(bench.url, **needed(bench.case))
    assert isinstance(adapter, GivesLinks)
    if isinstance(adapter, KeepsLinks):
        adapter.use_links(bench.links)
    prepared, done = await made(bench, "first")
    issued = Issued(reference=prepared.reference, document_type=prepared.document_type, number=done.number)
    link = await adapter.link(issued, SECONDS)
    absent = Issued(reference=bench.prepared("never sent").reference, document_type=prepared.document_type)
    nothing = await adapter.link(absent, SECONDS)
    await adapter.close()
    assert isinstance(link, DocumentLink)
    assert link.url.startswith(("https://", bench.url))
    assert link.url not in repr(link)
    assert nothing == Absent() or (bench.adapter.capabilities.keeps_links and isinstance(nothing, Unclear))
