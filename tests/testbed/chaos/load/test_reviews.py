"""A question is answered by what is in the provider's books; what is there is never said to be absent."""

from dataclasses import replace
from random import Random

import pytest

from app.domain.documents import Attention, DocumentState, DocumentStatus, Evidence
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.testbed.chaos.load.reviews import Books, answer
from tests.testbed.chaos import evidence
from tests.testbed.chaos.load.pages import NUMBER, FakePages

S, A = DocumentState, ReviewAnswer
DOCUMENT = evidence.document_id(evidence.SHIPPED, "1", "2")
MADE: Books = {DOCUMENT: "TB-1"}
UNSIGNED: Books = {DOCUMENT: None}


def asked(what: str = "NO_LOOK_UP", state: DocumentState = S.PLANNED) -> DocumentStatus:
    status = evidence.status(evidence.SHIPPED, 2, state, Attention.NEEDS_REVIEW)
    question = Evidence(at=evidence.AT, what=what)
    return replace(status, provider="testbook", evidence=(question,), review_revision=3, state=state)


def answers(pages: FakePages, status: DocumentStatus, *, is_record: bool = False) -> set[ReviewAnswer]:
    """Of a hundred people, each of whom sees the same books."""
    books = pages.books
    return {
        decided.decision
        for number in range(100)
        if (decided := answer(status, books, pages, Random(number), is_record=is_record))
    }


def test_a_legal_document_is_confirmed_with_its_number() -> None:
    decided = answer(asked(), MADE, FakePages(MADE), Random(1), is_record=False)
    assert decided == ReviewDecided(document_id=DOCUMENT, revision=3, decision=A.CONFIRM_ISSUED, number="TB-1")


def test_what_is_not_in_the_books_is_absent_or_not_wanted() -> None:
    assert answers(FakePages({}), asked()) == {A.CONFIRM_ABSENT, A.REJECT}


@pytest.mark.parametrize("state", [S.CANCEL_PENDING, S.CANCELLED, S.REJECTED])
def test_of_what_has_ended_or_is_to_be_cancelled_only_its_absence_is_confirmed(state: DocumentState) -> None:
    assert answers(FakePages({}), asked(state=state)) == {A.CONFIRM_ABSENT}


def test_a_document_without_legal_effect_is_made_legal_and_confirmed_with_its_number() -> None:
    pages = FakePages(UNSIGNED)
    decided = answer(asked(), UNSIGNED, pages, Random(1), is_record=False)
    assert decided is not None
    assert (decided.decision, decided.number, pages.signed) == (A.CONFIRM_ISSUED, NUMBER, [DOCUMENT])


def test_what_could_not_be_made_legal_is_left_for_later() -> None:
    assert answers(FakePages(UNSIGNED, signs=False), asked()) == set()


def test_a_record_with_another_total_is_corrected_and_looked_at_again_or_deleted_with_its_document() -> None:
    pages = FakePages(UNSIGNED)
    assert answers(pages, asked("OTHER_TOTAL"), is_record=True) == {A.LOOK_AGAIN, A.REJECT}
    assert len(pages.corrected) + len(pages.deleted) == 100
    assert not pages.signed


def test_any_other_record_is_deleted_before_it_is_said_to_be_absent() -> None:
    pages = FakePages(UNSIGNED)
    assert answers(pages, asked("PARTLY_DONE"), is_record=True) == {A.CONFIRM_ABSENT, A.REJECT}
    assert (len(pages.deleted), pages.corrected) == (100, [])


def test_a_draft_of_a_document_that_has_ended_is_deleted_and_not_made_legal() -> None:
    pages = FakePages(UNSIGNED)
    assert answers(pages, asked("LIVE_AFTER_END", S.CANCELLED)) == {A.CONFIRM_ABSENT}
    assert (len(pages.deleted), pages.signed) == (100, [])
