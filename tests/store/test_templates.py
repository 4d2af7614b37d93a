from __future__ import annotations

from uuid import UUID

import pytest

from app.store import Store, StoreError
from tests.store.configurations import NOW

KEY = UUID("00000000-0000-4000-8000-0000000000aa")


def test_a_stored_template_is_found_by_its_uuid(store: Store) -> None:
    store.templates().add(b"<xslt/>", name="ours", actor="ayşe", uuid=KEY)
    (listed,) = store.templates().listed()
    assert store.templates().content(KEY) == b"<xslt/>"
    assert (listed.uuid, listed.name, listed.size) == (KEY, "ours", 7)
    assert (listed.added_at, listed.added_by) == (NOW, "ayşe")


def test_an_unknown_uuid_is_none(store: Store) -> None:
    assert (store.templates().content(KEY), store.templates().listed()) == (None, ())


def test_a_template_added_twice_is_one(store: Store) -> None:
    first = store.templates().add(b"<xslt/>", name="ours", actor="ayşe")
    again = store.templates().add(b"<xslt/>", name="another name", actor="mehmet")
    assert first == again
    assert [each.name for each in store.templates().listed()] == ["ours"]


def test_another_template_gets_another_uuid(store: Store) -> None:
    assert store.templates().add(b"<a/>", name="a", actor="ayşe") != store.templates().add(b"<b/>", name="b", actor="a")


def test_what_stands_under_a_uuid_is_never_replaced(store: Store) -> None:
    store.templates().add(b"<a/>", name="a", actor="ayşe", uuid=KEY)
    with pytest.raises(StoreError, match="another template already"):
        store.templates().add(b"<b/>", name="b", actor="ayşe", uuid=KEY)
    assert store.templates().content(KEY) == b"<a/>"
