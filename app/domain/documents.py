"""Documents: their legal states, the status events about them, and how they are referred to."""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Final, Literal

from pydantic import Field

from app.domain.errors import FieldError
from app.domain.record import record
from app.domain.text import STRICT, Extensions


class Intent(StrEnum):
    """What a document is for; how it leaves (e-Fatura, e-Arşiv) is decided when it is prepared."""

    INVOICE = "INVOICE"
    RETURN = "RETURN"
    PRICE_DIFFERENCE = "PRICE_DIFFERENCE"


class DocumentType(StrEnum):
    """The form in which a document is issued."""

    EARSIV = "EARSIV"
    EFATURA = "EFATURA"
    SALES_INVOICE = "SALES_INVOICE"


class DocumentState(StrEnum):
    """The legal state, separate from the state of a step and from payment.

    DRAFT: it exists at the provider without legal effect. AWAITING_SIGNATURE: a person, or another program, has to
    sign it there.
    """

    PLANNED = "PLANNED"
    DRAFT = "DRAFT"
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"
    PROCESSING = "PROCESSING"
    ISSUED = "ISSUED"
    DELIVERED = "DELIVERED"
    ACCEPTED = "ACCEPTED"
    CANCEL_PENDING = "CANCEL_PENDING"
    REJECTED_BY_BUYER = "REJECTED_BY_BUYER"
    REJECTED = "REJECTED"
    CANCELLED = "CANCELLED"


S = DocumentState
_ENDS: Final = (S.REJECTED_BY_BUYER, S.REJECTED, S.CANCELLED)
TRANSITIONS: Final[Mapping[DocumentState, frozenset[DocumentState]]] = MappingProxyType(
    {
        S.PLANNED: frozenset({S.DRAFT, S.AWAITING_SIGNATURE, S.PROCESSING, S.ISSUED, S.DELIVERED, S.ACCEPTED, *_ENDS}),
        S.DRAFT: frozenset({S.AWAITING_SIGNATURE, S.PROCESSING, S.ISSUED, S.DELIVERED, S.ACCEPTED, *_ENDS}),
        S.AWAITING_SIGNATURE: frozenset({S.PROCESSING, S.ISSUED, S.DELIVERED, S.ACCEPTED, *_ENDS}),
        # DRAFT again where its e-document could not be made, and what it would be made of is left there.
        S.PROCESSING: frozenset({S.DRAFT, S.ISSUED, S.DELIVERED, S.ACCEPTED, *_ENDS}),
        S.ISSUED: frozenset({S.DELIVERED, S.ACCEPTED, S.CANCEL_PENDING, S.REJECTED_BY_BUYER, S.CANCELLED}),
        S.DELIVERED: frozenset({S.ACCEPTED, S.REJECTED_BY_BUYER, S.CANCELLED}),
        S.ACCEPTED: frozenset(),
        # ISSUED again when the provider refuses; the others were seen before the cancellation and arrive late.
        S.CANCEL_PENDING: frozenset({S.CANCELLED, S.ISSUED, S.DELIVERED, S.ACCEPTED, S.REJECTED_BY_BUYER}),
        S.REJECTED_BY_BUYER: frozenset(),
        # Taken for ended, and found at the provider: only while its lines are free (planning.rules.progress).
        S.REJECTED: frozenset({S.ISSUED, S.DELIVERED, S.ACCEPTED}),
        S.CANCELLED: frozenset({S.ISSUED, S.DELIVERED, S.ACCEPTED}),
    }
)
# In these there is no legal document any more: the lines are free again, and a new try is another document.
DEAD: Final = frozenset({S.REJECTED, S.CANCELLED, S.REJECTED_BY_BUYER})
# In these it exists at the provider without legal effect, and waits for a person there.
UNSIGNED: Final = frozenset({S.DRAFT, S.AWAITING_SIGNATURE})
# In these it is on its way.
UNFINISHED: Final = frozenset({S.PLANNED, S.PROCESSING}) | UNSIGNED
# In these there is a legal document at the provider.
LEGAL: Final = frozenset({S.ISSUED, S.DELIVERED, S.ACCEPTED})
# In these its lines are invoiced on it: until the provider answers CANCELLED, the document is legal.
INVOICING: Final = LEGAL | {S.CANCEL_PENDING}
del S


class Attention(StrEnum):
    """Beside the legal state, never instead of it. FROZEN: nothing of its order is decided until a person thaws it."""

    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    UNCERTAIN = "UNCERTAIN"
    NEEDS_REVIEW = "NEEDS_REVIEW"
    # Its connection cannot be used: the reason is in the evidence, and its owner has something to do.
    CONNECTION = "CONNECTION"
    # It is to be taken back, and has no legal effect yet; only a person can delete it at its provider.
    DELETE_AT_PROVIDER = "DELETE_AT_PROVIDER"
    OVERDUE = "OVERDUE"
    FROZEN = "FROZEN"


@record
class Evidence:
    """What a person needs to decide a review: what was sent, what came back, what look-ups found."""

    __pydantic_config__ = STRICT

    at: datetime
    what: str
    detail: Annotated[str, Field(max_length=500)] = ""


@record
class DocumentReference:
    """The answer to a repeated trigger: the document that exists."""

    __pydantic_config__ = STRICT

    document_id: str
    intent: Intent
    state: DocumentState
    provider: str
    connection: str
    lines: tuple[str, ...]
    ettn: str | None = None
    number: str | None = None
    document_type: DocumentType | None = None


@record
class DocumentStatus:
    """One step of a document's life: `document-status.v1`. `sequence` counts from 1 without gap or fork.

    `connection`: the business's name for its login at `provider`. `credit_reference` and `original`: of a return or a
    price difference, the merchant's reference and the document that had its lines. `corrects` and `corrected_by`: the
    document that was wrong, and the one that is right. `extensions` are the order's.
    """

    __pydantic_config__ = STRICT

    document_id: str
    sequence: int
    business: str
    order_reference: str
    intent: Intent
    attempt: int
    state: DocumentState
    attention: Attention | None
    provider: str
    connection: str
    lines: tuple[str, ...]
    shipment_reference: str | None
    invoice_reference: str | None
    document_type: DocumentType | None
    ettn: str | None
    number: str | None
    issue_date: date | None
    errors: tuple[FieldError, ...]
    evidence: tuple[Evidence, ...]
    review_revision: int
    occurred_at: datetime
    caused_by: str
    extensions: Extensions | None = None
    credit_reference: str | None = None
    original: str | None = None
    corrects: str | None = None
    corrected_by: str | None = None


@record
class DocumentProgressed:
    """What an issuer learnt about a document; written to the order's log, folded by the planner.

    `returned`: the provider's word for a document that its buyer has returned, which is no legal state.
    """

    __pydantic_config__ = STRICT

    type: Literal["DocumentProgressed"] = "DocumentProgressed"
    document_id: str
    command_id: str
    state: DocumentState
    attention: Attention | None = None
    document_type: DocumentType | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: date | None = None
    errors: tuple[FieldError, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    review_revision: int = 0
    returned: str | None = None
