"""The conductor: the way from the consumer to an agent's queue, or to the one that all tables are recovered from.

For each record Faust takes a lock, waits for a buffer that is never full, decodes bytes to the same bytes and wraps
them into an event that its stream unwraps: a quarter of all the time of a job that does little else. An agent's records
go into its queue as they are.

Where a queue is full, Faust puts in a task of its own, and loses sight of it. A rebalance empties the queue; a task
that has just been woken for the room then puts its record into the empty queue. A table's recovery jumps ahead to it,
over all that the queue has held.

Nothing is paused: with all of its partitions paused Faust sleeps a second. A full queue holds the fetcher by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from faust.transport.conductor import Conductor

OnMessage = Callable[[Any], Awaitable[None]]

# Far less than a thousand records take.
_FULL_SECONDS: Final = 0.005


class PatchedConductor(Conductor):  # type: ignore[misc]  # untyped library
    """Hands over in place: what was not handed over when the flow is stopped is dropped, and comes again."""

    def _compile_message_handler(self) -> OnMessage:
        """Ask for the lock only where the callbacks are being changed: then this partition's is missing."""
        callbacks = self._tp_to_callback

        def on_message(message: Any) -> Awaitable[None]:
            callback = callbacks.get(message.tp)
            return callback(message) if callback else when_changed(message)

        async def when_changed(message: Any) -> None:
            async with self._tp_to_callback_lock:
                callback = callbacks[message.tp]
            await callback(message)

        return on_message

    def _build_handler(self, tp: Any, channels: Any) -> OnMessage:
        [channel] = channels
        queue, flows = channel.queue, self.app.flow_control.is_active
        as_it_is = tp.topic in self.app.consumed_topics

        async def put(message: Any) -> None:
            item = message if as_it_is else await channel.decode(message, propagate=True)
            while flows() and queue.full():  # noqa: ASYNC110 - who is woken for the room may find the flow stopped
                await asyncio.sleep(_FULL_SECONDS)
            if flows():
                queue.put_nowait(item)

        return put
