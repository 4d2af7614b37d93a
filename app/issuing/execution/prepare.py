"""Fixes a command's request before its first attempt: its document type, its number, its content."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.issuing.decisions.decisions import Prepare, Wait
from app.issuing.decisions.numbering import claim_of, wanted_by
from app.issuing.execution.document_type import choose
from app.issuing.execution.fact_writer import FactWriter
from app.issuing.execution.gate import CallResult, Gate
from app.issuing.execution.taxpayers import TaxpayerRegister, Undecided
from app.issuing.journal.facts import Answered
from app.issuing.ports import Clock, LeaseCheck, Numbers, NumbersUnavailableError, ProviderConnection
from app.stream.errors import RecordTooLargeError
from providers.base import MOST_BEHIND, DatedTooEarlyError, Numbering, Prepared, Refused, UnpreparableError

# About as long as another connection's slot for us takes to open.
BUSY_PAUSE: Final = timedelta(seconds=1)

log = structlog.get_logger(__name__)


class Preparer:
    """Writes down the request that every attempt of a command sends, or why there can be none."""

    def __init__(
        self, *, facts: FactWriter, numbers: Numbers, taxpayers: TaxpayerRegister, lease: LeaseCheck, clock: Clock
    ) -> None:
        self._facts = facts
        self._numbers = numbers
        self._taxpayers = taxpayers
        self._lease = lease
        self._clock = clock

    async def prepare(
        self, partition: int, prepare: Prepare, connection: ProviderConnection, gate: Gate
    ) -> CallResult | Wait:
        """Fixes the request, or writes durably that it cannot be made: the store may hold something else tomorrow."""
        command = self._facts.command(partition, prepare.command_id)
        chosen = prepare.document_type or await choose(command, connection, self._taxpayers, gate)
        if isinstance(chosen, Undecided):
            return self._later(chosen)
        if isinstance(chosen, FieldError):
            await self._refuse(partition, prepare, (chosen,))
            return CallResult.WENT_ON
        try:
            request = await self._request(command, prepare, chosen, connection)
        except (NumbersUnavailableError, DatedTooEarlyError) as away:
            log.warning("not prepared yet", command_id=prepare.command_id, why=str(away))
            return CallResult.FRUITLESS
        except UnpreparableError as unpreparable:
            await self._refuse(partition, prepare, unpreparable.errors)
            return CallResult.WENT_ON
        except Exception as exc:  # noqa: BLE001 - a fault of ours must not reject the merchant's document
            log.error("not prepared", command_id=prepare.command_id, error=type(exc).__name__)  # noqa: TRY400 - a
            # traceback would carry the document's content into the log
            return CallResult.FRUITLESS
        is_draft = command.draft_first and connection.adapter.capabilities.sends_off
        await self._fix(partition, prepare, replace(request, is_draft=is_draft))
        return CallResult.WENT_ON

    def _later(self, undecided: Undecided) -> CallResult | Wait:
        match undecided:
            case Undecided.NO_SLOT:
                return CallResult.NO_SLOT
            case Undecided.BUSY:
                return Wait(until=self._clock.now() + BUSY_PAUSE)
            case Undecided.UNCLEAR:
                return CallResult.FRUITLESS

    async def _fix(self, partition: int, prepare: Prepare, prepared: Prepared) -> None:
        revised = replace(prepared, revision=prepare.revision)
        try:
            await self._facts.write(partition, prepare.command_id, revised, self._facts.id_of(prepare.revision))
        except RecordTooLargeError as large:
            error = FieldError(path="$.order", code="TOO_LARGE", message=f"its request cannot be kept: {large}")
            await self._refuse(partition, prepare, (error,))

    async def _request(
        self, command: InvoiceCommand, prepare: Prepare, chosen: DocumentType, connection: ProviderConnection
    ) -> Prepared:
        """The request; where we number, an order that cannot become a document takes no number."""
        adapter, facts = connection.adapter, connection.facts
        request = adapter.prepare(command, facts, chosen, _moment(command, self._clock.now()))
        if request.brought:
            request = await self._claimed(command, prepare, request, facts.seller.tax_number)
        if adapter.capabilities.numbering is Numbering.PROVIDER or request.number is not None:
            return request
        self._lease.check()
        # The same for each worker, with the type and the date that were fixed with it: after a crash it is repeated.
        allotted = await self._numbers.allot(wanted_by(command, prepare, request, facts.seller.tax_number))
        if isinstance(allotted, FieldError):
            raise UnpreparableError((allotted,))
        numbered = adapter.prepare(command, facts, allotted.document_type, allotted.issued_at, allotted.number)
        return replace(numbered, taxpayer=allotted.taxpayer)

    async def _claimed(self, command: InvoiceCommand, prepare: Prepare, request: Prepared, taxpayer: str) -> Prepared:
        """The request, when what its order brings is no other document's. Raises UnpreparableError."""
        self._lease.check()
        refused = await self._numbers.claim(claim_of(command, prepare, request, taxpayer))
        if refused is not None:
            raise UnpreparableError((refused,))
        return replace(request, taxpayer=taxpayer)

    async def _refuse(self, partition: int, prepare: Prepare, errors: tuple[FieldError, ...]) -> None:
        """An answer without an attempt: nothing was sent."""
        prepared = self._facts.id_of(prepare.revision)
        answered = Answered(at=self._clock.now(), prepared=prepared, outcome=Refused(errors=errors))
        identifier = self._facts.id_of(prepare.number)
        await self._facts.write(partition, prepare.command_id, answered, identifier, prepare.step)


def _moment(command: InvoiceCommand, now: datetime) -> datetime:
    """When the document is issued: never before it was asked for, by the little that two good clocks differ."""
    is_near = command.occurred_at - now <= MOST_BEHIND
    return max(now, command.occurred_at) if is_near else now
