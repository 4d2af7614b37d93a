"""The worker that compares each day by itself: a loop and a clock, without Faust."""

import asyncio
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Final

import structlog

from app.domain.time import utc_now
from app.operations.errors import UnavailableError
from app.operations.reconciliation.reconcile import reconcile_due
from app.operations.reconciliation.run import ComparedDay
from app.settings import settings
from app.store.errors import StoreUnavailableError
from app.stream.clients.errors import SendError, TopicUnreadableError
from app.stream.processing import logs
from app.stream.processing.health import HealthServer
from app.stream.serialization.errors import CodecError

# What is due is due for hours: a look costs one reading of a topic that has some events for each day.
LOOK_SECONDS: Final = 900.0
# What is away now may be there at the next look.
_AWAY: Final = (UnavailableError, StoreUnavailableError, TopicUnreadableError, SendError, CodecError)

log = structlog.get_logger(__name__)
Look = Callable[[datetime], None]


def run_reconciliation() -> None:
    """Compares what is due, every LOOK_SECONDS, until SIGTERM or SIGINT; a comparison that has begun is ended first.

    Two of them ask the providers twice, and write the same findings. Raises StoreError.
    """
    logs.configure(settings().log_level)
    stop = threading.Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: stop.set())
    _answer_probes()
    look_until(stop, lambda now: reconcile_due(now, _log, is_over=stop.is_set))


def look_until(stop: threading.Event, look: Look, now: Callable[[], datetime] = utc_now) -> None:
    """Looks again and again. What is away is logged, and looked for again."""
    while not stop.is_set():
        try:
            look(now())
        except _AWAY as away:
            log.warning("days were not compared", why=str(away))
        stop.wait(LOOK_SECONDS)


def _log(compared: ComparedDay) -> None:
    outcome = compared.outcome
    log.info(
        "day compared",
        business=compared.day.business,
        connection=compared.day.connection,
        day=f"{compared.day.day}",
        result=outcome.result,
        discrepancies=outcome.discrepancies,
        changed=len(compared.changed),
        why=outcome.said,
    )


def _answer_probes() -> None:
    """`/live` and `/ready` in a thread of their own: a comparison blocks."""
    known = settings()
    if not known.health_port:
        return
    server = HealthServer(known.health_port, lambda: None, host=known.health_host)
    server.bind()

    async def serve() -> None:
        await server.start()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True, name="health").start()
