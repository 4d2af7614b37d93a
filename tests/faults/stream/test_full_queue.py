"""A recovery that a rebalance interrupts while its queue is full: nothing of before may follow into the emptied queue.

Without a broker: Faust's own queue and, without the cure, its own conductor. What follows into the queue is what a
table's recovery takes for progress, over everything that the queue has held.
"""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.conductor import Conductor
from faust.types import TP
from mode.utils.queues import FlowControlEvent, ThrowableQueue

from app.stream.faust_patches.conductor import PatchedConductor
from tests.stream.fakes import Message, leased

CHANGELOG = "planner-orders-changelog"
ROOM = 4


class Channel:
    """A table's channel: the queue that recoveries read from."""

    key_type = value_type = bytes

    def __init__(self, queue: Any) -> None:
        self.queue, self.put = queue, queue.put

    async def decode(self, message: Message, *, propagate: bool) -> int:
        del propagate
        return message.offset


class Record(Message):
    """With what Faust's own handler asks of it."""

    @property
    def tp(self) -> Any:
        return TP(self.topic, self.partition)

    refcount = 0


async def left_behind(conductor_of: type[Conductor], folder: Path) -> list[int]:
    """What stands in the queue after the rebalance has emptied it."""
    flow = FlowControlEvent()
    queue: Any = ThrowableQueue(ROOM, flow_control=flow, clear_on_resume=True)
    flow.resume()
    ignore = lambda *_: None  # noqa: E731

    async def at_once() -> None: ...

    app = SimpleNamespace(
        conf=leased(folder).conf,
        consumed_topics=[],
        client_only=False,
        flow_control=flow,
        consumer=SimpleNamespace(on_buffer_full=ignore, on_buffer_drop=ignore),
        producer=SimpleNamespace(buffer=SimpleNamespace(wait_until_ebb=at_once)),
        sensors=SimpleNamespace(on_topic_buffer_full=ignore),
    )
    conductor = conductor_of(app)
    conductor._tp_index[TP(CHANGELOG, 0)].add(Channel(queue))
    conductor._update_callback_map()
    for offset in range(ROOM):
        await conductor.on_message(Record(offset, topic=CHANGELOG))
    waiting = asyncio.ensure_future(conductor.on_message(Record(ROOM, topic=CHANGELOG)))
    for _ in range(3):
        await asyncio.sleep(0)
    # In one step of the loop: the recovery takes one, which wakes who waits; then the revoke empties the queue.
    assert queue.get_nowait() == 0
    flow.suspend()
    flow.clear()
    await asyncio.wait([waiting], timeout=1)
    return [queue.get_nowait() for _ in range(queue.qsize())]


@pytest.fixture(params=range(5))
def _again() -> None:
    """Forced, not hoped for."""


@pytest.mark.usefixtures("_again")
async def test_with_it_the_queue_stays_empty(tmp_path: Path) -> None:
    assert await left_behind(PatchedConductor, tmp_path) == []


@pytest.mark.usefixtures("_again")
async def test_without_it_a_record_stands_there_ahead_of_all_that_was_emptied(tmp_path: Path) -> None:
    assert await left_behind(Conductor, tmp_path) == [ROOM]
