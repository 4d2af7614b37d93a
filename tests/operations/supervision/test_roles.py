"""What is started is what is configured."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.domain.documents import DocumentState
from app.operations.supervision.roles import ConfiguredRoles, Turn, web
from app.settings import Settings
from app.store import Store, new_key
from app.stream.settings import STOP_GRACE_SECONDS
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.queries import Queries
from tests.harness.pipeline import order, request
from tests.store.configurations import LOGIN, business
from tests.tracking.read_model.installation import Installation

ALWAYS = ["intake", "planner", "reconciliation", "tracking", "web"]


@pytest.fixture
def known(tmp_path: Path) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path}/f.db", secret_key=SecretStr(new_key()))


@pytest.fixture
def store(known: Settings) -> Iterator[Store]:
    with Store.open(known) as opened:
        yield opened


@pytest.fixture
def queries(known: Settings) -> Iterator[Queries]:
    """Of a read model that a projection has begun, and that has nothing in it."""
    model = ReadModel.of(known.database)
    model.ensure("a-cluster")
    yield Queries(model)
    model.close()


def names(known: Settings, store: Store, queries: Queries) -> list[str]:
    return [role.name for role in ConfiguredRoles(known, store, queries)()]


def configure(store: Store, **enabled: bool) -> None:
    """One business with these connections, on or off."""
    logins = {name.replace("_", "-"): replace(LOGIN, enabled=on) for name, on in enabled.items()}
    store.apply([business(connections=logins)], actor="test")


def test_without_a_connection_there_is_no_issuer(known: Settings, store: Store, queries: Queries) -> None:
    assert sorted(names(known, store, queries)) == ALWAYS


def test_where_there_is_a_webhook_there_is_a_worker_that_sends_it(
    known: Settings, store: Store, queries: Queries
) -> None:
    store.webhook_endpoints().add("SHOP", "https://shop.example/", ["*"], actor="test")
    assert set(names(known, store, queries)) - set(ALWAYS) == {"webhooks"}


def test_where_somebody_is_to_be_told_there_is_a_worker_that_tells(
    known: Settings, store: Store, queries: Queries
) -> None:
    told = known.model_copy(update={"alert_to": "ayse@example.com"})
    assert set(names(told, store, queries)) - set(ALWAYS) == {"alerts"}


def test_each_provider_with_an_enabled_connection_has_one_issuer(
    known: Settings, store: Store, queries: Queries
) -> None:
    configure(store, nilvera=True, sovos=True)
    store.apply([business("ANOTHER", connections={"nilvera": LOGIN})], actor="test")
    assert sorted(names(known, store, queries)) == sorted([*ALWAYS, "issuer-nilvera", "issuer-sovos"])


def test_a_connection_that_is_switched_off_needs_no_issuer_and_one_that_is_switched_on_does(
    known: Settings, store: Store, queries: Queries
) -> None:
    roles = ConfiguredRoles(known, store, queries)
    for is_on in (False, True, False):
        configure(store, nilvera=is_on)
        assert ("issuer-nilvera" in [role.name for role in roles()]) is is_on


async def test_of_a_connection_that_is_off_the_issuer_stays_as_long_as_a_document_is_under_way(
    known: Settings, store: Store
) -> None:
    configure(store, nilvera=False, sovos=False)
    installation = Installation(ReadModel.of(known.database))
    await installation.submit(order("S-1"), request("S-1", "1"))
    assert "issuer-nilvera" in names(known, store, installation.queries)
    assert "issuer-sovos" not in names(known, store, installation.queries)
    (document,) = installation.queries.documents().rows
    await installation.progress("S-1", document.latest.document_id, DocumentState.CANCELLED)
    assert "issuer-nilvera" not in names(known, store, installation.queries)
    installation.model.close()


def test_where_no_read_model_says_that_nothing_is_under_way_the_issuer_goes_on(known: Settings, store: Store) -> None:
    configure(store, nilvera=False)
    assert "issuer-nilvera" in names(known, store, Queries(ReadModel.of(known.database)))


def test_the_api_ends_before_the_workers_and_has_the_balancer_s_time_beside_its_own() -> None:
    role = web(Settings(web_drain_seconds=20))
    assert (role.turn, role.grace) == (Turn.ORDERS, STOP_GRACE_SECONDS + 20)


@pytest.mark.parametrize(
    ("host", "asked_at"),
    [("127.0.0.1", "http://127.0.0.1:8600"), ("0.0.0.0", "http://127.0.0.1:8600"), ("::", "http://[::1]:8600")],
)
def test_the_api_is_asked_where_it_listens(host: str, asked_at: str) -> None:
    assert web(Settings(web_host=host)).ready_at == f"{asked_at}/ready"


def test_the_api_is_asked_by_tls_where_it_speaks_it_and_not_at_a_port_that_is_not_known() -> None:
    ready_at = web(Settings(web_certificate=Path("chain.pem"))).ready_at
    assert ready_at is not None and ready_at.startswith("https://")
    assert web(Settings(web_port=0)).ready_at is None
