"""Every word of the code has its words for people, in both languages, and no word has two meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

import pytest

from app.domain.documents import Attention, DocumentState, DocumentType, Intent
from app.domain.outcomes import Verdict
from app.store import Role
from app.tracking.orders import LineState, OrderState, Stuck
from app.web.screen.words import states
from app.web.screen.words.roles import ROLES
from app.web.screen.words.text import Label, Language, Text
from tests.web.screen.catalogue import texts, turkish

TABLES: list[tuple[type[Enum], Mapping[object, Label]]] = [
    (DocumentState, states.STATES),
    (Attention, states.ATTENTIONS),
    (OrderState, states.ORDERS),
    (LineState, states.LINES),
    (Verdict, states.VERDICTS),
    (Stuck, states.STUCK),
]


@pytest.mark.parametrize(("kind", "table"), TABLES, ids=lambda each: getattr(each, "__name__", ""))
def test_every_member_has_its_label(kind: type[Enum], table: Mapping[object, Label]) -> None:
    assert set(table) == set(kind)
    for label in table.values():
        for text in (label.text, label.hint):
            assert text.turkish
            assert text.english


def test_roles_types_and_intents_have_their_texts() -> None:
    assert set(ROLES) == set(Role)
    assert set(states.TYPES) == set(DocumentType)
    assert set(states.INTENTS) == set(Intent)


@pytest.mark.parametrize("language", Language)
def test_no_two_states_of_documents_are_called_the_same(language: Language) -> None:
    labels = [*states.STATES.values(), states.WITHDRAWN, *states.ATTENTIONS.values()]
    said = [label.text.in_(language) for label in labels]
    assert len(set(said)) == len(said)


def test_a_word_that_means_three_things_in_portals_is_never_used() -> None:
    for _, table in TABLES:
        assert not any("Onaylandı" in label.text.turkish for label in table.values())
        assert not any(label.text == Text("Reddedildi", "Rejected") for label in table.values())


def test_every_text_of_the_templates_is_in_the_catalogue_and_no_other() -> None:
    assert {message.id for message in turkish() if message.id} == texts(), "run `python -m tests.web.screen.catalogue`"


def test_every_text_of_the_templates_has_its_turkish() -> None:
    kept = [message for message in turkish() if message.id]
    assert [
        message.id
        for message in kept
        if not (message.string if isinstance(message.string, str) else all(message.string))
    ] == []


def test_a_text_and_its_turkish_have_the_same_places_for_values() -> None:
    for message in turkish():
        if message.id and isinstance(message.id, str) and message.python_format:
            assert message.id.count("%(") == str(message.string).count("%(")
