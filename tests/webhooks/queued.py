"""A queue of webhooks in a store of its own, by a clock that a test moves, and receivers that answer what it says."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from pydantic import SecretStr

from app.settings import Settings
from app.store import Delivery, DeliveryState, Endpoint, Store
from app.store.webhooks.log import DeliveryLog
from app.store.webhooks.queue import Claimed, Finished, WebhookEvent, WebhookQueue, enqueue
from app.store.webhooks.schedule import Answer

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
SHOP = "ORNEK-MAGAZA"
URL = "https://shop.example/hooks"
KEY = "MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA="
OK = Answer(status=200, text="")
BROKEN = Answer(status=500, text="out of order")


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


def event_of(lane: str, number: int, *, kind: str = "document.issued", business: str = SHOP) -> WebhookEvent:
    body = f'{{"type":"{kind}","data":{{"documentId":"{lane}","sequence":{number}}}}}'
    return WebhookEvent(
        event_id=f"{lane}-{number}-{kind}", type=kind, business=business, lane=lane, body=body.encode(), at=NOW
    )


@dataclass(slots=True)
class Queued:
    store: Store
    clock: Clock
    queue: WebhookQueue
    secrets: dict[str, str] = field(default_factory=dict)

    @property
    def log(self) -> DeliveryLog:
        return self.store.webhook_log()

    def add(self, url: str = URL, *types: str, business: str = SHOP) -> str:
        """An endpoint; its id."""
        made = self.store.webhook_endpoints().add(business, url, types or ("*",), actor="ayşe")
        assert made is not None
        self.secrets[made.endpoint.endpoint_id] = made.secret
        return made.endpoint.endpoint_id

    def put(self, endpoint_id: str, *events: WebhookEvent) -> None:
        with self.queue.writing() as transaction:
            enqueue(transaction, endpoint_id, events, self.clock())

    def claim(self, endpoint_id: str, most: int = 4, under_way: int = 0) -> list[Claimed]:
        return list(self.queue.claim(endpoint_id, most, under_way=under_way))

    def answer(self, endpoint_id: str, answer: Answer, most: int = 4) -> list[Finished | None]:
        """Whatever is due is sent, and answered so."""
        return [self.queue.finish(claimed, answer) for claimed in self.claim(endpoint_id, most)]

    def endpoint(self, endpoint_id: str) -> Endpoint:
        found = {each.endpoint_id: each for each in self.store.webhook_endpoints().all()}
        return found[endpoint_id]

    def deliveries(self, endpoint_id: str) -> list[Delivery]:
        """The oldest first."""
        return list(self.log.page(endpoint_id, limit=1000))[::-1]

    def states(self, endpoint_id: str) -> list[DeliveryState]:
        return [each.state for each in self.deliveries(endpoint_id)]


@contextmanager
def queued(database: str) -> Iterator[Queued]:
    clock = Clock()
    with Store.open(Settings(database=database, secret_key=SecretStr(KEY)), clock=clock) as store:
        yield Queued(store, clock, store.webhook_queue(drawn=lambda: 0.5))


@cache
def _empty_store() -> bytes:
    """The file of a store that is migrated: to make one takes longer than most tests."""
    with TemporaryDirectory() as folder:
        with queued(f"sqlite:///{folder}/store.db"):
            pass
        return (Path(folder) / "store.db").read_bytes()


@contextmanager
def queued_in(folder: Path) -> Iterator[Queued]:
    (folder / "store.db").write_bytes(_empty_store())
    with queued(f"sqlite:///{folder}/store.db") as found:
        yield found
