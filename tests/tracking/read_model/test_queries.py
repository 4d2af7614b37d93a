"""Lists are narrowed, paged and searched; each row that does not change is on exactly one page."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, update

from app.domain.documents import DocumentState
from app.tracking.orders import LineState, OrderState, Stuck
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import CursorExpiredError, CursorMismatchError
from app.tracking.read_model.filters import DocumentFilter, OpenLineFilter, OrderFilter, PageRequest, StuckSince
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rebuild import contents_of
from app.tracking.read_model.tables import orders
from tests.harness.pipeline import BUSINESS, START, cancel, order, request
from tests.tracking.read_model.installation import CLUSTER, Installation

LATER = START + timedelta(days=30)
INVOICE = {"type": "InvoiceRequested", "line_references": ["1"]}


def found(installation: Installation, **wanted: Any) -> list[str]:
    return sorted(row.order_reference for row in installation.queries.orders(OrderFilter(**wanted)).rows)


async def test_orders_are_narrowed_by_each_of_their_filters(installation: Installation) -> None:
    await installation.submit(order("S-1", customer_number="M-1"), request("S-1", "1"))
    installation.pipeline.now += timedelta(hours=1)
    await installation.submit(order("S-2"), request("S-3", "1"), {**order("S-4"), "gift": True})
    hour = START + timedelta(hours=1)
    assert found(installation, business=BUSINESS) == ["S-1", "S-2", "S-3", "S-4"]
    assert found(installation, business="another") == []
    assert found(installation, order_reference="S-2") == ["S-2"]
    assert found(installation, customer_number="M-1") == ["S-1"]
    assert found(installation, state=OrderState.IN_PROGRESS) == ["S-1"]
    assert found(installation, state=OrderState.OPEN) == ["S-2"]
    assert found(installation, state=OrderState.WAITING) == ["S-3"]
    assert found(installation, state=OrderState.REFUSED) == ["S-4"]
    assert found(installation, provider="nilvera", connection="nilvera") == ["S-1"]
    assert found(installation, provider="sovos") == []
    assert found(installation, changed_from=hour) == ["S-2", "S-3", "S-4"]
    assert found(installation, changed_before=hour) == ["S-1"]
    week = timedelta(days=7)
    assert found(installation, stuck=StuckSince(now=START, open_for=week)) == ["S-3", "S-4"]
    assert found(installation, stuck=StuckSince(now=LATER, open_for=week)) == ["S-2", "S-3", "S-4"]


async def test_an_order_is_completed_when_each_line_is_cancelled_or_on_a_legal_document(
    installation: Installation,
) -> None:
    await installation.submit(order("S-1", lines=2), request("S-1", "1"), cancel("S-1", "2"))
    document = installation.queries.documents().rows[0].latest.document_id
    assert found(installation, state=OrderState.IN_PROGRESS) == ["S-1"]
    await installation.progress("S-1", document, DocumentState.ISSUED, number="EAR2026000000001")
    assert found(installation, state=OrderState.COMPLETED) == ["S-1"]


async def test_documents_are_narrowed_by_each_of_their_filters(installation: Installation) -> None:
    await installation.submit(order("S-1"), request("S-1", "1"), order("S-2"), request("S-2", "1"))
    document = installation.queries.documents(DocumentFilter(order_reference="S-1")).rows[0].latest.document_id
    issued_on = START.date()
    await installation.progress(
        "S-1", document, DocumentState.ISSUED, number="EAR2026000000001", ettn=document, issue_date=issued_on
    )

    def of(**wanted: Any) -> list[str]:
        return sorted(
            row.latest.order_reference for row in installation.queries.documents(DocumentFilter(**wanted)).rows
        )

    assert of(business=BUSINESS) == of(provider="nilvera") == of(connection="nilvera") == ["S-1", "S-2"]
    assert of(state=DocumentState.ISSUED) == of(number="EAR2026000000001") == of(q=document) == ["S-1"]
    assert of(issued_from=issued_on, issued_to=issued_on) == ["S-1"]
    assert of(issued_from=issued_on + timedelta(days=1)) == []
    assert of(waits=True) == []
    assert of(waits=False) == ["S-1", "S-2"]


async def test_what_waits_for_a_person_is_found(installation: Installation) -> None:
    await installation.submit(order("S-1"), request("S-1", "1"))
    document = installation.queries.documents().rows[0].latest.document_id
    await installation.progress("S-1", document, DocumentState.DRAFT)
    (row,) = installation.queries.documents(DocumentFilter(waits=True)).rows
    assert (row.latest.document_id, row.waits) == (document, True)
    assert found(installation, attention=True) == ["S-1"]
    assert installation.queries.document_ids(document[:9]) == (document,)


async def test_open_lines_come_with_their_age_the_oldest_first(installation: Installation) -> None:
    await installation.submit(order("S-1", lines=2), request("S-1", "1"))
    installation.pipeline.now += timedelta(days=1)
    await installation.submit(order("S-2"))
    rows = installation.queries.open_lines(OpenLineFilter(business=BUSINESS)).rows
    assert [(row.order_reference, row.line_reference, row.since) for row in rows] == [
        ("S-1", "2", START),
        ("S-2", "1", START + timedelta(days=1)),
    ]
    assert {row.state for row in rows} == {LineState.OPEN}
    old = installation.queries.open_lines(OpenLineFilter(open_before=START + timedelta(hours=1))).rows
    assert [row.order_reference for row in old] == ["S-1"]


def many(model: ReadModel, count: int) -> None:
    """Orders as the projection would have written them, a second after each other; some of one moment."""
    row = {
        "business": BUSINESS,
        "state": "OPEN",
        "events": 1,
        "document_ids": "",
        "lines": 1,
        "open_lines": 1,
        "attention": False,
        "search_text": "s",
        "digest": "d",
        "row_seq": 0,
    }
    with model.ensure(CLUSTER).writing() as transaction:
        transaction.execute(
            insert(orders),
            [
                {
                    **row,
                    "order_key": f"{BUSINESS}/S-{number:05}",
                    "order_reference": f"S-{number:05}",
                    "changed_at": START + timedelta(seconds=number // 3),
                }
                for number in range(count)
            ],
        )


def test_ten_thousand_rows_are_paged_through_while_they_change_and_none_that_does_not_is_missed_or_doubled(
    installation: Installation,
) -> None:
    many(installation.model, 10_000)
    queries, seen, cursor, page = installation.queries, list[str](), None, 0
    changed = set[str]()
    while True:
        rows = queries.orders(OrderFilter(business=BUSINESS), PageRequest(limit=200, cursor=cursor))
        seen += [row.order_reference for row in rows.rows]
        if rows.next is None:
            break
        cursor, page = rows.next, page + 1
        moved = [f"S-{number:05}" for number in range(page * 37 % 100, 10_000, 997)]
        changed.update(moved)
        with installation.model.live().writing() as transaction:
            later = update(orders).where(orders.c.order_reference.in_(moved))
            transaction.execute(later.values(changed_at=LATER + timedelta(seconds=page)))
    still = [reference for reference in seen if reference not in changed]
    assert len(still) == len(set(still)) == 10_000 - len(changed)
    assert page > 40


async def test_the_feed_has_each_change_once_behind_the_one_before_it(installation: Installation) -> None:
    await installation.submit(order("S-1"), order("S-2"), request("S-1", "1"))
    feed, cursor = list[tuple[str, str]](), None
    while rows := (page := installation.queries.changes(PageRequest(limit=1, cursor=cursor))).rows:
        feed += [(change.kind, change.key) for change in rows]
        cursor = page.next
    assert sorted(kind for kind, _ in feed) == ["document", "order", "order"]
    await installation.submit(cancel("S-2", "1"))
    again = installation.queries.changes(PageRequest(cursor=cursor))
    assert [change.key for change in again.rows] == [f"{BUSINESS}/S-2"]


async def test_a_cursor_is_of_its_list_its_filters_and_its_read_model(installation: Installation) -> None:
    await installation.submit(order("S-1"), order("S-2"))
    queries = installation.queries
    cursor = queries.orders(page=PageRequest(limit=1)).next
    assert cursor is not None
    page = PageRequest(limit=1, cursor=cursor)
    assert len(queries.orders(page=page).rows) == 1
    for refused in (
        lambda: queries.orders(OrderFilter(business=BUSINESS), page),
        lambda: queries.open_lines(page=page),
        lambda: queries.orders(page=replace(page, cursor=cursor[:-2])),
        lambda: queries.orders(page=replace(page, cursor="ş")),
        lambda: queries.orders(page=replace(page, cursor="")),
    ):
        with pytest.raises(CursorMismatchError):
            refused()
    installation.model.promote(installation.model.beside(CLUSTER))
    with pytest.raises(CursorExpiredError):
        queries.orders(page=page)


@pytest.mark.parametrize("limit", [0, 201])
def test_a_page_has_one_to_two_hundred_rows(limit: int) -> None:
    with pytest.raises(ValueError, match="1 to 200"):
        PageRequest(limit=limit)


async def test_how_far_the_read_model_is_behind_is_noted(installation: Installation) -> None:
    installation.project()
    assert installation.projector is not None
    assert installation.queries.freshness().checked_at is None
    installation.projector.mark(START, 0, START)
    installation.projector.mark(LATER, 5, None)
    fresh = installation.queries.freshness()
    assert (fresh.checked_at, fresh.current_at, fresh.behind) == (LATER, START, 5)


async def test_a_rebuild_counts_what_it_has(installation: Installation) -> None:
    await installation.submit(order("S-1"), request("S-1", "1"))
    counted = contents_of(installation.model.live())
    assert (counted.orders, counted.documents, counted.errors) == (1, 1, 0)


def test_two_processes_read_one_file_and_both_see_the_one_that_was_put_in_its_place(
    installation: Installation, tmp_path: Path
) -> None:
    many(installation.model, 1)
    other = ReadModel.of(f"sqlite:///{tmp_path}/store.db")
    queries = Queries(other)
    assert len(queries.orders().rows) == 1
    installation.model.promote(installation.model.beside(CLUSTER))
    assert queries.orders().rows == ()
    assert {file.suffixes[-2] for file in tmp_path.glob("*.read-model.*.db")} == {".1", ".2"}
    installation.model.beside(CLUSTER).close()
    assert {file.suffixes[-2] for file in tmp_path.glob("*.read-model.*.db")} == {".2", ".3"}
    other.close()


async def test_why_an_order_may_need_a_person_is_shown_with_the_time_since_when(installation: Installation) -> None:
    await installation.submit(order("S-1"))
    (row,) = installation.queries.orders().rows
    assert row.waiting == {Stuck.OPEN_LINES: datetime(2026, 11, 2, 9, tzinfo=UTC)}
