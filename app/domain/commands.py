"""What the planner asks an issuer to do: `invoice-commands.<provider>.v1`."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from app.domain.documents import DocumentType, Intent
from app.domain.invoice_details import InvoiceDetails
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import OrderLine, OrderType, ReviewAnswer
from app.domain.parties import Person
from app.domain.payment import Payment
from app.domain.policy import FIRST_RULES_VERSION, DocumentTypeChoice
from app.domain.record import record
from app.domain.text import STRICT


class Action(StrEnum):
    """Each has its own test for "done"."""

    ISSUE = "ISSUE"
    CANCEL = "CANCEL"
    WITHDRAW = "WITHDRAW"
    REVIEW = "REVIEW"
    SIGN = "SIGN"
    MARK = "MARK"
    APPROVE = "APPROVE"


@record
class DocumentOrder:
    """All that a document is made from: the order's facts and those of the shipment. Prices are the order's.

    `issue_date_days_back`: so many days before the command its InvoiceInfo may date the document; where it takes the
    place of one, with the days since that was asked for.
    """

    __pydantic_config__ = STRICT

    intent: Intent
    order_date: date
    order_type: OrderType
    currency: str
    exchange_rate: Decimal | None
    prices_include_vat: bool
    lines: tuple[OrderLine, ...]
    payment: Payment | None
    website: str | None
    note: str | None
    carrier: str | None
    shipment_reference: str | None
    invoice_reference: str | None
    dispatch_date: date | None
    due_date: date | None
    tracking_code: str | None
    document_type: DocumentTypeChoice
    earsiv_series: str | None
    efatura_series: str | None
    efatura_profile: str
    invoice_info: InvoiceInfo | None = None
    details: InvoiceDetails | None = None
    issue_date_days_back: int = 0


@record
class ReviewDecision:
    """A person's decision on one revision of a review."""

    __pydantic_config__ = STRICT

    revision: int
    decision: ReviewAnswer
    number: str | None
    ettn: str | None
    actor: str | None


@record
class Cancellation:
    """The document that is to be cancelled, as the planner knows it: the issuer has forgotten how it was made.

    `review_revision`: the last question that was asked about the document, so that the next one has another number.
    """

    __pydantic_config__ = STRICT

    reason: str
    document_type: DocumentType | None
    ettn: str | None
    number: str | None
    issue_date: date | None
    review_revision: int


@record
class InvoiceCommand:
    """One command for one document. `order` is in ISSUE alone, `review` in REVIEW and MARK, `cancellation` in CANCEL.

    `connection`: the business's name for its login at `provider`. `moves`: of WITHDRAW, that another connection is to
    issue what the document covers. `moved_from`: of ISSUE, the documents whose place it takes after such moves, the
    latest first. `draft_first`: of ISSUE, that it may not become legal before an APPROVE command.
    `rules_version`: those of the planner that wrote it; an issuer that is older does not carry it out.
    """

    __pydantic_config__ = STRICT

    command_id: str
    action: Action
    revision: int
    document_id: str
    business: str
    order_reference: str
    provider: str
    connection: str
    occurred_at: datetime
    caused_by: str
    order: DocumentOrder | None = None
    person: Person | None = None
    review: ReviewDecision | None = None
    cancellation: Cancellation | None = None
    moves: bool = False
    moved_from: tuple[str, ...] = ()
    draft_first: bool = False
    rules_version: int = FIRST_RULES_VERSION
