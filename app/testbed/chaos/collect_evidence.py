"""From a stopped installation to evidence: topics and simulators' records, a slice of the orders at a time.

A slice holds some thousand orders with all records about them, so that a long run is checked in the memory
of a short one; each slice reads the topics once more.
"""

import hashlib
import math
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self, TypeVar

from app.domain import identity
from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent, OrderEvent
from app.domain.outcomes import OrderOutcome
from app.stream.clients.reader import read_topic
from app.stream.records import InRecord
from app.stream.topics import identities
from app.testbed.chaos.check import vocabulary
from app.testbed.chaos.check.bad_input import MARK, REPEAT, BadInput
from app.testbed.chaos.check.evidence import (
    Calls,
    FoundDeadLetter,
    MadeDocument,
    OrderName,
    ReportedGap,
    RunEvidence,
    Submitted,
    SubmittedBadInput,
    calls_of,
    made_documents,
)
from app.testbed.chaos.check.planner_entries import known_lines, newest_entries
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.variants import NONE, Variant, Variants
from app.testbed.generator import GeneratedOrder
from app.testbed.installation.installation import Installation
from app.tracking.deadletters import dead_letter_of

Row = TypeVar("Row")
# Some hundred megabytes of evidence.
ORDERS_PER_SLICE: Final = 6000


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Some of the orders, by their keys."""

    number: int
    of: int

    def holds(self, key: bytes | None) -> bool:
        """Whether the order is one of them."""
        return zlib.crc32(key or b"") % self.of == self.number

    def has(self, order: OrderName) -> bool:
        """The same by its name."""
        return self.holds(identity.order_key(*order).encode())

    @property
    def is_last(self) -> bool:
        """No other comes after it."""
        return self.number == self.of - 1


def slices_of(orders: int) -> list[Slice]:
    """As many as bound the memory."""
    of = max(1, math.ceil(orders / ORDERS_PER_SLICE))
    return [Slice(number=number, of=of) for number in range(of)]


@dataclass(slots=True, kw_only=True)
class ProviderRecords:
    """What the providers made and were asked, by our reference; what a slice has taken is not there for the next."""

    made: dict[str, list[MadeDocument]] = field(default_factory=lambda: defaultdict(list))
    calls: dict[str, list[Calls]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, reports: Mapping[str, Mapping[str, Any]]) -> Self:
        """Out of the simulators' own reports, each with its calls."""
        records = cls()
        for provider, report in reports.items():
            for document in made_documents(report):
                records.made[document.reference].append(document)
            for calls in calls_of(provider, report):
                records.calls[calls.reference].append(calls)
        return records

    def take(self, references: Collection[str], *, rest: bool) -> tuple[MadeDocument, ...]:
        """The documents under these references; with `rest` also those that no slice has asked for."""
        return _taken(self.made, references, rest=rest)

    def take_calls(self, references: Collection[str], *, rest: bool) -> tuple[Calls, ...]:
        """The same of the calls."""
        return _taken(self.calls, references, rest=rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceCollector:
    """Everything that a stopped installation can be asked. Raises TopicUnreadableError."""

    installation: Installation
    generated: tuple[GeneratedOrder, ...]
    sent_twice: frozenset[OrderName]
    records: ProviderRecords
    gaps: tuple[ReportedGap, ...] = ()
    left_drafts: frozenset[str] = frozenset()
    variants: Variants = NONE

    def entries(self, part: Slice) -> dict[bytes, bytes]:
        """Each order's entry in the planner's table."""
        topics = self.installation.topics
        changelog = topics.changelog(identities.app("planner", topics.prefix).app_id, "orders")
        return newest_entries(read_topic(self.installation.bootstrap, changelog), part.holds)

    def log(self, part: Slice) -> Iterator[tuple[bytes, LoggedEvent]]:
        """Every event of the orders' logs with its order's key, in its sequence."""
        for record in self._records(self.installation.topics.order_log, part):
            assert record.key is not None
            yield record.key, self.installation.codec.read(LoggedEvent, record.value)

    def evidence(self, part: Slice, entries: Mapping[bytes, bytes]) -> RunEvidence:
        """Everything that the check looks at."""
        submitted, repeats, bad_input = self._submitted(part)
        statuses = tuple(self._read(self.installation.topics.document_status, part, DocumentStatus))
        commands = tuple(self._commands(part))
        known = {each.document_id for each in (*statuses, *commands)}
        return RunEvidence(
            submitted=submitted,
            outcomes=tuple(self._read(self.installation.topics.order_outcomes, part, OrderOutcome)),
            statuses=statuses,
            commands=commands,
            made=self.records.take(known, rest=part.is_last),
            calls=self.records.take_calls(known, rest=part.is_last),
            lines=known_lines(entries),
            generated=tuple(each for each in self.generated if part.has((each.business, each.order_reference))),
            companies=businesses.companies(self.variants),
            planned_by_order=businesses.planned_by_order(self.variants),
            surely_found=businesses.surely_found(self.variants),
            patience_seconds=60.0 if Variant.MINUTES in self.variants else None,
            series=businesses.series(self.variants),
            providers=businesses.traits(self.variants),
            places=dict.fromkeys(businesses.companies(self.variants), businesses.PLACE),
            sent_twice=self.sent_twice,
            repeats=repeats,
            bad_input=bad_input,
            dead_letters=tuple(self._dead_letters(part)),
            gaps=tuple(each for each in self.gaps if each.document_id in known),
            sign_through=businesses.sign_through(self.variants),
            notices=tuple(self._read(self.installation.topics.order_notices, part, OrderNotice)),
            credit_policies=businesses.CREDITS,
            drafts_first=businesses.DRAFTS_FIRST,
            left_drafts=self.left_drafts & known,
        )

    def _submitted(
        self, part: Slice
    ) -> tuple[tuple[Submitted, ...], tuple[Submitted, ...], tuple[SubmittedBadInput, ...]]:
        """The events, the repeats after the rebuild, and the bad input. One producer's events keep their sequence."""
        submitted: list[Submitted] = []
        repeats: list[Submitted] = []
        bad_input: list[SubmittedBadInput] = []
        for record in self._records(self.installation.topics.orders, part):
            mark = (dict(record.headers).get(MARK) or b"").decode()
            if mark and mark != REPEAT:
                bad_input.append(_bad_input(record, BadInput(mark)))
            else:
                event = self.installation.codec.read(OrderEvent, record.value)
                one = Submitted(event_id=_event_id(record), event=event, partition=record.partition)
                (repeats if mark else submitted).append(one)
        return tuple(submitted), tuple(repeats), tuple(bad_input)

    def _commands(self, part: Slice) -> Iterator[InvoiceCommand]:
        """They are keyed by connection."""
        for provider in self.installation.simulators:
            for record in read_topic(self.installation.bootstrap, self.installation.topics.commands(provider)):
                command = self.installation.codec.read(InvoiceCommand, record.value)
                if part.has((command.business, command.order_reference)):
                    yield command

    def _dead_letters(self, part: Slice) -> Iterator[FoundDeadLetter]:
        for app in identities.apps(self.installation.topics.prefix).values():
            for record in self._records(app.dead_letters, part):
                letter = dead_letter_of(record)
                yield FoundDeadLetter(
                    topic=app.dead_letters,
                    source=f"{letter.source}",
                    reason=letter.reason,
                    digest=_digest(record.value),
                )

    def _read(self, topic: str, part: Slice, record_type: type[Any]) -> Iterator[Any]:
        for record in self._records(topic, part):
            yield self.installation.codec.read(record_type, record.value)

    def _records(self, topic: str, part: Slice) -> Iterator[InRecord]:
        return (record for record in read_topic(self.installation.bootstrap, topic) if part.holds(record.key))


def _taken(rows: dict[str, list[Row]], references: Collection[str], *, rest: bool) -> tuple[Row, ...]:
    wanted = list(rows) if rest else [reference for reference in references if reference in rows]
    return tuple(each for reference in wanted for each in rows.pop(reference))


def _bad_input(record: InRecord, kind: BadInput) -> SubmittedBadInput:
    place = f"{record.topic}:{record.partition}:{record.offset}"
    return SubmittedBadInput(event_id=_event_id(record), kind=kind, place=place, digest=_digest(record.value))


def _event_id(record: InRecord) -> str:
    return vocabulary.event_id(record.topic, record.partition, record.offset, record.value or b"")


def _digest(value: bytes | None) -> str | None:
    return None if value is None else hashlib.sha256(value).hexdigest()
