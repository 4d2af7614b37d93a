"""The legal step and its cancellation, where the account has the names of the services that do them."""

from typing import Final

from app.domain.documents import LEGAL, DocumentState
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    Issued,
    Outcome,
    Refused,
    Step,
    StepInput,
    Unclear,
    cancellation_in,
    not_sent,
    unless_absent,
)
from providers.base.findings import not_meant
from providers.dia import answers
from providers.dia.invoices import Invoices, Record, differences
from providers.dia.mapping import parts_of
from providers.dia.options import Service
from providers.dia.services import Services
from providers.transport.http import Deadline

GONE: Final = Different(detail="the record that it is made from is no longer there")


class EDocuments:
    """One connection's."""

    def __init__(self, services: Services, invoices: Invoices) -> None:
        self._services = services
        self._invoices = invoices

    async def find(self, asked: StepInput, deadline: Deadline) -> Finding:
        """Whether the record has its e-document: absent while no word in its row says so."""
        record = await self._record(asked, deadline)
        if isinstance(record, Absent):
            return GONE
        if isinstance(record, Unclear):
            return record
        different = differences(record, asked.prepared)
        is_there = record.word is not None or record.is_cancelled
        return different or (self._invoices.done_in(record) if is_there else Absent())

    async def send(self, asked: StepInput, service: Service, deadline: Deadline) -> Outcome:
        """Only of a record that still comes to what was asked for, and has no e-document.

        What the answer has beside its code is not known: it is on its way, until its row says more.
        """
        if already := unless_absent(await self.find(asked, deadline)):
            return already
        key, period = asked.made[Step.INVOICE].reference, parts_of(asked.prepared)["period"]
        failed = await self._call(service, key, period, deadline)
        if failed is not None:
            return failed
        shown = await self.find(asked, deadline)
        return shown if isinstance(shown, Done) else Done(reference=key, state=DocumentState.PROCESSING)

    async def cancel(self, issued: Issued, service: Service, deadline: Deadline) -> Outcome:
        """Done when the row says so."""
        found = await self._invoices.meant(issued, deadline)
        if isinstance(found, Unclear):
            return not_sent(found)
        if not isinstance(found, Record):
            return not_meant(found)
        if self._invoices.state_of(found) not in LEGAL:
            message = f"record {found.key} is not legal: {found.word or 'it has no e-document'}"
            return Refused(errors=(FieldError(path="$", code="DIA_NOT_LEGAL", message=message),))
        failed = await self._call(service, found.key, found.period, deadline)
        if failed is not None:
            return failed
        after = await self._invoices.meant(issued, deadline)
        return cancellation_in(self._invoices.done_in(after) if isinstance(after, Record) else after)

    async def _call(self, service: Service, key: str, period: int, deadline: Deadline) -> Outcome | None:
        named: dict[str, JsonValue] = {service.key: int(key)}
        return await self._services.write(service.name, named, period, answers.taken, deadline)

    async def _record(self, asked: StepInput, deadline: Deadline) -> Record | Absent | Unclear:
        prepared = asked.prepared
        key, period = asked.made[Step.INVOICE].reference, parts_of(prepared)["period"]
        return await self._invoices.of_key(key, prepared.reference, period, deadline)
