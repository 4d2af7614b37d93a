"""A document that exists at its provider without legal effect: its lines are claimed, and time and persons see it."""

from datetime import timedelta

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import Attention, DocumentProgressed, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import DocumentCancellationRequested, DocumentOverdue, RerouteRequested
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.planned_document import PlannedDocument
from app.planning.state import LineStatus
from app.planning.timers import overdue_at
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
DOCUMENT = document_id(*WHOLE)
S = DocumentState
ASKED = DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice")


def unsigned(state: DocumentState = S.AWAITING_SIGNATURE) -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, state))
    return log


def document(log: Log) -> PlannedDocument:
    assert log.state is not None
    return log.state.documents[DOCUMENT]


def verdicts(log: Log, event_id: str) -> list[Verdict]:
    return [outcome.verdict for outcome in log.all.outcomes if outcome.event_id == event_id]


def test_the_lines_of_a_draft_are_claimed_and_no_other_document_can_have_them() -> None:
    log = unsigned(S.DRAFT)
    assert log.line_status("1") is LineStatus.CLAIMED
    assert log.outcome(requested("1")).reason == "LINE_CLAIMED"


def test_a_draft_that_is_signed_becomes_legal_and_its_lines_invoiced() -> None:
    log = unsigned(S.DRAFT)
    for state in (S.AWAITING_SIGNATURE, S.PROCESSING, S.ISSUED):
        (status,) = log.append(progressed(DOCUMENT, state)).statuses
        assert status.state is state
    assert log.line_status("1") is LineStatus.INVOICED


def test_a_document_that_waits_for_a_signature_has_a_clock_of_its_own() -> None:
    waiting = document(unsigned())
    assert overdue_at(waiting) == waiting.moved_at + timedelta(minutes=waiting.policy.signature_minutes)
    works = document(unsigned(S.PROCESSING))
    assert overdue_at(works) == works.moved_at + timedelta(minutes=works.policy.overdue_minutes)


def test_a_document_that_stays_unsigned_is_raised() -> None:
    log = unsigned()
    overdue = DocumentOverdue(document_id=DOCUMENT, sequence=document(log).sequence)
    (status,) = log.append(overdue, policy=None).statuses
    assert (status.state, status.attention) == (S.AWAITING_SIGNATURE, Attention.OVERDUE)


def test_a_cancelled_draft_is_withdrawn_and_its_request_is_answered_when_it_is_gone() -> None:
    log = unsigned()
    event = log.event(ASKED)
    (command,) = log.fold(event).commands
    assert command.action is Action.WITHDRAW
    log.append(progressed(DOCUMENT, S.CANCELLED))
    assert verdicts(log, event.event_id) == [Verdict.HELD, Verdict.OK]
    assert log.line_status("1") is LineStatus.OPEN


def test_a_draft_that_only_a_person_can_delete_says_so_and_its_lines_stay_claimed() -> None:
    log = unsigned()
    event = log.event(ASKED)
    log.fold(event)
    error = FieldError(path="$", code="SIGNED", message="it is signed")
    withdrawal = identity.command_id(DOCUMENT, "nilvera", Action.WITHDRAW, 0)
    stays = DocumentProgressed(
        document_id=DOCUMENT,
        command_id=withdrawal,
        state=S.AWAITING_SIGNATURE,
        attention=Attention.DELETE_AT_PROVIDER,
        errors=(error,),
    )
    (status,) = log.append(stays).statuses
    assert (status.attention, status.errors) == (Attention.DELETE_AT_PROVIDER, (error,))
    assert verdicts(log, event.event_id) == [Verdict.HELD]
    assert log.line_status("1") is LineStatus.CLAIMED
    (status,) = log.append(progressed(DOCUMENT, S.CANCELLED)).statuses
    assert status.attention is None
    assert verdicts(log, event.event_id) == [Verdict.HELD, Verdict.OK]


def test_a_draft_that_a_person_has_deleted_leaves_its_lines_to_an_explicit_request() -> None:
    log = unsigned()
    effects = log.append(progressed(DOCUMENT, S.CANCELLED))
    assert log.line_status("1") is LineStatus.OPEN
    assert not effects.commands


def test_a_cancelled_line_of_a_draft_takes_the_draft_back_and_the_rest_is_planned_again() -> None:
    log = unsigned()
    assert log.outcome(cancelled("1")).reason == "WITHDRAWING"
    (command,) = log.append(progressed(DOCUMENT, S.CANCELLED)).commands
    assert command.document_id == document_id("2", "3")


def test_a_draft_is_moved_to_another_provider_when_it_is_gone_from_the_old_one() -> None:
    log = unsigned()
    log.append(RerouteRequested(document_id=DOCUMENT, connection="testbook"))
    (command,) = log.append(progressed(DOCUMENT, S.CANCELLED)).commands
    assert (command.action, command.provider) == (Action.ISSUE, "testbook")
