"""Which order a reference means, which ones a person should look at, and what is wrong with a file of events."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from app.operations import order_file, orders
from app.operations.errors import NotFoundError, RefusedInputError
from app.operations.order_file import EventsRefusedError, read_events
from app.operations.orders import find_order, list_orders
from app.stream.records import InRecord
from tests.harness.pipeline import BUSINESS, Pipeline, order, request


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> Pipeline:
    """An installation in memory, whose topics the operations read."""
    found = Pipeline()

    def read(_bootstrap: str, topic: str) -> Iterator[InRecord]:
        return iter(found.topics[topic])

    monkeypatch.setattr(orders, "bootstrap", lambda: "")
    monkeypatch.setattr(orders, "read_topic", read)
    return found


async def test_an_order_is_found_by_its_reference_and_business(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1"))
    assert find_order("S-1").business == find_order("S-1", BUSINESS).business == BUSINESS


@pytest.mark.parametrize(("reference", "business"), [("S-2", None), ("S-1", "another")])
async def test_an_order_that_there_is_not_is_not_found(
    pipeline: Pipeline, reference: str, business: str | None
) -> None:
    await pipeline.submit(order("S-1"))
    with pytest.raises(NotFoundError, match=reference):
        find_order(reference, business)


async def test_a_list_counts_what_its_limit_leaves_out_and_can_have_only_the_stuck(pipeline: Pipeline) -> None:
    await pipeline.submit(order("S-1"), request("S-1", "1"), request("S-2", "1"))
    now = datetime(2100, 1, 1, tzinfo=UTC)
    assert (len(list_orders(now, limit=1).latest), list_orders(now, limit=1).total) == (1, 2)
    stuck = list_orders(pipeline.now, only_stuck=True, limit=9)
    assert [each.order_reference for each in stuck.latest] == ["S-2"]


def test_a_file_with_an_event_that_intake_would_refuse_gives_none_of_its_events() -> None:
    wrong = {**order("S-2"), "gift": "yes"}
    with pytest.raises(EventsRefusedError, match=r"event 2 \(line 2\): \$\.gift UNKNOWN_FIELD") as refused:
        read_events(f"{json.dumps(order('S-1'))}\n{json.dumps(wrong)}".encode(), "orders.json")
    assert [each.number for each in refused.value.refused] == [2]


def test_a_file_without_events_and_one_that_is_too_large_are_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedInputError, match=r"orders\.json holds no event"):
        read_events(b"", "orders.json")
    monkeypatch.setattr(order_file, "MOST_BYTES", 3)
    with pytest.raises(RefusedInputError, match=r"orders\.json has more than"):
        read_events(b"[{}]", "orders.json")
