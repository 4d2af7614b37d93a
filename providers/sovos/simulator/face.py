"""What both simulated services do alike with a call: login, allowed address, a gateway before it, misbehaviour."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Final

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import Booking, Noted, SimulatorRecord
from providers.simulation.soap import Operation, SoapCall, own_words
from providers.simulation.ubl import BadUblError, SentInvoice
from providers.sovos.simulator.accounts import Archive, Behaviour, company_of
from providers.sovos.simulator.payloads import BadMessageError, refuse_misshapen
from providers.sovos.simulator.shapes import Shape

NOT_ALLOWED: Final = 1200
TOO_MANY: Final = 1300
PARAMETER: Final = 1000
Book = Callable[[str, str, SentInvoice, CallFault], Booking]
Work = Callable[[str, SoapCall], Awaitable[web.Response]]


class Face:
    """One service."""

    FAULT: Callable[..., web.Response]
    SHAPES: Mapping[str, Shape]

    def __init__(
        self, record: SimulatorRecord, archive: Archive, behaviour: Behaviour, misbehaviour: Misbehaviour, book: Book
    ) -> None:
        self.record = record
        self.archive = archive
        self.behaviour = behaviour
        self.misbehaviour = misbehaviour
        self.book = book

    def reading(self, name: str, count: str, work: Work) -> Operation:
        """An operation that makes nothing; something before the service may answer in its stead."""

        async def operation(request: web.Request, call: SoapCall) -> web.Response:
            self.record.counts[count] += 1
            return self.misbehaviour.in_its_stead() or await self._checked(name, request, call, work)

        return operation

    async def making(
        self, name: str, request: web.Request, company: str, handle: Callable[[CallFault], Awaitable[web.Response]],
        noted: str | None = None,
    ) -> web.Response:  # fmt: skip
        """A call that makes or cancels something, with its fault. `noted`: the reference under which it is noted."""
        words = own_words(
            too_many=lambda: self.fault(TOO_MANY, self.misbehaviour.worded("too many calls"), self._retry_after()),
            in_200=lambda: self.SHAPES[name].answer({}),
        )
        refused = None if noted is None else partial(self.record.note, company, noted, Noted.REFUSED)
        return await self.misbehaviour.around(request, handle, words, refused)

    async def _checked(self, name: str, request: web.Request, call: SoapCall, work: Work) -> web.Response:
        refusal = self.refusal(name, call)
        return refusal or await self.guarded(work, company_of(request), call)

    def refusal(self, name: str, call: SoapCall) -> web.Response | None:
        """What keeps a call from being looked at: the caller's address, or a message of another form."""
        if not self.behaviour.ip_allowed:
            return self.fault(NOT_ALLOWED, "IP address is not allowed")
        shape = self.SHAPES[name]
        try:
            refuse_misshapen(call.body, shape.namespace, shape.fields, qualified=shape.is_qualified)
        except BadMessageError as error:
            return self.fault(PARAMETER, str(error))
        return None

    async def guarded(self, work: Work, company: str, call: SoapCall) -> web.Response:
        """The work's answer, or the fault for what it cannot read."""
        try:
            return await work(company, call)
        except (BadMessageError, BadUblError) as error:
            return self.fault(PARAMETER, str(error))

    def fault(self, code: int, message: str, retry_after: float | None = None) -> web.Response:
        """A fault in this service's form."""
        return type(self).FAULT(code, message, retry_after=retry_after)

    def visible(self, company: str, uuid: str, kind: str) -> Booking | None:
        """The document of this kind with this UUID, if look-ups see it."""
        found = self.record.under(company, uuid.lower())
        return next((each for each in found if each.document_type == kind and each.is_visible()), None)

    def _retry_after(self) -> float:
        return self.misbehaviour.delays.retry_after
