"""BizimHesap's side of the wire, on loopback, at `/api/b2b` and at the root.

The `firmId` of a company, and its token, is `sandbox-<company>`, named by its tax number. A wrong firm id is refused
with 200, a wrong token with 401. What looks like no browser gets the firewall's page. A record has no legal effect
until a person makes it a document (`/_simulator/signatures`). Nothing answers whether there is a record.

    PUT /_simulator/bizimhesap
    {"firewall": true, "cancelinvoice": "there", "totals": "sent", "eInvoiceNo": ""}

`cancelinvoice`: `missing` is a service without that call. `totals`: `recomputed` is one that computes sums by itself.
`eInvoiceNo`: what answers to creates have from now on.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.bizimhesap.simulator import wire
from providers.bizimhesap.simulator.reads import Reads
from providers.bizimhesap.simulator.records import Books, booking_of, error_in
from providers.simulation.misbehaviour import REFUSAL, CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import Noted, SimulatorRecord
from providers.simulation.server import SWITCHES, Handler, run, simulator_application

BASES: Final = ("", "/api/b2b")


@dataclass(slots=True)
class Switches:
    """Their present positions."""

    firewall: bool = True
    cancelinvoice: str = "there"
    totals: str = "sent"
    eInvoiceNo: str = ""  # noqa: N815 - the wire's name


class BizimHesap:
    """The service. `status_seconds`: None is one where a person has to make each record legal."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float | None = None) -> None:
        self._misbehaviour = misbehaviour
        self._is_by_hand = status_seconds is None
        self._record = SimulatorRecord("bizimhesap")
        self._books: defaultdict[str, Books] = defaultdict(Books)
        self._switches = Switches()

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        application.middlewares.append(self._firewall())
        reads = Reads(self._record, self._books)
        for base in BASES:
            application.router.add_post(f"{base}/addinvoice", self._create)
            application.router.add_post(f"{base}/cancelinvoice", self._cancel)
            application.add_routes(reads.routes(base))
        application.router.add_put(f"{SWITCHES}bizimhesap", self._switch)
        return application

    def _firewall(self) -> Any:
        @web.middleware
        async def firewall(request: web.Request, handler: Handler) -> web.StreamResponse:
            is_inside = request.path.startswith(SWITCHES) or not self._switches.firewall
            if is_inside or wire.is_browser(request):
                return await handler(request)
            return web.Response(status=403, text=wire.FIREWALL, content_type="text/html")

        return firewall

    async def _create(self, request: web.Request) -> web.Response:
        self._record.counts["create"] += 1
        body = wire.folded(await body_of(request))
        body["customer"] = body.get("customer") or body.get("customers")
        company, reference = wire.company_of_firm(body.pop("firmid", None)), str(body.get("invoiceno", ""))
        self._record.note(company or "", reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            if company is None:
                return wire.refused(wire.FIRM_UNKNOWN)
            error = error_in(body)
            return wire.refused(self._misbehaviour.worded(error)) if error else self._book(company, body, fault)

        note = partial(self._record.note, company or "", reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, wire.own_words(self._misbehaviour), note)

    def _book(self, company: str, body: dict[str, Any], fault: CallFault) -> web.Response:
        booking = booking_of(
            company,
            body,
            fault,
            record=self._record,
            misbehaviour=self._misbehaviour,
            is_draft=self._is_by_hand,
            recomputed=self._switches.totals == "recomputed",
        )
        self._record.book(booking)
        self._books[company].take(body, booking)
        url = f"https://bizimhesap.example/web/ngn/doc/printout?rc=1&id={booking.id}&tp=3"
        return wire.made(booking.id, url, self._switches.eInvoiceNo)

    async def _cancel(self, request: web.Request) -> web.Response:
        self._record.counts["cancel"] += 1
        body = wire.folded(await body_of(request))

        async def handle(_: CallFault) -> web.Response:
            if self._switches.cancelinvoice == "missing":
                return web.json_response({"Message": "No HTTP resource was found."}, status=404)
            company = wire.company_of_firm(body.get("firmid"))
            if company is None:
                return wire.refused(wire.FIRM_UNKNOWN)
            own = (each for each in self._record.of(company) if each.id == body.get("guid"))
            booking = next((each for each in own if not each.is_cancelled), None)
            if booking is None:
                response = web.json_response({"error": "Fatura bulunamadı.", "status": "1"})
                response[REFUSAL] = True
                return response
            booking.is_cancelled = True
            return web.json_response({"error": "", "status": "0"})

        return await self._misbehaviour.around(request, handle, wire.own_words(self._misbehaviour))

    async def _switch(self, request: web.Request) -> web.Response:
        for name, value in (await body_of(request)).items():
            setattr(self._switches, name, value)
        return web.json_response({})


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return BizimHesap(Misbehaviour(seed=seed)).application()


if __name__ == "__main__":
    run(application, "A simulator of BizimHesap's B2B API")
