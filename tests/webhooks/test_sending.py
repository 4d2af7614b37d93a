"""The sender: no endpoint waits for another, a document's events keep their order, and an end loses nothing."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.store import DeliveryState
from app.store.errors import SecretsUnreadableError
from app.store.webhooks.queue import Claimed
from app.store.webhooks.schedule import Answer
from app.webhooks.sending import CALLS_AT_ONCE, Sender
from tests.webhooks.queued import BROKEN, OK, Queued, event_of


class Receivers:
    """What each URL was called with; those that are held answer when they are let go."""

    def __init__(self) -> None:
        self.calls: dict[str, list[Claimed]] = defaultdict(list)
        self.answers: dict[str, Answer] = {}
        self.held: dict[str, asyncio.Event] = {}
        self.came = asyncio.Event()
        self.at_once = 0
        self.most_at_once = 0

    async def __call__(self, claimed: Claimed) -> Answer:
        self.calls[claimed.url].append(claimed)
        self.came.set()
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if claimed.url in self.held:
            await self.held[claimed.url].wait()
        self.at_once -= 1
        return self.answers.get(claimed.url, OK)


@asynccontextmanager
async def running(known: Queued, receivers: Receivers) -> AsyncIterator[Sender]:
    sender = Sender(known.queue, receivers)
    task = asyncio.create_task(sender.run())
    try:
        yield sender
    finally:
        sender.stop.set()
        await task


async def test_a_dead_endpoint_holds_up_no_other(known: Queued) -> None:
    receivers = Receivers()
    receivers.held["https://dead.example/"] = asyncio.Event()
    dead, alive = known.add("https://dead.example/"), known.add()
    for endpoint in (dead, alive):
        known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(20)))
    sender = Sender(known.queue, receivers)
    while len(receivers.calls["https://shop.example/hooks"]) < 20:
        await sender.send_due()
        await asyncio.sleep(0)
    assert len(receivers.calls["https://dead.example/"]) == CALLS_AT_ONCE
    receivers.held["https://dead.example/"].set()
    await sender.all_ended()


async def test_an_endpoint_gets_no_more_than_a_few_calls_at_once(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    receivers.held["https://shop.example/hooks"] = asyncio.Event()
    known.put(endpoint, *(event_of(f"d{number}", 1) for number in range(20)))
    sender = Sender(known.queue, receivers)
    for _ in range(5):
        await sender.send_due()
    assert receivers.most_at_once == CALLS_AT_ONCE
    receivers.held["https://shop.example/hooks"].set()
    await sender.all_ended()


async def test_the_events_of_a_document_come_one_after_the_other(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    known.put(endpoint, *(event_of("d1", number) for number in range(9)))
    sender = Sender(known.queue, receivers)
    while known.queue.due_endpoints():
        await sender.send_due()
        await sender.all_ended()
    assert [claimed.event_id for claimed in receivers.calls["https://shop.example/hooks"]] == [
        f"d1-{number}-document.issued" for number in range(9)
    ]
    assert receivers.most_at_once == 1


async def test_what_comes_is_sent_at_once_while_the_sender_runs(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    async with running(known, receivers) as sender:
        known.put(endpoint, event_of("d1", 1))
        sender.wake()
        await receivers.came.wait()
    assert known.states(endpoint) == [DeliveryState.DELIVERED]


async def test_calls_under_way_end_before_the_sender_does(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    held = receivers.held["https://shop.example/hooks"] = asyncio.Event()
    known.put(endpoint, event_of("d1", 1))
    sender = Sender(known.queue, receivers)
    task = asyncio.create_task(sender.run())
    await receivers.came.wait()
    sender.stop.set()
    await asyncio.sleep(0)
    assert not task.done()
    held.set()
    await task
    assert known.states(endpoint) == [DeliveryState.DELIVERED]


async def test_a_call_that_does_not_end_is_left_to_its_claim(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    receivers.held["https://shop.example/hooks"] = asyncio.Event()
    known.put(endpoint, event_of("d1", 1))
    sender = Sender(known.queue, receivers, end_seconds=0.05)
    task = asyncio.create_task(sender.run())
    await receivers.came.wait()
    sender.stop.set()
    await task
    known.clock.later(seconds=60)
    assert len(known.claim(endpoint)) == 1


async def test_an_endpoint_whose_secret_cannot_be_read_holds_up_no_other(known: Queued) -> None:
    unreadable, endpoint, receivers = known.add("https://other.example/"), known.add(), Receivers()
    for each in (unreadable, endpoint):
        known.put(each, event_of("d1", 1))
    queue = Unreadable(known, unreadable)
    sender = Sender(queue, receivers)
    await sender.send_due()
    await sender.all_ended()
    assert known.states(endpoint) == [DeliveryState.DELIVERED]
    assert known.states(unreadable) == [DeliveryState.WAITING]


class Unreadable:
    """The queue, with one endpoint whose secret was encrypted with another key."""

    def __init__(self, known: Queued, endpoint: str) -> None:
        self._queue = known.queue
        self._endpoint = endpoint
        self.due_endpoints = known.queue.due_endpoints
        self.finish = known.queue.finish

    def claim(self, endpoint_id: str, most: int, *, under_way: int = 0) -> tuple[Claimed, ...]:
        if endpoint_id == self._endpoint:
            raise SecretsUnreadableError("another key")
        return self._queue.claim(endpoint_id, most, under_way=under_way)


async def test_a_failed_attempt_waits_for_its_time(known: Queued) -> None:
    receivers, endpoint = Receivers(), known.add()
    receivers.answers["https://shop.example/hooks"] = BROKEN
    known.put(endpoint, event_of("d1", 1))
    sender = Sender(known.queue, receivers)
    for _ in range(3):
        await sender.send_due()
        await sender.all_ended()
    assert len(receivers.calls["https://shop.example/hooks"]) == 1
    known.clock.later(seconds=5)
    await sender.send_due()
    await sender.all_ended()
    assert [claimed.attempt for claimed in receivers.calls["https://shop.example/hooks"]] == [1, 2]
