"""What a provider calls returned: the document keeps its legal state, and a person is asked, once for each word."""

from typing import Any

from app.domain.documents import Attention, DocumentState
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.planning.planned_document import PlannedDocument
from app.planning.state import LineStatus
from tests.planning.events import Log, document_id, placed, progressed, requested

WHOLE = ("1", "2", "3")
DOCUMENT = document_id(*WHOLE)
S = DocumentState


def returned(word: str = "RETURNED") -> Any:
    return progressed(DOCUMENT, S.DELIVERED, number="N1", returned=word)


def asked() -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, S.DELIVERED, number="N1"))
    log.append(returned())
    return log


def document(log: Log) -> PlannedDocument:
    assert log.state is not None
    return log.state.documents[DOCUMENT]


def answer(decision: ReviewAnswer, **more: Any) -> ReviewDecided:
    return ReviewDecided(document_id=DOCUMENT, revision=1, decision=decision, **more)


def test_a_returned_document_stays_as_it_is_and_a_person_is_asked() -> None:
    log = asked()
    last = log.all.statuses[-1]
    assert (last.state, last.attention) == (S.DELIVERED, Attention.NEEDS_REVIEW)
    assert [error.code for error in last.errors] == ["RETURNED"]
    assert log.line_status("1") is LineStatus.INVOICED


def test_a_first_sight_that_is_returned_has_its_state_too() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    first, second = log.append(returned()).statuses
    assert (first.state, first.number, second.attention) == (S.DELIVERED, "N1", Attention.NEEDS_REVIEW)


def test_the_same_word_again_changes_nothing() -> None:
    assert not asked().append(returned()).statuses


def test_a_person_who_has_cleared_it_up_ends_the_question() -> None:
    log = asked()
    assert log.outcome(answer(ReviewAnswer.CONFIRM_ISSUED, number="N1")).verdict is Verdict.OK
    assert (document(log).attention, document(log).doubt) == (None, None)


def test_a_returned_document_is_not_given_up_by_a_word() -> None:
    assert asked().outcome(answer(ReviewAnswer.REJECT)).reason == "DOCUMENT_STANDS"


def test_the_buyer_s_answer_ends_the_question() -> None:
    log = asked()
    (status,) = log.append(progressed(DOCUMENT, S.ACCEPTED)).statuses
    assert (status.state, status.attention) == (S.ACCEPTED, None)


def test_a_buyer_s_refusal_opens_the_lines_also_of_a_document_that_a_person_had_confirmed() -> None:
    log = asked()
    log.append(answer(ReviewAnswer.CONFIRM_ISSUED, number="N1"))
    log.append(progressed(DOCUMENT, S.REJECTED_BY_BUYER))
    assert log.line_status("1") is LineStatus.OPEN
    assert log.outcome(requested(*WHOLE)).verdict is Verdict.OK
