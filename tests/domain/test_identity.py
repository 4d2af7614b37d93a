"""Ids are derived, stable, and apart from each other."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from app.domain import identity

parts = st.lists(st.text(), max_size=5)


@given(parts)
def test_a_derived_id_is_the_uuid5_of_its_parts(found: list[str]) -> None:
    name = identity.SEPARATOR.join(found)
    assert identity.derived(*found) == str(uuid.uuid5(identity.NAMESPACE, name))


def test_the_namespace_and_with_it_every_id_is_for_life() -> None:
    assert identity.document_id("ORNEK", "S-1", "INVOICE", identity.scope_of(("1", "2")), 0) == (
        identity.document_id("ORNEK", "S-1", "INVOICE", identity.scope_of(("2", "1")), 0)
    )
    assert identity.derived("document", "ORNEK", "S-1") == "ac038eee-36c4-5789-95e4-33b5ebfc38f7"


def test_a_redelivery_has_the_same_id_and_another_place_or_value_has_not() -> None:
    first = identity.event_id("orders.v1", 0, 5, b"x")
    assert identity.event_id("orders.v1", 0, 5, b"x") == first
    assert len({first, identity.event_id("orders.v1", 0, 6, b"x"), identity.event_id("orders.v1", 0, 5, b"y")}) == 3


def test_a_change_of_provider_keeps_the_document_and_changes_the_command() -> None:
    document = identity.document_id("ORNEK", "S-1", "INVOICE", "scope", 0)
    assert identity.command_id(document, "nilvera", "ISSUE", 0) != identity.command_id(document, "sovos", "ISSUE", 0)


def test_a_new_try_is_another_document() -> None:
    tries = {identity.document_id("ORNEK", "S-1", "INVOICE", "scope", n) for n in range(3)}
    assert len(tries) == 3
