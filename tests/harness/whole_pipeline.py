"""A whole installation in memory and simulated time: intake, planner, issuer, a provider, and what befalls them."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from typing import Any, TypeVar

from app.domain import identity
from app.domain.commands import Cancellation, InvoiceCommand
from app.domain.documents import DocumentReference, DocumentStatus, DocumentType
from app.domain.notices import OrderNotice
from app.domain.orders import OrderEvent
from app.domain.outcomes import OrderOutcome
from app.domain.policy import Goodwill, Policy, Returns, Trigger
from app.stream.records import InRecord
from app.testbed.chaos.check.evidence import (
    SALES_INVOICE,
    Calls,
    CreditPolicy,
    FoundDeadLetter,
    MadeDocument,
    ProviderTraits,
    RunEvidence,
    Submitted,
)
from app.testbed.chaos.check.expected_content import ANONYMOUS_NAME, expected_lines, payable, type_of
from app.testbed.chaos.check.planner_entries import known_lines, newest_entries
from app.testbed.chaos.check.provider_documents import CREATE
from app.testbed.generator import GeneratedOrder
from app.tracking.deadletters import dead_letter_of
from tests.harness.fate import Fate
from tests.harness.issuing_builders import PROVIDER
from tests.harness.members import (
    CODEC,
    NAMES,
    IntakeMember,
    IssuerMember,
    IssuerOnTopics,
    Member,
    PlannerMember,
    submitted,
)
from tests.harness.pipeline import Book
from tests.harness.simulated_time import SimulatedClock
from tests.harness.topics import PARTITION, Group, Topics

SHOP = "shop"
Typed = TypeVar("Typed", DocumentStatus, DocumentReference, Cancellation)
# By then the group has put out a member that says nothing, and another one goes on.
SESSION_SECONDS = 15.0
# How long a zombie that holds no lease works on before it notices that it was put out.
UNNOTICED_SECONDS = 60.0


def _of_one_type(document: Typed) -> Typed:
    return replace(document, document_type=document.document_type and DocumentType.SALES_INVOICE)


class Then(Enum):
    """What becomes of a process at the step where its fault is: seconds after its successor began, or None."""

    DIES = None
    WAKES_SOON = 1.0
    WAKES_LATE = 200.0
    REBALANCES = 0.0


@dataclass(frozen=True)
class Fault:
    """One thing that befalls the process that has the stage then.

    `at`: its n-th step, the first of this name, or 0: when the test says so.
    """

    stage: str
    at: int | str
    then: Then = Then.DIES
    has_lease: bool = True


@dataclass
class WholePipeline:
    """Everything that outlives a process; `run` lets it work. `made` members live and dead, for a look afterwards."""

    faults: Sequence[Fault] = ()
    trigger: Trigger = Trigger.SHIPMENT
    provider: Mapping[str, Any] = field(default_factory=dict)
    planner: type[PlannerMember] = PlannerMember
    policy: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.topics = Topics()
        self.now = SimulatedClock().now
        self.issuer = IssuerOnTopics(self.topics, self.now, **self.provider)
        decided = Policy(provider=PROVIDER, trigger=self.trigger, earsiv_series="ORN", efatura_series="ORN")
        self.book = Book({SHOP: replace(decided, **self.policy)})
        self.durable: dict[str, dict[tuple[int, bytes], bytes]] = defaultdict(dict)
        self.groups = {
            "intake": Group(NAMES.orders),
            "planner": Group(NAMES.order_log),
            "issuer": Group(NAMES.commands(PROVIDER)),
        }
        self.made: list[Member] = []
        # What has not happened yet: a story may end before it.
        self.pending = list(self.faults)
        self._ends: list[asyncio.Task[None]] = []

    # --- what happens ------------------------------------------------------------------------------------------------

    async def run(self, *, seconds: float = 600.0) -> None:
        """Works for so long in simulated time, which is long enough for everything to settle."""
        stages = [asyncio.create_task(self._keep(stage)) for stage in self.groups]
        await asyncio.sleep(seconds)
        for stage in stages:
            assert not stage.done() or stage.exception() is None, stage.exception()
            stage.cancel()
        for member in self.made:
            member.fate.bury()

    def submit(self, *events: OrderEvent) -> None:
        """Upstream writes these."""
        for event in events:
            self.topics.append(submitted(event), self.now())

    def befall(self, stage: str) -> None:
        """The next fault of this stage comes now."""
        member = self.groups[stage].member
        assert isinstance(member, Member)
        member.fate.frozen.set()

    async def _keep(self, stage: str) -> None:
        """One process of a stage after the other."""
        faults = [fault for fault in self.faults if fault.stage == stage]
        member = self._new(stage)
        member.begin()
        for fault in faults:
            member.fate.arm(fault.at, only_rebalances=fault.then is Then.REBALANCES)
            await member.fate.frozen.wait()
            self.pending.remove(fault)
            if fault.then is Then.REBALANCES:
                await member.end()
                member.begin()
                continue
            await asyncio.sleep(SESSION_SECONDS)
            self._ends.append(asyncio.create_task(self._wake(member, fault)))
            member = self._new(stage)
            member.begin()
        await asyncio.Event().wait()

    async def _wake(self, member: Member, fault: Fault) -> None:
        """A zombie goes on; one without a lease until it hears that it was put out."""
        if fault.then.value is None:
            return
        await asyncio.sleep(fault.then.value)
        member.fate.thaw(has_lease=fault.has_lease)
        await asyncio.sleep(UNNOTICED_SECONDS)
        if not fault.has_lease:
            await member.end()

    def _new(self, stage: str) -> Member:
        group, fate = self.groups[stage], Fate()
        member: Member
        match stage:
            case "intake":
                member = IntakeMember(group, self.topics, fate, now=self.now, book=self.book)
            case "planner":
                member = self.planner(group, self.topics, fate, now=self.now, durable=self.durable)
            case _:
                process = self.issuer.idle_process(fate, [SHOP])
                member = IssuerMember(group, self.topics, fate, process=process)
        self.made.append(member)
        return member

    # --- what it leaves behind ---------------------------------------------------------------------------------------

    def steps(self, stage: str) -> list[str]:
        """Every step that a process of this stage came to."""
        kind = {"intake": IntakeMember, "planner": PlannerMember, "issuer": IssuerMember}[stage]
        return [step for member in self.made if isinstance(member, kind) for step in member.fate.taken]

    @property
    def _traits(self) -> ProviderTraits:
        """A bookkeeping program, as Testbook is."""
        types, unique = frozenset({SALES_INVOICE}), self.issuer.capabilities.unique_reference
        return ProviderTraits(document_types=types, refuses_repeats=unique)

    def evidence(self, *generated: GeneratedOrder) -> RunEvidence:
        """All of it, as the chaos check looks at a real one."""
        return RunEvidence(
            submitted=tuple(self._submitted()),
            outcomes=tuple(self._answered()),
            statuses=tuple(self._told()),
            commands=tuple(self._commanded()),
            made=tuple(self._made()),
            lines=known_lines(newest_entries(self._changelog("orders"))),
            generated=generated,
            companies={SHOP: SHOP},
            planned_by_order=frozenset({SHOP} if self.trigger is not Trigger.SHIPMENT else ()),
            surely_found=frozenset({(SHOP, PROVIDER)} if self.issuer.capabilities.unique_reference else ()),
            calls=tuple(self._calls()),
            series={},
            places={SHOP: ""},
            providers={PROVIDER: self._traits},
            dead_letters=tuple(self._unread()),
            notices=tuple(self._read(NAMES.order_notices, OrderNotice)),
            credit_policies={SHOP: self._credits},
            drafts_first=frozenset({SHOP} if self.policy.get("draft_first") else ()),
        )

    @property
    def _credits(self) -> CreditPolicy:
        return CreditPolicy(
            returns_earsiv=self.policy.get("returns_earsiv") is Returns.IADE_DOCUMENT,
            returns_efatura=self.policy.get("returns_efatura") is Returns.IADE_DOCUMENT,
            goodwill=self.policy.get("goodwill") is Goodwill.PRICE_DIFFERENCE_DOCUMENT,
        )

    def statuses(self) -> list[DocumentStatus]:
        return list(self._read(NAMES.document_status, DocumentStatus))

    def _submitted(self) -> Iterator[Submitted]:
        for record in self.topics.read(NAMES.orders):
            event_id = identity.event_id(record.topic, record.partition, record.offset, record.value or b"")
            yield Submitted(event_id=event_id, event=CODEC.read(OrderEvent, record.value))

    def _read(self, topic: str, kind: type[Any]) -> Iterator[Any]:
        for record in self.topics.read(topic):
            yield CODEC.read(kind, record.value)

    def _unread(self) -> Iterator[FoundDeadLetter]:
        for topic in self.topics.names():
            if topic.endswith(".dlq"):
                for letter in map(dead_letter_of, self.topics.read(topic)):
                    yield FoundDeadLetter(topic=topic, source=f"{letter.source}", reason=letter.reason, digest=None)

    def _told(self) -> Iterator[DocumentStatus]:
        """The statuses, with the one type that documents of this provider's name have: the ledger's have both."""
        yield from map(_of_one_type, self.statuses())

    def _commanded(self) -> Iterator[InvoiceCommand]:
        """The commands, and of a document that is to be cancelled the same."""
        for command in self._read(NAMES.commands(PROVIDER), InvoiceCommand):
            known = command.cancellation
            yield replace(command, cancellation=known and _of_one_type(known))

    def _answered(self) -> Iterator[OrderOutcome]:
        """The outcomes, and of the documents in them the same."""
        for outcome in self._read(NAMES.order_outcomes, OrderOutcome):
            yield replace(outcome, documents=tuple(map(_of_one_type, outcome.documents)))

    def _made(self) -> Iterator[MadeDocument]:
        """The ledger's documents. It keeps what tells them apart; their content is what the order comes to."""
        ledger = self.issuer.ledger
        asked = {c.document_id: c for c in self._read(NAMES.commands(PROVIDER), InvoiceCommand) if c.order is not None}
        for reference, numbers in ledger.documents.items():
            order, person = asked[reference].order, asked[reference].person
            lines = expected_lines(order.lines, with_vat=order.prices_include_vat)
            for number in numbers:
                request = json.loads(ledger.contents[number].request)
                yield MadeDocument(
                    provider=PROVIDER,
                    company=SHOP,
                    reference=reference,
                    number=number,
                    order_reference=request["order"],
                    receiver_tax_number=request["receiver"],
                    payable=payable(lines),
                    lines=lines,
                    document_type=type_of(self._traits, request["receiver"]),
                    currency=order.currency,
                    issue_date=date.fromisoformat(request["date"]),
                    buyer=" ".join(filter(None, (person.buyer.name, person.buyer.family_name)))
                    if person
                    else ANONYMOUS_NAME,
                    booked_at=ledger.contents[number].issued_at,
                    cancelled=reference in ledger.cancelled,
                )

    def _calls(self) -> Iterator[Calls]:
        """One for each document: how often more was asked, the tests of the issuer hold."""
        for reference, numbers in self.issuer.ledger.documents.items():
            yield Calls(provider=PROVIDER, reference=reference, said=(CREATE,) * len(numbers))

    def _changelog(self, table: str) -> Iterable[InRecord]:
        for offset, ((_, key), value) in enumerate(self.durable[table].items()):
            yield InRecord(
                topic=f"{table}-changelog",
                partition=PARTITION,
                offset=offset,
                timestamp_ms=0,
                key=key,
                value=value,
                headers=(),
            )
