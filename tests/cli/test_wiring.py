"""Between the store and the stages: what is configured is what they get, and what is away is waited for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.cli.wiring import StoreConnections, StorePolicies
from app.intake.agent import PoliciesAway
from app.issuing.ports import Connection, NoConnection
from app.settings import Settings
from app.store import Store, StoreUnavailable, new_key
from tests.store.configurations import POLICY, PROVIDER, SECRET, SHOP, business, with_login


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    settings = Settings(database=f"sqlite:///{tmp_path}/f.db", secret_key=SecretStr(new_key()))
    with Store.open(settings) as opened:
        opened.apply([business()], actor="test")
        yield opened


async def connection_of(connections: StoreConnections, code: str = SHOP) -> Connection:
    found = await connections.get(code)
    assert isinstance(found, Connection)
    return found


async def test_a_connection_comes_with_its_seller_and_its_own_capabilities(store: Store) -> None:
    found = await connection_of(StoreConnections(store, PROVIDER))
    assert found.facts.seller.tax_number == "1234567890"
    assert found.adapter.capabilities.concurrency == 2
    assert found.enabled


async def test_the_same_revision_keeps_its_adapter_and_a_change_makes_another(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    first = await connection_of(connections)
    assert (await connection_of(connections)).adapter is first.adapter
    store.apply([with_login(options={"concurrency": "3"})], actor="test")
    changed = await connection_of(connections)
    assert changed.adapter is not first.adapter
    assert changed.revision > first.revision


async def test_another_key_or_address_is_another_account_and_another_option_is_not(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    first = (await connection_of(connections)).account
    assert first is not None
    assert SECRET not in f"{first}"
    store.apply([with_login(options={"concurrency": "3"}, base_url=f"{first.address}/")], actor="test")
    assert (await connection_of(connections)).account == first
    store.apply([with_login(secrets={"api_key": "another company's"})], actor="test")
    second = (await connection_of(connections)).account
    store.apply([with_login(base_url="https://other.invalid")], actor="test")
    assert len({first, second, (await connection_of(connections)).account}) == 3


async def test_a_connection_that_needs_its_owner_is_not_enabled_until_the_owner_acts(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    found = await connection_of(connections)
    await connections.mark_needs_owner(SHOP, found.revision, "the login was refused")
    assert not (await connection_of(connections)).enabled
    store.owner_acted(SHOP, PROVIDER, actor="ayse")
    assert (await connection_of(connections)).enabled


async def test_a_missing_connection_and_an_option_that_makes_no_sense_are_reasons_to_wait(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    assert isinstance(await connections.get("FREMD"), NoConnection)
    store.apply([with_login(options={"concurrency": "many"})], actor="test")
    found = await connections.get(SHOP)
    assert isinstance(found, NoConnection)
    assert "concurrency" in found.why


async def test_the_longest_call_of_all_connections_is_what_the_worker_must_hold(store: Store) -> None:
    store.apply([with_login(options={"max_call_seconds": "33"}), business("ZWEITE")], actor="test")
    assert StoreConnections(store, PROVIDER).max_call_seconds() == 33
    assert StoreConnections(store, "testbook").max_call_seconds() == 0


async def test_policies_are_read_past_the_memory_and_remembered_for_a_while(store: Store) -> None:
    policies = StorePolicies(store)
    assert policies.peek(SHOP) is None
    assert await policies.read({SHOP, "FREMD"}) == {SHOP: POLICY}
    assert policies.peek(SHOP) == POLICY


async def test_a_document_can_go_to_the_providers_with_an_enabled_connection(store: Store) -> None:
    assert await StorePolicies(store).providers(SHOP) == {PROVIDER}
    store.apply([with_login(enabled=False)], actor="test")
    assert await StorePolicies(store).providers(SHOP) == frozenset()
    assert await StorePolicies(store).providers("FREMD") == frozenset()


async def test_a_store_that_is_away_is_not_an_unknown_business(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> dict[str, object]:
        raise StoreUnavailable("the database is away")

    monkeypatch.setattr(store, "policies", away)
    with pytest.raises(PoliciesAway, match="away"):
        await StorePolicies(store).read({SHOP})
    monkeypatch.setattr(store, "connections", away)
    with pytest.raises(PoliciesAway, match="away"):
        await StorePolicies(store).providers(SHOP)
