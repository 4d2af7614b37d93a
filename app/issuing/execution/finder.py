"""Asking the provider what is there: whether an attempt made or cancelled something, and what was there before one."""

from collections.abc import Awaitable
from datetime import datetime

from app.issuing.decisions.decisions import Attempt, Find
from app.issuing.execution.contacts import KnownContacts
from app.issuing.execution.deadline import NoAnswer, bounded
from app.issuing.execution.fact_writer import FactWriter
from app.issuing.execution.gate import CallResult, Gate
from app.issuing.execution.listing import MOST_BEFORE, Listing, is_listed
from app.issuing.journal.facts import LookedUp
from app.issuing.ports import Clock, LeaseCheck, ProviderConnection
from providers.base import (
    Absent,
    Adapter,
    Different,
    Done,
    Finding,
    FindsIssued,
    FindsPrepared,
    Issued,
    LookUp,
    NotSent,
    Prepared,
    Step,
    StepInput,
    Unclear,
)


class Finder:
    """Looks, and writes down what was seen."""

    def __init__(
        self, *, facts: FactWriter, listing: Listing, contacts: KnownContacts, lease: LeaseCheck, clock: Clock
    ) -> None:
        self._facts = facts
        self._listing = listing
        self._contacts = contacts
        self._lease = lease
        self._clock = clock

    async def find(self, partition: int, find: Find, connection: ProviderConnection, gate: Gate) -> CallResult:
        """Whether the attempts in `find.covers` made, or cancelled, something. The gate has a slot for it."""
        began = self._clock.now()
        if is_listed(find.step, connection.adapter.capabilities):
            finding = await self._new_in_list(partition, find, connection, gate)
        else:
            finding = await self._asked_for(find, connection, gate)
        if isinstance(finding, Unclear) and (find.patience_ends is None or began < find.patience_ends):
            return CallResult.FRUITLESS
        return await self._write(partition, find, began, finding, connection)

    async def before(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> tuple[str, ...] | NotSent | CallResult | None:
        """What looks like this document before it is made, by the provider's names; None where nothing is listed.

        NotSent where that cannot be found out. What an earlier attempt has made after all is found here, and the
        contact of a buyer who is known: then it is written down, and nothing is to be sent.
        """
        if attempt.step is Step.CONTACT:
            return await self._contact(partition, attempt, connection, gate)
        if is_listed(attempt.step, connection.adapter.capabilities):
            return await self._listed_before(partition, attempt, connection, gate)
        return None

    async def _listed_before(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> tuple[str, ...] | NotSent | CallResult:
        began = self._clock.now()
        listed = await self._listing.candidates(step_input(attempt), connection, gate)
        if isinstance(listed, Unclear):
            return NotSent(why=f"what is there could not be listed: {listed.why}")
        if isinstance(listed, tuple) and len(listed) > MOST_BEFORE:
            return NotSent(why=f"{len(listed)} documents there look like this one")
        finding = self._compared(partition, attempt, listed)
        if attempt.covers and not isinstance(finding, Absent):
            return await self._write(partition, attempt, began, finding, connection)
        if isinstance(listed, Different):
            return NotSent(why=f"something of this document is there already: {listed.detail}")
        return tuple(sorted(each.reference for each in listed))

    async def _contact(
        self, partition: int, attempt: Attempt, connection: ProviderConnection, gate: Gate
    ) -> NotSent | CallResult | None:
        """The buyer's contact: remembered, or asked for; None where there is none."""
        began = self._clock.now()
        buyer = attempt.prepared.buyer if isinstance(attempt.prepared, Prepared) else None
        known: Finding | None = self._contacts.known(connection, buyer)
        if known is None and connection.adapter.capabilities.look_up is not LookUp.NONE:
            known = await self._asked_for(attempt, connection, gate)
        if isinstance(known, Unclear):
            return NotSent(why=f"whether there is a contact was not answered: {known.why}")
        if known is None or isinstance(known, Absent):
            return None
        return await self._write(partition, attempt, began, known, connection)

    async def _new_in_list(self, partition: int, find: Find, connection: ProviderConnection, gate: Gate) -> Finding:
        listed = await self._listing.candidates(step_input(find), connection, gate)
        return listed if isinstance(listed, Unclear) else self._compared(partition, find, listed)

    def _compared(self, partition: int, asked: Attempt | Find, listed: tuple[Done, ...] | Different) -> Finding:
        if isinstance(listed, Different):
            return listed
        return self._listing.compared(partition, asked.command_id, listed, asked.known)

    async def _asked_for(self, find: Attempt | Find, connection: ProviderConnection, gate: Gate) -> Finding:
        self._lease.check()
        seconds = connection.adapter.capabilities.max_call_seconds
        gate.call()
        finding = await bounded(_question(find, connection.adapter, seconds), seconds, Finding)
        answer = Unclear(why=finding.why) if isinstance(finding, NoAnswer) else finding
        gate.record_result(answer)
        return answer

    async def _write(
        self, partition: int, asked: Attempt | Find, began: datetime, finding: Finding, connection: ProviderConnection
    ) -> CallResult:
        """What was found is true whichever worker owns the partition, but for which of a list is ours.

        That hangs on what the others have, and another owner may know it better.
        """
        looked_up = LookedUp(
            began=began, at=self._clock.now(), covers=asked.covers, finding=finding, account=connection.account
        )
        if asked.step is Step.CONTACT and isinstance(finding, Done):
            buyer = asked.prepared.buyer if isinstance(asked.prepared, Prepared) else None
            self._contacts.remember(connection, buyer, finding)
        force = not is_listed(asked.step, connection.adapter.capabilities)
        await self._facts.write(partition, asked.command_id, looked_up, self._facts.next_id(), asked.step, force=force)
        return CallResult.WENT_ON


def step_input(asked: Attempt | Find, known: frozenset[str] = frozenset()) -> StepInput:
    """What the adapter gets to make or find it."""
    assert isinstance(asked.prepared, Prepared)
    return StepInput(asked.step, asked.prepared, asked.made, known)


def _question(find: Attempt | Find, adapter: Adapter, seconds: float) -> Awaitable[Finding]:
    if isinstance(find.prepared, Issued):
        assert isinstance(adapter, FindsIssued)
        return adapter.find_issued(find.prepared, seconds)
    assert isinstance(adapter, FindsPrepared)
    return adapter.find_prepared(step_input(find), seconds)
