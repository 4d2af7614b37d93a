"""What an issuer says of a document and cannot be taken over: nothing changes in silence, and a person can answer."""

from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.identity import command_id
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    LinesCancelled,
    OrderThawed,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.effects import Effects
from app.planning.rules.freezing import frozen_state
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
FIRST, SECOND = document_id(*WHOLE), document_id(*WHOLE, attempt=1)
ISSUED, REJECTED, DELIVERED = DocumentState.ISSUED, DocumentState.REJECTED, DocumentState.DELIVERED
CANCELLED, PLANNED = DocumentState.CANCELLED, DocumentState.PLANNED
CONFIRM, ABSENT, REJECT = ReviewAnswer.CONFIRM_ISSUED, ReviewAnswer.CONFIRM_ABSENT, ReviewAnswer.REJECT


def decided(document: str, revision: int, decision: ReviewAnswer, **more: Any) -> ReviewDecided:
    return ReviewDecided(document_id=document, revision=revision, decision=decision, **more)


def told(effects: Effects) -> list[tuple[Any, ...]]:
    return [(status.state, status.attention, status.number, status.review_revision) for status in effects.statuses]


def codes(effects: Effects) -> list[str]:
    return [error.code for status in effects.statuses for error in status.errors]


def issued(**names: Any) -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(FIRST, ISSUED, **names))
    return log


# --- names -----------------------------------------------------------------------------------------------------------


def test_another_number_than_the_known_is_a_question_and_changes_nothing() -> None:
    log = issued(number="EAR1", ettn="a")
    effects = log.append(progressed(FIRST, DELIVERED, number="EAR7", ettn="a"))
    assert told(effects) == [(ISSUED, Attention.NEEDS_REVIEW, "EAR1", 1)]
    assert codes(effects) == ["NUMBER_CHANGED"]


def test_another_ettn_than_the_known_is_a_question() -> None:
    log = issued(number="EAR1", ettn="a")
    assert codes(log.append(progressed(FIRST, DELIVERED, number="EAR1", ettn="b"))) == ["ETTN_CHANGED"]


def test_the_same_contradiction_again_says_nothing_new() -> None:
    log = issued(number="EAR1")
    log.append(progressed(FIRST, DELIVERED, number="EAR7"))
    assert not log.append(progressed(FIRST, DELIVERED, number="EAR7")).statuses


@pytest.mark.parametrize("number", ["EAR1", "EAR7"])
def test_a_person_says_which_number_a_document_bears(number: str) -> None:
    log = issued(number="EAR1")
    log.append(progressed(FIRST, DELIVERED, number="EAR7"))
    effects = log.append(decided(FIRST, 1, CONFIRM, number=number), actor="ayse")
    assert told(effects) == [(DELIVERED, None, number, 1)]
    assert ([outcome.verdict for outcome in effects.outcomes], effects.commands) == ([Verdict.OK], [])
    assert log.outcome(decided(FIRST, 1, CONFIRM, number=number)).verdict is Verdict.DUPLICATE
    assert log.outcome(decided(FIRST, 1, CONFIRM, number="EAR9")).reason == "REVIEW_DECIDED"


@pytest.mark.parametrize("decision", [ABSENT, REJECT])
def test_a_document_that_stands_is_not_decided_away(decision: ReviewAnswer) -> None:
    log = issued(number="EAR1")
    log.append(progressed(FIRST, DELIVERED, number="EAR7"))
    assert log.outcome(decided(FIRST, 1, decision)).reason == "DOCUMENT_STANDS"


def test_news_that_agree_do_not_answer_the_question() -> None:
    log = issued(number="EAR1")
    log.append(progressed(FIRST, DELIVERED, number="EAR7"))
    assert told(log.append(progressed(FIRST, DELIVERED, number="EAR1"))) == [
        (DELIVERED, Attention.NEEDS_REVIEW, "EAR1", 1)
    ]


def test_a_question_of_the_issuer_after_one_of_ours_has_the_next_number_and_reaches_it_under_its_own() -> None:
    log = issued(number="EAR1")
    log.append(progressed(FIRST, DELIVERED, number="EAR7"))
    log.append(decided(FIRST, 1, CONFIRM, number="EAR1"))
    asks = progressed(FIRST, DELIVERED, attention=Attention.NEEDS_REVIEW, review_revision=1)
    assert told(log.append(asks)) == [(DELIVERED, Attention.NEEDS_REVIEW, "EAR1", 2)]
    command = log.command(decided(FIRST, 2, CONFIRM, number="EAR1"))
    assert (command.action, command.revision, command.review.revision) == (Action.REVIEW, 1, 1)


def test_a_number_that_a_person_has_read_is_believed() -> None:
    """Two stand at the provider under one reference; the person keeps the one that nobody had told."""
    log = issued(number="EAR1")
    log.append(progressed(FIRST, ISSUED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    log.append(decided(FIRST, 1, CONFIRM, number="EAR2"))
    assert told(log.append(progressed(FIRST, ISSUED, number="EAR2", review_revision=1))) == [(ISSUED, None, "EAR2", 1)]


def two_shipments() -> Log:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(progressed(document_id("1"), ISSUED, number="EAR1"))
    return log


def test_a_number_of_the_orders_other_document_is_refused_in_a_confirmation() -> None:
    log = two_shipments()
    log.append(progressed(document_id("2"), PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    outcome = log.outcome(decided(document_id("2"), 1, CONFIRM, number="EAR1"))
    assert [(error.path, error.code) for error in outcome.errors] == [("$.body.number", "NUMBER_IN_USE")]
    assert log.outcome(decided(document_id("2"), 1, CONFIRM, number="EAR2")).verdict is Verdict.OK


def test_an_ettn_of_the_orders_other_document_is_refused_in_a_confirmation() -> None:
    log = two_shipments()
    log.append(progressed(document_id("1"), ISSUED, ettn="e-1"))
    log.append(progressed(document_id("2"), PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    outcome = log.outcome(decided(document_id("2"), 1, CONFIRM, number="EAR2", ettn="e-1"))
    assert [(error.path, error.code) for error in outcome.errors] == [("$.body.ettn", "ETTN_IN_USE")]


def test_a_number_of_the_orders_other_document_is_a_question_in_news() -> None:
    log = two_shipments()
    effects = log.append(progressed(document_id("2"), ISSUED, number="EAR1"))
    assert (told(effects), codes(effects)) == ([(PLANNED, Attention.NEEDS_REVIEW, None, 1)], ["NUMBER_IN_USE"])


# --- lines that are taken --------------------------------------------------------------------------------------------


def taken() -> Log:
    """The first document was thought dead, a second has its lines, and a person has found the first at its provider."""
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(FIRST, REJECTED))
    log.append(requested(*WHOLE))
    log.append(progressed(SECOND, ISSUED, number="EAR2", document_type="EARSIV"))
    log.append(progressed(FIRST, REJECTED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    log.append(decided(FIRST, 1, CONFIRM, number="EAR1"))
    effects = log.append(progressed(FIRST, ISSUED, number="EAR1", review_revision=1))
    assert (told(effects), codes(effects)) == ([(REJECTED, Attention.NEEDS_REVIEW, None, 2)], ["LINES_TAKEN"])
    return log


def test_no_document_is_approved_over_lines_of_one_that_may_live() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    log.append(DocumentApproved(document_id=FIRST))
    log.append(LinesCancelled(line_references=("3",)))
    log.append(progressed(FIRST, CANCELLED))
    log.append(progressed(FIRST, ISSUED, number="EAR1"))
    rest = document_id("1", "2")
    for asked in (DocumentApproved(document_id=rest), requested("1", "2")):
        effects = log.append(asked)
        assert ([o.reason for o in effects.outcomes], effects.commands) == (["DOCUMENT_IN_REVIEW"], [])
    log.append(decided(FIRST, 1, ReviewAnswer.CONFIRM_ABSENT))
    assert log.command(DocumentApproved(document_id=rest)).document_id == rest


def cancel(log: Log, document: str) -> Effects:
    """A person has the document cancelled, and its provider does it."""
    log.append(DocumentCancellationRequested(document_id=document, reason="iki belge"), actor="ayse")
    return log.append(progressed(document, CANCELLED, command_id=command_id(document, "nilvera", Action.CANCEL, 1)))


def test_a_living_document_takes_its_lines_as_soon_as_they_are_free() -> None:
    log = taken()
    effects = cancel(log, SECOND)
    assert (FIRST, ISSUED, None, "EAR1") in [
        (status.document_id, status.state, status.attention, status.number) for status in effects.statuses
    ]
    assert [log.line_status(line) for line in WHOLE] == ["INVOICED"] * 3
    assert log.outcome(requested(*WHOLE)).documents[0].document_id == FIRST


def test_the_living_document_can_be_cancelled_instead() -> None:
    log = taken()
    asked = log.append(DocumentCancellationRequested(document_id=FIRST, reason="iki belge"), actor="ayse")
    (command,) = asked.commands
    assert (command.action, command.cancellation.number, command.cancellation.review_revision) == (
        Action.CANCEL,
        "EAR1",
        1,
    )
    effects = log.append(progressed(FIRST, CANCELLED, command_id=command.command_id))
    assert told(effects) == [(REJECTED, None, None, 2)]
    assert [(o.verdict, o.event_type) for o in effects.outcomes] == [(Verdict.OK, "DocumentCancellationRequested")]
    assert [log.line_status(line) for line in WHOLE] == ["INVOICED"] * 3


def test_a_cancellation_of_the_living_document_that_is_refused_leaves_the_question() -> None:
    log = taken()
    asked = log.append(DocumentCancellationRequested(document_id=FIRST, reason="iki belge"), actor="ayse")
    effects = log.append(progressed(FIRST, ISSUED, number="EAR1", command_id=asked.commands[0].command_id))
    assert [outcome.reason for outcome in effects.outcomes] == ["CANCELLATION_REFUSED"]
    assert log.state.documents[FIRST].attention is Attention.NEEDS_REVIEW
    assert cancel(log, SECOND).statuses[-1].state is ISSUED


@pytest.mark.parametrize("decision", [ABSENT, REJECT])
def test_a_person_may_say_that_nothing_lives_after_all(decision: ReviewAnswer) -> None:
    log = taken()
    effects = log.append(decided(FIRST, 2, decision), actor="ayse")
    assert (told(effects), effects.commands) == ([(REJECTED, None, None, 2)], [])
    cancel(log, SECOND)
    assert [command.document_id for command in log.append(requested(*WHOLE)).commands] == [
        document_id(*WHOLE, attempt=2)
    ]


def test_lines_that_came_free_while_the_order_stood_still_are_taken_back_by_the_thaw() -> None:
    log = taken()
    log.state = frozen_state(log.state, "poison", "FOLD_FAILED")
    log.append(progressed(SECOND, CANCELLED))
    assert log.state.documents[FIRST].state is REJECTED
    log.append(OrderThawed(), actor="ayse", reason="the planner was corrected")
    assert log.state.documents[FIRST].state is ISSUED
    assert {log.line_status(line) for line in WHOLE} == {LineStatus.INVOICED}


def test_confirming_it_once_more_says_what_stands_in_the_way() -> None:
    outcome = taken().outcome(decided(FIRST, 2, CONFIRM, number="EAR1"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINES_TAKEN")


def test_lines_that_were_cancelled_are_never_taken_back() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    log.append(cancelled("1"))
    effects = log.append(progressed(document_id("1"), ISSUED, number="EAR1"))
    assert codes(effects) == ["LINES_TAKEN"]
    assert log.line_status("1") == "CANCELLED"
    assert log.outcome(LinesCancelled(line_references=("1",))).verdict is Verdict.DUPLICATE


def test_what_a_person_confirms_while_it_is_taken_back_is_taken_back_no_more() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(FIRST, DocumentState.DRAFT, ettn="a"))
    log.append(cancelled("3"))
    log.append(progressed(FIRST, ISSUED, number="EAR1", ettn="b"))
    log.append(decided(FIRST, 1, CONFIRM, number="EAR1", ettn="b"))
    assert log.state is not None
    document = log.state.documents[FIRST]
    assert (document.state, document.withdrawing) == (ISSUED, False)
