"""What a simulator has made, every document of it, and how often it was asked. The same in all simulators.

`GET /_simulator/record` answers::

    {"provider": …,
     "documents": [{"id", "reference", "number", "ettn", "company", "document_type", "order_reference", "issue_date",
                    "receiver_tax_number", "buyer": {"name", "address"}, "payable", "currency",
                    "lines": [{"name", "quantity", "amount", "vat"}], "booked_at", "state"}],
     "mails": [{"company", "reference", "to"}],
     "counts": {"create": 3, "look_up": 1, …}, "faults": {"LOST_ANSWER": 1}, "doubles": 0}

Amounts are strings. `company` is the seller's tax number. `address` is null where a provider keeps none, `ettn` where
its documents have none. `state` is DRAFT, WAITING, SUCCEEDED, FAILED or CANCELLED, which a draft that was deleted is
as well; `was_legal` is false of what never was a document. `doubles` counts the documents beyond the first with the
same company and reference. `mails`: each mail about a document, made by itself or asked for.

`GET /_simulator/numbers` answers `{"numbers": {reference: number}, "drafts": [reference, …]}`: the documents that are
legal, and what has no legal effect yet.

`PUT /_simulator/answers {reference: answer}` is what the buyers do: one of `BuyerAnswer` for each document.

`GET /_simulator/contents` answers `{"contents": {reference: text}}`: each document as its caller sent it, JSON or XML.

`GET /_simulator/calls` answers `{"calls": [{"company", "reference", "said": ["CREATE", "ABSENT", …]}]}`: what was asked
under each reference and what the provider itself answered, in its sequence; the words are those of `Noted`.

`PUT /_simulator/signatures [reference, …]` signs or sends off the drafts under these references, as a person does in
the provider's own pages; `PUT /_simulator/deletions [reference, …]` deletes them.

`PUT /_simulator/corrections {reference: total}` has a person correct the VAT of a draft's lines, so that it comes to
this total.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from providers.simulation.misbehaviour import CallFault, Delays


class BookingState(StrEnum):
    """How far the provider has come with a document."""

    DRAFT = "DRAFT"
    WAITING = "WAITING"
    SUCCEEDED = "SUCCEEDED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class BuyerAnswer(StrEnum):
    """What the buyer of an invoice that may be refused does with it. AUTOMATIC: nothing, until that is a yes."""

    ACCEPTED = "accepted"
    AUTOMATIC = "automatic"
    REFUSED = "refused"
    RETURNED = "returned"


KURUS: Final = Decimal("0.01")
# Why a buyer refuses, wherever a provider has a field for it.
REASON: Final = "the price is not the agreed one"


class Noted(StrEnum):
    """What happened under one of the caller's references."""

    CREATE = "CREATE"
    """A call that is to make a document has come in."""
    REFUSED = "REFUSED"
    """The provider's own refusal of such a call was sent: it made nothing."""
    ABSENT = "ABSENT"
    """A look-up got the answer that there is no such document."""
    FOUND = "FOUND"
    """A look-up got the document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedLine:
    """`amount` is without VAT, after allowances; `vat` is what it comes to."""

    name: str
    quantity: Decimal
    amount: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedBuyer:
    """Whom the document is made out to. `address`: street, district and city, where the provider keeps them."""

    name: str
    tax_number: str
    address: str | None = None


@dataclass(slots=True, kw_only=True)
class Booking:
    """One document at the provider. `id` is the provider's name for it, `reference` the caller's.

    `issue_date` is the one that it bears, as YYYY-MM-DD. Nothing of it changes but that a draft becomes a document or
    is deleted, that it is cancelled, and what its buyer answers. `shows_answer`: whether its buyer may refuse it, and
    the provider shows that. `content` is the document as its caller sent it.
    """

    id: str
    reference: str
    number: str
    company: str
    document_type: str
    order_reference: str | None
    issue_date: str | None
    buyer: BookedBuyer
    payable: Decimal
    currency: str
    lines: tuple[BookedLine, ...]
    booked_at: datetime
    visible_at: datetime
    decided_at: datetime
    fails: bool
    ettn: str | None = None
    is_draft: bool = False
    is_cancelled: bool = False
    is_deleted: bool = False
    unsigned: str | None = None
    shows_answer: bool = False
    answer: BuyerAnswer | None = None
    content: str = field(default="", repr=False)

    def is_visible(self) -> bool:
        return datetime.now(UTC) >= self.visible_at and not self.is_deleted

    def correct(self, payable: Decimal) -> None:
        """Puts the difference on the VAT of its lines, a kuruş on each in turn, the largest first."""
        lines = sorted(self.lines, key=lambda line: line.vat, reverse=True)
        kurus = int((payable - self.payable) / KURUS)
        shares = [len(range(place, abs(kurus), len(lines))) * KURUS for place in range(len(lines))]
        due = {
            id(line): replace(line, vat=line.vat + share.copy_sign(kurus))
            for line, share in zip(lines, shares, strict=True)
        }
        self.lines, self.payable = tuple(due[id(line)] for line in self.lines), payable

    def state(self) -> BookingState:
        if self.is_cancelled or self.is_deleted:
            return BookingState.CANCELLED
        if self.is_draft:
            return BookingState.DRAFT
        if datetime.now(UTC) < self.decided_at:
            return BookingState.WAITING
        return BookingState.FAILED if self.fails else BookingState.SUCCEEDED


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """When a document is seen and its state decided, and how: what its create call's fault leaves behind."""

    booked_at: datetime
    visible_at: datetime
    decided_at: datetime
    fails: bool

    @classmethod
    def of(cls, fault: CallFault, delays: Delays, status_seconds: float) -> "Fate":
        now = datetime.now(UTC)
        decided_in = delays.late_status if fault is CallFault.LATE_STATUS else status_seconds
        return cls(
            booked_at=now,
            visible_at=now + timedelta(seconds=delays.hidden if fault is CallFault.HIDDEN else 0),
            decided_at=now + timedelta(seconds=decided_in),
            fails=fault is CallFault.STATUS_ERROR,
        )


class SimulatorRecord:
    """In memory, in the order of booking; nothing is ever taken out."""

    def __init__(self, provider: str) -> None:
        self._provider = provider
        self._bookings: list[Booking] = []
        self._by_reference: dict[tuple[str, str], list[Booking]] = {}
        self._said: dict[tuple[str, str], list[Noted]] = {}
        self._mails: list[dict[str, str]] = []
        self.counts: Counter[str] = Counter()

    def note(self, company: str, reference: str, said: Noted) -> None:
        """Writes down what happened under a caller's reference."""
        self._said.setdefault((company, reference), []).append(said)

    def mail(self, booking: Booking, to: str) -> None:
        """Keeps a mail that goes out about a document; to what is no address, none goes."""
        if "@" in to:
            self._mails.append({"company": booking.company, "reference": booking.reference, "to": to})

    def sign(self, references: Collection[str]) -> None:
        """What a person does in the provider's own pages: drafts under these references are signed or sent off."""
        for booking in self._drafts():
            booking.is_draft = booking.reference not in references

    def delete(self, references: Collection[str]) -> None:
        """What a person does there with drafts that are not wanted."""
        for booking in self._drafts():
            booking.is_deleted = booking.is_deleted or booking.reference in references

    def correct(self, totals: Mapping[str, Decimal]) -> None:
        """What a person does there with drafts that come to another total."""
        for booking in self._drafts():
            booking.correct(totals.get(booking.reference, booking.payable))

    def _drafts(self) -> list[Booking]:
        return [booking for booking in self._bookings if booking.state() is BookingState.DRAFT]

    def calls(self) -> dict[str, Any]:
        """What was noted, as the endpoint gives it."""
        return {"calls": [{"company": c, "reference": r, "said": said} for (c, r), said in self._said.items()]}

    def book(self, booking: Booking) -> None:
        self._bookings.append(booking)
        self._by_reference.setdefault((booking.company, booking.reference), []).append(booking)

    def answer(self, answers: Mapping[str, BuyerAnswer]) -> None:
        """What the buyers of the documents with these references answer."""
        for booking in self._bookings:
            booking.answer = answers.get(booking.reference, booking.answer)

    def of(self, company: str) -> tuple[Booking, ...]:
        """Every document of one company, in the sequence of booking."""
        return tuple(booking for booking in self._bookings if booking.company == company)

    def under(self, company: str, reference: str) -> tuple[Booking, ...]:
        """Every document of one company with this reference, seen by look-ups or not."""
        return tuple(self._by_reference.get((company, reference), ()))

    def numbers(self) -> dict[str, Any]:
        """The documents that are legal and what is not yet, as the endpoint gives them."""
        not_legal = {BookingState.DRAFT, BookingState.FAILED, BookingState.CANCELLED}
        legal = {each.reference: each.number for each in self._bookings if each.state() not in not_legal}
        return {"numbers": legal, "drafts": [each.reference for each in self._drafts()]}

    def contents(self) -> dict[str, Any]:
        """Every document as it was sent, as the endpoint gives it."""
        return {"contents": {each.reference: each.content for each in self._bookings}}

    def report(self, faults: Counter[str]) -> dict[str, Any]:
        """The record as the endpoint gives it."""
        return {
            "provider": self._provider,
            "documents": [_row(booking) for booking in self._bookings],
            "mails": list(self._mails),
            "counts": dict(self.counts),
            "faults": dict(faults),
            "doubles": sum(len(bookings) - 1 for bookings in self._by_reference.values()),
        }


def _row(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "reference": booking.reference,
        "number": booking.number,
        "ettn": booking.ettn,
        "company": booking.company,
        "document_type": booking.document_type,
        "order_reference": booking.order_reference,
        "issue_date": booking.issue_date,
        "receiver_tax_number": booking.buyer.tax_number,
        "buyer": {"name": booking.buyer.name, "address": booking.buyer.address},
        "payable": str(booking.payable),
        "currency": booking.currency,
        "lines": [
            {"name": line.name, "quantity": str(line.quantity), "amount": str(line.amount), "vat": str(line.vat)}
            for line in booking.lines
        ],
        "booked_at": booking.booked_at.isoformat(),
        "state": booking.state(),
        "was_legal": not (booking.is_draft or booking.is_deleted),
    }
