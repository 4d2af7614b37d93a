"""What a run leaves behind, as values: topics, ledgers, and what upstream had been made up to expect."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.chaos.rubbish import Rubbish
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.orders import OrderEvent
from app.domain.outcomes import OrderOutcome
from app.sources.generator import GeneratedOrder
from app.stream.records import InRecord

# Business and order reference.
OrderName = tuple[str, str]


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
class SubmittedRubbish:
    """A record of `orders.v1` that was made unusable. `place`: topic, partition, offset; `digest`: of its value."""

    event_id: str
    kind: Rubbish
    place: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A dead letter. `source` is the place that it names."""

    topic: str
    source: str
    reason: str
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDocument:
    """A document that a provider really made. `names` are its lines' names, sorted; `failed`: made, then refused."""

    provider: str
    company: str
    reference: str
    number: str
    order_reference: str | None
    receiver_tax_number: str
    payable: Decimal
    names: tuple[str, ...]
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldGap:
    """A number that we say stands on no document. `is_open`: not yet, for its document has not ended."""

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
class Evidence:
    """Everything that the check may look at.

    `submitted` stands in each order's sequence, but for `told_twice`: orders that two systems told, whose records
    overtook each other. `repeats` were sent after the rebuild. `planned_by_order`: the businesses whose orders plan a
    document by themselves. `surely_found`: those whose look-up finds whatever their provider has accepted.
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
    surely_found: frozenset[str]
    told_twice: frozenset[OrderName] = frozenset()
    rubbish: tuple[SubmittedRubbish, ...] = ()
    repeats: tuple[Submitted, ...] = ()
    dead_letters: tuple[Unread, ...] = ()
    gaps: tuple[ToldGap, ...] = ()

    @property
    def event_ids(self) -> frozenset[str]:
        """Of everything that stands on `orders.v1`."""
        events = (each.event_id for each in (*self.submitted, *self.repeats))
        return frozenset(events) | {each.event_id for each in self.rubbish}


def made_documents(report: Mapping[str, Any]) -> Iterator[MadeDocument]:
    """A simulator's ledger."""
    for row in report["documents"]:
        yield MadeDocument(
            provider=report["provider"],
            company=row["company"],
            reference=row["reference"],
            number=row["number"],
            order_reference=row["order_reference"],
            receiver_tax_number=row["receiver_tax_number"],
            payable=Decimal(row["payable"]),
            names=tuple(sorted(line["name"] for line in row["lines"])),
            failed=row["state"] in {"FAILED", "CANCELLED"},
        )


def newest_entries(
    changelog: Iterable[InRecord], holds: Callable[[bytes], bool] = lambda _key: True
) -> dict[bytes, bytes]:
    """Each order's entry that counts: of the keys `order ␟ version` that are not deleted, the highest.

    `holds` says which orders are asked for.
    """
    entries: dict[bytes, bytes] = {}
    for record in changelog:
        order = (record.key or b"").partition(b"\x1f")[0]
        if record.key is None or not order or not holds(order):
            continue  # a partition's founding record names no order
        if record.value is None:
            entries.pop(record.key, None)
        else:
            entries[record.key] = record.value
    return {key.partition(b"\x1f")[0]: entries[key] for key in sorted(entries)}


def known_lines(entries: Mapping[bytes, bytes]) -> dict[OrderName, dict[str, KnownLine]]:
    """The lines of each order's entry, and nothing else of it."""
    return {_order_name(key): dict(_lines_in(json.loads(value))) for key, value in entries.items()}


def _order_name(key: bytes) -> OrderName:
    business, _, reference = key.decode().partition("/")
    return business, reference


def _lines_in(entry: Mapping[str, Any]) -> Iterator[tuple[str, KnownLine]]:
    for reference, line in entry["lines"].items():
        yield reference, KnownLine(status=line["status"], document_id=line.get("document_id"))
