"""A document that must not stand: what the planner answers, commands and gives back."""

from typing import Any

import pytest

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import Attention, DocumentProgressed, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.rules.progress import is_waiting
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
DOCUMENT = document_id(*WHOLE)
S = DocumentState
ASKED = DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice")
REFUSED = FieldError(path="$", code="TOO_LATE", message="the month is closed")


def released() -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    return log


def issued(state: DocumentState = S.ISSUED) -> Log:
    log = released()
    log.append(progressed(DOCUMENT, state, number="N1", ettn="E1", document_type=DocumentType.EARSIV))
    return log


def answer(state: DocumentState, revision: int = 1, **more: Any) -> DocumentProgressed:
    """What the issuer says of the CANCEL command."""
    command = identity.command_id(DOCUMENT, "nilvera", Action.CANCEL, revision)
    return DocumentProgressed(document_id=DOCUMENT, command_id=command, state=state, **more)


def reason(log: Log, body: Any = ASKED, **more: Any) -> tuple[Verdict, str | None]:
    outcome = log.outcome(body, **more)
    return outcome.verdict, outcome.reason


def document(log: Log) -> Any:
    assert log.state is not None
    return log.state.documents[DOCUMENT]


def test_an_issued_document_is_cancelled_by_its_issuer_and_stands_until_then() -> None:
    log = issued()
    effects = log.append(ASKED)
    (command,), (status,), (outcome,) = effects.commands, effects.statuses, effects.outcomes
    assert (command.action, command.revision, command.order) == (Action.CANCEL, 1, None)
    assert command.cancellation is not None
    assert (command.cancellation.reason, command.cancellation.number) == ("placed twice", "N1")
    assert (command.cancellation.ettn, command.cancellation.document_type) == ("E1", DocumentType.EARSIV)
    assert (status.state, outcome.verdict, outcome.reason) == (S.CANCEL_PENDING, Verdict.HELD, "CANCELLING")
    assert {log.line_status(line) for line in WHOLE} == {LineStatus.INVOICED}
    assert log.outcome(requested(*WHOLE)).verdict is Verdict.DUPLICATE


def test_a_cancelled_document_gives_its_lines_back_to_whoever_asks_for_them() -> None:
    log = issued()
    event = log.event(ASKED)
    log.fold(event)
    effects = log.append(answer(S.CANCELLED))
    (outcome,) = effects.outcomes
    assert (outcome.event_id, outcome.verdict) == (event.event_id, Verdict.OK)
    assert (outcome.documents[0].state, effects.commands) == (S.CANCELLED, [])
    assert {log.line_status(line) for line in WHOLE} == {LineStatus.OPEN}
    assert log.outcome(placed()).verdict is Verdict.DUPLICATE
    assert log.command(requested(*WHOLE)).document_id == document_id(*WHOLE, attempt=1)


def test_a_refused_cancellation_brings_the_document_back_with_the_reason() -> None:
    log = issued()
    log.append(ASKED)
    effects = log.append(answer(S.ISSUED, errors=(REFUSED,)))
    (outcome,), (status,) = effects.outcomes, effects.statuses
    assert (outcome.verdict, outcome.reason, outcome.errors) == (Verdict.REJECTED, "CANCELLATION_REFUSED", (REFUSED,))
    assert (status.state, status.errors) == (S.ISSUED, (REFUSED,))
    assert log.line_status("1") == LineStatus.INVOICED
    assert log.command(ASKED).revision == 2


def test_a_repeated_request_gets_the_same_answer() -> None:
    log = issued()
    log.append(ASKED, request_id="r")
    assert reason(log, request_id="r") == (Verdict.HELD, "CANCELLING")
    assert reason(log) == (Verdict.HELD, "CANCELLING")
    outcomes = log.append(answer(S.CANCELLED)).outcomes
    assert [outcome.verdict for outcome in outcomes] == [Verdict.OK, Verdict.DUPLICATE, Verdict.OK]
    assert reason(log, request_id="r") == (Verdict.DUPLICATE, None)
    assert log.outcome(ASKED).documents[0].document_id == DOCUMENT
    assert not log.append(ASKED).commands


def test_a_repeat_of_a_refused_request_is_refused_with_the_same_document() -> None:
    log = issued()
    log.append(ASKED, request_id="r")
    log.append(answer(S.ISSUED, errors=(REFUSED,)))
    again = log.outcome(ASKED, request_id="r")
    assert (again.verdict, again.errors, again.documents[0].document_id) == (Verdict.REJECTED, (REFUSED,), DOCUMENT)


def test_a_document_that_is_not_issued_yet_is_withdrawn_instead() -> None:
    log = released()
    effects = log.append(ASKED)
    assert [(command.action, command.revision) for command in effects.commands] == [(Action.WITHDRAW, 0)]
    assert effects.outcomes[0].reason == "WITHDRAWING"
    (outcome,) = log.append(progressed(DOCUMENT, S.CANCELLED)).outcomes
    assert (outcome.verdict, log.line_status("1")) == (Verdict.OK, LineStatus.OPEN)
    assert reason(log) == (Verdict.DUPLICATE, None)


def test_a_document_that_waits_for_its_approval_is_taken_back_at_once() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    effects = log.append(ASKED)
    assert (effects.commands, effects.outcomes[0].verdict) == ([], Verdict.OK)
    assert log.outcome(DocumentApproved(document_id=DOCUMENT)).reason == "DOCUMENT_ENDED"


def test_a_document_that_was_issued_before_it_could_be_withdrawn_is_cancelled() -> None:
    log = released()
    log.append(ASKED)
    effects = log.append(progressed(DOCUMENT, S.ISSUED, number="N1"))
    assert [command.action for command in effects.commands] == [Action.CANCEL]
    assert [status.state for status in effects.statuses] == [S.ISSUED, S.CANCEL_PENDING]
    assert not effects.outcomes
    assert log.append(answer(S.CANCELLED)).outcomes[0].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (S.DELIVERED, "DOCUMENT_NOT_CANCELLABLE"),
        (S.ACCEPTED, "DOCUMENT_NOT_CANCELLABLE"),
        (S.REJECTED, "DOCUMENT_ENDED"),
        (S.REJECTED_BY_BUYER, "DOCUMENT_ENDED"),
        (S.CANCELLED, "DOCUMENT_ENDED"),
    ],
)
def test_what_cannot_be_cancelled_is_refused_with_a_code(state: DocumentState, code: str) -> None:
    log = issued(state)
    assert reason(log) == (Verdict.REJECTED, code)
    assert document(log).state is state


def test_a_document_of_no_order_is_refused() -> None:
    unknown = DocumentCancellationRequested(document_id=document_id("9"), reason="x")
    assert reason(issued(), unknown) == (Verdict.REJECTED, "UNKNOWN_DOCUMENT")


def test_a_document_that_seems_to_stand_twice_is_decided_before_it_is_cancelled() -> None:
    log = issued()
    log.append(progressed(DOCUMENT, S.ISSUED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    assert reason(log) == (Verdict.REJECTED, "DOCUMENT_IN_REVIEW")


def test_a_document_on_its_way_to_another_provider_is_not_cancelled() -> None:
    log = released()
    log.append(RerouteRequested(document_id=DOCUMENT, connection="testbook"))
    assert reason(log) == (Verdict.REJECTED, "REROUTING")


def test_late_news_from_before_the_cancellation_do_not_bring_the_document_back() -> None:
    log = issued()
    log.append(ASKED)
    stale = progressed(DOCUMENT, S.ISSUED, number="N1", ettn="late")
    assert not log.append(stale).statuses
    log.append(answer(S.CANCELLED))
    assert not log.append(stale).statuses
    assert not log.append(answer(S.ISSUED)).statuses
    assert document(log).state is S.CANCELLED


def test_what_was_delivered_before_the_cancellation_arrived_is_heard_and_the_answer_too() -> None:
    log = issued()
    log.append(ASKED)
    log.append(progressed(DOCUMENT, S.DELIVERED))
    assert document(log).state is S.DELIVERED
    (outcome,) = log.append(answer(S.ISSUED, errors=(REFUSED,))).outcomes
    assert (outcome.verdict, document(log).state) == (Verdict.REJECTED, S.DELIVERED)


def test_a_cancellation_that_worked_after_its_refusal_was_told_is_told() -> None:
    log = issued()
    log.append(ASKED)
    log.append(answer(S.ISSUED, errors=(REFUSED,)))
    log.append(answer(S.CANCELLED))
    assert (document(log).state, log.line_status("1")) == (S.CANCELLED, LineStatus.OPEN)


def test_a_doubt_about_a_cancellation_is_told_and_one_about_an_ended_one_is_not() -> None:
    log = issued()
    log.append(ASKED)
    doubt = answer(S.CANCEL_PENDING, attention=Attention.UNCERTAIN)
    (status,) = log.append(doubt).statuses
    assert (status.state, status.attention) == (S.CANCEL_PENDING, Attention.UNCERTAIN)
    log.append(answer(S.ISSUED))
    assert not log.append(doubt).statuses


def test_a_cancellation_without_news_is_raised_like_any_document_on_its_way() -> None:
    log = issued()
    assert not is_waiting(document(log))
    log.append(ASKED)
    assert is_waiting(document(log))


def test_of_a_cancellation_a_person_says_that_it_is_done_or_that_the_document_stands() -> None:
    log = issued()
    log.append(ASKED)
    log.append(answer(S.CANCEL_PENDING, attention=Attention.NEEDS_REVIEW, review_revision=1))
    word = {"document_id": DOCUMENT, "revision": 1}
    assert reason(log, ReviewDecided(decision=ReviewAnswer.REJECT, **word)) == (Verdict.REJECTED, "CANCELLING")
    assert log.command(ReviewDecided(decision=ReviewAnswer.CONFIRM_ABSENT, **word)).action is Action.REVIEW
    log.append(answer(S.CANCELLED, review_revision=1))
    assert log.line_status("1") == LineStatus.OPEN


def test_what_a_person_confirmed_before_the_cancellation_does_not_bind_the_free_lines() -> None:
    log = released()
    log.append(progressed(DOCUMENT, S.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    log.append(ReviewDecided(document_id=DOCUMENT, revision=1, decision=ReviewAnswer.CONFIRM_ISSUED, number="N1"))
    log.append(progressed(DOCUMENT, S.ISSUED, number="N1", review_revision=1))
    log.append(ASKED)
    log.append(answer(S.CANCELLED))
    assert log.outcome(requested(*WHOLE)).verdict is Verdict.OK


def test_lines_of_a_document_that_is_being_cancelled_cannot_be_cancelled_themselves() -> None:
    log = issued()
    log.append(ASKED)
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"
