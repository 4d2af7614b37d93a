from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from app.domain.policy import Trigger
from app.settings import Settings
from app.store import ChangeKind, OtherProviderError, OtherReleaseError, SecretsUnreadableError, Store, new_key
from app.store.encryption import SecretCipher
from tests.store.configurations import LOGIN, NOW, POLICY, PROVIDER, SECRET, SELLER, SHOP, business, with_login


def kinds(changes: Any) -> dict[str, ChangeKind]:
    return {change.part: change.kind for change in changes}


def revision(store: Store) -> int:
    connection = store.connection(SHOP, PROVIDER)
    assert connection is not None
    return connection.revision


def test_what_was_applied_is_what_the_workers_are_told(store: Store) -> None:
    store.apply([business(policy=replace(POLICY, active_from=date(2026, 1, 1)))], actor="ayşe")
    facts, connection = store.business_facts(SHOP), store.connection(SHOP, PROVIDER)
    assert store.policy(SHOP) == replace(POLICY, active_from=date(2026, 1, 1))
    assert facts is not None and connection is not None
    assert (facts.seller, facts.carriers[0].tax_number) == (SELLER, "1111111114")
    assert (connection.secrets, connection.options) == ({"api_key": SECRET}, {"concurrency": "2"})
    assert (connection.revision, connection.needs_owner, connection.resend_after_absence) == (1, False, False)
    assert [each.name for each in store.series(SHOP)] == ["ORN"]


def test_an_unknown_business_is_none_everywhere(store: Store) -> None:
    assert store.policy("NOBODY") is None
    assert store.business_facts("NOBODY") is None
    assert store.connection("NOBODY", PROVIDER) is None
    assert store.connections() == ()


def test_applying_twice_changes_nothing_and_records_nothing(store: Store) -> None:
    first = store.apply([business()], actor="ayşe")
    recorded = store.audit_records()
    second = store.apply([business()], actor="ayşe")
    assert set(kinds(first).values()) == {ChangeKind.CREATED}
    assert set(kinds(second).values()) == {ChangeKind.UNCHANGED}
    assert store.audit_records() == recorded
    assert revision(store) == 1


def test_only_what_differs_is_changed_and_the_audit_log_says_by_whom(store: Store) -> None:
    store.apply([business()], actor="ayşe")
    changed = store.apply([business(policy=replace(POLICY, trigger=Trigger.MANUAL))], actor="mehmet")
    last = store.audit_records(SHOP)[-1]
    assert [part for part, kind in kinds(changed).items() if kind is ChangeKind.CHANGED] == ["policy"]
    assert (last.at, last.actor, last.part, last.what) == (NOW, "mehmet", "policy", "CHANGED")
    assert last.differences == {"trigger": ["SHIPMENT", "MANUAL"]}
    assert revision(store) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"base_url": "https://other.invalid"},
        {"options": {}},
        {"secrets": {"api_key": "another"}},
        {"enabled": False},
        {"resend_after_absence": True},
    ],
    ids=lambda other: next(iter(other)),
)
def test_every_change_of_a_connection_raises_its_revision(store: Store, other: dict[str, Any]) -> None:
    store.apply([business()], actor="ayşe")
    store.apply([with_login(**other)], actor="ayşe")
    assert revision(store) == 2


def test_the_audit_log_names_secrets_and_never_tells_them(store: Store) -> None:
    store.apply([with_login(secrets={"api_key": SECRET, "user": SECRET})], actor="ayşe")
    store.apply([with_login(secrets={"api_key": "another-secret"})], actor="ayşe")
    created, changed = (entry for entry in store.audit_records() if entry.part == "connection nilvera")
    assert created.differences["secrets.api_key"] == [None, "set"]
    assert changed.differences == {"secrets.api_key": ["set", "set anew"], "secrets.user": ["set", None]}
    assert SECRET not in repr(store.audit_records())


def test_lists_that_are_no_longer_in_the_file_are_emptied(store: Store) -> None:
    store.apply([business()], actor="ayşe")
    changed = store.apply([business(series=(), carriers=())], actor="ayşe")
    facts = store.business_facts(SHOP)
    assert kinds(changed)["series"] is kinds(changed)["carriers"] is ChangeKind.CHANGED
    assert store.series(SHOP) == ()
    assert facts is not None and facts.carriers == ()


def test_a_connection_and_a_business_that_the_file_does_not_name_are_left_alone(store: Store) -> None:
    store.apply([business("ESKI"), business()], actor="ayşe")
    changed = store.apply([business(connections={"parasut": LOGIN})], actor="ayşe")
    assert kinds(changed)["connection nilvera"] is ChangeKind.LEFT_ALONE
    assert [(each.business, each.provider) for each in store.connections()] == [
        ("ESKI", "nilvera"),
        (SHOP, "nilvera"),
        (SHOP, "parasut"),
    ]


def test_a_dry_run_says_what_would_change_and_leaves_no_trace(store: Store) -> None:
    changed = store.apply([business()], actor="ayşe", dry_run=True)
    assert set(kinds(changed).values()) == {ChangeKind.CREATED}
    assert store.businesses() == ()
    assert store.audit_records() == ()


def test_a_file_that_fails_half_way_leaves_no_trace(settings: Settings) -> None:
    with Store.open(settings.model_copy(update={"secret_key": None})) as keyless:
        with pytest.raises(
            SecretsUnreadableError, match="neither FATURAFLOW_SECRET_KEY nor FATURAFLOW_SECRET_KEY_FILE is set"
        ):
            keyless.apply([business("BIR", connections={}), business("IKI")], actor="ayşe")
        assert keyless.businesses() == ()


def test_no_byte_of_the_database_holds_a_secret(store: Store, settings: Settings) -> None:
    store.apply([business()], actor="ayşe")
    folder = Path(settings.database.removeprefix("sqlite:///")).parent
    content = b"".join(file.read_bytes() for file in folder.iterdir())
    assert b"provider.invalid" in content
    assert SECRET.encode() not in content
    assert SECRET not in repr(store.connection(SHOP, PROVIDER))


def test_another_key_is_told_in_one_sentence_and_listings_need_none(store: Store, settings: Settings) -> None:
    store.apply([business()], actor="ayşe")
    with Store.open(settings.model_copy(update={"secret_key": SecretStr(new_key())})) as other:
        with pytest.raises(SecretsUnreadableError, match=r"encrypted with another key.* --replace-secrets"):
            other.connection(SHOP, PROVIDER)
        with pytest.raises(SecretsUnreadableError, match="encrypted with another key"):
            other.apply([business()], actor="ayşe")
        assert other.connections()[0].secret_names == ("api_key",)


def test_what_is_no_key_is_refused_at_once(settings: Settings) -> None:
    with pytest.raises(SecretsUnreadableError, match="SECRET_KEY_FILE gives is not a key"):
        Store.open(settings.model_copy(update={"secret_key": SecretStr("hunter2")}))


def test_a_lost_key_is_replaced_by_writing_every_secret_anew(store: Store, settings: Settings) -> None:
    store.apply([business()], actor="ayşe")
    with Store.open(settings.model_copy(update={"secret_key": SecretStr(new_key())})) as other:
        other.apply([business()], actor="ayşe", replace_secrets=True)
        connection = other.connection(SHOP, PROVIDER)
    assert connection is not None and connection.secrets == {"api_key": SECRET}


def test_an_older_key_behind_the_new_one_still_reads(store: Store, settings: Settings) -> None:
    store.apply([business()], actor="ayşe")
    assert settings.secret_key is not None
    both = SecretStr(f"{new_key()},{settings.secret_key.get_secret_value()}")
    with Store.open(settings.model_copy(update={"secret_key": both})) as rotated:
        connection = rotated.connection(SHOP, PROVIDER)
    assert connection is not None and connection.secrets == {"api_key": SECRET}


def test_a_login_is_as_old_as_its_last_change_and_a_switch_is_none(settings: Settings) -> None:
    times = iter(NOW + timedelta(minutes=minute) for minute in range(10))
    with Store.open(settings, clock=lambda: next(times)) as store:
        changes = [{}, {"enabled": False}, {"secrets": {"api_key": "renewed"}}, {"secrets": {"api_key": "renewed"}}]
        seen = []
        for change in changes:
            store.apply([with_login(**change)], actor="ayşe")
            connection = store.connection(SHOP, PROVIDER)
            assert connection is not None
            seen.append(connection.login_since)
    assert seen == [NOW, NOW, NOW + timedelta(minutes=2), NOW + timedelta(minutes=2)]


def test_a_fingerprint_tells_secrets_apart_and_outlives_a_new_key_before_the_old_one(settings: Settings) -> None:
    assert settings.secret_key is not None
    both = SecretStr(f"{new_key()},{settings.secret_key.get_secret_value()}")
    ciphers = SecretCipher(settings.secret_key), SecretCipher(both), SecretCipher(SecretStr(new_key()))
    first, same, other = (cipher.fingerprint("secret") for cipher in ciphers)
    assert first == same != other
    assert ciphers[0].fingerprint("secret ") != first


@pytest.mark.parametrize("read", [Store.policy, Store.business_facts])
def test_what_a_newer_release_has_stored_is_never_read_in_part(
    store: Store, settings: Settings, read: Callable[[Store, str], object]
) -> None:
    store.apply([business()], actor="ayşe")
    with closing(sqlite3.connect(settings.database.removeprefix("sqlite:///"))) as database, database:
        database.execute("UPDATE businesses SET policy = json_set(policy, '$.added_later', 1)")
        database.execute("UPDATE businesses SET seller = json_set(seller, '$.added_later', 1)")
    with pytest.raises(OtherReleaseError, match="does not know added_later"):
        read(store, SHOP)


def test_a_failed_login_waits_for_its_owner_until_anything_changes(store: Store) -> None:
    store.apply([business()], actor="ayşe")
    assert store.mark_needs_owner(SHOP, PROVIDER, 1, "401 from the provider")
    assert not store.mark_needs_owner(SHOP, PROVIDER, 1, "401 again")
    listed = store.connections(SHOP)[0]
    assert (listed.needs_owner, listed.needs_owner_why) == (True, "401 from the provider")
    store.apply([with_login(secrets={"api_key": "renewed"})], actor="ayşe")
    listed = store.connections(SHOP)[0]
    assert (listed.needs_owner, listed.needs_owner_why) == (False, None)


def test_a_failure_of_an_older_revision_does_not_count(store: Store) -> None:
    store.apply([business()], actor="ayşe")
    store.apply([with_login(secrets={"api_key": "renewed"})], actor="ayşe")
    assert not store.mark_needs_owner(SHOP, PROVIDER, 1, "401 with the old key")
    assert not store.connections(SHOP)[0].needs_owner


def test_an_owner_who_acted_at_the_provider_needs_to_change_nothing_here(store: Store) -> None:
    store.apply([business()], actor="ayşe")
    store.mark_needs_owner(SHOP, PROVIDER, 1, "account locked")
    assert store.owner_acted(SHOP, PROVIDER, actor="mehmet")
    assert not store.owner_acted(SHOP, "parasut", actor="mehmet")
    assert not store.connections(SHOP)[0].needs_owner
    assert [(entry.actor, entry.what) for entry in store.audit_records()][-2:] == [
        ("issuer", "NEEDS_OWNER"),
        ("mehmet", "OWNER_ACTED"),
    ]


def test_sqlite_is_set_up_for_several_processes(store: Store, settings: Settings) -> None:
    store.apply([business()], actor="ayşe")
    file = settings.database.removeprefix("sqlite:///")
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    finally:
        connection.close()


def test_a_connection_keeps_its_provider(store: Store) -> None:
    second = replace(LOGIN, provider=PROVIDER)
    store.apply([business(connections={"second-login": second})], actor="ayse")
    with pytest.raises(OtherProviderError, match="second-login is at nilvera"):
        store.apply([business(connections={"second-login": replace(LOGIN, provider="testbook")})], actor="ayse")


def test_a_policy_names_a_stored_connection_with_the_provider_that_it_is_at(store: Store) -> None:
    store.apply([business(connections={"second-login": replace(LOGIN, provider=PROVIDER)})], actor="ayse")
    elsewhere = replace(POLICY, provider="testbook", connection="second-login")
    with pytest.raises(OtherProviderError, match="its policy says testbook"):
        store.apply([business(policy=elsewhere, connections={})], actor="ayse")
