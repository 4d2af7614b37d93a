"""Between the store and the stages: what is configured is what they get, and what is away is waited for."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.domain.documents import DocumentType
from app.domain.numbers import KnownNumbers, NumberWanted
from app.intake.agent import PoliciesUnavailableError
from app.issuing.ports import ConnectionId, NoConnection, NumbersUnavailableError, ProviderConnection, RegisterAt
from app.operations.workers import store_policies, store_ports
from app.operations.workers.store_policies import StorePolicies
from app.operations.workers.store_ports import StoreConnections, StoreNumbers
from app.settings import Settings
from app.store import (
    Login,
    NumberStore,
    OtherReleaseError,
    SecretsUnreadableError,
    Store,
    StoreUnavailableError,
    new_key,
)
from app.stream.ownership.exits import NEWER_RULES
from tests.harness.fake_numbers import number_engine
from tests.store.configurations import LOGIN, NOW, POLICY, PROVIDER, SECRET, SELLER, SHOP, business, with_login
from tests.stream.fakes import Aborted, abort


@pytest.fixture
def where(tmp_path: Path) -> Settings:
    return Settings(database=f"sqlite:///{tmp_path}/f.db", secret_key=SecretStr(new_key()))


@pytest.fixture
def store(where: Settings) -> Iterator[Store]:
    with Store.open(where) as opened:
        opened.apply([business()], actor="test")
        yield opened


def with_another_key(settings: Settings) -> Settings:
    return settings.model_copy(update={"secret_key": SecretStr(new_key())})


async def connection_of(connections: StoreConnections, code: str = SHOP, name: str = PROVIDER) -> ProviderConnection:
    found = await connections.get(ConnectionId(code, name))
    assert isinstance(found, ProviderConnection)
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


async def test_a_business_has_two_logins_at_one_provider_each_with_its_own_account(store: Store) -> None:
    second = replace(LOGIN, provider=PROVIDER, secrets={"api_key": "another login's"})
    store.apply([business(connections={PROVIDER: LOGIN, "second-login": second})], actor="test")
    connections = StoreConnections(store, PROVIDER)
    both = [await connection_of(connections), await connection_of(connections, name="second-login")]
    assert both[0].adapter is not both[1].adapter
    assert both[0].account != both[1].account
    await connections.mark_needs_owner(ConnectionId(SHOP, "second-login"), both[1].revision, "the login was refused")
    assert not (await connection_of(connections, name="second-login")).enabled
    assert (await connection_of(connections)).enabled


async def test_a_connection_at_another_provider_is_none_of_this_ones(store: Store) -> None:
    second = replace(LOGIN, provider=PROVIDER)
    store.apply([business(connections={PROVIDER: LOGIN, "second-login": second})], actor="test")
    found = await StoreConnections(store, "testbook").get(ConnectionId(SHOP, "second-login"))
    assert found == NoConnection(why=f"{SHOP} has no connection second-login at testbook")


async def test_one_account_that_is_asked_by_list_has_one_name(store: Store) -> None:
    """Each of two queues would take what the other one has made for its own."""
    portal, secrets = "gib-earsiv", {"username": "33333301", "password": "portal"}
    login = Login(base_url="https://portal.invalid", secrets=secrets)
    store.apply([business(connections={portal: login, "z-second": replace(login, provider=portal)})], actor="test")
    connections = StoreConnections(store, portal)
    refused = await connections.get(ConnectionId(SHOP, "z-second"))
    assert isinstance(refused, NoConnection)
    assert f"the connection {portal}" in refused.why
    assert isinstance(await connections.get(ConnectionId(SHOP, portal)), ProviderConnection)


async def test_a_name_that_is_switched_off_stops_no_other_one_for_the_same_account(store: Store) -> None:
    """As one that was only added is: whichever name comes first in the alphabet."""
    login = Login(base_url="https://portal.invalid", secrets={"username": "33333301", "password": "portal"})
    added = replace(login, provider="gib-earsiv", enabled=False)
    store.apply([business(connections={"gib-earsiv": login, "a-second": added})], actor="test")
    connections = StoreConnections(store, "gib-earsiv")
    assert isinstance(await connections.get(ConnectionId(SHOP, "gib-earsiv")), ProviderConnection)


async def test_one_account_that_is_asked_by_list_is_one_business_s(store: Store) -> None:
    """The one that came first keeps it, whatever the other is called; with another account both are used."""
    portal, secrets = "gib-earsiv", {"username": "33333301", "password": "portal"}
    login = Login(base_url="https://portal.invalid", secrets=secrets)
    store.apply([business("SECOND", connections={portal: login})], actor="test")
    store.apply([business("FIRST-BY-NAME", connections={portal: login})], actor="test")
    connections = StoreConnections(store, portal)
    refused = await connections.get(ConnectionId("FIRST-BY-NAME", portal))
    assert isinstance(refused, NoConnection)
    assert "the connection gib-earsiv of SECOND" in refused.why
    await connection_of(connections, "SECOND", portal)
    other = replace(login, secrets={**secrets, "username": "33333302"})
    store.apply([business("FIRST-BY-NAME", connections={portal: other})], actor="test")
    await connection_of(connections, "FIRST-BY-NAME", portal)


WITHOUT_REGISTER = Login(base_url="https://books.invalid", secrets={"api_key": "key"}, options={"kinds": "both"})


@pytest.mark.parametrize(("changes", "registers"), [({}, (RegisterAt(PROVIDER, PROVIDER),)), ({"enabled": False}, ())])
async def test_a_connection_without_a_register_knows_the_others_that_have_one(
    store: Store, changes: dict[str, bool], registers: tuple[RegisterAt, ...]
) -> None:
    both = {"testbook": WITHOUT_REGISTER, PROVIDER: replace(LOGIN, **changes)}
    store.apply([business(connections=both)], actor="test")
    connections = StoreConnections(store, "testbook")
    assert (await connection_of(connections, name="testbook")).registers == registers
    assert (await connection_of(connections.at(PROVIDER))).registers == ()


async def test_two_connections_without_a_register_do_not_look_for_one_at_each_other(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_ports, "needs_other_register", lambda _: True)
    store.apply([business(connections={"testbook": WITHOUT_REGISTER, PROVIDER: LOGIN})], actor="test")
    connections = StoreConnections(store, "testbook")
    found = await connection_of(connections, name="testbook")
    assert found.registers == (RegisterAt(PROVIDER, PROVIDER),)
    assert (await connection_of(connections.at(PROVIDER))).registers == ()
    assert {each.provider: each.trouble for each in store.connections()} == {"testbook": None, PROVIDER: None}


async def test_a_register_whose_login_was_refused_is_waited_for(store: Store) -> None:
    store.apply([business(connections={"testbook": WITHOUT_REGISTER, PROVIDER: LOGIN})], actor="test")
    connections = StoreConnections(store, "testbook")
    there = await connection_of(connections.at(PROVIDER))
    await connections.at(PROVIDER).mark_needs_owner(
        ConnectionId(SHOP, PROVIDER), there.revision, "the login was refused"
    )
    assert (await connection_of(connections, name="testbook")).registers == (RegisterAt(PROVIDER, PROVIDER),)


async def test_a_connection_that_needs_its_owner_is_not_enabled_until_the_owner_acts(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    found = await connection_of(connections)
    await connections.mark_needs_owner(ConnectionId(SHOP, PROVIDER), found.revision, "the login was refused")
    assert not (await connection_of(connections)).enabled
    store.owner_acted(SHOP, PROVIDER, actor="ayse")
    assert (await connection_of(connections)).enabled


async def test_a_missing_connection_and_an_option_that_makes_no_sense_are_reasons_to_wait(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    assert isinstance(await connections.get(ConnectionId("FREMD", PROVIDER)), NoConnection)
    store.apply([with_login(options={"concurrency": "many"})], actor="test")
    found = await connections.get(ConnectionId(SHOP, PROVIDER))
    assert isinstance(found, NoConnection)
    assert "concurrency" in found.why


@pytest.mark.parametrize(
    ("login", "why"),
    [
        ({"secrets": {}}, "the secret api_key is missing"),
        ({"options": {"quotta_requests": "5"}}, "unknown options quotta_requests"),
        ({"options": {"quota_requests": "1e30"}}, "option quota_requests must be a number"),
        ({"options": {"max_call_seconds": "300"}}, "option max_call_seconds is too long"),
        ({"base_url": "http://provider.invalid"}, "is not an https address"),
        ({"base_url": "https://provider.invalid:99999"}, "is no web address"),
        ({"secrets": {"api_key": f"{SECRET}\n"}}, "no request could carry it"),
    ],
)
async def test_one_merchant_s_login_that_cannot_be_used_is_shown_and_stops_nobody_else(
    store: Store, login: dict[str, Any], why: str
) -> None:
    store.apply([business("GUT"), with_login(**login)], actor="test")
    connections = StoreConnections(store, PROVIDER)
    assert len(connections.usable()) == 1
    assert isinstance(await connections.get(ConnectionId("GUT", PROVIDER)), ProviderConnection)
    found = await connections.get(ConnectionId(SHOP, PROVIDER))
    assert isinstance(found, NoConnection)
    (listing,) = store.connections(SHOP)
    assert why in found.why
    assert (listing.why_not, listing.needs_owner) == (found.why, False)
    assert SECRET not in found.why


async def test_a_login_that_was_put_right_is_shown_as_such(store: Store) -> None:
    connections = StoreConnections(store, PROVIDER)
    store.apply([with_login(secrets={})], actor="test")
    await connections.get(ConnectionId(SHOP, PROVIDER))
    assert store.connections(SHOP)[0].why_not is not None
    store.apply([with_login()], actor="test")
    assert store.connections(SHOP)[0].why_not is None
    store.note_trouble(SHOP, PROVIDER, "said by a worker that has left since")
    assert isinstance(await connections.get(ConnectionId(SHOP, PROVIDER)), ProviderConnection)
    assert store.connections(SHOP)[0].why_not is None


async def test_secrets_that_one_merchant_s_row_alone_does_not_give_stop_nobody_else(
    store: Store, where: Settings
) -> None:
    with Store.open(with_another_key(where)) as elsewhere:
        elsewhere.apply([business("FREMD")], actor="test")
    connections = StoreConnections(store, PROVIDER)
    assert len(connections.usable()) == 1
    assert isinstance(await connections.get(ConnectionId("FREMD", PROVIDER)), NoConnection)
    assert "another key" in (store.connections("FREMD")[0].why_not or "")


async def test_a_key_that_fits_no_connection_is_the_worker_s_own_fault(store: Store, where: Settings) -> None:
    assert store.connections()
    with Store.open(with_another_key(where)) as elsewhere, pytest.raises(SecretsUnreadableError):
        StoreConnections(elsewhere, PROVIDER).usable()


async def test_no_number_is_given_before_the_journals_were_read_and_none_that_they_know() -> None:
    wanted = NumberWanted(
        business=SHOP,
        document_id="d",
        command_id="c",
        revision=0,
        document_type=DocumentType.EARSIV,
        series="ORN",
        issued_at=NOW,
        taxpayer=SELLER.tax_number,
    )
    reads = [KnownNumbers(highest={(SELLER.tax_number, "ORN", 2026): 41})]

    def journals() -> KnownNumbers:
        if not reads:
            raise OSError
        return reads.pop()

    async def refused(store: NumberStore) -> str:
        with pytest.raises(NumbersUnavailableError) as away:
            await StoreNumbers(store, journals).allot(wanted)
        return str(away.value)

    assert "41 was given" in await refused(NumberStore(number_engine()))
    assert "the journals cannot be read" in await refused(NumberStore(number_engine()))


async def test_the_calls_of_all_connections_are_what_the_worker_must_hold(store: Store) -> None:
    store.apply([with_login(options={"max_call_seconds": "33"}), business("ZWEITE")], actor="test")
    assert [each.max_call_seconds for each in StoreConnections(store, PROVIDER).usable()] == [33, 20]
    assert StoreConnections(store, "testbook").usable() == []


async def test_by_an_empty_store_no_order_is_refused_for_good(where: Settings) -> None:
    with Store.open(where) as empty:
        policies = StorePolicies(empty)
        with pytest.raises(PoliciesUnavailableError, match=r"/f.db holds no business: apply the configuration"):
            await policies.read({"FREMD"})
        assert await policies.read(set()) == {}
        empty.apply([business()], actor="test")
        assert await policies.read({"FREMD"}) == {}


@pytest.mark.parametrize("field", ["provider", "sign_through"])
async def test_a_provider_that_this_release_does_not_know_is_a_newer_one_s(
    store: Store, monkeypatch: pytest.MonkeyPatch, field: str
) -> None:
    later = with_login()
    store.apply([replace(later, connections={**later.connections, "later": LOGIN})], actor="test")
    assert await StorePolicies(store).connections(SHOP) == {PROVIDER: PROVIDER}
    store.apply([replace(later, policy=replace(POLICY, **{field: "later"}))], actor="test")
    monkeypatch.setattr(store_policies, "abort", abort)
    with pytest.raises(Aborted) as left:
        await StorePolicies(store).read({SHOP})
    assert left.value.code == NEWER_RULES


async def test_an_intake_that_is_older_than_the_store_leaves_with_a_code_of_its_own(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stored_by_a_newer_one(_: object) -> None:
        raise OtherReleaseError("the policy")

    monkeypatch.setattr(store, "policies", stored_by_a_newer_one)
    monkeypatch.setattr(store_policies, "abort", abort)
    with pytest.raises(Aborted) as left:
        await StorePolicies(store).read([SHOP])
    assert left.value.code == NEWER_RULES


async def test_policies_are_read_past_the_memory_and_remembered_for_a_while(store: Store) -> None:
    policies = StorePolicies(store)
    assert policies.peek(SHOP) is None
    assert await policies.read({SHOP, "FREMD"}) == {SHOP: POLICY}
    assert policies.peek(SHOP) == POLICY


async def test_a_document_can_go_to_the_enabled_connections(store: Store) -> None:
    assert await StorePolicies(store).connections(SHOP) == {PROVIDER: PROVIDER}
    store.apply([with_login(enabled=False)], actor="test")
    assert await StorePolicies(store).connections(SHOP) == {}
    assert await StorePolicies(store).connections("FREMD") == {}


async def test_a_store_that_is_away_is_not_an_unknown_business(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> dict[str, object]:
        raise StoreUnavailableError("the database is away")

    monkeypatch.setattr(store, "policies", away)
    with pytest.raises(PoliciesUnavailableError, match="away"):
        await StorePolicies(store).read({SHOP})
    monkeypatch.setattr(store, "connections", away)
    with pytest.raises(PoliciesUnavailableError, match="away"):
        await StorePolicies(store).connections(SHOP)
