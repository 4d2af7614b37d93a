"""A policy that signs through another provider: what waits for a signature is taken back, and then issued there."""

from dataclasses import replace

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentCancellationRequested, OrderStatusChanged, OrderThawed, RerouteRequested
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.effects import Effects
from app.planning.planned_document import PlannedDocument
from app.planning.rules.freezing import frozen_state
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
DRAFT, SUCCESSOR = document_id(*WHOLE), document_id(*WHOLE, attempt=1)
S = DocumentState
TRIGGERS = pytest.mark.parametrize("trigger", [Trigger.ORDER_PLACED, Trigger.SHIPMENT])


def released(trigger: Trigger = Trigger.ORDER_PLACED) -> Log:
    log = Log(trigger)
    log.policy = replace(log.policy, sign_through="testbook")
    log.append(placed())
    if trigger is Trigger.SHIPMENT:
        log.append(requested(*WHOLE))
    return log


def waiting(trigger: Trigger = Trigger.ORDER_PLACED) -> Log:
    log = released(trigger)
    log.append(progressed(DRAFT, S.AWAITING_SIGNATURE))
    return log


def commands(effects: Effects) -> list[tuple[Action, str, str]]:
    return [(command.action, command.provider, command.document_id) for command in effects.commands]


def document(log: Log, identifier: str = DRAFT) -> PlannedDocument:
    assert log.state is not None
    return log.state.documents[identifier]


@TRIGGERS
def test_what_waits_for_a_signature_is_taken_back_first(trigger: Trigger) -> None:
    effects = released(trigger).append(progressed(DRAFT, S.AWAITING_SIGNATURE))
    assert commands(effects) == [(Action.WITHDRAW, "nilvera", DRAFT)]


@TRIGGERS
def test_when_it_is_gone_it_is_issued_at_the_other_provider(trigger: Trigger) -> None:
    log = waiting(trigger)
    effects = log.append(progressed(DRAFT, S.CANCELLED))
    assert commands(effects) == [(Action.ISSUE, "testbook", SUCCESSOR)]
    assert effects.commands[0].moved_from == (DRAFT,)
    assert document(log).moved_to == SUCCESSOR
    assert {log.line_status(line) for line in WHOLE} == {LineStatus.CLAIMED}


def test_it_is_taken_back_and_issued_once() -> None:
    log = waiting()
    for again in (S.AWAITING_SIGNATURE, S.CANCELLED, S.CANCELLED, S.AWAITING_SIGNATURE):
        log.append(progressed(DRAFT, again))
    log.append(progressed(SUCCESSOR, S.ISSUED))
    assert commands(log.all)[1:] == [(Action.WITHDRAW, "nilvera", DRAFT), (Action.ISSUE, "testbook", SUCCESSOR)]


@pytest.mark.parametrize("state", [S.DRAFT, S.PROCESSING, S.ISSUED])
def test_what_waits_for_no_signature_stays(state: DocumentState) -> None:
    assert released().append(progressed(DRAFT, state)).commands == []


def test_what_waits_for_a_signature_at_the_other_provider_stays_for_a_person() -> None:
    log = waiting()
    log.append(progressed(DRAFT, S.CANCELLED))
    assert log.append(progressed(SUCCESSOR, S.AWAITING_SIGNATURE)).commands == []


def test_what_was_moved_there_by_a_person_stays_too() -> None:
    log = released()
    log.append(RerouteRequested(document_id=DRAFT, connection="testbook"))
    log.append(progressed(DRAFT, S.CANCELLED))
    assert log.append(progressed(SUCCESSOR, S.AWAITING_SIGNATURE)).commands == []


@pytest.mark.parametrize("state", [S.ISSUED, S.DELIVERED])
def test_what_a_person_has_signed_all_the_same_stays_where_it_is(state: DocumentState) -> None:
    log = waiting()
    effects = log.append(progressed(DRAFT, state))
    assert (effects.commands, log.line_status("1")) == ([], LineStatus.INVOICED)
    log.append(DocumentCancellationRequested(document_id=DRAFT, reason="returned"))
    assert log.append(progressed(DRAFT, S.CANCELLED)).commands == []


def test_what_the_provider_rejects_is_not_issued_elsewhere() -> None:
    assert waiting().append(progressed(DRAFT, S.REJECTED)).commands == []


def test_a_person_who_cancels_it_meanwhile_gets_no_document() -> None:
    log = waiting()
    asked = log.event(DocumentCancellationRequested(document_id=DRAFT, reason="placed twice"))
    log.fold(asked)
    effects = log.append(progressed(DRAFT, S.CANCELLED))
    assert (effects.commands, [outcome.verdict for outcome in effects.outcomes]) == ([], [Verdict.OK])
    assert log.append(progressed(DRAFT, S.CANCELLED)).commands == []


def test_a_person_who_moves_it_elsewhere_meanwhile_is_followed() -> None:
    log = waiting()
    log.append(RerouteRequested(document_id=DRAFT, connection="other"))
    assert commands(log.append(progressed(DRAFT, S.CANCELLED))) == [(Action.ISSUE, "other", SUCCESSOR)]


@pytest.mark.parametrize(("when", "found"), [(S.AWAITING_SIGNATURE, DRAFT), (S.CANCELLED, SUCCESSOR)])
def test_a_repeated_shipment_is_answered_with_the_document_of_that_time(when: DocumentState, found: str) -> None:
    log = waiting(Trigger.SHIPMENT)
    log.append(progressed(DRAFT, when))
    outcome = log.outcome(requested(*WHOLE))
    assert outcome.verdict is Verdict.DUPLICATE
    assert [document.document_id for document in outcome.documents] == [found]


def test_what_a_person_decides_after_a_repeated_shipment_holds() -> None:
    for decided, expected in (
        (RerouteRequested(document_id=DRAFT, connection="other"), [(Action.ISSUE, "other", SUCCESSOR)]),
        (DocumentCancellationRequested(document_id=DRAFT, reason="placed twice"), []),
    ):
        log = waiting(Trigger.SHIPMENT)
        log.append(requested(*WHOLE))
        log.append(decided)
        effects = log.append(progressed(DRAFT, S.CANCELLED))
        assert commands(effects) == expected
        assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK]


def test_a_repeated_shipment_of_which_a_line_is_cancelled_waits_for_that() -> None:
    log = waiting(Trigger.SHIPMENT)
    log.append(cancelled("1"))
    assert log.outcome(requested(*WHOLE)).verdict is Verdict.HELD
    effects = log.append(progressed(DRAFT, S.CANCELLED))
    assert [outcome.verdict for outcome in effects.outcomes] == [Verdict.OK, Verdict.REJECTED]


def test_a_status_that_plans_leaves_to_it_what_was_taken_back_while_the_order_was_frozen() -> None:
    log = waiting(Trigger.SHIPMENT)
    log.state = frozen_state(log.state, "poison", "POISON")
    log.append(progressed(DRAFT, S.CANCELLED))
    log.policy = replace(log.policy, trigger=Trigger.STATUS, trigger_statuses=("SHIPPED",))
    log.append(OrderStatusChanged(status="SHIPPED"))
    thawed = log.append(OrderThawed(), actor="ops", reason="a release with the cure")
    assert commands(thawed) == [(Action.ISSUE, "testbook", SUCCESSOR)]


def test_lines_that_are_cancelled_meanwhile_are_not_issued() -> None:
    log = waiting()
    assert log.outcome(cancelled("1")).verdict is Verdict.HELD
    effects = log.append(progressed(DRAFT, S.CANCELLED))
    rest = document_id("2", "3")
    assert commands(effects) == [(Action.ISSUE, "testbook", rest)]
    (outcome,) = effects.outcomes
    assert (outcome.verdict, [found.document_id for found in outcome.documents]) == (Verdict.OK, [rest])
    assert log.line_status("1") is LineStatus.CANCELLED


def test_what_cannot_be_deleted_waits_for_a_person_who_does_it() -> None:
    log = waiting()
    stays = progressed(DRAFT, S.AWAITING_SIGNATURE, attention=Attention.DELETE_AT_PROVIDER)
    assert log.append(stays).commands == []
    assert document(log).attention is Attention.DELETE_AT_PROVIDER
    assert commands(log.append(progressed(DRAFT, S.CANCELLED))) == [(Action.ISSUE, "testbook", SUCCESSOR)]


def test_a_frozen_order_takes_nothing_back_before_it_is_thawed() -> None:
    log = released()
    log.state = frozen_state(log.state, "poison", "POISON")
    assert log.append(progressed(DRAFT, S.AWAITING_SIGNATURE)).commands == []
    thawed = log.append(OrderThawed(), actor="ops", reason="a release with the cure")
    assert commands(thawed) == [(Action.WITHDRAW, "nilvera", DRAFT)]


def test_it_is_issued_at_another_connection_of_its_own_provider_too() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.policy = replace(log.policy, sign_through="second-login", sign_through_provider="nilvera")
    log.append(placed())
    log.append(progressed(DRAFT, S.AWAITING_SIGNATURE))
    (issue,) = log.append(progressed(DRAFT, S.CANCELLED)).commands
    assert (issue.provider, issue.connection, issue.document_id) == ("nilvera", "second-login", SUCCESSOR)
