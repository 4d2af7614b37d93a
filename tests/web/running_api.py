"""The API in this process: a real store and router, and a producer that does what a test wants."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient, TestServer
from pydantic import SecretStr

from app.domain.orders import OrderEvent
from app.domain.outcomes import Verdict
from app.operations.webhooks import Webhooks
from app.settings import Settings
from app.store import PolicyCache, Scope, Store, new_key
from app.stream.clients.errors import DeliveryFailedError, SendError
from app.stream.clients.single_records import Written
from app.stream.records import Record
from app.stream.serialization.codec import Codec
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
from app.web.api.request_rows import RequestRows
from app.web.api.request_status import RequestStatusHandlers
from app.web.api.submission import Known, Submission
from app.web.api.table import operations
from app.web.application import application
from app.web.limits import RateLimiter
from tests.harness.pipeline import BUSINESS
from tests.store.configurations import business
from tests.tracking.read_model.installation import Installation, model_in

SHOP = BUSINESS
OTHER = "ORNEK-2"
CUSTOMER = "TFI2021072801"
ORDERS = f"/accounting/v1/businesses/{SHOP}/customers/{CUSTOMER}/orders"
ORDER = "TFI2021072801_03"
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOPIC = "orders.v1"
KEY = new_key()


class FakeProducer:
    """Acknowledges each record at once, unless it is told otherwise."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.held: list[asyncio.Future[Written]] = []
        self.holding = False
        self.was_sent = asyncio.Event()
        self.refusing = False

    def send(self, written: Record) -> asyncio.Future[Written]:
        if self.refusing:
            raise SendError("too many records wait for Kafka already.")
        future: asyncio.Future[Written] = asyncio.get_running_loop().create_future()
        self.records.append(written)
        self.was_sent.set()
        if self.holding:
            self.held.append(future)
        else:
            future.set_result(Written(partition=0, offset=len(self.records) - 1))
        return future

    def acknowledge(self) -> None:
        """Every record that is held has arrived."""
        for number, future in enumerate(self.held):
            future.set_result(Written(partition=0, offset=number))
        self.held.clear()

    def lose(self) -> None:
        """The client gives every record up that is held."""
        for future in self.held:
            future.set_exception(DeliveryFailedError(undelivered=1, records=1, why="timed out", advice=""))
        self.held.clear()

    def events(self) -> list[OrderEvent]:
        return [Codec().read(OrderEvent, record.value) for record in self.records]


@dataclass
class RunningApi:
    """The API, and all that a test may turn."""

    client: TestClient[Any, Any]
    store: Store
    producer: FakeProducer
    acceptance: Acceptance
    circuit: Circuit
    authenticator: Authenticator
    installation: Installation
    key: str
    now: datetime = NOW
    rejected: set[str] = field(default_factory=set)
    planned: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def plan(self) -> None:
        """Intake, planner and projection do what they have to do with what has come."""
        async with self.turn:
            new, self.planned = self.producer.records[self.planned :], len(self.producer.records)
            await self.installation.pipeline.deliver(*new)
            self.installation.project()

    def later(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def headers(self, request_id: str | None = None, **more: str) -> dict[str, str]:
        known = {"X-Subscription-Key": self.key, **more}
        return known if request_id is None else {**known, "X-Request-ID": request_id}

    async def post(self, path: str, body: Any, request_id: str | None = None, **headers: str) -> ClientResponse:
        """Sends a body: text and bytes as they are, all else as JSON."""
        raw = body if isinstance(body, str | bytes) else json.dumps(body)
        known = {"Content-Type": "application/json", **self.headers(request_id), **headers}
        return await self.client.post(path, data=raw, headers=known)

    async def get(self, path: str, **headers: str) -> ClientResponse:
        return await self.client.get(path, headers=self.headers(**headers))


def order_body(**others: Any) -> dict[str, Any]:
    """An order of two lines, as a client of the interface sends it."""
    return {
        "orderReference": ORDER,
        "orderDate": "2026-11-02",
        "orderType": "PHYSICAL_GOODS",
        "orderChannel": "ECOM",
        "currency": "TRY",
        "billToAddress": {
            "firstName": "Deneme",
            "lastName": "Alıcı",
            "street": "Deneme Sokak",
            "streetNumber": "1",
            "postalCode": "06000",
            "postalPlace": "Ankara",
            "countryCode": "TR",
            "taxIdentificationNumber": "10000000146",
        },
        "items": [
            {
                "orderItemReference": 1,
                "productId": "P-1",
                "description": "Kitap kılıfı",
                "quantity": 2,
                "grossUnitPrice": 60.00,
                "vatPercent": 20,
            },
            {
                "orderItemReference": 2,
                "description": "Kargo",
                "quantity": 1,
                "grossUnitPrice": "24.00",
                "vatPercent": "20",
                "positionType": "SHIPPING_COSTS_EXPRESS",
            },
        ],
        **others,
    }


def invoice_body(**others: Any) -> dict[str, Any]:
    """The invoice of the first line."""
    return {
        "invoiceReference": "INV-1",
        "invoiceDate": "2026-11-02",
        "dueDate": "2026-12-02",
        "dispatchDate": "2026-11-02",
        "shipmentReference": "SHP-1",
        "carrier": "Örnek Kargo",
        "trackingCode": "TRK-1",
        "items": [{"orderItemReference": 1}],
        **others,
    }


@cache
def store_with_businesses() -> bytes:
    """The file of a store with two businesses: to make one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        settings = Settings(database=f"sqlite:///{folder}/store.db", secret_key=SecretStr(KEY))
        with Store.open(settings, clock=lambda: NOW) as store:
            store.apply([business(SHOP), business(OTHER)], actor="test")
        return (Path(folder) / "store.db").read_bytes()


@asynccontextmanager
async def running_api(folder: Path, *, per_minute: int = 1000, wrong_keys: int = 20) -> AsyncIterator[RunningApi]:
    """One API with a business, and a key for it that may do everything."""
    (folder / "store.db").write_bytes(store_with_businesses())
    settings = Settings(database=f"sqlite:///{folder}/store.db", secret_key=SecretStr(KEY))
    holder: list[RunningApi] = []

    def clock() -> datetime:
        return holder[0].now if holder else NOW

    with Store.open(settings, clock=clock) as store:
        made = store.api_keys().add("shop", businesses=[SHOP], scopes=list(Scope), environment="test", actor="test")
        assert made is not None
        model = model_in(folder)
        async with _served(store, Installation(model), made.text, clock, (per_minute, wrong_keys)) as api:
            holder.append(api)
            yield api
        model.close()


@asynccontextmanager
async def _served(
    store: Store, installation: Installation, key: str, clock: Callable[[], datetime], bounds: tuple[int, int]
) -> AsyncIterator[RunningApi]:
    per_minute, wrong_keys = bounds
    producer, circuit, rejected = FakeProducer(), Circuit(), set[str]()
    circuit.reached()
    rows = RequestRows(store.api_requests())
    rows.start()

    installation.project()
    queries, requests, links = installation.queries, store.api_requests(), DocumentLinks(store.fingerprint)

    async def is_rejected(request_id: str) -> bool:
        found = queries.outcomes(request_id)
        return request_id in rejected or (bool(found) and found[-1].verdict is Verdict.REJECTED)

    policies = PolicyCache(store, ttl_seconds=5)

    async def knows(code: str) -> bool:
        return policies.get(code) is not None

    acceptance = Acceptance(
        rows=rows, producer=producer, topic=TOPIC, encode=Codec().write, is_rejected=is_rejected, circuit=circuit
    )
    loop = asyncio.get_running_loop()
    authenticator = Authenticator(store.api_keys(), wrong_keys=RateLimiter(wrong_keys, loop.time), clock=clock)
    gate = Gate(authenticator=authenticator, limiter=RateLimiter(per_minute, loop.time), clock=clock)
    known = Known(
        business=knows,
        request=requests.find_by_key,
        customer_of=queries.customer_number,
        state_of=queries.version,
    )
    submission = Submission(acceptance, known)
    table = operations(
        submission,
        Corrections(submission, queries),
        RequestStatusHandlers(requests, queries.outcomes),
        Reading(queries, links),
        Acts(submission, queries),
        callbacks=Callbacks(Webhooks(store, loopback=True)),
    )
    files = document_files(queries, links, RateLimiter(per_minute, loop.time), gate.address)
    app = application(gate, table, files, lambda: None, tls=False)
    async with TestClient(TestServer(app)) as client:
        yield RunningApi(
            client, store, producer, acceptance, circuit, authenticator, installation, key, rejected=rejected
        )
    await rows.stop()
