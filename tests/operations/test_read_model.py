"""Lists are the same from the read model and from the topics; acts go by the read model only while it is up to date."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.operations import documents, orders, read_model, review
from app.operations.errors import NotFoundError
from app.operations.json_values import json_value
from app.operations.read_model import FRESH_FOR, all_pages, why_stale
from app.stream.records import InRecord
from app.tracking.documents import track
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.filters import Page, PageRequest
from tests.harness.pipeline import BUSINESS, Pipeline, cancel, order, request
from tests.tracking.read_model.installation import Installation, model_in

NOW = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """An installation in memory, whose topics the operations read."""
    found = Pipeline()

    def read(_bootstrap: str, topic: str) -> Iterator[InRecord]:
        return iter(found.topics[topic])

    for module in (orders, documents):
        monkeypatch.setattr(module, "bootstrap", lambda: "")
        monkeypatch.setattr(module, "read_topic", read)
    return found


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ReadModel]:
    """The installation's read model; there is none yet."""
    made = model_in(tmp_path)
    monkeypatch.setattr(read_model, "read_model", lambda: made)
    yield made
    made.close()


@pytest.fixture
def project(pipeline: Pipeline, model: ReadModel) -> Callable[[datetime], None]:
    """Projects what is there; it was up to date at the moment that is given."""
    installation = Installation(model, pipeline)

    def run(at: datetime) -> None:
        installation.project()
        assert installation.projector is not None
        installation.projector.mark(at, 0, at)

    return run


async def fill(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1", lines=3), request("S-1", "1"), request("S-2", "1"), cancel("S-1", "2"))
    await pipeline.submit(order("S-3"), request("S-3", "1"))


def listed() -> dict[str, Any]:
    return {
        "orders": orders.list_orders(NOW, limit=9),
        "one": orders.list_orders(NOW, limit=1),
        "stuck": orders.list_orders(NOW, only_stuck=True, limit=9),
        "open": orders.open_lines(NOW, business=BUSINESS, older_than=timedelta(days=3), limit=9),
        "documents": documents.list_documents(limit=9),
        "planned": documents.list_documents(business=BUSINESS, order="S-3", state=DocumentState.PLANNED, limit=9),
        "attention": documents.list_documents(attention=True, limit=9),
        "reviews": review.list_reviews(),
    }


async def test_every_list_is_the_same_from_the_read_model_and_from_the_topics(
    pipeline: Pipeline, model: ReadModel, project: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(pipeline)
    by_topics = listed()
    assert by_topics["open"] and by_topics["documents"].total == 2
    project(NOW)
    monkeypatch.setattr(orders, "read_topic", None)
    monkeypatch.setattr(documents, "read_topic", None)
    by_model = listed()
    for name in by_topics.keys() - {"one"}:  # of orders that changed at one moment any may be the latest
        assert _rows(by_model[name]) == _rows(by_topics[name])
    assert (len(by_model["one"].latest), by_model["one"].total) == (1, 3)
    del model


def _rows(found: Any) -> list[str]:
    return sorted(json.dumps(json_value(each)) for each in getattr(found, "latest", found))


async def test_an_order_and_a_document_are_found_in_a_read_model_that_is_up_to_date(
    pipeline: Pipeline, project: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(pipeline)
    expected = orders.find_order("S-1")
    project(datetime.now(UTC))
    monkeypatch.setattr(orders, "read_topic", None)
    monkeypatch.setattr(documents, "all_documents", None)
    found = orders.find_order("S-1")
    assert (found.lines, found.documents) == (expected.lines, expected.documents)
    document = expected.documents[0]
    assert documents.find_document(document.latest.document_id[:13]) == document
    for beginning, sentence in (("never", "No documents"), ("", "2 documents")):
        with pytest.raises(NotFoundError, match=sentence):
            documents.find_document(beginning)
    with pytest.raises(NotFoundError, match="S-9"):
        orders.find_order("S-9")


async def test_what_is_acted_on_is_looked_up_in_the_topics_while_the_read_model_is_behind(
    pipeline: Pipeline, project: Callable[[datetime], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(pipeline)
    project(datetime.now(UTC) - 2 * FRESH_FOR)
    await pipeline.submit(order("S-4"), request("S-4", "1"))
    new = orders.find_order("S-4").documents[0]
    monkeypatch.setattr(documents, "all_documents", lambda: track(new.history))
    assert documents.find_document(new.latest.document_id) == new


async def test_how_old_a_list_is_is_one_sentence(model: ReadModel, pipeline: Pipeline) -> None:
    assert why_stale(NOW) is None
    installation = Installation(model, pipeline)
    installation.project()
    projector = installation.projector
    assert projector is not None
    assert why_stale(NOW) is None
    projector.mark(NOW, 7, None)
    assert why_stale(NOW) == "This is not complete yet: the read model is 7 records behind the topics."
    projector.mark(NOW, 0, NOW)
    assert why_stale(NOW + FRESH_FOR) is None
    late = NOW + timedelta(minutes=1)
    shown = "This is as of 2100-01-01 03:00:00+03:00: "
    assert why_stale(late) == f"{shown}no `faturaflow worker tracking` keeps the read model up to date."
    projector.mark(late, 3, None)
    assert why_stale(late) == f"{shown}the read model is 3 records behind the topics."


@pytest.mark.parametrize(("limit", "expected"), [(None, 450), (250, 250), (200, 200), (1, 1)])
def test_a_long_list_is_read_page_by_page(limit: int | None, expected: int) -> None:
    def read(page: PageRequest) -> Page[int]:
        start = int(page.cursor or 0)
        rows = tuple(range(start, min(start + page.limit, 450)))
        return Page(rows=rows, next=f"{start + len(rows)}" if start + len(rows) < 450 else None)

    assert all_pages(read, limit) == list(range(expected))
