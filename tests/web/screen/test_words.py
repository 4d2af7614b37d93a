"""Every word of the code has its words for people, in both languages, and no word has two meanings."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import get_args, get_type_hints

import pytest

from app.domain.documents import Attention, DocumentState, DocumentType, Intent
from app.domain.invoice_info.enums import InvoiceType
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent
from app.domain.outcomes import Verdict
from app.issuing.decisions.step_status import Cause
from app.store import Role
from app.tracking.orders import LineState, OrderState, Stuck
from app.web.screen.words import forms, states
from app.web.screen.words.errors import sentences
from app.web.screen.words.evidence import EVIDENCE, QUESTIONS, evidence_text
from app.web.screen.words.happenings import EVENTS, NOTICES
from app.web.screen.words.roles import ROLES
from app.web.screen.words.text import Label, Language, Text
from tests.docs import codes
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
    assert set(forms.TYPES) == set(DocumentType)
    assert set(forms.INTENTS) == set(Intent)
    assert set(forms.KINDS) == {kind.name for kind in InvoiceType}


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


def test_every_code_that_a_person_can_meet_has_its_sentences_and_no_other_code_has() -> None:
    tables = codes.tables_of(codes.TROUBLE)
    known = {str(word) for kind in ("code", "reason", "dead letter") for word in tables[kind]}
    assert set(sentences()) == known


def test_every_sentence_says_what_happened_and_what_to_do() -> None:
    for code, text in sentences().items():
        for said in (text.turkish, text.english):
            assert said.endswith("."), code
            assert len(said) < 200, code
            assert said[0].isupper() or said.startswith("e-"), code
            assert any(mark in said for mark in (". ", "; ", ", ")), code


def test_turkish_sentences_have_turkish_letters_and_none_of_our_jargon() -> None:
    for code, text in sentences().items():
        words = set(text.turkish.casefold().replace(".", " ").split())
        assert not words & {"event", "order", "document", "provider", "error", "sağlayıcı"}, code


def test_every_question_has_its_sentence() -> None:
    assert set(QUESTIONS) == set(Cause)
    assert set(EVIDENCE) == {"SENT", "ANSWERED", "LOOKED_UP", "RETURNED", "CONNECTION"}
    assert evidence_text("of a newer release") == Text("of a newer release", "of a newer release")


def test_every_event_and_notice_has_its_text() -> None:
    assert set(EVENTS) == types_of(LoggedEvent)
    assert set(NOTICES) == types_of(OrderNotice)


def types_of(record: type) -> set[str]:
    """What the field `type` of a record's bodies may be."""
    body = get_type_hints(record)["body"]
    return {get_args(get_type_hints(each)["type"])[0] for each in get_args(body)}
