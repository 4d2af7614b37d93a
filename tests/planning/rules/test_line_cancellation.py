"""Cancellations of lines: what is open at once, what is claimed after its document was withdrawn."""

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
ISSUED = DocumentState.ISSUED


def test_open_lines_are_cancelled_and_can_never_be_invoiced() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(cancelled("1")).verdict is Verdict.OK
    assert log.outcome(cancelled("1")).verdict is Verdict.DUPLICATE
    assert log.outcome(requested("1", "2")).reason == "LINE_CANCELLED"


def test_an_invoiced_line_is_not_cancelled() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), ISSUED))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"


def test_cancelling_a_claimed_line_withdraws_its_document_first() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    effects = log.append(cancelled("1"))
    assert [command.action for command in effects.commands] == [Action.WITHDRAW]
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.HELD, "WITHDRAWING")]
    effects = log.append(progressed(document_id("1", "2"), DocumentState.CANCELLED))
    assert [(o.verdict, o.event_type) for o in effects.outcomes] == [(Verdict.OK, "LinesCancelled")]
    assert (log.line_status("1"), log.line_status("2")) == (LineStatus.CANCELLED, LineStatus.OPEN)


def test_a_withdrawal_that_comes_too_late_refuses_the_cancellation() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("1"))
    effects = log.append(progressed(document_id("1"), ISSUED))
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.REJECTED, "LINE_INVOICED")]


def test_a_cancellation_over_two_documents_is_held_once_and_answered_once() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(cancelled("1", "2"))
    assert not log.append(progressed(document_id("1"), DocumentState.CANCELLED)).outcomes
    effects = log.append(progressed(document_id("2"), DocumentState.CANCELLED))
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]
    withdrawals = [command for command in log.all.commands if command.action is Action.WITHDRAW]
    assert len({command.command_id for command in withdrawals}) == len(withdrawals) == 2


def test_a_document_that_waits_for_approval_is_withdrawn_without_asking_anybody() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    effects = log.append(cancelled("1"))
    assert not effects.commands
    assert [(status.state, status.attention, status.lines) for status in effects.statuses] == [
        (DocumentState.CANCELLED, None, WHOLE),
        (DocumentState.PLANNED, Attention.AWAITING_APPROVAL, ("2", "3")),
    ]
