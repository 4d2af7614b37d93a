"""How a person answers a question about a document: by the provider's books, in which they also put it right."""

from collections.abc import Mapping
from random import Random
from typing import Final, Protocol

from app.domain.documents import DEAD, DocumentState, DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided

# Of a hundred documents that are not at the provider, so many are not to be sent again.
REJECTED_PERCENT: Final = 25
# Of a hundred records that come to another total, so many are corrected there; the others are deleted.
CORRECTED_PERCENT: Final = 60
# The evidence of the question about another total.
OTHER_TOTAL: Final = "OTHER_TOTAL"
# The number of each legal document by our reference; None for what has no legal effect yet.
Books = Mapping[str, str | None]


class ProviderPages(Protocol):
    """What a person sees and does in a provider's own pages. What fails there has not happened, or is not known."""

    def look_up(self, provider: str) -> Books:
        """What is in the books now."""

    def sign(self, status: DocumentStatus) -> None:
        """Makes a document legal."""

    def delete(self, status: DocumentStatus) -> None:
        """Deletes what has no legal effect."""

    def correct(self, status: DocumentStatus) -> None:
        """Has what has no legal effect come to its order's total."""


def answer(
    status: DocumentStatus, books: Books, pages: ProviderPages, chance: Random, *, is_record: bool
) -> ReviewDecided | None:
    """The answer to the question that `status` asks; None where it is left for later.

    `is_record`: what has no legal effect there is a record from which the document would be made, and not the document,
    which a person can make legal by hand.
    """
    document = status.document_id
    if document not in books:
        return _decided(status, _of_what_is_missing(status, chance))
    number = books[document]
    if number is not None:
        return _decided(status, ReviewAnswer.CONFIRM_ISSUED, number)
    if is_record or status.state in DEAD:
        return _decided(status, _put_right(status, pages, chance))
    pages.sign(status)
    number = pages.look_up(status.provider).get(document)
    return None if number is None else _decided(status, ReviewAnswer.CONFIRM_ISSUED, number)


def _put_right(status: DocumentStatus, pages: ProviderPages, chance: Random) -> ReviewAnswer:
    """A record with another total is corrected, or deleted with its document; any other one is deleted."""
    is_another_total = any(each.what == OTHER_TOTAL for each in status.evidence)
    if is_another_total and chance.randrange(100) < CORRECTED_PERCENT:
        pages.correct(status)
        return ReviewAnswer.LOOK_AGAIN
    pages.delete(status)
    return ReviewAnswer.REJECT if is_another_total else _of_what_is_missing(status, chance)


def _of_what_is_missing(status: DocumentStatus, chance: Random) -> ReviewAnswer:
    """It is sent again, or not wanted any more. What has ended, or is to be cancelled, is only confirmed absent."""
    may_be_unwanted = status.state not in DEAD | {DocumentState.CANCEL_PENDING}
    is_unwanted = may_be_unwanted and chance.randrange(100) < REJECTED_PERCENT
    return ReviewAnswer.REJECT if is_unwanted else ReviewAnswer.CONFIRM_ABSENT


def _decided(status: DocumentStatus, decision: ReviewAnswer, number: str | None = None) -> ReviewDecided:
    return ReviewDecided(
        document_id=status.document_id, revision=status.review_revision, decision=decision, number=number
    )
