"""The way from the consumer to an agent, without a broker: on the real classes, over a queue of Faust's own kind."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from mode.utils.queues import FlowControlEvent

from app.stream.faust_patches.agent_queue import AgentQueue
from app.stream.faust_patches.conductor import PatchedConductor
from app.stream.faust_patches.queue import BoundedQueue
from tests.stream.fakes import TP, Message

NOW, BEFORE = 1, 0


class Consumer:
    """What the queue needs of the consumer."""

    def __init__(self) -> None:
        self.tracked: list[Message] = []

    def track(self, message: Message) -> None:
        self.tracked.append(message)


class Channel:
    """An agent's subscription, or a table's."""

    def __init__(self, queue: Any) -> None:
        self.queue = queue

    async def decode(self, message: Message, *, propagate: bool) -> Any:
        assert propagate
        return SimpleNamespace(message=message, decoded=True)


class ConsumingApp:
    """An application with one consumed topic, its agent's queue, and a flow that is on."""

    def __init__(self, room: int = 10, room_bytes: int = 1000) -> None:
        self.flow_control = FlowControlEvent()
        self.queue: Any = BoundedQueue(
            room, flow_control=self.flow_control, clear_on_resume=True, most_bytes=room_bytes
        )
        self.flow_control.resume()
        self.channel = Channel(self.queue)
        self.consumer = Consumer()
        self.app: Any = SimpleNamespace(
            consumed_topics=["log"],
            flow_control=self.flow_control,
            client_only=False,
            consumer=self.consumer,
            consumer_generation_id=NOW,
        )
        self.conductor = PatchedConductor(self.app)
        self.agent_queue = AgentQueue(self.app, SimpleNamespace(channel=self.channel))

    def assign(self, partition: int = 0, topic: str = "log") -> None:
        self.conductor._tp_index[TP(topic, partition)].add(self.channel)
        self.conductor._update_callback_map()


@pytest.fixture
def consuming() -> ConsumingApp:
    consuming = ConsumingApp()
    consuming.assign()
    return consuming


async def test_a_record_arrives_as_it_is_and_is_tracked(consuming: ConsumingApp) -> None:
    message = Message(7)
    await consuming.conductor.on_message(message)
    assert await anext(aiter(consuming.agent_queue)) is message
    assert consuming.consumer.tracked == [message]


async def test_a_record_of_an_earlier_generation_is_left_out_and_never_tracked(consuming: ConsumingApp) -> None:
    for message in (Message(1, generation_id=BEFORE), current := Message(2), Message(3, generation_id=BEFORE)):
        await consuming.conductor.on_message(message)
    assert await anext(aiter(consuming.agent_queue)) is current
    assert list(consuming.agent_queue.waiting(NOW)) == []
    assert consuming.consumer.tracked == [current]


async def test_nothing_is_handed_over_while_the_flow_stands_still(consuming: ConsumingApp) -> None:
    await consuming.conductor.on_message(Message(1))
    consuming.flow_control.suspend()
    assert list(consuming.agent_queue.waiting(NOW)) == []
    assert consuming.consumer.tracked == []


async def test_a_stop_ends_the_queue(consuming: ConsumingApp) -> None:
    await consuming.conductor.on_message(Message(1))
    arrived = aiter(consuming.agent_queue)
    await anext(arrived)
    consuming.queue._throw(StopAsyncIteration())
    assert [message async for message in arrived] == []


async def test_what_comes_while_the_flow_is_stopped_is_dropped(consuming: ConsumingApp) -> None:
    consuming.flow_control.suspend()
    await consuming.conductor.on_message(Message(1))
    consuming.flow_control.resume()
    assert consuming.queue.empty()


async def test_a_full_queue_makes_the_consumer_wait_and_keeps_the_order() -> None:
    consuming = ConsumingApp(room=1)
    consuming.assign()
    await consuming.conductor.on_message(Message(1))
    second = asyncio.ensure_future(consuming.conductor.on_message(Message(2)))
    await asyncio.sleep(0)
    assert not second.done()
    arrived = aiter(consuming.agent_queue)
    assert [(await anext(arrived)).offset, (await anext(arrived)).offset] == [1, 2]
    await second


@pytest.mark.parametrize("topic", ["log", "planner-orders-changelog"])
async def test_a_queue_is_full_by_its_bytes_long_before_its_number(topic: str) -> None:
    consuming = ConsumingApp(room_bytes=100)
    consuming.assign(topic=topic)
    for offset, size in enumerate([99, 400]):  # the one that goes over the bound is taken
        await consuming.conductor.on_message(Message(offset, topic=topic, value=bytes(size)))
    third = asyncio.ensure_future(consuming.conductor.on_message(Message(2, topic=topic, value=None)))
    await asyncio.sleep(0)
    assert not third.done()
    consuming.queue.get_nowait()
    assert consuming.queue.full()
    consuming.queue.get_nowait()
    await third
    assert consuming.queue.qsize() == 1


def test_a_queue_that_was_emptied_by_a_rebalance_has_all_its_room_again() -> None:
    consuming = ConsumingApp(room_bytes=100)
    consuming.queue.put_nowait(Message(1, value=bytes(100)))
    assert consuming.queue.full()
    consuming.flow_control.clear()
    assert not consuming.queue.full()


async def test_who_waits_for_room_puts_nothing_after_the_flow_was_stopped() -> None:
    # A recovery would jump ahead to it, over all that the queue has held.
    consuming = ConsumingApp(room=1)
    consuming.assign()
    await consuming.conductor.on_message(Message(1))
    waiting = asyncio.ensure_future(consuming.conductor.on_message(Message(2)))
    await asyncio.sleep(0)
    assert not consuming.queue._putters
    consuming.queue.get_nowait()
    consuming.flow_control.suspend()
    consuming.flow_control.clear()
    await waiting  # nobody has cancelled it yet: it is woken before, on a loop that is behind
    assert consuming.queue.empty()


async def test_a_recovery_gets_what_its_channel_makes_of_a_record() -> None:
    consuming = ConsumingApp()
    consuming.assign(topic="planner-orders-changelog")
    await consuming.conductor.on_message(Message(7, topic="planner-orders-changelog"))
    event = consuming.queue.get_nowait()
    assert event.decoded
    assert event.message.offset == 7


async def test_a_delivery_waits_while_the_callbacks_are_changed() -> None:
    consuming = ConsumingApp()
    async with consuming.conductor._tp_to_callback_lock:
        delivering = asyncio.ensure_future(consuming.conductor.on_message(Message(1)))
        await asyncio.sleep(0)
        assert not delivering.done()
        consuming.assign()
    await delivering
    assert consuming.queue.qsize() == 1


async def test_a_partition_that_nobody_subscribes_to_is_an_error(consuming: ConsumingApp) -> None:
    with pytest.raises(KeyError):
        await consuming.conductor.on_message(Message(1, partition=5))
