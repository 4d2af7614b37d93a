"""What a person decides about a document that is in review."""

from dataclasses import replace

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from tests.planning.events import Log, document_id, placed, progressed

WHOLE = ("1", "2", "3")


def _in_review() -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1)
    )
    return log


def test_the_first_decision_on_a_review_goes_to_the_issuer_and_counts() -> None:
    log = _in_review()
    absent = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    command = log.command(absent, actor="ayse")
    assert (command.action, command.review.decision, command.review.actor) == (
        Action.REVIEW,
        ReviewAnswer.CONFIRM_ABSENT,
        "ayse",
    )
    assert log.outcome(absent).verdict is Verdict.DUPLICATE
    assert log.outcome(replace(absent, decision=ReviewAnswer.REJECT)).reason == "REVIEW_DECIDED"


def test_a_second_review_of_a_document_is_decided_by_itself() -> None:
    log = _in_review()
    absent = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    log.append(absent)
    log.append(
        progressed(document_id(*WHOLE), DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=2)
    )
    assert log.outcome(absent).reason == "NO_SUCH_REVIEW"
    assert log.command(replace(absent, revision=2)).revision == 2


def test_a_document_that_is_not_issued_yet_may_be_looked_at_again_and_a_cancelled_one_may_not() -> None:
    again = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.LOOK_AGAIN)
    log = _in_review()
    assert log.command(again).review.decision is ReviewAnswer.LOOK_AGAIN
    assert log.outcome(again).verdict is Verdict.DUPLICATE
    issued = _in_review()
    issued.append(progressed(document_id(*WHOLE), DocumentState.ISSUED, number="GIB1", review_revision=1))
    assert issued.outcome(again).reason == "NOT_LOOKED_AT"


def test_confirming_as_issued_needs_the_number() -> None:
    body = ReviewDecided(document_id=document_id(*WHOLE), revision=1, decision=ReviewAnswer.CONFIRM_ISSUED)
    assert _in_review().outcome(body).reason == "NUMBER_REQUIRED"
