"""One order's whole way in memory: a planner that folds its log, and one issuer for each provider, which may freeze."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any, TypeVar

from app.domain.commands import InvoiceCommand
from app.domain.documents import Attention, DocumentState
from app.domain.orders import LoggedEvent, OrderPlaced, ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.issuing.admission import Admission, admit
from app.issuing.journal.encoding import admitted
from app.planning.planned_document import PlannedDocument
from tests.harness.fake_ports import PARTITION
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import START
from tests.planning.events import BUSINESS, Log, placed, requested

Item = TypeVar("Item")
# By then everything has been asked for, waited out and told.
LONG = 500.0


class Topic(list[Item]):
    """What was written, in order; whoever reads waits until there is more."""

    def __init__(self) -> None:
        self._grown = asyncio.Event()

    def append(self, item: Item, /) -> None:
        super().append(item)
        self._grown.set()

    async def at(self, offset: int) -> Item:
        while offset >= len(self):
            self._grown.clear()
            await self._grown.wait()
        return self[offset]


class PlannerAndIssuers:
    """The order's log, the planner, the command topics and the providers, which outlive every process."""

    def __init__(self, issuers: Mapping[str, OneIssuer]) -> None:
        self.issuers = issuers
        self.log: Topic[LoggedEvent] = Topic()
        self.topics: dict[str, Topic[InvoiceCommand]] = {name: Topic() for name in issuers}
        self.planner = Log()
        self._feeds: list[asyncio.Task[None]] = []
        self.processes: list[Process] = []
        for issuer in issuers.values():
            issuer.events = self.log

    def say(self, body: Any, **more: Any) -> LoggedEvent:
        """Appends what somebody outside says to the order's log, by the simulated clock."""
        if isinstance(body, OrderPlaced):
            body = replace(body, order_date=START.date())
        at = START + timedelta(seconds=len(self.log))
        event = self.planner.event(body, **{"received_at": at, **more})
        self.log.append(event)
        return event

    async def plan(self) -> None:
        """Folds what comes, and writes every command twice: a planner that dies before its entry repeats them."""
        for offset in count():
            for command in self.planner.fold(await self.log.at(offset)).commands:
                self.topics[command.provider].append(command)
                self.topics[command.provider].append(command)

    def start(self, provider: str, freezes_at: int | None = None) -> Process:
        """A worker of this provider that owns its partition, and takes the topic from its start."""
        process = self.issuers[provider].process(freezes_at, businesses=(BUSINESS,))
        self.processes.append(process)
        self._feeds.append(asyncio.create_task(self._feed(process, self.topics[provider])))
        return process

    async def _feed(self, process: Process, topic: Topic[InvoiceCommand]) -> None:
        for offset in count():
            command = await topic.at(offset)
            if process.fate.frozen.is_set():
                return
            if not process.journal.entry(PARTITION, command.command_id.encode()):
                taken = ((PARTITION, command.command_id, admitted(command, offset)),)
                await admit(Admission(commands=taken, dead_letters=()), process.journal, process.scheduler)

    async def until(self, holds: Callable[[], bool], seconds: float = LONG) -> bool:
        """Whether it came to that in time."""
        for _ in range(int(seconds)):
            if holds():
                return True
            await asyncio.sleep(1)
        return holds()

    def bury(self) -> None:
        for process in self.processes:
            process.fate.bury()
        for feed in self._feeds:
            feed.cancel()

    # --- what came of it -------------------------------------------------------------------------------------------

    @property
    def documents(self) -> list[PlannedDocument]:
        state = self.planner.state
        return list(state.documents.values()) if state else []

    @property
    def in_review(self) -> bool:
        return any(document.attention is Attention.NEEDS_REVIEW for document in self.documents)

    def standing(self) -> list[str]:
        """Every live document at any provider, by the id under which it was sent."""
        return [reference for issuer in self.issuers.values() for reference in issuer.ledger.standing()]

    def verdicts(self, event: LoggedEvent) -> list[Verdict]:
        return [outcome.verdict for outcome in self.planner.all.outcomes if outcome.event_id == event.event_id]

    def answer_reviews(self) -> None:
        """A person looks at the provider and says what is true. What no issuer has asked has no answer: it stays."""
        for document in self.documents:
            if document.attention is Attention.NEEDS_REVIEW and document.review_revision:
                ledger = self.issuers[document.policy.provider].ledger
                stands = document.document_id in ledger.standing()
                verdict = ReviewAnswer.CONFIRM_ISSUED if stands else ReviewAnswer.CONFIRM_ABSENT
                number = ledger.documents[document.document_id][0] if stands else None
                self.say(
                    ReviewDecided(
                        document_id=document.document_id,
                        revision=document.review_revision,
                        decision=verdict,
                        number=number,
                    )
                )


async def journey(
    pipeline: PlannerAndIssuers,
    request: Any,
    *,
    victim: str,
    freezes_at: int,
    thaws_after: float | None,
    has_lease: bool,
    asked_at: DocumentState | float,
) -> LoggedEvent | None:
    """An invoice, and what is asked about it then; the victim's worker freezes so many steps after that.

    A second worker takes over; the first may go on as a zombie; a third has the last word, and a person where one is
    asked. None when the story was over before the worker froze.
    """
    planning = asyncio.create_task(pipeline.plan())
    firsts = {name: pipeline.start(name) for name in pipeline.issuers}
    pipeline.say(placed())
    pipeline.say(requested("1"))
    if isinstance(asked_at, float):
        await asyncio.sleep(asked_at)
    else:
        await pipeline.until(lambda: any(document.state is asked_at for document in pipeline.documents))
    fate = firsts[victim].fate
    fate.arm(freezes_at)
    event = pipeline.say(request)
    froze = await pipeline.until(fate.frozen.is_set)
    if froze:
        second = pipeline.start(victim)
        if thaws_after is not None:
            await asyncio.sleep(thaws_after)
            firsts[victim].fate.thaw(has_lease=has_lease)
        await asyncio.sleep(LONG)
        second.fate.frozen.set()  # its feed ends with its epoch
        await second.scheduler.drain(20)
        second.fate.bury()
        pipeline.start(victim)
        await asyncio.sleep(LONG)
        pipeline.answer_reviews()
        await asyncio.sleep(LONG)
    planning.cancel()
    pipeline.bury()
    return event if froze else None
