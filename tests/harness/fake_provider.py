"""A provider in memory: how it misbehaves, and the adapter to it."""

import asyncio
import functools
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar, cast

from app.domain.commands import InvoiceCommand
from app.domain.documents import LEGAL, UNSIGNED, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.money import to_kurus
from app.domain.order_identity import identity_given
from app.domain.parties import ANONYMOUS_TCKN, BusinessFacts
from app.domain.time import legal_date
from providers.base import (
    Absent,
    BuyerKey,
    Capabilities,
    Different,
    Done,
    Drafts,
    Finding,
    Issued,
    LookUp,
    NotPermittedError,
    NotSent,
    Outcome,
    Permit,
    Prepared,
    Refused,
    Registration,
    Step,
    StepInput,
    Unclear,
    Unknown,
    UnpreparableError,
    order_of,
)
from providers.transport.http import unclear
from tests.harness.fake_ledger import Ledger
from tests.harness.fate import Fate
from tests.harness.issuing_builders import SELLER

Read = TypeVar("Read", bound=Callable[..., Any])
ALREADY = FieldError(path="$", code="NOT_BOOKED", message="the document is cancelled")


def as_http_says_it(read: Read) -> Read:
    """A read that was not permitted is unclear, and says when it will be: as the shared HTTP client has it."""

    @functools.wraps(read)
    async def asked(*arguments: Any) -> Any:
        try:
            return await read(*arguments)
        except NotPermittedError as refusal:
            return Unclear(why=str(refusal), retry_after=refusal.retry_after)

    return cast("Read", asked)


@dataclass
class Behaviour:
    """What an adapter does next: each list is taken from its front, then the default counts.

    `trouble` is the answer to everything while it lasts. `forgets`: what is deleted is not found any more.
    """

    creates: list[Outcome | str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    cancels: list[Outcome | str] = field(default_factory=list)
    states: list[DocumentState | Absent] = field(default_factory=list)
    registration: Registration | Unclear = Registration.NOT_REGISTERED
    probes: list[bool] = field(default_factory=list)
    trouble: NotSent | Unknown | None = None
    unpreparable: UnpreparableError | None = None
    seconds: float = 0.5
    state: DocumentState = DocumentState.ISSUED
    # What a provider that is asked by list shows of a document.
    look: Callable[[Prepared], str] = lambda prepared: prepared.request
    # After how long a create that is answered LATE is booked all the same: the caller has given up by then.
    late: float = 11.0
    forgets: bool = False
    # What the provider computes of an invoice that is not legal yet.
    payable: Decimal | None = None
    # What a list shows of a document that has our mark and is not equal.
    listed: Different | None = None


class FakeAdapter:
    """A connection to the ledger. `creates` may say an outcome, or LOST_BEFORE, LOST_AFTER, LATE, RAISES, HANGS.

    So may `cancels`, but for the last two.
    """

    def __init__(self, ledger: Ledger, fate: Fate, what: Capabilities, behaviour: Behaviour | None = None) -> None:
        self.ledger = ledger
        self.fate = fate
        self.capabilities = what
        self.account = "the one company"
        self.behaviour = behaviour or Behaviour()
        self.starts: list[float] = []
        self.log: list[str] = []
        self.permit: Permit = lambda _kind, _seconds: nullcontext()

    def use_permit(self, permit: Permit) -> None:
        self.permit = permit

    @asynccontextmanager
    async def _request(self, what: str, seconds: float) -> AsyncIterator[None]:
        async with self.permit("POST" if what == "create" else "GET", seconds):
            self.starts.append(asyncio.get_running_loop().time())
            self.log.append(what)
            await self.fate.step(what)
            yield

    @as_http_says_it
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        del tax_number
        async with self._request("registration", seconds):
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            return self.behaviour.registration

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        assert facts.seller == SELLER
        given = identity_given(order_of(command, issued_at).invoice_info)
        issued_at = given.issue_moment(command.occurred_at) or issued_at
        number = given.number or number
        if self.behaviour.unpreparable:
            raise self.behaviour.unpreparable
        return Prepared(
            reference=given.ettn or command.document_id,
            document_type=document_type,
            issued_at=issued_at,
            request=request_of(command, document_type, issued_at, number),
            number=number,
            brought=given.identifiers,
            buyer=buyer_of(command) if Step.CONTACT in self.capabilities.steps else None,
            payable=payable_of(command),
        )

    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        self._check_earlier_steps(asked)
        try:
            async with self._request("create", seconds):
                if self.behaviour.trouble:
                    return self.behaviour.trouble
                return await self._create(asked, self._key(asked), asked.prepared)
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)

    @property
    def _steps(self) -> tuple[Step, ...]:
        steps = self.capabilities.steps
        return (*steps, Step.APPROVAL) if self.capabilities.sends_off else steps

    def _key(self, asked: StepInput) -> str:
        """What the last step makes is the document; what an earlier one makes is kept beside it."""
        if asked.step is Step.CONTACT and asked.prepared.buyer:
            return f"{Step.CONTACT} {asked.prepared.buyer.identity}"
        is_last = asked.step is (self._steps if asked.prepared.is_draft else self.capabilities.steps)[-1]
        return asked.prepared.reference if is_last else f"{asked.step} of {asked.prepared.reference}"

    def _check_earlier_steps(self, asked: StepInput) -> None:
        """Each step gets what the ones before it have made, by the provider's names."""
        earlier = self._steps[: self._steps.index(asked.step)]
        made = {step: self.ledger.documents[self._key(replace(asked, step=step))] for step in earlier}
        assert {step: done.reference for step, done in asked.made.items()} == {
            step: f"ref-{numbers[0]}" for step, numbers in made.items()
        }

    async def _create(self, asked: StepInput, key: str, prepared: Prepared) -> Outcome:
        plan = self.behaviour.creates.pop(0) if self.behaviour.creates else "BOOKS"
        document = None if asked.step is Step.CONTACT else prepared  # a contact is no document's alone
        if not isinstance(plan, str):
            return plan
        if plan == "LOST_BEFORE":
            return Unknown(why="connection reset")
        if plan == "RAISES":
            raise KeyError("a bug of the adapter")
        if plan == "HANGS":
            await asyncio.sleep(1e6)
        if plan == "LATE":  # the caller is gone by then
            late = self.behaviour.late
            asyncio.get_running_loop().call_later(late, self.ledger.book, key, document)
            return Unknown(why="gateway timeout")
        await asyncio.sleep(self.behaviour.seconds)
        number = self.ledger.book(key, document)
        await self.fate.step("booked")
        if plan == "LOST_AFTER":
            return Unknown(why="connection reset")
        if self.capabilities.look_up is LookUp.BY_LIST and asked.step is Step.INVOICE:
            # The answer names no document: it is the one that was not there before.
            new = [each for each in self._alike(prepared) if each.reference not in asked.known]
            return new[0] if len(new) == 1 else Unknown(why=f"{len(new)} new ones")
        number = number or self.ledger.under(key, prepared)[0]
        live = self._shown(self._live(number), asked)
        return live if self.ledger.is_same(number, prepared) else Unknown(why="another one is there")

    @as_http_says_it
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        self._check_earlier_steps(asked)
        async with self._request("find_prepared", seconds):
            self.ledger.look_ups += 1
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            if self.behaviour.findings:
                return self.behaviour.findings.pop(0)
            await asyncio.sleep(0.1)
            seen = self._seen(self._key(asked), asked.prepared)
            if isinstance(seen, Done):
                seen = self._shown(seen, asked)
            await self.fate.step("looked up")
            return seen

    @as_http_says_it
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Different | Unclear:
        async with self._request("candidates", seconds):
            self.ledger.look_ups += 1
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            await asyncio.sleep(0.1)
            alike = self.behaviour.listed or self._alike(asked.prepared)
            await self.fate.step("listed")
            return alike

    def _alike(self, prepared: Prepared) -> tuple[Done, ...]:
        """Every invoice that looks like this one, whichever command it was made for."""
        look, made = self.behaviour.look, self.ledger.contents
        return tuple(self._live(number) for number in made if look(made[number]) == look(prepared))

    @as_http_says_it
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        async with self._request("poll", seconds):
            if self.behaviour.trouble:
                return unclear(self.behaviour.trouble)
            if self._name(prepared.reference) in self.ledger.cancelled:
                return self._gone(done)
            state = self.behaviour.states.pop(0) if self.behaviour.states else done.state
        if isinstance(state, Absent):
            return state
        payable = self.behaviour.payable if state in UNSIGNED else None
        return Done(reference=done.reference, state=state, number=done.number, payable=payable)

    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        return await self._undo("cancel", issued, seconds)

    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        return await self._undo("withdraw", issued, seconds)

    async def _undo(self, what: str, issued: Issued, seconds: float) -> Outcome:
        try:
            async with self._request(what, seconds):
                return await self._cancel(issued)
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)

    async def _cancel(self, issued: Issued) -> Outcome:
        plan = self.behaviour.cancels.pop(0) if self.behaviour.cancels else "CANCELS"
        if not isinstance(plan, str):
            return plan
        if plan == "LOST_BEFORE":
            return Unknown(why="connection reset")
        if plan == "LATE":  # the caller is gone by then
            asyncio.get_running_loop().call_later(self.behaviour.late, self.ledger.cancel, self._name(issued.reference))
            return Unknown(why="gateway timeout")
        await asyncio.sleep(self.behaviour.seconds)
        is_cancelled = self.ledger.cancel(self._name(issued.reference))
        await self.fate.step("cancelled")
        if plan == "LOST_AFTER":
            return Unknown(why="connection reset")
        return self._cancelled(self._name(issued.reference)) if is_cancelled else Refused(errors=(ALREADY,))

    @as_http_says_it
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        async with self._request("find_issued", seconds):
            if self.behaviour.findings:
                return self.behaviour.findings.pop(0)
            await asyncio.sleep(0.1)
            return self._seen(self._name(issued.reference))

    async def probe(self, seconds: float) -> bool:
        async with self._request("probe", seconds):
            if self.behaviour.trouble:
                return False
            return self.behaviour.probes.pop(0) if self.behaviour.probes else True

    async def close(self) -> None:
        """It has no session."""

    def _seen(self, reference: str, prepared: Prepared | None = None) -> Done | Absent | Different:
        numbers = self.ledger.under(reference, prepared)
        if not numbers:
            return Absent()
        if prepared is not None and not self.ledger.is_same(numbers[0], prepared):
            return Different(detail="another document")
        return self._gone(self._live(numbers[0])) if reference in self.ledger.cancelled else self._live(numbers[0])

    def _gone(self, live: Done) -> Done | Absent:
        return Absent() if self.behaviour.forgets else replace(live, state=DocumentState.CANCELLED)

    def _cancelled(self, reference: str) -> Done:
        return replace(self._live(self.ledger.documents[reference][0]), state=DocumentState.CANCELLED)

    def _shown(self, live: Done, asked: StepInput) -> Done:
        """What an invoice that is not legal yet comes to; where it can be sent off, it is a draft of the same name."""
        if asked.step is Step.APPROVAL:
            return replace(live, reference=asked.made[Step.INVOICE].reference)
        if asked.step is not Step.INVOICE:
            return live
        is_draft = self.capabilities.drafts is Drafts.SENT_OFF and self._key(asked) != asked.prepared.reference
        state = DocumentState.DRAFT if is_draft and live.state in LEGAL else live.state
        return replace(live, state=state, payable=self.behaviour.payable)

    def _name(self, reference: str) -> str:
        """Under which name the ledger has what this reference means: the document, or its draft."""
        draft = f"{Step.INVOICE} of {reference}"
        return draft if draft in self.ledger.documents and reference not in self.ledger.documents else reference

    def _live(self, number: str) -> Done:
        return Done(reference=f"ref-{number}", state=self.behaviour.state, number=number)


def request_of(
    command: InvoiceCommand, document_type: DocumentType, issued_at: datetime, number: str | None = None
) -> str:
    """The document as this provider wants it: another type or another day is another document."""
    lines = command.order.lines if command.order else ()
    buyer = command.person.buyer.tax_number if command.person else None
    return json.dumps(
        {
            "type": document_type,
            "date": legal_date(issued_at).isoformat(),
            "order": command.order_reference,
            "number": number,
            "receiver": buyer or ANONYMOUS_TCKN,
            "names": sorted(line.name for line in lines),
            "payable": str(payable_of(command)),
        }
    )


def payable_of(command: InvoiceCommand) -> Decimal:
    lines = command.order.lines if command.order else ()
    return sum((to_kurus(line.quantity * line.unit_price) for line in lines), Decimal(0))


def buyer_of(command: InvoiceCommand) -> BuyerKey:
    assert command.person is not None
    buyer = command.person.buyer
    return BuyerKey(identity=buyer.tax_number or f"{buyer.name} {buyer.family_name}", details=buyer.address.city)
