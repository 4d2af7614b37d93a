"""Another provider for a document that is not issued: what the planner answers, commands and claims."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain import identity
from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import DocumentCancellationRequested, LoggedEvent, RerouteRequested
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import Trigger
from app.planning.effects import Effects
from app.planning.state import LineStatus
from tests.planning.events import START, Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
OLD, NEW = document_id(*WHOLE), document_id(*WHOLE, attempt=1)
S = DocumentState


def released(trigger: Trigger = Trigger.ORDER_PLACED) -> Log:
    log = Log(trigger)
    log.append(placed())
    return log


def reroute(log: Log, document: str = OLD, to: str = "testbook", **more: Any) -> LoggedEvent:
    return log.event(RerouteRequested(document_id=document, connection=to), **more)


def moved() -> Log:
    log = released()
    log.fold(reroute(log))
    log.append(progressed(OLD, S.CANCELLED))
    return log


def outcome_of(effects: Effects) -> OrderOutcome:
    (outcome,) = effects.outcomes
    return outcome


def test_the_old_issuer_is_asked_first_and_nothing_is_claimed_meanwhile() -> None:
    log = released()
    effects = log.fold(reroute(log))
    assert [(command.action, command.provider) for command in effects.commands] == [(Action.WITHDRAW, "nilvera")]
    assert (outcome_of(effects).verdict, outcome_of(effects).reason) == (Verdict.HELD, "WITHDRAWING")
    assert log.outcome(requested("1")).verdict is Verdict.HELD


@pytest.mark.parametrize("end", [S.CANCELLED, S.REJECTED])
def test_what_was_withdrawn_or_refused_is_issued_at_the_new_provider(end: DocumentState) -> None:
    log = released()
    event = reroute(log)
    log.fold(event)
    effects = log.append(progressed(OLD, end))
    (command,), (entry,) = effects.commands, effects.dedupe_entries
    assert (command.action, command.provider, command.document_id) == (Action.ISSUE, "testbook", NEW)
    assert entry.dedupe_key.startswith("testbook\x1fINVOICE\x1f")
    answer = outcome_of(effects)
    assert (answer.event_id, answer.verdict) == (event.event_id, Verdict.OK)
    assert [(found.document_id, found.provider) for found in answer.documents] == [(NEW, "testbook")]
    assert {log.line_status(line) for line in WHOLE} == {LineStatus.CLAIMED}


@pytest.mark.parametrize("state", [S.ISSUED, S.DELIVERED, S.ACCEPTED])
def test_what_turns_out_to_be_issued_stays_where_it_is(state: DocumentState) -> None:
    log = released()
    log.fold(reroute(log))
    effects = log.append(progressed(OLD, state))
    answer = outcome_of(effects)
    assert (answer.verdict, answer.reason, answer.documents[0].document_id) == (Verdict.REJECTED, "ALREADY_ISSUED", OLD)
    assert (effects.commands, log.line_status("1")) == ([], LineStatus.INVOICED)


def test_an_issued_document_is_not_moved_at_all() -> None:
    log = released()
    log.append(progressed(OLD, S.ISSUED))
    assert outcome_of(log.fold(reroute(log))).reason == "ALREADY_ISSUED"
    log.append(DocumentCancellationRequested(document_id=OLD, reason="x"))
    assert outcome_of(log.fold(reroute(log))).reason == "ALREADY_ISSUED"


def test_while_the_provider_is_at_work_the_move_waits() -> None:
    log = released()
    log.fold(reroute(log))
    assert not log.append(progressed(OLD, S.PROCESSING)).outcomes
    assert outcome_of(log.append(progressed(OLD, S.ISSUED))).reason == "ALREADY_ISSUED"


def test_a_repeated_move_and_a_repeated_trigger_are_answered_with_the_document_that_exists() -> None:
    log = moved()
    for event in (reroute(log), log.event(requested(*WHOLE))):
        effects = log.fold(event)
        assert (outcome_of(effects).verdict, effects.commands) == (Verdict.DUPLICATE, [])
        assert outcome_of(effects).documents[0].document_id == NEW


def test_what_is_issued_after_moves_names_the_documents_whose_place_it_takes() -> None:
    log = moved()
    log.fold(reroute(log, NEW, "other"))
    (issue,) = log.append(progressed(NEW, S.CANCELLED)).commands
    firsts = [command.moved_from for command in log.all.commands if command.document_id != issue.document_id]
    assert (issue.moved_from, firsts) == ((NEW, OLD), [(), (), (OLD,), ()])


def test_a_move_on_a_later_day_leaves_the_order_s_own_date_within_its_bound() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed(invoice_info=InvoiceInfo(issue_date=START)))
    day = timedelta(days=1)
    log.append(RerouteRequested(document_id=OLD, connection="testbook"), received_at=START + day)
    (command,) = log.append(progressed(OLD, DocumentState.CANCELLED), received_at=START + day).commands
    assert command.order is not None
    assert (log.policy.issue_date_days_back, command.order.issue_date_days_back) == (0, 1)
    log.append(RerouteRequested(document_id=NEW, connection="nilvera"), received_at=START + 2 * day)
    (command,) = log.append(progressed(NEW, DocumentState.CANCELLED), received_at=START + 3 * day).commands
    assert command.order is not None
    assert command.order.issue_date_days_back == 3


@pytest.mark.parametrize("first_end", [DocumentState.CANCELLED, DocumentState.ISSUED])
def test_a_move_goes_on_waiting_when_another_document_of_its_order_ends(first_end: DocumentState) -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(requested("2"))
    log.append(cancelled("1"))
    waiting = log.event(RerouteRequested(document_id=document_id("2"), connection="testbook"))
    assert outcome_of(log.fold(waiting)).verdict is Verdict.HELD
    effects = log.append(progressed(document_id("1"), first_end))
    assert "RerouteRequested" not in {outcome.event_type for outcome in effects.outcomes}
    effects = log.append(progressed(document_id("2"), DocumentState.CANCELLED))
    (command,) = effects.commands
    assert (command.provider, outcome_of(effects).verdict) == ("testbook", Verdict.OK)


def test_two_moves_that_wait_together_end_with_one_document() -> None:
    log = released()
    log.fold(reroute(log))
    log.fold(reroute(log))
    log.fold(reroute(log, to="other"))
    effects = log.append(progressed(OLD, S.CANCELLED))
    assert [(answer.verdict, answer.reason) for answer in effects.outcomes] == [
        (Verdict.OK, None),
        (Verdict.DUPLICATE, None),
        (Verdict.REJECTED, "DOCUMENT_MOVED"),
    ]
    assert [command.document_id for command in effects.commands] == [NEW]


def test_a_moved_document_can_be_moved_on_and_back() -> None:
    log = moved()
    log.fold(reroute(log, document=NEW, to="nilvera"))
    (command,) = log.append(progressed(NEW, S.CANCELLED)).commands
    assert (command.provider, command.document_id) == ("nilvera", document_id(*WHOLE, attempt=2))


def test_a_move_to_where_it_is_changes_nothing() -> None:
    log = released()
    effects = log.fold(reroute(log, to="nilvera"))
    assert (outcome_of(effects).verdict, effects.commands) == (Verdict.DUPLICATE, [])


def test_a_document_that_waits_for_its_approval_waits_for_it_at_the_new_provider() -> None:
    log = released(Trigger.MANUAL)
    effects = log.fold(reroute(log))
    assert (effects.commands, outcome_of(effects).verdict) == ([], Verdict.OK)
    assert effects.statuses[-1].attention is Attention.AWAITING_APPROVAL
    assert (effects.statuses[-1].document_id, effects.statuses[-1].provider) == (NEW, "testbook")


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        (("1",), [(Verdict.OK, None)] * 2),
        (WHOLE, [(Verdict.REJECTED, "DOCUMENT_ENDED"), (Verdict.OK, "ALL_LINES_CANCELLED")]),
    ],
)
def test_lines_that_are_cancelled_while_the_move_waits_are_not_moved(
    lines: tuple[str, ...], answers: list[tuple[Verdict, str | None]]
) -> None:
    log = released()
    log.fold(reroute(log))
    log.append(cancelled(*lines))
    effects = log.append(progressed(OLD, S.CANCELLED))
    assert sorted((answer.verdict, answer.reason) for answer in effects.outcomes) == sorted(answers)
    left = [line for line in WHOLE if line not in lines]
    assert [log.line_status(line) for line in left] == ["CLAIMED"] * len(left)
    assert [(command.provider, command.document_id) for command in effects.commands] == [
        ("testbook", document_id(*left)) for _ in left[:1]
    ]


def test_a_document_that_is_withdrawn_for_its_cancelled_lines_is_not_moved_by_that_withdrawal() -> None:
    """Its issuer may end it because it is not found, which is not enough for a move."""
    log = released()
    (withdrawal,) = log.append(cancelled("1")).commands
    assert not withdrawal.moves
    assert outcome_of(log.fold(reroute(log))).reason == "WITHDRAWING"


def test_the_issuer_is_told_that_another_connection_is_to_issue_it() -> None:
    log = released()
    (withdrawal,) = log.fold(reroute(log)).commands
    assert (withdrawal.action, withdrawal.moves) == (Action.WITHDRAW, True)


def test_a_document_that_is_being_cancelled_is_not_moved() -> None:
    log = released()
    log.append(DocumentCancellationRequested(document_id=OLD, reason="x"))
    assert outcome_of(log.fold(reroute(log))).reason == "CANCELLING"


def test_an_ended_or_an_unknown_document_is_not_moved() -> None:
    log = released()
    log.append(progressed(OLD, S.REJECTED))
    assert outcome_of(log.fold(reroute(log))).reason == "DOCUMENT_ENDED"
    assert outcome_of(log.fold(reroute(log, document=document_id("9")))).reason == "UNKNOWN_DOCUMENT"


def test_a_document_that_lives_after_it_was_moved_is_raised_and_takes_nothing() -> None:
    log = moved()
    (status,) = log.append(progressed(OLD, S.ISSUED, number="N1")).statuses
    assert (status.attention, [error.code for error in status.errors]) == (Attention.NEEDS_REVIEW, ["LINES_TAKEN"])
    assert log.append(progressed(NEW, S.ISSUED)).statuses[0].state is S.ISSUED


def test_a_move_to_where_there_is_no_connection_is_refused_and_may_be_asked_again_when_there_is_one() -> None:
    log = released()
    outcome = outcome_of(log.fold(reroute(log, policy=None, request_id="m-1")))
    (error,) = outcome.errors
    assert (outcome.verdict, outcome.reason, error.path) == (
        Verdict.REJECTED,
        "UNKNOWN_CONNECTION",
        "$.body.connection",
    )
    assert [effect.action for effect in log.fold(reroute(log, request_id="m-1")).commands] == [Action.WITHDRAW]


def test_a_move_to_where_there_is_no_connection_does_not_wait_for_its_order() -> None:
    log = Log()
    assert outcome_of(log.fold(reroute(log, policy=None))).reason == "UNKNOWN_CONNECTION"


def test_the_first_of_two_copies_of_a_move_is_its_one_answer() -> None:
    """Intake died after the first was written, and the connection was made before the record came again."""
    log = released()
    refused = reroute(log, policy=None)
    log.fold(refused)
    again = replace(refused, policy=replace(log.policy, provider="testbook"))
    effects = log.fold(again)
    assert not (effects.outcomes or effects.commands)


def test_a_move_between_two_connections_at_one_provider_is_as_one_between_two_providers() -> None:
    log = released()
    withdrawal = log.fold(reroute(log, to="second-login"))
    assert [(c.action, c.provider, c.connection) for c in withdrawal.commands] == [
        (Action.WITHDRAW, "nilvera", "nilvera")
    ]
    (issue,) = log.append(progressed(OLD, DocumentState.CANCELLED)).commands
    assert (issue.action, issue.provider, issue.connection) == (Action.ISSUE, "nilvera", "second-login")
    assert issue.document_id == NEW
    assert {entry.dedupe_key.split(identity.SEPARATOR)[0] for entry in log.all.dedupe_entries} == {
        "nilvera",
        "second-login",
    }


def test_the_same_command_at_two_connections_has_two_ids() -> None:
    ids = {identity.command_id(OLD, name, Action.ISSUE, 0) for name in ("nilvera", "second-login")}
    assert len(ids) == 2
