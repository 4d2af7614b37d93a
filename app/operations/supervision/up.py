"""`faturaflow up`: everything that is configured runs on this machine until it is told to end.

start: the folder is ours → the page's port → what a killed `up` left is ended → Kafka → topics → store → processes
end: what takes orders in → workers → simulators → Kafka
"""

import asyncio
import signal
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Final

import aiohttp
import psutil
from aiohttp import web

from app import local_kafka
from app.domain.time import utc_now
from app.operations.installation.topics import apply_topics
from app.operations.read_model import queries
from app.operations.supervision import folder as own
from app.operations.supervision import page
from app.operations.supervision.kafka import EmbeddedKafka
from app.operations.supervision.launching import launch
from app.operations.supervision.report import READY, UpReport, process_reports
from app.operations.supervision.roles import ConfiguredRoles, Role
from app.operations.supervision.supervisor import Running, Supervisor
from app.settings import settings
from app.store import Store, StoreError

TICK_SECONDS: Final = 0.25
# A changed configuration, a broker that has ended and each health are seen within so long.
LOOK_SECONDS: Final = 2.0
_ANSWER_SECONDS: Final = 2.0
_ENDING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
RETRY: Final = signal.SIGUSR1
Said = Callable[[str], None]


def run(folder: Path, *, port: int, said: Said, prepare: Callable[[], Iterable[Role]] = tuple) -> None:
    """Runs everything until SIGTERM, SIGINT or SIGHUP; SIGUSR1 starts what waits for a person.

    `port`: of the health page. `prepare` is called before the settings are read, and returns what runs beside what is
    configured. Raises NotPossibleError where the folder or the port is taken; StackError, TopicsRefusedError,
    BrokerRequestError, UnavailableError and StoreError.
    """
    said = _heard_or_not(said)
    with ExitStack() as ending:
        _end_as_by_keyboard()
        ending.enter_context(own.holding(folder))
        listening = ending.enter_context(closing(page.listen(port)))
        _end_left_over(folder, said)
        beside, known = tuple(prepare()), settings()
        embedded = ending.enter_context(_embedded(said)) if known.bootstrap is None else None
        said(f"Kafka: {embedded.bootstrap if embedded else known.bootstrap}")
        apply_topics(at=embedded.bootstrap if embedded else None)
        store = ending.enter_context(Store.open(known))
        configured = ConfiguredRoles(known, store, queries(), folder=folder)
        up = Up(folder, lambda: (*configured(), *beside), embedded, bootstrap=known.bootstrap, said=said)
        asyncio.run(up.run(listening))
        own.forget_state(folder)
    said("Everything has ended.")


class Up:
    """The running supervisor, with its page."""

    def __init__(
        self,
        folder: Path,
        roles: Callable[[], Iterable[Role]],
        kafka: EmbeddedKafka | None,
        *,
        bootstrap: str | None,
        said: Said,
    ) -> None:
        self._folder = folder
        self._roles = roles
        self._kafka = kafka
        self._bootstrap = bootstrap or ""
        self._said = said
        self._since = utc_now()
        self._problem: str | None = None
        self._healths: dict[str, str] = {}
        self._kafka_health: str | None = None
        self._written: own.UpState | None = None
        self._supervisor = Supervisor(
            self._start, clock=monotonic, now=utc_now, free_port=lambda: local_kafka.free_ports(1)[0], said=said
        )

    async def run(self, listening: socket.socket) -> None:
        """Until a signal, or a defect: either way everything has ended when it returns or raises."""
        runner = web.AppRunner(page.application(self.report), access_log=None, shutdown_timeout=_ANSWER_SECONDS)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        self._said(f"Health page: {page.url_of(listening)}")
        following = asyncio.create_task(self._follow())
        following.add_done_callback(lambda _: self._supervisor.end())
        self._on_signals(following)
        while not self._supervisor.has_ended:
            self._supervisor.tick()
            self._remember(page.url_of(listening))
            await asyncio.sleep(TICK_SECONDS)
        await runner.cleanup()
        with suppress(asyncio.CancelledError):
            await following

    def report(self) -> UpReport:
        """How everything is now."""
        processes = self._supervisor.processes
        logs = {each.role.name: own.log_of(self._folder, each.role.name) for each in processes}
        return UpReport(
            since=self._since,
            kafka=self._address,
            kafka_health=self._kafka_health,
            problem=self._problem,
            processes=process_reports(processes, self._healths, logs),
        )

    @property
    def _address(self) -> str:
        return self._kafka.bootstrap if self._kafka else self._bootstrap

    def _on_signals(self, following: asyncio.Task[None]) -> None:
        loop = asyncio.get_running_loop()
        for number in _heeded():
            loop.add_signal_handler(number, self._end, following)
        loop.add_signal_handler(RETRY, self._supervisor.retry)

    def _end(self, following: asyncio.Task[None]) -> None:
        if not following.done():
            self._said("Ending: workers finish their calls at providers first.")
        following.cancel()

    def _start(self, role: Role, given: Mapping[str, str]) -> Running:
        log = own.begin_log(own.log_of(self._folder, role.name))
        environment = {"FATURAFLOW_BOOTSTRAP": self._address, **role.settings, **given}
        return launch(role.arguments, module=role.module, log=log, settings=environment)

    def _remember(self, url: str) -> None:
        """Which processes are ours, for the next `up` where this one is killed."""
        running = {each.role.name: each.process.pid for each in self._supervisor.processes if each.process}
        if self._written is not None and running == {each.name: each.pid for each in self._written.processes}:
            return
        self._written = own.UpState(
            supervisor=own.this_process(),
            page=url,
            own_kafka=self._kafka.folder if self._kafka is not None and self._kafka.is_own else None,
            processes=tuple(_own_processes(running)),
        )
        try:
            own.write_state(self._folder, self._written)
        except OSError as fault:
            self._said(f"{self._folder} cannot be written: {fault}")

    async def _follow(self) -> None:
        """What is configured is what runs; Kafka runs; and each health is known."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_SECONDS)) as session:
            while True:
                await self._look_at_the_store()
                if self._kafka is not None:
                    await asyncio.to_thread(self._kafka.look)
                    status = await asyncio.to_thread(lambda kafka: kafka.status, self._kafka)
                    self._kafka_health = READY if status.answering else "does not answer"
                asked = [each.ready_at for each in self._supervisor.processes if each.ready_at and each.process]
                answers = await asyncio.gather(*(_ask(session, url) for url in asked))
                self._healths = dict(zip(asked, answers, strict=True))
                await asyncio.sleep(LOOK_SECONDS)

    async def _look_at_the_store(self) -> None:
        """While it cannot be read, what runs goes on."""
        try:
            roles = await asyncio.to_thread(lambda: tuple(self._roles()))
        except StoreError as error:
            self._problem = str(error)
        else:
            self._problem = None
            self._supervisor.want(roles)


async def _ask(session: aiohttp.ClientSession, url: str) -> str:
    """What the process says of itself. Its certificate has another name than loopback, and is not looked at."""
    try:
        async with session.get(url, ssl=False) as answer:
            if answer.ok:
                return READY
            said = await answer.json()
            return str(said["why"] if isinstance(said, dict) and "why" in said else answer.reason)
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return "does not answer"


def _own_processes(running: Mapping[str, int]) -> Iterator[own.OwnProcess]:
    for name, pid in running.items():
        with suppress(psutil.Error):
            yield own.own_process(name, pid)


@contextmanager
def _embedded(said: Said) -> Iterator[EmbeddedKafka]:
    kafka = EmbeddedKafka(local_kafka.default_folder(), said=said)
    try:
        yield kafka
    finally:
        kafka.close()


def _end_left_over(folder: Path, said: Said) -> None:
    """Ends the processes of an `up` that was killed, and its Kafka."""
    state = own.read_state(folder)
    if state is None:
        return
    if ended := own.end_left_over(state.processes):
        said(f"{ended} processes of an `up` that was killed are ended.")
    if state.own_kafka is not None:
        local_kafka.down(state.own_kafka)


def _end_as_by_keyboard() -> None:
    """While nothing is supervised yet, each signal ends as Ctrl-C does: what was begun is taken back."""
    for number in _heeded():
        signal.signal(number, signal.default_int_handler)


def _heeded() -> list[signal.Signals]:
    """All but what is to be ignored: under `nohup`, the end of the terminal."""
    return [number for number in _ENDING if signal.getsignal(number) is not signal.SIG_IGN]


def _heard_or_not(said: Said) -> Said:
    """A terminal or pipe that is gone is no reason to leave the processes alone."""

    def say(sentence: str) -> None:
        with suppress(OSError):
            said(sentence)

    return say
