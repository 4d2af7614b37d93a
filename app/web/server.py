"""`faturaflow web` as a process: what it needs, how it starts, and how it ends without losing an answer.

start: store → topic is there → listen → ready once Kafka answers
end: unready → the balancer's time → no new connections → handlers finish → Kafka confirms → rows are written
"""

import asyncio
import gc
import logging
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Final

import structlog
from aiohttp import web

from app.domain.documents import DocumentStatus
from app.domain.orders import SubmittedBody
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.time import utc_now
from app.operations.context import bootstrap, topics
from app.operations.document_acts import submit_about
from app.operations.read_model import queries
from app.operations.webhooks import Webhooks
from app.operations.workers.stages import GARBAGE_THRESHOLD, ready_codec
from app.settings import Settings
from app.store import PolicyCache, Store, StoreError
from app.stream.clients.errors import SendError
from app.stream.clients.single_records import SingleRecords
from app.stream.processing import logs
from app.stream.processing.pulse import Pulse
from app.tracking.read_model.errors import NoReadModelError
from app.web import tls
from app.web.api.acceptance import Acceptance
from app.web.api.acts import Acts
from app.web.api.authentication import Authenticator
from app.web.api.callbacks import Callbacks
from app.web.api.circuit import Circuit
from app.web.api.corrections import Corrections
from app.web.api.document_files import document_files
from app.web.api.endpoints import Gate
from app.web.api.links import DocumentLinks
from app.web.api.reading import Reading
from app.web.api.request_rows import RequestRows, forget_old
from app.web.api.request_status import RequestStatusHandlers
from app.web.api.submission import Known, Submission
from app.web.api.table import operations
from app.web.application import application
from app.web.limits import RateLimiter
from app.web.listening import listen
from app.web.screen.access.login import Logins
from app.web.screen.access.passphrases import PassPhrases
from app.web.screen.live import ChangeWatch
from app.web.screen.page import Tools
from app.web.screen.site import screen

log = structlog.get_logger(__name__)

# Handlers answer within their own deadline; what is slower is a client that does not read.
HANDLERS_SECONDS: Final = 20.0
FLUSH_SECONDS: Final = 10.0
KEEPALIVE_SECONDS: Final = 75.0
WATCH_SECONDS: Final = 2.0
# How long the thread that writes rows may keep the loop from its next answer; Python's own is five times as long.
SWITCH_SECONDS: Final = 0.001
# A few megabytes of log at the highest rate.
CHECKPOINT_SECONDS: Final = 5.0
# Within it there are as many requests at the highest rate as a sweep forgets.
SWEEP_SECONDS: Final = 60.0
NOTE_USE_SECONDS: Final = 60.0
WRONG_KEYS_PER_MINUTE: Final = 60
# A household behind one address mistypes less often; more names than that are tried by a program.
WRONG_LOGINS_PER_MINUTE: Final = 20
# As the interface has it for its documents: ten a second.
FILES_PER_MINUTE: Final = 600
# A changed configuration holds within seconds.
BUSINESS_SECONDS: Final = 5.0


class Server:
    """One process of the API. `serve` returns after SIGTERM or SIGINT."""

    def __init__(self, known: Settings, store: Store) -> None:
        self._known = known
        self._store = store
        self._topic = topics().orders
        self._circuit = Circuit()
        self._producer = SingleRecords(bootstrap(), client_id="faturaflow-api")
        self._rows = RequestRows(store.api_requests())
        self._policies = PolicyCache(store, ttl_seconds=BUSINESS_SECONDS)
        self._queries = queries()
        self._stopping = asyncio.Event()
        self._ssl = tls.context_of(known)
        self._acceptance = Acceptance(
            rows=self._rows,
            producer=self._producer,
            topic=self._topic,
            encode=ready_codec().write,
            is_rejected=self._is_rejected,
            circuit=self._circuit,
        )
        loop = asyncio.get_running_loop()
        wrong_keys = RateLimiter(WRONG_KEYS_PER_MINUTE, loop.time)
        self._authenticator = Authenticator(store.api_keys(), wrong_keys=wrong_keys, clock=utc_now)
        limiter = RateLimiter(known.web_requests_per_minute, loop.time)
        self._gate = Gate(
            authenticator=self._authenticator, limiter=limiter, clock=utc_now, behind_proxy=known.web_behind_proxy
        )

    async def serve(self, said: Callable[[str], None]) -> None:
        """Serves until it is told to end; `said` gets the address once it listens.

        Raises TopicMissingError, and UnusableSettingError where the address cannot be listened on.
        """
        self._producer.start()
        self._rows.start()
        with suppress(SendError):  # it starts while Kafka is away, and is ready when it is back
            await self._producer.check(self._topic)
            self._circuit.reached()
        runner = self._runner()
        await runner.setup()
        await listen(runner, self._known.web_host, self._known.web_port, self._ssl)
        said(self._address(runner))
        gc.freeze()  # what was imported lives as long as the process: a collection need not look at it
        gc.set_threshold(GARBAGE_THRESHOLD)
        with self._signals():
            turns = Pulse("the API's event loop").of_loop()
            tasks = (turns, self._watch(), self._note_use(), self._checkpoint(), self._sweep())
            background = [asyncio.create_task(each) for each in tasks]
            await self._stopping.wait()
        await self._end(runner, background)

    def _runner(self) -> web.AppRunner:
        requests, links = self._store.api_requests(), DocumentLinks(self._store.fingerprint)
        known = Known(
            business=self._knows_business,
            request=requests.find_by_key,
            customer_of=self._customer_of,
            state_of=self._state_of,
        )
        submission = Submission(self._acceptance, known, accepted_status=self._known.web_accepted_status)
        table = operations(
            submission,
            Corrections(submission, self._queries),
            RequestStatusHandlers(requests, self._outcomes),
            Reading(self._queries, links),
            Acts(submission, self._queries),
            callbacks=Callbacks(Webhooks(self._store, loopback=self._known.webhook_loopback)),
        )
        files = document_files(
            self._queries, links, RateLimiter(FILES_PER_MINUTE, asyncio.get_running_loop().time), self._gate.address
        )
        tls = self._ssl is not None
        app = application(self._gate, table, files, self._why_unready, tls=tls, screen=self._screen(links))
        return web.AppRunner(
            app, access_log=None, keepalive_timeout=KEEPALIVE_SECONDS, shutdown_timeout=HANDLERS_SECONDS
        )

    def _screen(self, links: DocumentLinks) -> web.Application:
        tries = RateLimiter(WRONG_LOGINS_PER_MINUTE, asyncio.get_running_loop().time)
        logins = Logins(
            people=self._store.people(),
            logins=self._store.screen_logins(),
            actions=self._store.actions(),
            phrases=PassPhrases(),
            tries=tries,
            clock=utc_now,
        )
        tools = Tools(
            queries=self._queries,
            logins=logins,
            links=links,
            changes=ChangeWatch(self._queries),
            businesses=self._store.businesses,
            submit=_submit,
            clock=utc_now,
        )
        return screen(tools, self._gate.address)

    def _address(self, runner: web.AppRunner) -> str:
        host, port = runner.addresses[0][:2]
        return f"{'http' if self._ssl is None else 'https'}://{host}:{port}"

    async def _end(self, runner: web.AppRunner, background: list[asyncio.Task[None]]) -> None:
        await asyncio.sleep(self._known.web_drain_seconds)
        self._acceptance.draining = True
        await runner.cleanup()
        for task in background:
            task.cancel()
        if left := await self._producer.stop(FLUSH_SECONDS):
            log.warning("records were not confirmed before the end", records=left)
        await self._rows.stop()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for each in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(each, self._stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._reload)
        yield

    def _reload(self) -> None:
        """The certificate was renewed; one that cannot be used leaves the old one."""
        if self._ssl is None:
            return
        try:
            tls.load(self._ssl, self._known)
        except Exception as error:  # noqa: BLE001 - the process goes on with the certificate that it has
            log.error("the certificate was not read again", why=str(error))  # noqa: TRY400

    def _why_unready(self) -> str | None:
        if self._stopping.is_set():
            return "it ends"
        return "Kafka does not answer" if self._circuit.is_open else None

    async def _watch(self) -> None:
        """Whether Kafka answers: asked all the time, so that the first request after a silence need not find out."""
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            try:
                await self._producer.check(self._topic)
                self._circuit.reached()
            except Exception as error:  # noqa: BLE001 - whatever it is, nothing is sent meanwhile
                if not self._circuit.is_open:
                    log.warning("Kafka does not answer", why=str(error))
                self._circuit.lost()

    async def _note_use(self) -> None:
        while True:
            await asyncio.sleep(NOTE_USE_SECONDS)
            with suppress(StoreError):
                await self._authenticator.note_use()

    async def _checkpoint(self) -> None:
        while True:
            await asyncio.sleep(CHECKPOINT_SECONDS)
            with suppress(StoreError):
                await asyncio.to_thread(self._store.api_requests().checkpoint)

    async def _sweep(self) -> None:
        requests = self._store.api_requests()
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            before = utc_now() - timedelta(days=self._known.web_request_days)
            with suppress(StoreError):
                await forget_old(requests.sweep, before)

    async def _knows_business(self, business: str) -> bool:
        if self._policies.peek(business) is not None:
            return True
        return business in await asyncio.to_thread(self._policies.refresh, {business})

    async def _is_rejected(self, internal_request_id: str) -> bool:
        found = await asyncio.to_thread(self._outcomes, internal_request_id)
        return bool(found) and found[-1].verdict is Verdict.REJECTED

    def _outcomes(self, internal_request_id: str) -> tuple[OrderOutcome, ...]:
        """None while no projection has begun: the request is known by its row."""
        try:
            return self._queries.outcomes(internal_request_id)
        except NoReadModelError:
            return ()

    def _customer_of(self, business: str, order_reference: str) -> str | None:
        try:
            return self._queries.customer_number(business, order_reference)
        except NoReadModelError:
            return None

    def _state_of(self, business: str, order_reference: str) -> str:
        try:
            return self._queries.version(business, order_reference)
        except NoReadModelError:
            return ""


def _submit(document: DocumentStatus, body: SubmittedBody, actor: str, why: str | None) -> None:
    submit_about(document, body, actor=actor, why=why, wait=0)


def run(known: Settings, said: Callable[[str], None]) -> None:
    """The whole life of the process. Raises OperationError, StoreError, StartRefusedError and OSError."""
    logs.configure(known.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    # What a handler raises has its answer and its line in the log; the rest is what clients send that is no HTTP.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    with Store.open(known) as store:
        asyncio.run(_run(known, store, said))


async def _run(known: Settings, store: Store, said: Callable[[str], None]) -> None:
    await Server(known, store).serve(said)
