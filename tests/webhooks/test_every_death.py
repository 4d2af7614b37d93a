"""The worker dies at every statement and around every call: each event is accepted, and in its document's sequence."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from app.store import DeliveryState
from app.store.webhooks.queue import CLAIMED_FOR, Claimed
from app.store.webhooks.schedule import Answer
from app.webhooks.enqueuing import Enqueuer
from app.webhooks.sending import Sender
from tests.webhooks.queued import BROKEN, OK, Queued, queued_in
from tests.webhooks.topics import CODEC, STATUSES, TOPICS, FakeTopics, status_of

DOCUMENTS = 2
STEPS = 3
MOST_STEPS = 500
# More rounds than any story needs: after a death a claim runs out, after a failure a pause.
ROUNDS = 40


class DiedError(Exception):
    """The process has ended here."""


@dataclass(slots=True)
class Fate:
    """The worker dies at this step; a statement of SQL is one, and so are the beginning and the end of a call."""

    at: int
    steps: int = 0

    def step(self) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise DiedError


@dataclass(slots=True)
class Shop:
    """A receiver that fails at its first calls; it keeps what it has begun to get and what it has accepted."""

    fate: Fate
    failures: int
    began: list[str] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)

    async def __call__(self, claimed: Claimed) -> Answer:
        self.fate.step()
        self.began.append(claimed.event_id)
        if len(self.began) <= self.failures:
            answer = BROKEN
        else:
            self.accepted.append(claimed.event_id)
            answer = OK
        self.fate.step()
        return answer


@contextmanager
def befalling(known: Queued, fate: Fate) -> Iterator[None]:
    engine: Engine = known.store._engine

    def before(*_: Any) -> None:
        fate.step()

    event.listen(engine, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", before)


async def _work(known: Queued, topics: FakeTopics, shop: Shop) -> None:
    """One life of the worker: what is new is queued, and what is due is sent."""
    enqueuer = Enqueuer(known.queue, TOPICS, CODEC, known.clock)
    records = topics.from_on(enqueuer.begin(topics.logs()))
    for start in range(0, len(records), 2):
        enqueuer.apply(records[start : start + 2])
    sender = Sender(known.queue, shop)
    while known.queue.due_endpoints():
        await sender.send_due()
        await sender.all_ended()


def story(folder: Path, at: int, failures: int) -> tuple[Fate, Shop, list[DeliveryState], list[str]]:
    with queued_in(folder) as known:
        endpoint, topics = known.add(), FakeTopics()
        for sequence in range(1, STEPS + 1):
            for document in range(DOCUMENTS):
                topics.write(STATUSES, status_of(f"d{document}", sequence))
        fate = Fate(at)
        shop = Shop(fate, failures)
        with befalling(known, fate):
            for _ in range(ROUNDS):
                with suppress(DiedError):
                    asyncio.run(_work(known, topics, shop))
                known.clock.now += CLAIMED_FOR
                if fate.steps >= at and set(known.states(endpoint)) == {DeliveryState.DELIVERED}:
                    break
        ids = [each.event_id for each in known.deliveries(endpoint)]
        return fate, shop, known.states(endpoint), ids


def refuse_disorder(shop: Shop, ids: list[str]) -> None:
    """No event of a document is begun before the one before it was accepted; ids are in the order of the topic."""
    for document in range(DOCUMENTS):
        lane = ids[document::DOCUMENTS]
        first = {each: shop.began.index(each) for each in lane}
        accepted = {each: shop.accepted.index(each) for each in lane}
        assert sorted(lane, key=first.__getitem__) == lane
        assert sorted(lane, key=accepted.__getitem__) == lane


@pytest.mark.parametrize("at", [1, 7, 20, 33, 47, 61, 75])
def test_a_death_loses_nothing_and_keeps_each_documents_sequence(tmp_path: Path, at: int) -> None:
    _, shop, states, ids = story(tmp_path, at, failures=1)
    assert states == [DeliveryState.DELIVERED] * (DOCUMENTS * STEPS)
    assert set(shop.accepted) == set(ids)
    refuse_disorder(shop, ids)


@pytest.mark.sweep
@pytest.mark.parametrize("failures", [0, 2, 7])
def test_wherever_it_dies_each_event_is_accepted_and_in_its_sequence(tmp_path: Path, failures: int) -> None:
    for at in range(1, MOST_STEPS):
        (folder := tmp_path / f"{at}").mkdir()
        fate, shop, states, ids = story(folder, at, failures)
        assert (at, states) == (at, [DeliveryState.DELIVERED] * (DOCUMENTS * STEPS))
        assert set(shop.accepted) == set(ids)
        refuse_disorder(shop, ids)
        if fate.steps < at:
            assert at > 50
            return
    raise AssertionError("the story does not end")
