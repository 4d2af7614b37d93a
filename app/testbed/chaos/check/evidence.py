"""What a run leaves behind, as values: topics, simulators' records, and what the generator expects."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final, TypeVar

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import OrderEvent
from app.domain.outcomes import OrderOutcome
from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.generator import GeneratedOrder

Known = TypeVar("Known")


# Business and order reference.
OrderName = tuple[str, str]
SALES_INVOICE: Final = "SALES_INVOICE"
# Our names of a line's amounts, and the simulators'.
_AMOUNTS: Final = {"quantity": "quantity", "net": "amount", "vat": "vat"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A record of `orders.v1`, with the event id that its place and bytes give it."""

    event_id: str
    event: OrderEvent
    partition: int = 0

    @property
    def order(self) -> OrderName:
        """Whose event it is."""
        return self.event.business, self.event.order_reference


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedBadInput:
    """A record of `orders.v1` that was made unusable. `place`: topic, partition, offset; `digest`: of its value."""

    event_id: str
    kind: BadInput
    place: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDeadLetter:
    """A dead letter. `source` is the place that it names."""

    topic: str
    source: str
    reason: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeLine:
    """A line at a provider: `net` without VAT, and its `vat`. What the provider does not keep is None."""

    name: str
    quantity: Decimal | None = None
    net: Decimal | None = None
    vat: Decimal | None = None

    def __str__(self) -> str:
        return f"{self.quantity} x {self.name} for {self.net} and {self.vat} VAT"


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A document that a provider really made. `failed`: made, then refused; `cancelled`: made, then cancelled.

    `draft`: not legal yet, for a later step has not been taken; `deleted`: a draft that was deleted.

    `address` is the buyer's: street, district and city. What the provider does not keep is None.
    """

    provider: str
    company: str
    reference: str
    number: str
    order_reference: str | None
    receiver_tax_number: str
    payable: Decimal
    lines: tuple[MadeLine, ...]
    document_type: str | None = None
    currency: str | None = None
    ettn: str | None = None
    issue_date: date | None = None
    buyer: str | None = None
    address: str | None = None
    booked_at: datetime | None = None
    failed: bool = False
    cancelled: bool = False
    draft: bool = False
    deleted: bool = False

    @property
    def ended(self) -> bool:
        """It is no legal document: failed, cancelled, or a draft."""
        return self.failed or self.cancelled or self.draft

    @property
    def is_record(self) -> bool:
        """It never had legal effect."""
        return self.draft or self.deleted


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What was asked under one reference at a provider and what it answered itself, in its sequence."""

    provider: str
    reference: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedGap:
    """A number that we report as one that is on no document. `is_open`: not yet, for its document has not ended."""

    company: str
    number: str
    document_id: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLine:
    """One order line as the planner's changelog has it."""

    status: str
    document_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTraits:
    """What a provider is said to be like. `document_types`: those that it makes.

    `refuses_repeats`: a second document under one of our references. `names_documents`: it takes no reference of ours,
    so that their ETTNs are its own. `makes_from_records`: it makes a document from a sales invoice in its books and
    computes the sums of that: base and VAT of a line are its own, the total of what is legal is the order's.
    """

    document_types: frozenset[str]
    refuses_repeats: bool
    names_documents: bool = False
    makes_from_records: bool = False

    @property
    def keeps_books(self) -> bool:
        """A bookkeeping program: its documents have one type and no ETTN, and not always an address of the buyer."""
        return self.document_types == {SALES_INVOICE}


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditPolicy:
    """Whether a business has documents issued here for returns of its invoices, by their type, and for goodwills."""

    returns_earsiv: bool = False
    returns_efatura: bool = False
    goodwill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEvidence:
    """Everything that the check may look at.

    `submitted` is in each order's sequence, but for `sent_twice`: orders that two systems sent, whose records
    overtook each other. `repeats` were sent after the rebuild. `planned_by_order`: the businesses whose orders plan a
    document by themselves. `surely_found`: the connections, by business and provider, whose look-up finds whatever was
    accepted. `series`: of each business, the series of each document type that does not have a number of its provider's
    own; `places`: its district and city. `providers`: what each is like. `patience_seconds`: how long a business waits
    for an order and for news of a document; None where that is longer than a run. `sign_through`: of a business, the
    provider at which is issued what would wait for a signature at another. `credit_policies`: of each business that
    has documents issued over what it gives back. `drafts_first`: the businesses whose drafts a person approves;
    `left_drafts`: those that their provider still keeps, by our reference.
    """

    submitted: tuple[Submitted, ...]
    outcomes: tuple[OrderOutcome, ...]
    statuses: tuple[DocumentStatus, ...]
    commands: tuple[InvoiceCommand, ...]
    made: tuple[MadeDocument, ...]
    lines: Mapping[OrderName, Mapping[str, KnownLine]]
    generated: tuple[GeneratedOrder, ...]
    companies: Mapping[str, str]
    planned_by_order: frozenset[str]
    surely_found: frozenset[tuple[str, str]]
    calls: tuple[Calls, ...]
    series: Mapping[str, Mapping[str, str]]
    places: Mapping[str, str]
    providers: Mapping[str, ProviderTraits]
    patience_seconds: float | None = None
    sent_twice: frozenset[OrderName] = frozenset()
    bad_input: tuple[SubmittedBadInput, ...] = ()
    repeats: tuple[Submitted, ...] = ()
    dead_letters: tuple[FoundDeadLetter, ...] = ()
    gaps: tuple[ReportedGap, ...] = ()
    sign_through: Mapping[str, str] = field(default_factory=dict)
    notices: tuple[OrderNotice, ...] = ()
    credit_policies: Mapping[str, CreditPolicy] = field(default_factory=dict)
    drafts_first: frozenset[str] = frozenset()
    left_drafts: frozenset[str] = frozenset()

    @property
    def event_ids(self) -> frozenset[str]:
        """Of all records of `orders.v1`."""
        events = (each.event_id for each in (*self.submitted, *self.repeats))
        return frozenset(events) | {each.event_id for each in self.bad_input}


def made_documents(report: Mapping[str, Any]) -> Iterator[MadeDocument]:
    """What a simulator has recorded as made."""
    for row in report["documents"]:
        yield MadeDocument(
            provider=report["provider"],
            company=row["company"],
            reference=row["reference"],
            number=row["number"],
            order_reference=row["order_reference"],
            receiver_tax_number=row["receiver_tax_number"],
            payable=Decimal(row["payable"]),
            lines=in_order(map(_made_line, row["lines"])),
            document_type=row.get("document_type"),
            currency=row.get("currency"),
            ettn=row.get("ettn"),
            issue_date=_known(date.fromisoformat, row.get("issue_date")),
            buyer=row.get("buyer", {}).get("name"),
            address=row.get("buyer", {}).get("address"),
            booked_at=_known(datetime.fromisoformat, row.get("booked_at")),
            failed=row["state"] == "FAILED",
            cancelled=row["state"] == "CANCELLED",
            draft=row["state"] == "DRAFT",
            deleted=row["state"] == "CANCELLED" and not row.get("was_legal", True),
        )


def in_order(lines: Iterable[MadeLine]) -> tuple[MadeLine, ...]:
    """Lines sorted by their content: their sequence on a document means nothing."""
    return tuple(sorted(lines, key=lambda line: (line.name, line.quantity or 0, line.net or 0, line.vat or 0)))


def calls_of(provider: str, report: Mapping[str, Any]) -> Iterator[Calls]:
    """What a simulator was asked under each reference."""
    for row in report["calls"]:
        yield Calls(provider=provider, reference=row["reference"], said=tuple(row["said"]))


def _made_line(row: Mapping[str, str]) -> MadeLine:
    amounts = {ours: _known(Decimal, row.get(theirs)) for ours, theirs in _AMOUNTS.items()}
    return MadeLine(name=row["name"], **amounts)


def _known(read: Callable[[str], Known], text: str | None) -> Known | None:
    return None if text is None else read(text)
