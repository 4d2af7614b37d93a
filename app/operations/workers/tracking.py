"""The worker that keeps the read model: a plain consumer and a database, without Faust."""

import asyncio
import signal
import threading
from typing import Final

from confluent_kafka import KafkaException

from app.operations.context import bootstrap, topics
from app.operations.read_model import read_model
from app.operations.workers.stages import ready_codec
from app.settings import settings
from app.store.errors import StoreUnavailableError
from app.stream.ownership.exits import abort
from app.stream.processing import logs
from app.stream.processing.health import HealthServer
from app.stream.processing.pulse import Pulse
from app.stream.serialization.errors import RegistryUnavailableError
from app.tracking.read_model.following import Following

# A backlog of so many records is projected within a second: it is no reason to send a reader elsewhere.
_READY_BEHIND: Final = 1000


def run_tracking() -> None:
    """Project the topics into the read model until SIGTERM or SIGINT.

    Raises StartRefusedError with an exit code of its own where the topics and the read model do not fit,
    UnavailableError, StoreError and UnusableSettingError. Ends the process with code 70 where broker, registry or
    database are away, or where it stands still.
    """
    logs.configure(settings().log_level)
    pulse = Pulse("the projection")
    following = Following(
        model=read_model(), bootstrap=bootstrap(), topics=topics(), codec=ready_codec(), turned=pulse.beat
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda _number, _frame: following.stop.set())
    _answer_probes(following)
    pulse.watch()
    try:
        following.run()
    except (KafkaException, RegistryUnavailableError, StoreUnavailableError) as fault:
        abort("broker, schema registry or database do not answer", fault)
    finally:
        following.model.close()


def why_unready(following: Following) -> str | None:
    """One sentence on why what is read is old; None when it is ready."""
    if following.behind is None:
        return "the projection has only begun"
    if following.behind > _READY_BEHIND:
        return f"the read model is {following.behind} records behind the topics"
    return None


def _answer_probes(following: Following) -> None:
    """`/live` and `/ready` in a thread of their own: the projection blocks."""
    known = settings()
    if not known.health_port:
        return
    server = HealthServer(known.health_port, lambda: why_unready(following), host=known.health_host)
    server.bind()

    async def serve() -> None:
        await server.start()
        await asyncio.Event().wait()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True, name="health").start()
