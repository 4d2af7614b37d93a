"""Serving simulators: on loopback unless another host is given, with the switches that every simulator has."""

import argparse
import asyncio
import errno
import signal
import sys
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from decimal import Decimal
from typing import Final

from aiohttp import web
from pydantic import TypeAdapter, ValidationError

from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.record import BuyerAnswer, SimulatorRecord

LOOPBACK: Final = "127.0.0.1"
# Handlers that sleep on purpose must not hold up the end.
SHUTDOWN_SECONDS: Final = 0.2
SWITCHES: Final = "/_simulator/"
# Far more than a test counts at once.
MOST_ARRIVALS: Final = 100_000

ANSWERS: Final = TypeAdapter(dict[str, BuyerAnswer])
REFERENCES: Final = TypeAdapter(list[str])
TOTALS: Final = TypeAdapter(dict[str, Decimal])
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def simulator_application(record: SimulatorRecord, misbehaviour: Misbehaviour) -> web.Application:
    """An application with the record and the misbehaviour switches; the provider's own routes are added to it.

    `GET /_simulator/arrivals` answers `{"seconds": [...]}`: when each request arrived, whatever it asked, by a clock
    that never jumps. This is what a provider's quota counts.
    """
    arrivals: deque[float] = deque(maxlen=MOST_ARRIVALS)

    @web.middleware
    async def front_door(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith(SWITCHES):
            return await handler(request)
        arrivals.append(time.monotonic())
        if misbehaviour.down:
            return web.Response(status=503, text="Service Unavailable")
        page = misbehaviour.in_its_stead() if request.method == "GET" else None
        return page or await handler(request)

    application = web.Application(middlewares=[front_door])
    application.router.add_get(f"{SWITCHES}arrivals", _giving(lambda: {"seconds": list(arrivals)}))
    application.router.add_get(f"{SWITCHES}record", _giving(lambda: record.report(misbehaviour.injected)))
    application.router.add_get(f"{SWITCHES}numbers", _giving(record.numbers))
    application.router.add_get(f"{SWITCHES}contents", _giving(record.contents))
    application.router.add_get(f"{SWITCHES}calls", _giving(record.calls))
    persons: dict[str, Callable[[bytes], None]] = {
        "answers": lambda raw: record.answer(ANSWERS.validate_json(raw)),
        "signatures": lambda raw: record.sign(REFERENCES.validate_json(raw)),
        "deletions": lambda raw: record.delete(REFERENCES.validate_json(raw)),
        "corrections": lambda raw: record.correct(TOTALS.validate_json(raw)),
    }
    for name, change in persons.items():
        application.router.add_put(f"{SWITCHES}{name}", _taking(change))
    application.router.add_put(f"{SWITCHES}misbehaviour", _taking(misbehaviour.change))
    return application


def _giving(value: Callable[[], object]) -> Handler:
    """A request that is answered with what there is now."""

    async def handle(_: web.Request) -> web.Response:
        return web.json_response(value())

    return handle


def _taking(change: Callable[[bytes], None]) -> Handler:
    """A request whose body changes something; 400 with the reason, where the change raises ValueError."""

    async def handle(request: web.Request) -> web.Response:
        try:
            change(await request.read())
        except ValueError as error:
            return web.json_response({"error": _sentence_of(error)}, status=400)
        return web.json_response({})

    return handle


def _sentence_of(error: ValueError) -> str:
    """What is wrong with the body, and where."""
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_url=False, include_input=False)
    return "; ".join(": ".join(filter(None, (".".join(map(str, each["loc"])), each["msg"]))) for each in found)


@asynccontextmanager
async def running(application: web.Application, port: int = 0, host: str = LOOPBACK) -> AsyncIterator[str]:
    """Serves while the block runs, and gives the base URL; port 0 picks a free one. Raises OSError."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=SHUTDOWN_SECONDS)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        shown = f"[{host}]" if ":" in host else host
        yield f"http://{shown}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


class PortInUseError(Exception):
    """Another program listens at a port; the message names it."""


@asynccontextmanager
async def all_running(
    applications: Mapping[str, web.Application], port: int = 0, host: str = LOOPBACK
) -> AsyncIterator[dict[str, str]]:
    """Serves each at a port of its own while the block runs, and gives the base URLs by name.

    The first is at `port`, the next at the one after it; with 0 each has a free one. Raises PortInUseError, OSError.
    """
    async with AsyncExitStack() as ending:
        urls: dict[str, str] = {}
        for number, (name, application) in enumerate(applications.items()):
            chosen = port + number if port else 0
            try:
                urls[name] = await ending.enter_async_context(running(application, chosen, host))
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise
                raise PortInUseError(f"Port {chosen} is in use: choose another with --port.") from error
        yield urls


async def serve(
    applications: Mapping[str, web.Application],
    show: Callable[[dict[str, str]], None],
    port: int = 0,
    host: str = LOOPBACK,
) -> None:
    """Serves until the process gets a signal to end; `show` gets the base URLs once all of them listen.

    Raises PortInUseError, OSError.
    """
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    async with all_running(applications, port, host) as urls:
        show(urls)
        await ended.wait()


def run(application_of_seed: Callable[[int], web.Application], description: str) -> None:
    """The command line of one simulator, `--port N --seed S`; it prints the base URL."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0, help="0 picks a free port and prints it")
    parser.add_argument("--seed", type=int, default=0, help="the same seed and calls give the same faults")
    arguments = parser.parse_args()

    def show(urls: dict[str, str]) -> None:
        sys.stdout.write("".join(f"{url}\n" for url in urls.values()))
        sys.stdout.flush()

    asyncio.run(serve({"simulator": application_of_seed(arguments.seed)}, show, arguments.port))
