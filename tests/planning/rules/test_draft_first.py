"""Draft first: what a trigger releases is a draft, and only a person's approval lets that very draft become legal."""

from datetime import timedelta

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
    SignatureRequested,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.planned_document import PlannedDocument
from app.planning.rules.progress import is_waiting
from app.planning.timers import overdue_at
from tests.planning.events import Log, document_id, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
DOCUMENT = document_id(*WHOLE)
APPROVED = DocumentApproved(document_id=DOCUMENT)
S, A = DocumentState, Attention


def draft_first(trigger: Trigger = Trigger.ORDER_PLACED) -> Log:
    log = Log(trigger)
    log.policy = policy(trigger, draft_first=True)
    log.append(placed())
    return log


def drafted(state: DocumentState = S.DRAFT) -> Log:
    log = draft_first()
    log.append(progressed(DOCUMENT, state))
    return log


def document(log: Log) -> PlannedDocument:
    assert log.state is not None
    return log.state.documents[DOCUMENT]


def shown(log: Log) -> tuple[DocumentState, Attention | None]:
    return log.all.statuses[-1].state, log.all.statuses[-1].attention


@pytest.mark.parametrize("trigger", [Trigger.ORDER_PLACED, Trigger.MANUAL])
def test_what_the_order_plans_goes_out_as_a_draft_that_waits_for_approval(trigger: Trigger) -> None:
    log = draft_first(trigger)
    (command,) = log.all.commands
    assert (command.action, command.draft_first) == (Action.ISSUE, True)
    assert shown(log) == (S.PLANNED, A.AWAITING_APPROVAL)


def test_what_a_shipment_asks_for_goes_out_as_a_draft_and_a_repeat_does_not_approve_it() -> None:
    log = draft_first(Trigger.SHIPMENT)
    assert log.command(requested(*WHOLE)).draft_first
    outcome = log.outcome(requested(*WHOLE))
    assert outcome.verdict is Verdict.DUPLICATE
    assert shown(log) == (S.PLANNED, A.AWAITING_APPROVAL)


def test_without_the_policy_nothing_waits() -> None:
    log = Log(Trigger.ORDER_PLACED)
    assert not log.command(placed()).draft_first
    assert shown(log) == (S.PLANNED, None)


def test_the_draft_waits_for_approval_at_its_provider_without_a_clock() -> None:
    log = drafted()
    assert shown(log) == (S.DRAFT, A.AWAITING_APPROVAL)
    assert not is_waiting(document(log))


@pytest.mark.parametrize("log", [draft_first(), drafted(), drafted(S.AWAITING_SIGNATURE)], ids=["none", "draft", "sms"])
def test_an_approval_is_one_command_also_before_the_draft_exists(log: Log) -> None:
    state = document(log).state
    effects = log.append(APPROVED)
    (command,), (status,), (outcome,) = effects.commands, effects.statuses, effects.outcomes
    assert (command.action, command.document_id, outcome.verdict) == (Action.APPROVE, DOCUMENT, Verdict.OK)
    assert (status.state, status.attention) == (state, None)


def test_an_approval_that_comes_twice_is_a_duplicate() -> None:
    log = drafted()
    log.append(APPROVED)
    again = log.append(APPROVED)
    assert [(o.verdict, o.reason) for o in again.outcomes] == [(Verdict.DUPLICATE, "NOT_AWAITING_APPROVAL")]
    assert not again.commands


def test_a_draft_that_is_reported_after_its_approval_does_not_wait_again() -> None:
    log = draft_first()
    log.append(APPROVED)
    log.append(progressed(DOCUMENT, S.DRAFT))
    assert shown(log) == (S.DRAFT, None)


def test_an_approved_draft_is_overdue_like_what_we_send_and_not_like_what_a_person_has_to() -> None:
    log = drafted()
    log.append(APPROVED)
    waiting = document(log)
    assert overdue_at(waiting) == waiting.moved_at + timedelta(minutes=waiting.policy.overdue_minutes)


def test_an_approval_of_a_deleted_draft_is_refused() -> None:
    log = drafted()
    log.append(progressed(DOCUMENT, S.CANCELLED))
    assert log.outcome(APPROVED).reason == "DOCUMENT_ENDED"


def test_an_approval_of_what_a_person_has_sent_off_there_comes_too_late() -> None:
    log = drafted()
    log.append(progressed(DOCUMENT, S.ISSUED))
    assert shown(log) == (S.ISSUED, None)
    assert log.outcome(APPROVED).reason == "NOT_AWAITING_APPROVAL"


def test_what_is_being_taken_back_is_not_approved() -> None:
    log = drafted()
    log.append(DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice"))
    assert log.outcome(APPROVED).reason == "WITHDRAWING"


def test_a_question_about_the_draft_goes_first_and_then_it_waits_for_approval_again() -> None:
    log = drafted()
    log.append(progressed(DOCUMENT, S.DRAFT, attention=A.NEEDS_REVIEW, review_revision=1))
    assert shown(log) == (S.DRAFT, A.NEEDS_REVIEW)
    log.append(ReviewDecided(document_id=DOCUMENT, revision=1, decision=ReviewAnswer.LOOK_AGAIN))
    assert shown(log) == (S.DRAFT, A.AWAITING_APPROVAL)


def test_what_a_person_has_to_approve_first_is_not_signed() -> None:
    log = drafted(S.AWAITING_SIGNATURE)
    signed = SignatureRequested(document_id=DOCUMENT)
    assert log.outcome(signed).reason == "NOT_APPROVED"
    log.append(APPROVED)
    assert log.outcome(signed).verdict is Verdict.OK


def test_a_rerouted_draft_is_a_draft_again_and_needs_its_own_approval() -> None:
    log = drafted()
    log.append(APPROVED)
    log.append(RerouteRequested(document_id=DOCUMENT, connection="testbook"))
    log.append(progressed(DOCUMENT, S.CANCELLED))
    command = log.all.commands[-1]
    assert (command.action, command.provider, command.draft_first) == (Action.ISSUE, "testbook", True)
    assert shown(log) == (S.PLANNED, A.AWAITING_APPROVAL)


def test_a_draft_s_number_makes_way_for_the_legal_one_and_a_late_report_of_it_asks_nothing() -> None:
    log = drafted()
    log.append(progressed(DOCUMENT, S.DRAFT, number="ABC2026000000007"))
    log.append(APPROVED)
    log.append(progressed(DOCUMENT, S.ISSUED, number="ABC2026000000009"))
    assert (document(log).state, document(log).attention, document(log).number) == (S.ISSUED, None, "ABC2026000000009")
    log.append(progressed(DOCUMENT, S.DRAFT, number="ABC2026000000007"))
    assert (document(log).attention, document(log).number) == (None, "ABC2026000000009")
    log.append(progressed(DOCUMENT, S.DELIVERED, number="ABC2026000000008"))
    assert document(log).attention is A.NEEDS_REVIEW
