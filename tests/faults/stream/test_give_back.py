"""What a fetch brings whose partitions were paused meanwhile is given back; what becomes of it where it is not.

Without a broker: Faust's own `perform_seek`, and without the cure its `getmany`, over a thread that fetches as aiokafka
does.
"""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from faust.transport.consumer import ThreadDelegateConsumer
from faust.types import TP

from app.stream.faust_patches.thread import Fetched
from tests.stream.fakes import Message
from tests.stream.faust_patches.test_consumer import CHANGELOG, A, ConsumerUnderTest

LOG = range(10)
COMMITTED = 3


class AiokafkaThread:
    """One partition's log and the position in it. A fetch is answered when it may be, as a long poll is."""

    def __init__(self) -> None:
        self.position = COMMITTED
        self.in_flight, self.may_answer = asyncio.Event(), asyncio.Event()

    async def getmany(self, active: Any, _timeout: float) -> Fetched:
        self.in_flight.set()
        await self.may_answer.wait()
        # aiokafka's words: `if partitions and tp not in partitions: continue`. The set is asked when records are there.
        if active and A not in active:
            return Fetched({}, {})
        records = [Message(offset) for offset in LOG[self.position :]]
        self.position = len(LOG)
        return Fetched({A: records} if records else {}, {A: self.fetch_position(A)})

    def fetch_position(self, _tp: TP) -> Any:
        return self, self.position

    def seek(self, tp: TP, offset: int) -> None:
        assert tp == A
        self.position = offset

    async def seek_to_committed(self) -> dict[TP, int]:
        self.position = COMMITTED
        return {A: COMMITTED}

    def highwater(self, _tp: TP) -> int:
        return len(LOG)


class Fetching(ConsumerUnderTest):
    """With what a fetch needs beside."""

    should_stop = False

    def __init__(self) -> None:
        super().__init__()
        self._thread = AiokafkaThread()
        self.app.client_only, self.app.consumer_generation_id = False, 1
        self.app.monitor = SimpleNamespace(track_tp_end_offset=lambda *_: None)
        self.scheduler = SimpleNamespace(iterate=lambda records: [(tp, r) for tp in records for r in records[tp]])
        self.not_waiting_next_records, self._read_offset = asyncio.Event(), {}
        self._buffered_partitions: set[TP] = set()  # asked by Faust's own `getmany`
        self.flow_active = True

    def _to_message(self, _tp: TP, record: Message) -> Message:
        return record

    async def delivered(self) -> list[int]:
        """One turn of the loop that fetches."""
        delivered: list[int] = []

        async def callback(message: Message) -> None:
            delivered.append(message.offset)

        self.callback = callback
        fetched, _ = await self._wait_next_records(1.0)
        if fetched:
            await self._hand_over(fetched)
        return delivered


class WithoutGivingBack(Fetching):
    """Faust's own fetch: the live set goes to the thread, and what comes back is looked at once."""

    _getmany = ThreadDelegateConsumer._getmany

    async def delivered(self) -> list[int]:
        return [message.offset async for _, message in self.getmany(timeout=1.0)]


async def across_a_recovery(consumer: Fetching, *, fetched_for: set[TP]) -> list[int]:
    """A fetch is in flight when a recovery ends; its records come after the seek and before the flow is resumed."""
    consumer._active_partitions = set(fetched_for)
    fetch = asyncio.create_task(consumer.delivered())
    await consumer._thread.in_flight.wait()
    consumer.pause_partitions({A, CHANGELOG})
    consumer.resume_partitions({A})
    await consumer.perform_seek()
    consumer._thread.may_answer.set()
    delivered = await fetch
    consumer.resume_flow()
    return delivered + await consumer.delivered()


@pytest.fixture(params=range(5))
def _again() -> None:
    """Forced, not hoped for."""


FETCHED_FOR = [
    pytest.param({CHANGELOG}, id="the changelog, in Faust's live set, which empties"),
    pytest.param({A}, id="the log itself, before the revoke"),
]


@pytest.mark.usefixtures("_again")
@pytest.mark.parametrize("fetched_for", FETCHED_FOR)
async def test_with_it_every_record_is_delivered(fetched_for: set[TP]) -> None:
    assert await across_a_recovery(Fetching(), fetched_for=fetched_for) == list(LOG[COMMITTED:])


@pytest.mark.usefixtures("_again")
@pytest.mark.parametrize("fetched_for", FETCHED_FOR)
async def test_without_it_none_of_them_comes_again(fetched_for: set[TP]) -> None:
    assert await across_a_recovery(WithoutGivingBack(), fetched_for=fetched_for) == []
