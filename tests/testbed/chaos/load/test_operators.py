"""People decide a review by what the provider has, each question once, and leave some for tomorrow."""

from collections import Counter
from dataclasses import replace

from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.documents import Evidence as Shown
from app.domain.orders import (
    DocumentCancellationRequested,
    DocumentMarkedDeleted,
    DocumentMarkedIssued,
    LinesCancelled,
    OrderEvent,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
    SignatureRequested,
    SubmittedBody,
)
from app.testbed.chaos.load.operators import ACTOR, LOOK_SECONDS, Operators
from app.testbed.chaos.load.reviews import Books
from tests.testbed.chaos import evidence
from tests.testbed.chaos.load.pages import FakePages


class OperatorsUnderTest:
    """Operators with a clock that is set by hand, and a provider's books."""

    def __init__(self, books: Books | None = None) -> None:
        self.sent: list[OrderEvent] = []
        self.now = 100.0
        self.pages = FakePages(books or {})
        self.operators = Operators(
            seed=1,
            send=self.sent.append,
            pages=self.pages,
            reviews=frozenset({"testbook"}),
            moves={(evidence.SHOP, "nilvera"): "testbook"},
            clock=lambda: self.now,
        )

    def note(self, *statuses: DocumentStatus) -> list[ReviewDecided]:
        for status in statuses:
            self.operators.note_status(status)
        for _ in range(4):
            self.operators.act()
            self.now += LOOK_SECONDS
        bodies = [event.body for event in self.sent]
        return [body for body in bodies if isinstance(body, ReviewDecided)]


def test_what_a_silent_provider_has_is_made_legal_there_and_its_number_recorded() -> None:
    people = OperatorsUnderTest({f"document-{number}": f"ABC202600000{number:04}" for number in range(100)})
    people.operators.silent = frozenset({"testbook"})
    waiting = replace(
        evidence.status(evidence.SHIPPED, 2, DocumentState.PLANNED), state=DocumentState.AWAITING_SIGNATURE
    )
    people.note(*(replace(waiting, document_id=f"document-{each}", provider="testbook") for each in range(100)))
    people.now += 3600
    people.operators.act()
    marked = [event.body for event in people.sent if isinstance(event.body, DocumentMarkedIssued)]
    assert [mark.document_id for mark in marked] == people.pages.signed
    assert {mark.number for mark in marked} <= set(people.pages.books.values())
    assert len(marked) > 50
    assert not [event for event in people.sent if isinstance(event.body, SignatureRequested)]


def test_what_only_a_person_can_delete_is_deleted_and_said_so_where_the_provider_is_silent() -> None:
    status = evidence.status(evidence.SHIPPED, 2, DocumentState.PLANNED)
    waiting = replace(
        status,
        state=DocumentState.AWAITING_SIGNATURE,
        attention=Attention.DELETE_AT_PROVIDER,
        provider="testbook",
        document_id="document-1",
    )
    polled = OperatorsUnderTest({"document-1": None})
    polled.note(waiting)
    assert (polled.pages.deleted, polled.sent) == (["document-1"], [])
    for number, due in ((None, DocumentMarkedDeleted), ("ABC2026000000007", DocumentMarkedIssued)):
        people = OperatorsUnderTest({"document-1": number})
        people.operators.silent = frozenset({"testbook"})
        people.note(waiting)
        assert [type(event.body) for event in people.sent] == [due]


def asking(number: int, revision: int = 1, provider: str = "testbook") -> DocumentStatus:
    status = evidence.status(evidence.SHIPPED, 2, DocumentState.PLANNED, Attention.NEEDS_REVIEW)
    return replace(status, document_id=f"document-{number}", review_revision=revision, provider=provider)


def many(revision: int = 1, provider: str = "testbook") -> list[DocumentStatus]:
    return [asking(number, revision, provider) for number in range(200)]


def test_what_the_provider_has_is_confirmed_with_its_number() -> None:
    people = OperatorsUnderTest({status.document_id: f"TB-{status.document_id}" for status in many()})
    said = people.note(*many())
    assert {(body.decision, body.number == f"TB-{body.document_id}") for body in said} == {
        (ReviewAnswer.CONFIRM_ISSUED, True)
    }
    assert {event.actor for event in people.sent} == {ACTOR}


def test_what_the_provider_does_not_have_is_confirmed_absent_or_rejected() -> None:
    said = Counter(body.decision for body in OperatorsUnderTest().note(*many()))
    assert set(said) == {ReviewAnswer.CONFIRM_ABSENT, ReviewAnswer.REJECT}
    assert said[ReviewAnswer.CONFIRM_ABSENT] > said[ReviewAnswer.REJECT]


def test_a_record_at_a_provider_that_makes_documents_from_records_is_not_signed() -> None:
    people = OperatorsUnderTest(dict.fromkeys(status.document_id for status in many()))
    people.operators.records = frozenset({(evidence.SHOP, "testbook")})
    said = people.note(*many())
    assert people.pages.deleted == [body.document_id for body in said]
    assert people.pages.signed == []


def test_some_reviews_wait_for_tomorrow_and_the_books_are_read_for_all_at_once() -> None:
    people = OperatorsUnderTest()
    assert 0 < len(people.note(*many())) < len(many())
    assert people.pages.looks <= 4


def test_the_same_question_is_answered_once_and_a_new_one_again() -> None:
    people = OperatorsUnderTest()
    first = len(people.note(*many(), *many()))
    people.operators.act()
    again = len(people.note(*many(revision=2))) - first
    assert first <= len(many()) and again > 0
    assert people.operators.idle


def test_a_review_at_a_provider_that_can_always_be_asked_is_left_to_the_check() -> None:
    assert OperatorsUnderTest().note(*many(provider="nilvera")) == []


def standing(
    state: DocumentState, attention: Attention | None = None, provider: str = "nilvera"
) -> list[SubmittedBody]:
    """What people do with three hundred documents in this state."""
    people = OperatorsUnderTest()
    status = replace(evidence.status(evidence.SHIPPED, 2, DocumentState.PLANNED), state=state, attention=attention)
    people.note(
        *(replace(status, document_id=f"document-{n}", provider=provider, connection=provider) for n in range(300))
    )
    return [event.body for event in people.sent]


def test_some_legal_documents_are_cancelled_and_nothing_else_is_done_with_them() -> None:
    for state in (DocumentState.ISSUED, DocumentState.DELIVERED):
        bodies = standing(state)
        assert bodies and all(isinstance(body, DocumentCancellationRequested) for body in bodies)


def test_some_documents_on_their_way_are_moved_where_there_is_another_connection() -> None:
    moved = [body for body in standing(DocumentState.PLANNED) if isinstance(body, RerouteRequested)]
    in_doubt = standing(DocumentState.PLANNED, Attention.UNCERTAIN)
    assert moved and {body.connection for body in moved} == {"testbook"}
    assert sum(isinstance(body, RerouteRequested) for body in in_doubt) > len(moved)
    elsewhere = standing(DocumentState.PLANNED, provider="testbook")
    assert elsewhere and all(isinstance(body, LinesCancelled) for body in elsewhere)


def test_some_unsigned_documents_are_signed_some_cancelled_and_some_left() -> None:
    people = OperatorsUnderTest()
    status = replace(
        evidence.status(evidence.SHIPPED, 2, DocumentState.PLANNED), state=DocumentState.AWAITING_SIGNATURE
    )
    people.note(*(replace(status, document_id=f"document-{n}") for n in range(300)))
    bodies = [event.body for event in people.sent]
    signed = [body.document_id for body in bodies if isinstance(body, SignatureRequested)]
    cancelled = sum(isinstance(body, DocumentCancellationRequested) for body in bodies)
    assert signed == people.pages.signed
    assert len(signed) > cancelled > 0
    assert len(signed) + cancelled == len(bodies) < 300


def test_of_a_cancellation_that_is_unknown_no_person_says_more_than_whether_the_document_stands() -> None:
    cancelling = [replace(status, state=DocumentState.CANCEL_PENDING) for status in many()]
    assert {body.decision for body in OperatorsUnderTest().note(*cancelling)} == {ReviewAnswer.CONFIRM_ABSENT}


def test_what_is_asked_about_a_cancellation_is_decided_by_the_books_of_every_provider() -> None:
    """Where documents are always found no person decides about a creation; a cancellation may vanish there, too."""
    calls = tuple(Shown(at=evidence.AT, what="SENT", detail=f"CANCELLATION, attempt {n}") for n in range(3))
    asked = [replace(status, state=DocumentState.CANCEL_PENDING, evidence=calls) for status in many(provider="nilvera")]
    people = OperatorsUnderTest({status.document_id: f"N-{status.document_id}" for status in asked})
    people.pages.provider = "nilvera"
    said = people.note(*asked, *many(provider="nilvera"))
    assert len(said) > 150
    assert {(body.decision, body.number == f"N-{body.document_id}") for body in said} == {
        (ReviewAnswer.CONFIRM_ISSUED, True)
    }
