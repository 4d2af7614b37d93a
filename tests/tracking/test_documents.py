"""A document is what its status events say, in their sequence, each once."""

from dataclasses import replace

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.policy import Trigger
from app.tracking.documents import track
from tests.planning.events import Log, document_id, placed, progressed

DOCUMENT = document_id("1", "2", "3")


def told() -> list[DocumentStatus]:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, DocumentState.PLANNED, attention=Attention.UNCERTAIN))
    log.append(progressed(DOCUMENT, DocumentState.ISSUED, number="EAR2026000000001"))
    return log.all.statuses


def test_the_latest_status_counts_whatever_the_sequence_of_reading() -> None:
    first, second, third = told()
    document = track([third, first, second, first])[DOCUMENT]
    assert [status.sequence for status in document.history] == [1, 2, 3]
    assert document.latest.number == "EAR2026000000001"
    assert document.was_adopted
    assert not document.gaps


def test_a_doubt_about_a_cancellation_is_no_document_that_was_found() -> None:
    first, _, issued = told()
    pending = replace(issued, sequence=4, state=DocumentState.CANCEL_PENDING, attention=Attention.UNCERTAIN)
    stays = replace(issued, sequence=5)
    assert not track([first, replace(issued, sequence=3), pending, stays])[DOCUMENT].was_adopted


def test_a_missing_status_is_a_gap() -> None:
    first, _, third = told()
    assert track([first, third])[DOCUMENT].gaps == (2,)


def test_a_document_is_found_by_business_order_and_state() -> None:
    document = track(told())[DOCUMENT]
    assert document.matches(business="ORNEK", order=None, state=DocumentState.ISSUED)
    assert not document.matches(business=None, order="S-2", state=None)


def test_a_document_that_needs_a_person_is_in_review_until_it_does_not() -> None:
    status = replace(told()[0], attention=Attention.NEEDS_REVIEW)
    assert track([status])[DOCUMENT].in_review
    assert not track([status, replace(status, sequence=2, attention=None)])[DOCUMENT].in_review


def test_a_draft_waits_for_a_person_without_any_attention() -> None:
    status = replace(told()[0], state=DocumentState.DRAFT, attention=None)
    draft = track([status])[DOCUMENT]
    assert draft.matches(business=None, order=None, state=None, attention=True)
    works = track([replace(status, state=DocumentState.PROCESSING)])[DOCUMENT]
    assert not works.matches(business=None, order=None, state=None, attention=True)
