"""What an installation runs: a process for each role, by its settings and its store."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby
from pathlib import Path
from typing import Final

from app.domain.documents import UNFINISHED, DocumentState
from app.operations.supervision.folder import FOLDER
from app.operations.supervision.launching import COMMAND_LINE, NO_SETTINGS
from app.operations.workers.health import asked_at
from app.settings import Settings
from app.store import ConnectionListing, Store, StoreError
from app.stream.settings import STOP_GRACE_SECONDS
from app.stream.topics import identities
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.filters import DocumentFilter, PageRequest
from app.tracking.read_model.queries import Queries
from providers.registry import PROVIDERS


class Turn(IntEnum):
    """In which sequence roles end; a turn begins when the one before it is over."""

    ORDERS = 1
    """What takes orders in from outside, so that nothing new comes while the workers end."""
    WORKERS = 2
    PROVIDERS = 3
    """Simulators: workers that end finish their calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """One process: `faturaflow`, or another `module`, with these arguments.

    `grace`: seconds that it has from SIGTERM to SIGKILL. `settings` are added to the environment. Readiness is asked at
    the URL `ready_at`; `has_port`: it answers at a free port that it is given with each start.
    """

    name: str
    arguments: Sequence[str]
    module: str = COMMAND_LINE
    turn: Turn = Turn.WORKERS
    grace: float = STOP_GRACE_SECONDS
    settings: Mapping[str, str] = field(default_factory=lambda: NO_SETTINGS)
    ready_at: str | None = None
    has_port: bool = False


_INTAKE: Final = Role(name="intake", arguments=("worker", "intake"), has_port=True)
_PLANNER: Final = Role(name="planner", arguments=("worker", "planner"), has_port=True)
_TRACKING: Final = Role(name="tracking", arguments=("worker", "tracking"), has_port=True)
_WEBHOOKS: Final = Role(name="webhooks", arguments=("worker", "webhooks"), has_port=True)
_RECONCILIATION: Final = Role(name="reconciliation", arguments=("worker", "reconciliation"), has_port=True)


class ConfiguredRoles:
    """The roles of an installation as it is configured now."""

    def __init__(self, known: Settings, store: Store, queries: Queries, *, folder: Path = FOLDER) -> None:
        self._web = web(known)
        self._alerts = (alerts(folder),) if known.alert_to else ()
        self._store = store
        self._queries = queries

    def __call__(self) -> tuple[Role, ...]:
        """Intake, planner, read model, API, what compares days, an issuer for each provider that needs one, webhooks.

        The last where some are; alerts where somebody is to be told. Raises StoreError.
        """
        issuers = map(issuer, self._providers(self._store.connections()))
        webhooks = (_WEBHOOKS,) if self._store.webhook_endpoints().exist() else ()
        return _INTAKE, _PLANNER, *issuers, _TRACKING, _RECONCILIATION, *webhooks, *self._alerts, self._web

    def _providers(self, connections: Sequence[ConnectionListing]) -> Iterator[str]:
        """Those with an enabled connection, and those whose documents are under way, in the order of their names."""
        known = sorted((each.provider, each.enabled) for each in connections if each.provider in PROVIDERS)
        for provider, found in groupby(known, key=lambda each: each[0]):
            if any(enabled for _, enabled in found) or self._has_unfinished(provider):
                yield provider

    def _has_unfinished(self, provider: str) -> bool:
        """Its issuer is needed without a connection, too: it withdraws what is to be left, or to be issued elsewhere.

        True where that is not known.
        """
        try:
            return any(self._queries.documents(*_one_of(provider, state)).rows for state in UNFINISHED)
        except (NoReadModelError, StoreError):
            return True


def _one_of(provider: str, state: DocumentState) -> tuple[DocumentFilter, PageRequest]:
    return DocumentFilter(provider=provider, state=state), PageRequest(limit=1)


def issuer(provider: str) -> Role:
    """The worker that calls this provider."""
    return Role(name=identities.issuer(provider), arguments=("worker", "issuer", provider), has_port=True)


def alerts(folder: Path) -> Role:
    """What tells people of what needs them, the processes of this folder among it."""
    return Role(name="alerts", arguments=("worker", "alerts", "--folder", f"{folder}"))


def web(known: Settings) -> Role:
    """The HTTP API."""
    scheme = "https" if known.web_certificate else "http"
    host = asked_at(known.web_host)
    place = f"{scheme}://{f'[{host}]' if ':' in host else host}:{known.web_port}/ready"
    return Role(
        name="web",
        arguments=("web",),
        turn=Turn.ORDERS,
        grace=STOP_GRACE_SECONDS + known.web_drain_seconds,
        ready_at=place if known.web_port else None,
    )
