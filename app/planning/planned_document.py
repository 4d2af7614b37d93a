"""A document as the planner knows it: what was asked for and answered about it. Immutable, like the order's state.

What may be None has that default: an entry leaves it out.
"""

from datetime import date, datetime

from app.domain.documents import (
    DEAD,
    INVOICING,
    LEGAL,
    UNFINISHED,
    UNSIGNED,
    Attention,
    DocumentReference,
    DocumentState,
    DocumentType,
    Intent,
)
from app.domain.orders import InvoiceRequested, ReviewAnswer
from app.domain.parties import Person
from app.domain.policy import Policy
from app.domain.record import record


@record
class CancellationProgress:
    """What was asked and answered about a document's cancellation.

    `revision`: of the CANCEL command that went out last; 0 when it was withdrawn instead. `is_open`: its issuer has not
    answered. `ended_review`: the document's last review when it was cancelled; what was decided by then is past.
    """

    revision: int = 0
    is_open: bool = False
    ended_review: int | None = None


@record
class UnappliedProgress:
    """What an issuer reported about a document and was not applied, and why (`code`): a person has to look at both."""

    code: str
    state: DocumentState
    number: str | None = None
    ettn: str | None = None
    document_type: DocumentType | None = None
    issue_date: date | None = None


@record
class ConfirmedNames:
    """The names that a person has read on a document at its provider.

    `corrects`: the number that they had mistyped, which its issuer may still report.
    """

    number: str | None = None
    ettn: str | None = None
    corrects: str | None = None


@record
class Correction:
    """Which document a corrected one takes the place of, under which reference; the digest of what was asked for."""

    reference: str
    digest: str
    document_id: str


@record
class PlannedDocument:
    """A document as the planner knows it.

    `released`: its ISSUE command has gone out. `asked_at`: when it went out. `moved_at`: when it was released, a person
    decided about it, or its legal state last changed.
    `withdrawing`: its issuer was commanded to take it back, and it has not become legal since.
    `signings`: how often a person has begun to sign it. `approved`: a person lets its draft become legal.
    `issue_noticed`, `object_noticed`: that the time to issue it, or to object to it, is nearly over.
    `moving`: it was withdrawn because its policy signs through another connection, and not for anything else.
    `moved_to`: the document at another connection that has taken its place.
    `review_revision`: of the last question about it, the planner's or the issuer's; `asked`: the issuer's own number
    of its last one.
    `doubt`: what the planner asks about. `named`: what a person has confirmed, and the issuer has not reported yet.
    `correction`: what it corrects; `corrected_by`: the document that corrects it.
    `person`: whom it was made for, where the order has been amended to another buyer since.
    """

    document_id: str
    intent: Intent
    scope: str
    attempt: int
    lines: tuple[str, ...]
    moved_at: datetime
    policy: Policy
    released: bool = False
    withdrawing: bool = False
    state: DocumentState = DocumentState.PLANNED
    attention: Attention | None = None
    sequence: int = 0
    request: InvoiceRequested | None = None
    document_type: DocumentType | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: date | None = None
    review_revision: int = 0
    asked: int = 0
    doubt: UnappliedProgress | None = None
    named: ConfirmedNames | None = None
    decided: ReviewAnswer | None = None
    cancelling: CancellationProgress | None = None
    moving: bool = False
    moved_to: str | None = None
    asked_at: datetime | None = None
    signings: int = 0
    approved: bool = False
    issue_noticed: bool = False
    object_noticed: bool = False
    person: Person | None = None
    correction: Correction | None = None
    corrected_by: str | None = None

    @property
    def claims(self) -> tuple[str, ...]:
        """The lines that this document, while it lives, has for itself: what takes back has none."""
        return self.lines if self.intent is Intent.INVOICE else ()

    @property
    def is_dead(self) -> bool:
        """There is no legal document; its lines are free."""
        return self.state in DEAD

    @property
    def is_legal(self) -> bool:
        """There is a legal document at the provider."""
        return self.state in LEGAL

    @property
    def is_unfinished(self) -> bool:
        """Something is still to come of it: it is on its way, or its cancellation is."""
        return self.state in UNFINISHED or self.is_being_cancelled

    @property
    def is_unapproved(self) -> bool:
        """It is a draft, or to be one, that a person has not approved yet."""
        is_begun = self.state is DocumentState.PLANNED or self.state in UNSIGNED
        return self.policy.draft_first and self.released and is_begun and not self.approved

    @property
    def awaits_approval(self) -> bool:
        """It is such a draft, and nothing else was asked for it."""
        return self.is_unapproved and not self.withdrawing

    @property
    def was_taken_back(self) -> bool:
        """It was withdrawn before it became legal, because of its lines: not given up, and not moved elsewhere."""
        ended = self.state is DocumentState.CANCELLED and self.cancelling is None and self.moved_to is None
        return ended and (self.withdrawing or not self.released)

    @property
    def may_live_after_all(self) -> bool:
        """It ended, and was seen at its provider all the same; until that is decided its lines are for no other."""
        is_asked = self.attention is Attention.NEEDS_REVIEW or self.doubt is not None
        confirmed = self.was_confirmed and self.state is not DocumentState.REJECTED_BY_BUYER
        return self.is_dead and (is_asked or confirmed)

    @property
    def has_been_legal(self) -> bool:
        """There is or was a legal document at the provider, which keeps its number for ever."""
        was_cancelled = self.state is DocumentState.CANCELLED and self.released and not self.withdrawing
        return self.state in INVOICING or self.state is DocumentState.REJECTED_BY_BUYER or was_cancelled

    @property
    def was_confirmed(self) -> bool:
        """A person has seen it at the provider, and it was not cancelled since."""
        ended = self.cancelling.ended_review if self.cancelling else None
        return self.decided is ReviewAnswer.CONFIRM_ISSUED and (ended is None or self.review_revision > ended)

    @property
    def is_being_cancelled(self) -> bool:
        """A CANCEL command is on its way, and its issuer has not answered."""
        return self.cancelling is not None and self.cancelling.is_open

    def reference(self) -> DocumentReference:
        """The answer to a repeated trigger."""
        return DocumentReference(
            document_id=self.document_id,
            intent=self.intent,
            state=self.state,
            provider=self.policy.provider,
            connection=self.policy.connection_name,
            lines=self.lines,
            ettn=self.ettn,
            number=self.number,
            document_type=self.document_type,
        )
