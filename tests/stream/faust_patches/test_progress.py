"""Where the fetcher stands, over aiokafka's own books of an assignment."""

from types import SimpleNamespace
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.consumer.subscription_state import SubscriptionState

from app.stream.faust_patches.progress import FetchState, fetch_states, state_of
from app.stream.ownership.epoch import Epoch

A, B, CHANGELOG = TopicPartition("log", 0), TopicPartition("log", 1), TopicPartition("orders-changelog", 0)


@pytest.fixture
async def books() -> SubscriptionState:
    """An assignment of all three."""
    books = SubscriptionState()
    books.assign_from_user([A, B, CHANGELOG])
    return books


def standing(books: SubscriptionState, tp: TopicPartition, *, at: int, highwater: int, lso: int | None) -> None:
    state = books.subscription.assignment.state_value(tp)
    state.seek(at)
    state.highwater, state.lso = highwater, lso


def fetched(books: SubscriptionState, epoch: Epoch | None) -> list[FetchState]:
    app: Any = SimpleNamespace(
        epoch=epoch,
        consumer=SimpleNamespace(_thread=SimpleNamespace(_consumer=SimpleNamespace(_subscription=books))),
        tables=SimpleNamespace(changelog_topics={CHANGELOG.topic}),
    )
    return list(fetch_states(app))


async def test_a_partition_has_a_state_only_while_it_is_assigned(books: SubscriptionState) -> None:
    assert state_of(SimpleNamespace(_subscription=SubscriptionState()), A) is None
    consumer = SimpleNamespace(_subscription=books)
    before = state_of(consumer, A)
    assert before is not None
    books.unsubscribe()
    books.assign_from_user([A])
    assert state_of(consumer, A) not in (before, None)
    assert state_of(consumer, B) is None


async def test_what_an_open_transaction_holds_back_cannot_be_read(books: SubscriptionState) -> None:
    standing(books, A, at=3, highwater=9, lso=5)
    standing(books, B, at=4, highwater=9, lso=None)
    standing(books, CHANGELOG, at=1, highwater=9, lso=9)
    assert fetched(books, Epoch(1, [A, B, CHANGELOG])) == [
        FetchState(partition=("log", 0), position=3, readable=5),
        FetchState(partition=("log", 1), position=4, readable=9),
    ]


async def test_nothing_is_said_outside_an_epoch_nor_of_a_partition_without_a_position(books: SubscriptionState) -> None:
    assert fetched(books, Epoch(1, [A, B])) == []
    standing(books, A, at=3, highwater=9, lso=9)
    assert fetched(books, None) == []
