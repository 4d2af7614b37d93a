from __future__ import annotations

import re

from app.store import Scope, Store
from app.store.api_keys import ApiKeyStore, NewKey, key_id_of
from tests.store.configurations import NOW, SHOP


def added(keys: ApiKeyStore, client: str = "shop") -> NewKey | None:
    return keys.add(client, businesses=[SHOP], scopes=[Scope.ORDERS_WRITE], environment="live", actor="ayşe")


def test_a_key_is_found_by_its_text_alone(store: Store) -> None:
    keys = store.api_keys()
    made = added(keys)
    assert made is not None
    assert re.fullmatch(r"ff_live_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}", made.text)
    assert keys.find(made.text) == made.key
    assert (made.key.client, made.key.created_at, made.key.created_by) == ("shop", NOW, "ayşe")
    assert key_id_of(made.text) == made.key.key_id


def test_no_table_holds_the_text_of_a_key(store: Store) -> None:
    made = added(store.api_keys())
    assert made is not None
    assert made.text.rpartition("_")[2] not in repr(store.api_keys().all())


def test_a_text_with_another_check_is_no_key() -> None:
    assert key_id_of("ff_live_00000000_" + "0" * 43 + "000000") is None


def test_a_client_has_one_first_key(store: Store) -> None:
    assert added(store.api_keys()) is not None
    assert added(store.api_keys()) is None


def test_a_client_without_a_key_has_none_to_replace(store: Store) -> None:
    assert store.api_keys().rotate("shop", environment="live", actor="ayşe") is None


def test_the_next_key_may_what_the_one_before_may(store: Store) -> None:
    keys = store.api_keys()
    first = added(keys)
    second = keys.rotate("shop", environment="live", actor="mehmet")
    assert first is not None
    assert second is not None
    assert (second.key.businesses, second.key.scopes) == (first.key.businesses, first.key.scopes)
    assert first.text != second.text


def test_a_key_is_revoked_once(store: Store) -> None:
    keys = store.api_keys()
    made = added(keys)
    assert made is not None
    assert keys.revoke(made.key.key_id, actor="ayşe")
    assert not keys.revoke(made.key.key_id, actor="ayşe")
    (key,) = keys.all()
    assert key.revoked_at == NOW
    assert not key.is_valid(NOW)
