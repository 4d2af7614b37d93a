"""What a person should know: found in the store, the read model and the processes of `faturaflow up`."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from app.operations.errors import OperationError
from app.operations.read_model import why_stale
from app.operations.supervision.report import UpReport
from app.operations.supervision.status import status_of
from app.operations.supervision.supervisor import Phase
from app.store import ConnectionListing, Endpoint, EndpointState, Store
from app.store.webhooks.schedule import FAILED_FOR_DAYS, GONE
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.filters import DocumentFilter
from app.tracking.read_model.queries import Queries

# Before a receiver is called dead a person should know that it fails.
FAILING_FOR: Final = timedelta(hours=1)
_AUTOMATIC: Final = frozenset({GONE, FAILED_FOR_DAYS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing, in two languages. `key`: the same as long as it is the same thing."""

    key: str
    turkish: str
    english: str


def findings(store: Store, queries: Queries, now: datetime, up: UpReport | None) -> tuple[Finding, ...]:
    """All that there is now. `up`: the processes of this machine, where `faturaflow up` runs. Raises StoreError."""
    return (
        *_documents(store.businesses(), queries),
        *_connections(store.connections()),
        *_webhooks(store.webhook_endpoints().all(), now),
        *_processes(up, why_stale(now)),
    )


def running_up(folder: Path) -> UpReport | None:
    """The processes of the `faturaflow up` that runs in this folder; None where none does, or does not answer."""
    with suppress(OperationError):
        return status_of(folder)
    return None


def _documents(businesses: Iterable[str], queries: Queries) -> Iterator[Finding]:
    for business in businesses:
        with suppress(NoReadModelError):
            waiting = queries.document_counts(DocumentFilter(business=business, waits=True))
            if number := sum(each.count for each in waiting):
                yield Finding(
                    key=f"documents {business}",
                    turkish=f"{business}: {number} belge kararınızı bekliyor.",
                    english=f"{business}: {number} documents wait for a person (`documents list --attention`).",
                )


def _connections(connections: Iterable[ConnectionListing]) -> Iterator[Finding]:
    for each in connections:
        why = each.needs_owner_why if each.needs_owner else each.trouble
        if each.enabled and (each.needs_owner or each.trouble):
            whose = f"{each.business}/{each.name}"
            yield Finding(
                key=f"connection {whose}",
                turkish=f"{whose} bağlantısı kullanılamıyor; şifresi veya anahtarı yenilenmeli: {why}",
                english=f"The connection {whose} cannot be used; its login may have ended: {why}",
            )


def _webhooks(endpoints: Iterable[Endpoint], now: datetime) -> Iterator[Finding]:
    for each in endpoints:
        whose = f"{each.business} {each.url}"
        if each.state is EndpointState.PAUSED and each.paused_why in _AUTOMATIC:
            yield Finding(
                key=f"webhook {each.endpoint_id} paused",
                turkish=f"Webhook durduruldu, bildirimler bekletiliyor: {whose} ({each.paused_why}).",
                english=f"A webhook is paused, and what comes for it waits: {whose} ({each.paused_why}).",
            )
        elif each.state is EndpointState.ACTIVE and each.failing_since and now - each.failing_since >= FAILING_FOR:
            yield Finding(
                key=f"webhook {each.endpoint_id} failing",
                turkish=f"Webhook adresi bir saattir hiçbir bildirimi kabul etmiyor: {whose}.",
                english=f"A webhook address has accepted nothing for an hour: {whose}.",
            )


def _processes(up: UpReport | None, stale: str | None) -> Iterator[Finding]:
    for each in up.processes if up else ():
        if each.phase is Phase.NEEDS_PERSON:
            remedy = each.last_exit.remedy if each.last_exit else ""
            yield Finding(
                key=f"process {each.name}",
                turkish=f"{each.name} durdu ve yardım bekliyor: {remedy}",
                english=f"{each.name} has ended and needs a person: {remedy}",
            )
    if stale is not None:
        yield Finding(key="read model", turkish=f"Listeler güncel değil: {stale}", english=stale)
