"""A conclusion is only as strong as the evidence: what proves one document, what does not, and what speaks for two."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState, DocumentStatus, DocumentType
from app.domain.identity import order_key
from app.domain.policy import EXTERNAL, Trigger
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.encoding import admitted
from app.issuing.journal.facts import Answered, Attempting
from app.operations.proof.conclusion import Evidence, Verdict, conclude, derived_id
from app.operations.proof.journal import DocumentJournal, JournalFact
from app.operations.proof.prove import derived_ids, is_rival
from app.operations.proof.provider_words import ProviderWords
from providers.base import Absent, Different, Done, Finding, Outcome, Step, Unclear, Unknown
from providers.base.reads import Days, ListedDocument
from providers.registry import provider
from tests.harness.issuing_builders import at, command
from tests.planning.events import Log, document_id, placed, progressed

S = DocumentState
DOCUMENT = document_id("1", "2", "3")
DAY = date(2026, 11, 2)
FOUND = Done(reference="theirs-1", state=S.ISSUED, number="N1")
ROW = ListedDocument(provider_reference="theirs-1", document_type=DocumentType.EARSIV, number="N1", state=S.ISSUED)
BY_LIST, BY_REFERENCE = "gib-earsiv", "testbook"


def status(state: DocumentState = S.ISSUED, **changes: Any) -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, S.ISSUED, number="N1"))
    return replace(log.all.statuses[-1], state=state, **changes)


def journal(*outcomes: Outcome | None) -> DocumentJournal:
    """Attempts at the invoice, each with its answer, or none."""
    attempting = Attempting(started=at(1), deadline=at(4), prepared="0-a")
    names = [f"{number}-a" for number in range(1, len(outcomes) + 1)]
    answers = {
        name: Answered(at=at(2), prepared="0-a", outcome=outcome)
        for name, outcome in zip(names, outcomes, strict=True)
        if outcome is not None
    }
    facts = CommandFacts(command_id="c", admitted=admitted(command(), 0))
    facts.steps[Step.INVOICE] = StepFacts(attempts=dict.fromkeys(names, attempting), answers=answers)
    fact = JournalFact(
        command_id="c", kind="Admitted", step=None, identifier="", written=at(0), partition=0, offset=0, said=""
    )
    return DocumentJournal(facts=(fact,), commands=(facts,))


def words(name: str, look_up: Finding | None, *listed: ListedDocument, **more: Any) -> ProviderWords:
    rows = {"listed": listed, "days": Days(first=DAY, last=DAY)} if listed or "others" in more else {}
    return ProviderWords(**{"capabilities": provider(name).capabilities(), "look_up": look_up, **rows, **more})


def evidence(**changes: Any) -> Evidence:
    known: dict[str, Any] = {
        "document": status(),
        "rivals": (),
        "journal": journal(FOUND),
        "provider": words(BY_REFERENCE, FOUND, ROW),
        "payable": Decimal("300.00"),
        "currency": "TRY",
    }
    return Evidence(**{**known, **changes})


def test_what_look_up_list_and_journal_show_once_exists_once() -> None:
    found = conclude(evidence())
    assert (found.verdict, found.reasons) == (Verdict.ONCE, ())
    assert found.sentence == (
        "It exists once, as N1: asked now, nilvera says so (its look-up shows one document and its list from "
        "2026-11-02 to 2026-11-02 has it once); no attempt in the journal is open, and no other document of the order "
        "has its lines."
    )


def test_a_look_up_by_our_reference_is_enough_where_there_is_no_list() -> None:
    assert conclude(evidence(provider=words(BY_REFERENCE, FOUND))).verdict is Verdict.ONCE


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"document": status(S.CANCELLED)}, "it is CANCELLED here"),
        ({"document": status(attention=Attention.NEEDS_REVIEW)}, "a question about it is open"),
        ({"document": status(attempt=1)}, "its id does not follow"),
        ({"document": status(provider=EXTERNAL)}, "the merchant has issued it himself"),
        ({"journal": DocumentJournal(facts=(), commands=())}, "the journal has no fact of it"),
        ({"journal": journal(Unknown(why="lost"))}, "no answer and no look-up has settled attempt 1-a"),
        ({"provider": words(BY_REFERENCE, Absent())}, "has none of it"),
        ({"provider": words(BY_REFERENCE, Unclear(why="busy"))}, "did not answer the look-up: busy"),
        ({"provider": words(BY_REFERENCE, replace(FOUND, state=S.CANCELLED))}, "says that it is CANCELLED"),
        ({"provider": words(BY_REFERENCE, replace(FOUND, number="N2"))}, "has it as N2, and we as N1"),
        ({"provider": words(BY_REFERENCE, FOUND, others=())}, "list of these days has it as no legal document"),
        ({"provider": words(BY_REFERENCE, FOUND, replace(ROW, state=S.CANCELLED))}, "has it as no legal document"),
        ({"provider": words("bizimhesap", None, why=("bizimhesap cannot be asked.",))}, "bizimhesap cannot be asked"),
        ({"provider": ProviderWords()}, "its provider was not asked"),
        ({"provider": words(BY_LIST, FOUND), "journal": journal(Unknown(why="lost"), FOUND)}, "2 attempts may each"),
    ],
)
def test_what_is_missing_keeps_it_from_being_proven_and_is_said(changes: dict[str, Any], why: str) -> None:
    found = conclude(evidence(**changes))
    assert found.verdict is Verdict.NOT_PROVEN
    assert why in found.sentence
    assert found.sentence.startswith("It is not proven that exactly one exists, because ")


def test_one_attempt_in_a_whole_journal_is_enough_where_the_provider_names_documents_itself() -> None:
    assert conclude(evidence(provider=words(BY_LIST, FOUND))).verdict is Verdict.ONCE
    commands = (CommandFacts(command_id="c"),)
    forgotten = DocumentJournal(facts=journal(FOUND).facts, commands=commands)
    found = conclude(evidence(provider=words(BY_LIST, FOUND), journal=forgotten))
    assert found.reasons == (
        "nilvera names its documents itself and gave no list, and the journal no longer has its attempts",
    )


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"provider": words(BY_REFERENCE, FOUND, ROW, replace(ROW, provider_reference="theirs-2"))}, "list has it 2"),
        ({"provider": words(BY_REFERENCE, Different(detail="two of them"))}, "two of them"),
        ({"journal": journal(FOUND, replace(FOUND, reference="theirs-2"))}, "theirs-1, theirs-2"),
        ({"rivals": (status(document_id=document_id("1"), lines=("1",)),)}, "has lines of it too, and is ISSUED"),
    ],
    ids=["two rows", "another at the look-up", "two answers", "another document over a line"],
)
def test_signs_of_a_second_document_are_never_passed_over(changes: dict[str, Any], why: str) -> None:
    found = conclude(evidence(**changes))
    assert found.verdict is Verdict.SEVERAL
    assert why in found.sentence


@pytest.mark.parametrize(
    ("other", "verdict"),
    [
        ({}, Verdict.SEVERAL),
        ({"payable": Decimal(301)}, Verdict.ONCE),
        ({"currency": "EUR"}, Verdict.ONCE),
        ({"state": S.CANCELLED}, Verdict.ONCE),
        ({"payable": None}, Verdict.ONCE),
    ],
)
def test_where_no_name_of_ours_is_on_it_one_of_the_same_amount_may_be_a_second_one(
    other: dict[str, Any], verdict: Verdict
) -> None:
    alike = replace(ROW, provider_reference="theirs-2", number="N2", payable=Decimal("300.00"), currency="TRY")
    provider_words = words("kolaybi", FOUND, ROW, others=(replace(alike, **other),))
    assert conclude(evidence(provider=provider_words)).verdict is verdict


def test_where_our_reference_is_on_every_document_of_ours_one_of_the_same_amount_is_none() -> None:
    alike = replace(ROW, provider_reference="theirs-2", number="N2", payable=Decimal("300.00"), currency="TRY")
    assert conclude(evidence(provider=words("nilvera", FOUND, ROW, others=(alike,)))).verdict is Verdict.ONCE


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"lines": ("3",)}, True),
        ({"lines": ("4",)}, False),
        ({"state": S.CANCELLED}, False),
        ({"state": S.CANCELLED, "attention": Attention.NEEDS_REVIEW}, True),
        ({"credit_reference": "R-1"}, False),
        ({"document_id": DOCUMENT}, False),
    ],
)
def test_a_rival_has_one_of_its_lines_and_has_not_surely_ended(changes: dict[str, Any], expected: bool) -> None:
    other = replace(status(document_id=document_id("3")), **changes)
    assert is_rival(other, status()) is expected


def test_ids_are_derived_again_from_what_they_are_made_of() -> None:
    latest = status()
    own, of_command = derived_ids(latest, journal(FOUND))
    assert derived_id(latest) == DOCUMENT
    assert (own.identifier, own.agrees) == (DOCUMENT, True)
    assert order_key(*own.derived_from[:2]) == order_key(latest.business, latest.order_reference)
    assert (of_command.identifier, of_command.agrees) == ("c", False)
