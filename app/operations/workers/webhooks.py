"""The worker of webhooks: follows the topics into the queue, and sends what is due."""

import asyncio
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from confluent_kafka import KafkaException

from app.domain.time import utc_now
from app.operations.context import bootstrap, topics
from app.operations.workers.stages import ready_codec
from app.settings import settings
from app.store import Store, StoreError, StoreUnavailableError
from app.stream.ownership.exits import abort
from app.stream.processing import logs
from app.stream.processing.health import HealthServer
from app.stream.processing.pulse import Pulse
from app.stream.serialization.errors import RegistryUnavailableError
from app.webhooks.calling import Caller
from app.webhooks.enqueuing import forget_places
from app.webhooks.following import WebhookFollowing
from app.webhooks.sending import Sender

_READY_BEHIND: Final = 1000
PRUNE_SECONDS: Final = 60.0
CHECKPOINT_SECONDS: Final = 5.0


@dataclass(slots=True)
class _Threads:
    """Those that block. The first error of one ends all."""

    ended: Callable[[], None]
    fault: Exception | None = None
    all: list[threading.Thread] = field(default_factory=list)

    def start(self, name: str, work: Callable[[], None]) -> None:
        def run() -> None:
            try:
                work()
            except Exception as fault:  # noqa: BLE001 - raised in the main thread
                self.fault = self.fault or fault
            finally:
                self.ended()

        thread = threading.Thread(target=run, name=name, daemon=True)
        self.all.append(thread)
        thread.start()


def run_webhooks(*, allow_fresh_group: bool = False) -> None:
    """Tell receivers of what the topics say until SIGTERM or SIGINT.

    `allow_fresh_group`: read the topics from their beginning again. Raises StartRefusedError with an exit code of its
    own where the topics are not those that were read, UnavailableError, StoreError and UnusableSettingError. Ends the
    process with code 70 where broker, registry or database are away, or where it stands still.
    """
    known = settings()
    logs.configure(known.log_level)
    with Store.open(known) as store:
        queue = store.webhook_queue()
        if allow_fresh_group:
            forget_places(queue)
        following = WebhookFollowing(queue=queue, bootstrap=bootstrap(), topics=topics(), codec=ready_codec())
        try:
            asyncio.run(_serve(store, following))
        except (KafkaException, RegistryUnavailableError, StoreUnavailableError) as fault:
            abort("broker, schema registry or database do not answer", fault)


def why_unready(following: WebhookFollowing) -> str | None:
    """One sentence on why receivers are told late; None when it is ready."""
    if following.behind is None:
        return "the topics are only begun"
    if following.behind > _READY_BEHIND:
        return f"{following.behind} records of the topics were not looked at yet"
    return None


async def _serve(store: Store, following: WebhookFollowing) -> None:
    loop, known = asyncio.get_running_loop(), settings()
    caller = Caller(utc_now, loopback=known.webhook_loopback)
    sender = Sender(following.queue, caller)
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, sender.stop.set)
    server = HealthServer(known.health_port, lambda: why_unready(following), host=known.health_host)
    if known.health_port:
        server.bind()
        await server.start()
    pulse = Pulse("the following of webhooks")
    following.wake, following.turned = lambda: _in_loop(loop, sender.wake), pulse.beat
    pulse.watch()
    threads = _Threads(ended=lambda: _in_loop(loop, sender.stop.set))
    threads.start("following", following.run)
    threads.start("catching up", following.catch_up)
    turns = Pulse("the event loop of webhooks").of_loop()
    upkeep = [asyncio.create_task(each) for each in (turns, _prune(store), _checkpoint(following))]
    try:
        await sender.run()
    finally:
        following.stop.set()
        for task in upkeep:
            task.cancel()
        for thread in threads.all:
            await asyncio.to_thread(thread.join)
        await caller.close()
        await server.stop()
    if threads.fault is not None:
        raise threads.fault


def _in_loop(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop has ended meanwhile
        loop.call_soon_threadsafe(call)


async def _prune(store: Store) -> None:
    """The log stays within its bounds; where the database does not answer now, a minute later."""
    log = store.webhook_log()
    while True:
        with suppress(StoreError):
            while await asyncio.to_thread(log.prune):
                pass
        await asyncio.sleep(PRUNE_SECONDS)


async def _checkpoint(following: WebhookFollowing) -> None:
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        with suppress(StoreError):
            await asyncio.to_thread(following.queue.checkpoint)
