"""Random lives of one order: the real fold beside a small reference, an issuer that is not always kind, and crashes.

The guarantees P1 to P5 of docs/architecture.md hold after every step. The reference knows what was published and
nothing of the fold's state: what it says of a line, of pieces and of amounts must be what the fold says.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DEAD, INVOICING, UNFINISHED, Attention, DocumentState, DocumentStatus, Intent
from app.domain.notices import LinesCredited
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    GoodwillGranted,
    GoodwillLine,
    InvoiceCorrected,
    InvoiceRequested,
    LinesCancelled,
    LoggedEvent,
    OrderAmended,
    OrderReturned,
    OrderStatusChanged,
    RerouteRequested,
    ReturnedLine,
)
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import Goodwill, Returns, Trigger
from app.planning.effects import Effects
from app.planning.events import INTERNAL
from app.planning.order_entries import encode, newest
from app.planning.state import HeldFor, LineStatus
from tests.planning.events import START, Log, line, placed, policy, progressed

PIECES = {"1": 3, "2": 2, "3": 1}
WORTH = {reference: Decimal(100) * pieces for reference, pieces in PIECES.items()}
ORDER = placed(*(line(reference, quantity=Decimal(pieces)) for reference, pieces in PIECES.items()))
ENDED = {DocumentState.REJECTED, DocumentState.CANCELLED}
UNDOES = {(Action.WITHDRAW, DocumentState.PLANNED), (Action.CANCEL, DocumentState.ISSUED)}
FINAL = {Verdict.OK, Verdict.DUPLICATE, Verdict.REJECTED}
some_lines = st.sets(st.sampled_from(sorted(PIECES)), min_size=1).map(lambda found: tuple(sorted(found)))
references = st.integers(1, 9).map(str)
request_ids = st.none() | st.integers(1, 20).map(lambda number: f"r{number}")
mostly = st.sampled_from((True, True, True, False))
policies = st.builds(
    lambda trigger, returns, goodwill: policy(
        trigger, trigger_statuses=("SHIPPED",), returns_earsiv=returns, returns_efatura=returns, goodwill=goodwill
    ),
    st.sampled_from(Trigger),
    st.sampled_from(Returns),
    st.sampled_from(Goodwill),
)


@dataclass
class Issuer:
    """What really is at the providers. It is asked by commands, and answers each when a rule says so."""

    at: dict[str, DocumentState] = field(default_factory=dict)
    asked: dict[str, list[InvoiceCommand]] = field(default_factory=lambda: defaultdict(list))
    lines: dict[str, tuple[str, ...]] = field(default_factory=dict)
    numbers: int = 0

    def take(self, command: InvoiceCommand) -> None:
        """P2: no document is made twice, and none while another one over its lines may be made, or is there."""
        if command.action is Action.ISSUE:
            assert command.order is not None
            assert command.document_id not in self.at
            lines = tuple(each.line_reference for each in command.order.lines)
            if command.order.intent is Intent.INVOICE:
                others = (known for known, state in self.at.items() if state not in ENDED and known in self.lines)
                assert not any(set(self.lines[known]) & set(lines) for known in others)
                self.lines[command.document_id] = lines
            self.at[command.document_id] = DocumentState.PLANNED
        self.asked[command.document_id].append(command)

    def waiting(self) -> list[str]:
        """The documents of which something was asked and not answered."""
        return [document for document, commands in self.asked.items() if commands]

    def answer(self, document: str, *, kind: bool) -> Any:
        """The answer to all that was asked of a document: what its last command wants, or the opposite."""
        commands, self.asked[document] = self.asked[document], []
        last, known = commands[-1], self.at[document]
        if last.action is Action.ISSUE:
            self.at[document] = DocumentState.ISSUED if kind else DocumentState.REJECTED
        elif (last.action, known) in UNDOES:
            self.at[document] = DocumentState.CANCELLED if kind else DocumentState.ISSUED
        return self.report(document, command_id=last.command_id)

    def report(self, document: str, **more: Any) -> Any:
        """How the document is now; of a legal one with its number and its day."""
        state = self.at[document]
        names = {"number": self.number(document), "issue_date": START.date()} if state is DocumentState.ISSUED else {}
        return progressed(document, state, **names, **more)

    def number(self, document: str) -> str:
        """The same one for one document."""
        return f"EAR2026{list(self.at).index(document):09}"


@dataclass
class Reference:
    """What was published of the order, and what follows from it."""

    documents: dict[str, DocumentStatus] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    credits: dict[tuple[Intent, str, str], LinesCredited] = field(default_factory=dict)
    outcomes: dict[str, list[OrderOutcome]] = field(default_factory=lambda: defaultdict(list))
    bodies: dict[str, Any] = field(default_factory=dict)

    def learn(self, effects: Effects) -> None:
        for status in effects.statuses:
            known = self.documents.get(status.document_id)
            assert status.sequence == (known.sequence + 1 if known else 1)
            self.documents[status.document_id] = status
        for notice in effects.notices:
            if isinstance(notice.body, LinesCredited):
                self.credits[notice.body.intent, notice.body.reference, notice.body.original] = notice.body
        for outcome in effects.outcomes:
            self.outcomes[outcome.event_id].append(outcome)
            body = self.bodies[outcome.event_id]
            if isinstance(body, LinesCancelled) and (
                outcome.verdict is Verdict.OK or outcome.reason == "PARTLY_CANCELLED"
            ):
                kept = {error.path for error in outcome.errors}
                named = enumerate(body.line_references)
                self.cancelled |= {ref for n, ref in named if f"$.body.line_references[{n}]" not in kept}

    def holder(self, reference: str) -> DocumentStatus | None:
        """P3: a line is on at most one invoice that has not ended."""
        found = [each for each in self.invoices() if reference in each.lines and each.state not in DEAD]
        assert len(found) <= 1
        return found[0] if found else None

    def invoices(self) -> Iterator[DocumentStatus]:
        return (each for each in self.documents.values() if each.intent is Intent.INVOICE)

    def status_of(self, reference: str) -> LineStatus:
        holder = self.holder(reference)
        if holder is None:
            return LineStatus.CANCELLED if reference in self.cancelled else LineStatus.OPEN
        if holder.state not in INVOICING:
            return LineStatus.CLAIMED
        pieces, _ = self.credited(reference, holder.document_id)
        if not pieces:
            return LineStatus.INVOICED
        return LineStatus.RETURNED if pieces == PIECES[reference] else LineStatus.PART_RETURNED

    def credited(self, reference: str, original: str) -> tuple[Decimal, Decimal]:
        """The pieces and the amount that count against this line of this invoice."""
        counting = [each for key, each in self.credits.items() if key[2] == original and self.counts(key, each)]
        found = [each for credit in counting for each in credit.lines if each.line_reference == reference]
        return sum((each.quantity for each in found), Decimal(0)), sum((each.amount for each in found), Decimal(0))

    def counts(self, key: tuple[Intent, str, str], credit: LinesCredited) -> bool:
        """Registered, or one of its documents has not ended."""
        made = [d for d in self.documents.values() if (d.intent, d.credit_reference, d.original) == key]
        return credit.document_id is None or any(each.state not in DEAD for each in made)


class Lives(RuleBasedStateMachine):
    """What upstream, people and issuers may do to one order, in any sequence."""

    def __init__(self) -> None:
        super().__init__()
        self.log = Log()
        self.issuer = Issuer()
        self.reference = Reference()

    @initialize(chosen=policies, is_placed=mostly)
    def begin(self, chosen: Any, *, is_placed: bool) -> None:
        self.log.policy = chosen
        if is_placed:
            self.say(ORDER)

    def say(self, body: Any, request_id: str | None = None) -> list[OrderOutcome]:
        event = self.log.event(body, request_id=request_id)
        self.reference.bodies[event.event_id] = body
        self.fold(event)
        return self.reference.outcomes[event.event_id]

    def fold(self, event: LoggedEvent) -> Effects:
        effects = self.log.fold(event)
        self.reference.learn(effects)
        for command in effects.commands:
            self.issuer.take(command)
        return effects

    def drawn(self, data: st.DataObject) -> str:
        """Mostly one that lives."""
        known = self.reference.documents.values()
        living = [each.document_id for each in known if each.state not in DEAD]
        is_living = bool(living) and data.draw(mostly)
        return data.draw(st.sampled_from(sorted(living if is_living else self.reference.documents)), "document")

    # --- upstream ----------------------------------------------------------------------------------------------------

    @rule(request_id=request_ids)
    def place(self, request_id: str | None) -> None:
        self.say(ORDER, request_id)

    @rule(lines=some_lines, request_id=request_ids, shipment=st.sampled_from((None, "P", "Q")))
    def request(self, lines: tuple[str, ...], request_id: str | None, shipment: str | None) -> None:
        self.say(InvoiceRequested(line_references=lines, shipment_reference=shipment), request_id)

    @rule(lines=some_lines, request_id=request_ids)
    def cancel(self, lines: tuple[str, ...], request_id: str | None) -> None:
        self.say(LinesCancelled(line_references=lines), request_id)

    @rule(reference=st.sampled_from(sorted(PIECES)), name=st.sampled_from(("Çay", "Kahve")))
    def amend(self, reference: str, name: str) -> None:
        (before,) = (each for each in ORDER.lines if each.line_reference == reference)
        self.say(OrderAmended(lines=(replace(before, name=name),)))

    @rule(status=st.sampled_from(("PACKED", "SHIPPED")))
    def change_status(self, status: str) -> None:
        self.say(OrderStatusChanged(status=status))

    @rule(data=st.data(), pieces=st.integers(1, 3), reference=references, request_id=request_ids)
    def give_back(self, data: st.DataObject, pieces: int, reference: str, request_id: str | None) -> None:
        wanted = tuple(
            ReturnedLine(line_reference=ref, quantity=Decimal(min(pieces, PIECES[ref])))
            for ref in self.mostly_invoiced(data)
        )
        self.say(OrderReturned(return_reference=reference, return_date=START.date(), lines=wanted), request_id)

    @rule(data=st.data(), amount=st.sampled_from(("10.01", "99.99")), reference=references)
    def grant(self, data: st.DataObject, amount: str, reference: str) -> None:
        wanted = tuple(GoodwillLine(line_reference=ref, amount=Decimal(amount)) for ref in self.mostly_invoiced(data))
        self.say(GoodwillGranted(goodwill_reference=reference, goodwill_date=START.date(), lines=wanted))

    def mostly_invoiced(self, data: st.DataObject) -> tuple[str, ...]:
        invoiced = sorted(ref for each in self.invoiced() for ref in each.lines)
        is_likely = bool(invoiced) and data.draw(mostly)
        likely = st.sets(st.sampled_from(invoiced or sorted(PIECES)), min_size=1).map(
            lambda found: tuple(sorted(found))
        )
        return data.draw(likely if is_likely else some_lines, "lines")

    def invoiced(self) -> list[DocumentStatus]:
        return [each for each in self.reference.invoices() if each.state is DocumentState.ISSUED]

    # --- people ------------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.reference.documents)
    @rule(data=st.data())
    def approve(self, data: st.DataObject) -> None:
        self.say(DocumentApproved(document_id=self.drawn(data)))

    @precondition(lambda self: self.reference.documents)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        self.say(DocumentCancellationRequested(document_id=self.drawn(data), reason="sold twice"))

    @precondition(lambda self: self.reference.documents)
    @rule(data=st.data(), connection=st.sampled_from(("nilvera", "sovos")))
    def move(self, data: st.DataObject, connection: str) -> None:
        self.say(RerouteRequested(document_id=self.drawn(data), connection=connection))

    @precondition(lambda self: self.reference.documents)
    @rule(data=st.data(), name=st.sampled_from(("Çay", "Kahve")), reference=references)
    def correct(self, data: st.DataObject, name: str, reference: str) -> None:
        document = self.drawn(data)
        mine = [each for each in ORDER.lines if each.line_reference in self.reference.documents[document].lines]
        right = replace(mine[0], name=name)
        self.say(
            InvoiceCorrected(correction_reference=reference, document_id=document, reason="wrong name", lines=(right,))
        )

    # --- issuers, brokers and crashes --------------------------------------------------------------------------------

    @precondition(lambda self: self.issuer.waiting())
    @rule(data=st.data(), kind=mostly)
    def answer(self, data: st.DataObject, *, kind: bool) -> None:
        document = data.draw(st.sampled_from(self.issuer.waiting()), "document")
        self.say(self.issuer.answer(document, kind=kind))

    @precondition(lambda self: self.issuer.waiting())
    @rule()
    def answer_the_first(self) -> None:
        self.say(self.issuer.answer(self.issuer.waiting()[0], kind=True))

    @precondition(lambda self: self.issuer.at)
    @rule(data=st.data())
    def tell_again(self, data: st.DataObject) -> None:
        """A report that is not new: an issuer that crashed after it, or looked once more."""
        document = data.draw(st.sampled_from(sorted(self.issuer.at)), "document")
        self.say(self.issuer.report(document))

    @precondition(lambda self: self.log.events)
    @rule(data=st.data())
    def redeliver(self, data: st.DataObject) -> None:
        """The same record once more: nothing happens."""
        before = self.log.state
        effects = self.fold(data.draw(st.sampled_from(self.log.events), "event"))
        self.log.events.pop()
        assert effects == Effects()
        assert self.log.state == before

    @precondition(lambda self: self.log.events)
    @rule(data=st.data())
    def repeat(self, data: st.DataObject) -> None:
        """P5: a request that was carried out is answered with what it made, and asks nothing of an issuer."""
        first = data.draw(st.sampled_from(self.log.events), "event")
        if isinstance(first.body, INTERNAL) or first.request_id is None:
            return
        told, commands = self.reference.outcomes[first.event_id][-1], len(self.log.all.commands)
        newest_of_id = [e for e in self.log.events if e.request_id == first.request_id][-1]
        (again,) = self.say(first.body, first.request_id)[-1:]
        if newest_of_id is first and told.verdict is Verdict.OK:
            assert again.verdict is Verdict.DUPLICATE
            assert [each.document_id for each in again.documents] == [each.document_id for each in told.documents]
            assert len(self.log.all.commands) == commands

    @precondition(lambda self: self.log.state is not None)
    @rule()
    def crash(self) -> None:
        """What the entry says is all that a new process knows; and the log from its start says the same."""
        assert self.log.state is not None
        again = Log()
        for event in self.log.events:
            again.fold(event)
        assert again.state == self.log.state
        assert again.all == self.log.all
        self.log.state = newest({b"1": encode(self.log.state)})
        assert self.log.state == again.state

    # --- what always holds -------------------------------------------------------------------------------------------

    @invariant()
    def p1_every_event_has_one_final_answer_or_waits(self) -> None:
        state = self.log.state
        held = {each.event.event_id for each in state.held} if state else set()
        for event in self.log.events:
            if isinstance(event.body, INTERNAL):
                continue
            verdicts = Counter(each.verdict in FINAL for each in self.reference.outcomes[event.event_id])
            assert verdicts[True] == (event.event_id not in held), event

    @invariant()
    def p3_a_line_is_where_the_reference_says(self) -> None:
        for reference, known in (self.log.state.lines if self.log.state else {}).items():
            assert known.status is self.reference.status_of(reference), reference

    @invariant()
    def r14_no_more_comes_back_of_a_line_than_was_sold(self) -> None:
        for document in self.reference.invoices():
            for reference in document.lines:
                pieces, amount = self.reference.credited(reference, document.document_id)
                assert pieces <= PIECES[reference]
                assert amount <= WORTH[reference]

    @invariant()
    def p4_what_is_unfinished_waits_for_somebody(self) -> None:
        waiting = set(self.issuer.waiting())
        for document in self.reference.documents.values():
            if document.state in UNFINISHED | {DocumentState.CANCEL_PENDING}:
                assert document.document_id in waiting or document.attention is Attention.AWAITING_APPROVAL, document

    @invariant()
    def what_was_published_is_what_the_providers_have(self) -> None:
        for document, state in self.issuer.at.items():
            if document not in self.issuer.waiting():
                assert self.reference.documents[document].state is state

    @invariant()
    def an_invoice_stands_under_everything_that_takes_back_of_it(self) -> None:
        for document in self.reference.documents.values():
            if document.original is not None and document.state not in DEAD:
                assert self.issuer.at[document.original] is DocumentState.ISSUED

    def teardown(self) -> None:
        """When the issuers have answered everything, only what people have to do is left to wait for."""
        while self.issuer.waiting():
            for document in self.issuer.waiting():
                self.say(self.issuer.answer(document, kind=True))
            self.p1_every_event_has_one_final_answer_or_waits()
            self.p3_a_line_is_where_the_reference_says()
        left = {each.waits_for for each in self.log.state.held} if self.log.state else set()
        assert left <= {HeldFor.ORDER, HeldFor.INVOICE}


TestLives = Lives.TestCase
# The same lives in each run.
TestLives.settings = settings(max_examples=50, stateful_step_count=40, derandomize=True)
