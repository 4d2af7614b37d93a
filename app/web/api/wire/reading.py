"""What the API shows of orders, lines and documents, as models."""

from pydantic import Field

from app.web.api.wire.answers import ErrorEntry
from app.web.api.wire.model import WireModel


class Line(WireModel):
    """A line of an order: what is ordered now, and where it is since when. `state`: OPEN, ON_DOCUMENT or CANCELLED.

    `returned`: the pieces that came back; `credited`: the amount for them, or off the price, in the price's own terms.
    """

    business_code: str
    order_reference: str
    order_item_reference: int | str
    state: str
    since: str
    document_id: str | None = None
    description: str | None = None
    quantity: str | None = None
    unit_price: str | None = None
    vat_percent: str | None = None
    returned: str
    credited: str


class Links(WireModel):
    """Where the document's files are: addresses for you, which open without a key; keep them like one."""

    pdf: str
    xml: str
    html: str


class VatRate(WireModel):
    """The base (matrah) and the VAT of a document, or of many, at one rate."""

    vat_percent: str
    taxable_amount: str
    vat_amount: str


class Document(WireModel):
    """A document by its latest status. `waits`: for a person, and `attention` says why.

    `creditReference` and `original`: of a return or a price difference, your reference, and the invoice that it
    reduces, whose `creditedBy` has it. `corrects` and `correctedBy`: the invoice that was wrong, and the one that is
    right. `buyerTaxNumber`: a person's is masked in lists. `invoiceType` and `profile` are UBL-TR's. Amounts are in
    `currency`. `issueUntil` and `objectUntil`: the last days that the law sets, while they matter. `lastAnswer`: the
    last words of its provider, or of what issues it.
    """

    document_id: str
    business_code: str
    order_reference: str
    intent: str
    state: str
    attention: str | None = None
    waits: bool
    provider: str
    connection: str
    document_type: str | None = None
    ettn: str | None = None
    number: str | None = None
    issue_date: str | None = None
    order_items: list[int | str]
    shipment_reference: str | None = None
    invoice_reference: str | None = None
    credit_reference: str | None = None
    original: str | None = None
    credited_by: list[str] = Field(default_factory=list)
    corrects: str | None = None
    corrected_by: str | None = None
    buyer_name: str | None = None
    buyer_tax_number: str | None = None
    invoice_type: str | None = None
    profile: str | None = None
    currency: str | None = None
    taxable_amount: str | None = None
    vat_amount: str | None = None
    payable_amount: str | None = None
    vat_by_rate: list[VatRate] = Field(default_factory=list)
    dispatch_date: str | None = None
    due_date: str | None = None
    issue_until: str | None = None
    object_until: str | None = None
    last_answer: str | None = None
    review_revision: int
    sequence: int
    errors: list[ErrorEntry] = Field(default_factory=list)
    began_at: str
    changed_at: str
    links: Links | None = None


class EvidenceEntry(WireModel):
    """What was sent, what came back, or what a look-up found."""

    at: str
    what: str
    detail: str


class DocumentStep(WireModel):
    """One status of a document. `evidence`: the attempts that it is about."""

    sequence: int
    state: str
    attention: str | None = None
    errors: list[ErrorEntry] = Field(default_factory=list)
    evidence: list[EvidenceEntry] = Field(default_factory=list)
    at: str


class DocumentDetails(Document):
    """A document with every status, and its buyer's whole tax number."""

    history: list[DocumentStep]


class OrderSummary(WireModel):
    """An order in a list. `waiting`: why a person should look at it, each with the time since when.

    `amendedAt`: since when it is otherwise than it was placed. `payableAmount`: what all of its lines come to.
    """

    business_code: str
    order_reference: str
    customer_number: str | None = None
    state: str
    buyer_name: str | None = None
    buyer_tax_number: str | None = None
    order_date: str | None = None
    currency: str | None = None
    payable_amount: str | None = None
    amended_at: str | None = None
    documents: int
    order_items: int
    open_lines: int
    attention: bool
    waiting: dict[str, str] = Field(default_factory=dict)
    changed_at: str


class HistoryEntry(WireModel):
    """An event, an answer to one, a step of a document, or the kind of a notice.

    `orderItems`: the lines that an event is about, `changesBuyer`: that it gives the order another buyer. `reason`: of
    an event a person's own words, of an answer its reason.
    """

    at: str
    event: str | None = None
    internal_request_id: str | None = None
    actor: str | None = None
    order_items: list[int | str] = Field(default_factory=list)
    changes_buyer: bool | None = None
    outcome: str | None = None
    reason: str | None = None
    errors: list[ErrorEntry] = Field(default_factory=list)
    document_id: str | None = None
    state: str | None = None
    notice: str | None = None


class Order(OrderSummary):
    """An order with its lines, its documents, and everything that happened to it, the oldest first."""

    lines: list[Line]
    invoices: list[Document]
    history: list[HistoryEntry]


class Orders(WireModel):
    """A page of orders, the latest change first; `next` is the cursor of the next one."""

    rows: list[OrderSummary]
    next: str | None = None


class Documents(WireModel):
    """A page of documents, the latest change first."""

    rows: list[Document]
    next: str | None = None


class Lines(WireModel):
    """A page of open lines, those that have been open for longest first."""

    rows: list[Line]
    next: str | None = None


class DocumentCount(WireModel):
    """How many documents are in this state with this attention."""

    state: str
    attention: str | None = None
    count: int


class DocumentCounts(WireModel):
    """The list of documents with the same filters, and one of these states and attentions, has as many rows."""

    rows: list[DocumentCount]


class VatSum(VatRate):
    """What legal documents of one type and currency come to at one rate. `documents`: how many have the rate."""

    invoice_type: str
    currency: str
    documents: int


class VatSums(WireModel):
    """By type, currency and rate. An amount of a return is to be subtracted."""

    rows: list[VatSum]
