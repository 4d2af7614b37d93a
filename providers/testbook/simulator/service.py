"""Testbook's server, which is all of Testbook there is. For tests and demonstrations only.

    POST /invoices               {reference, order, date, buyer: {name, tax_number}, seller: {tax_number}, currency,
                                  lines: [{name, quantity, net, vat}], total, number (else Testbook's own)}
                                 → 201 {id, number, state} · 422 {errors: [{field, code, message}]}
                                  with a contact {contact: id} it is a draft; with {unsigned: draft}
                                  or {unsigned: signature} it waits for a person; with {answers: buyer}
                                  what the buyer has answered is shown; with a {kind} and
                                  {kinds: corrected} the kind that its buyer does not get is refused,
                                  with {kinds: named} it is made as the other one
    POST /invoices/{id}/e-document → 201 the same, no draft any more · 404 · 409 {errors} when it is none
    POST /contacts               {name, tax_number} → 201 {id, name, tax_number} · 422
    POST /register               what /invoices takes → 201 {taken: true}: the caller learns neither id nor number
    GET  /register?date=…        → 200 {invoices: [{id, number, order, date, buyer, currency, lines, total, state}]}
                                  without the caller's reference
    GET  /contacts?tax_number=…  → 200 {contacts: [{id, name, tax_number}]}
    GET  /invoices?reference=…   → 200 {invoices: [{id, number, reference, currency, total, buyer_tax_number, state}]}
    GET  /invoices/{id}          → 200 one of them · 404
    POST /invoices/{id}/cancel   → 200 the same, cancelled · 404 · 409 {errors} when it is cancelled or not booked
    POST /invoices/{id}/delete   → 200 · 404 · 409 {errors} when it is no draft
    POST /signings               {references} → 201 {signing, telephone}: a code comes by telephone, always 123456
    POST /signings/{signing}     {references, code} → 200 {taken: true} · 422
    POST /invoices/{id}/send-off, /remove: what people do in their portal
    POST /sessions               {key} → 201 {token} · 401 · 409 {errors} while another session of the company is open
    DELETE /sessions             → 204
    GET  /                       → 200

`Authorization: Bearer sandbox-<company>` opens the books of one company, named by its tax number, and so does the token
of its session; any other key gets 401 {errors}. A session that is not used for ten seconds has ended. A repeated
reference makes a second document, and a repeated number another one of that number. `state` is draft, unsent, unsigned,
pending, booked, failed, cancelled, delivered, accepted or refused.

Run it with `python -m providers.testbook.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of, number
from providers.simulation.record import BookedBuyer, BookedLine, Booking, BookingState, Fate, Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application
from providers.testbook.simulator.books import SESSIONS, Sessions, busy, company_of, conflict, error
from providers.testbook.simulator.contacts import Contacts
from providers.testbook.simulator.kinds import SALES_INVOICE, Kinds
from providers.testbook.simulator.unsigned import Unsigned, shown

SESSION_SECONDS: Final = 10.0
STATES: Final = {
    BookingState.DRAFT: "draft",
    BookingState.WAITING: "pending",
    BookingState.SUCCEEDED: "booked",
    BookingState.FAILED: "failed",
    BookingState.CANCELLED: "cancelled",
}


class Testbook:
    """The service. `status_seconds`: how long documents stay pending; `session_seconds`: how long sessions may rest."""

    __test__ = False  # pytest takes the name for a test's

    def __init__(
        self, misbehaviour: Misbehaviour, *, status_seconds: float = 0.0, session_seconds: float = SESSION_SECONDS
    ) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("testbook")
        self._by_id: dict[str, Booking] = {}
        self._sessions = Sessions(session_seconds)
        self._contacts = Contacts(self._record, misbehaviour)
        self._kinds = Kinds()

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        application[SESSIONS] = self._sessions
        application.add_routes(
            [
                web.post("/invoices", self._create),
                web.get("/invoices", self._find),
                web.get("/invoices/{id}", self._one),
                web.post("/invoices/{id}/cancel", self._cancel),
                web.post("/invoices/{id}/e-document", self._issue),
                web.post("/register", self._enter),
                web.get("/register", self._registered),
                web.post("/contacts", self._contacts.create),
                web.get("/contacts", self._contacts.find),
                web.post("/sessions", self._sessions.log_in),
                web.delete("/sessions", self._sessions.log_out),
                web.get("/", self._alive),
                *Unsigned(self._record, self._misbehaviour, self._named).routes(),
            ]
        )
        return application

    async def _create(self, request: web.Request) -> web.Response:
        return await self._made(request, _row)

    async def _enter(self, request: web.Request) -> web.Response:
        return await self._made(request, lambda _: {"taken": True})

    async def _made(self, request: web.Request, answer: Callable[[Booking], dict[str, Any]]) -> web.Response:
        self._record.counts["create"] += 1
        company = company_of(request)
        body = await body_of(request)
        reference = str(body.get("reference", ""))
        self._record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            errors = _errors_of(body) or self._contacts.errors_of(company, body) or self._kinds.errors_of(body)
            if errors:
                return web.json_response({"errors": errors}, status=422)
            return web.json_response(answer(self._book(company, body, fault)), status=201)

        note = partial(self._record.note, company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, self._busy(), note)

    async def _find(self, request: web.Request) -> web.Response:
        self._record.counts["look_up"] += 1
        company, reference = company_of(request), request.query.get("reference", "")
        found = [booking for booking in self._record.under(company, reference) if booking.is_visible()]
        self._record.note(company, reference, Noted.FOUND if found else Noted.ABSENT)
        return web.json_response({"invoices": list(map(_row, found))})

    async def _registered(self, request: web.Request) -> web.Response:
        self._record.counts["look_up"] += 1
        made = [booking for booking in self._record.of(company_of(request)) if booking.is_visible()]
        day = request.query.get("date", "")
        return web.json_response({"invoices": [_entry(booking) for booking in made if booking.issue_date == day]})

    async def _one(self, request: web.Request) -> web.Response:
        self._record.counts["status"] += 1
        booking = self._named(request)
        return web.json_response(_row(booking))

    async def _cancel(self, request: web.Request) -> web.Response:
        self._record.counts["cancel"] += 1
        booking = self._named(request)

        async def handle(_: CallFault) -> web.Response:
            state = booking.state()
            if state is not BookingState.SUCCEEDED:
                return conflict(f"the invoice is {STATES[state]}", "NOT_BOOKED")
            booking.is_cancelled = True
            return web.json_response(_row(booking))

        return await self._misbehaviour.around(request, handle, self._busy())

    async def _issue(self, request: web.Request) -> web.Response:
        self._record.counts["e_document"] += 1
        booking = self._named(request)

        async def handle(fault: CallFault) -> web.Response:
            if not booking.is_draft:
                return conflict(f"the invoice is {STATES[booking.state()]}", "NO_DRAFT")
            fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
            booking.is_draft, booking.decided_at, booking.fails = False, fate.decided_at, fate.fails
            return web.json_response(_row(booking), status=201)

        return await self._misbehaviour.around(request, handle, self._busy())

    def _named(self, request: web.Request) -> Booking:
        """The booking of the path. Raises HTTPNotFound where the company has none of this id."""
        booking = self._by_id.get(request.match_info["id"])
        if booking is None or booking.company != company_of(request) or booking.is_deleted:
            body = json.dumps(error("id", "NOT_FOUND", "no such invoice"))
            raise web.HTTPNotFound(text=body, content_type="application/json")
        return booking

    def _busy(self) -> dict[str, Any]:
        return busy(self._misbehaviour)

    async def _alive(self, _: web.Request) -> web.Response:
        return web.json_response({"name": "Testbook"})

    def _book(self, company: str, body: dict[str, Any], fault: CallFault) -> Booking:
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        count = len(self._by_id) + 1
        booking = Booking(
            id=str(count),
            reference=body["reference"],
            number=body.get("number") or f"TB-{count:06}",
            company=company,
            document_type=self._kinds.made_of(body),
            order_reference=body.get("order"),
            issue_date=body.get("date"),
            buyer=BookedBuyer(name=body["buyer"]["name"], tax_number=body["buyer"]["tax_number"]),
            payable=number(body["total"]),
            currency=body["currency"],
            lines=tuple(map(_booked, body["lines"])),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=fate.fails,
            is_draft="contact" in body or "unsigned" in body,
            unsigned=body.get("unsigned"),
            shows_answer="answers" in body,
            content=json.dumps(body, ensure_ascii=False, default=str),
        )
        self._by_id[booking.id] = booking
        self._record.book(booking)
        return booking


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Testbook(Misbehaviour(seed=seed)).application()


def _errors_of(body: dict[str, Any]) -> list[dict[str, str]]:
    missing = [
        {"field": field, "code": "MISSING", "message": "is required"}
        for field in ("reference", "buyer", "currency", "lines", "total")
        if not body.get(field)
    ]
    if missing:
        return missing
    total = sum(number(line.get("net")) + number(line.get("vat")) for line in body["lines"])
    if total != number(body["total"]):
        return [{"field": "total", "code": "TOTAL", "message": f"the lines come to {total}"}]
    return []


def _booked(line: dict[str, Any]) -> BookedLine:
    return BookedLine(
        name=line["name"], quantity=number(line.get("quantity")), amount=number(line["net"]), vat=number(line["vat"])
    )


def _row(booking: Booking) -> dict[str, Any]:
    return {
        "id": booking.id,
        "number": booking.number,
        "reference": booking.reference,
        "currency": booking.currency,
        "total": str(booking.payable),
        "buyer_tax_number": booking.buyer.tax_number,
        **({} if booking.document_type == SALES_INVOICE else {"kind": booking.document_type}),
        **shown(booking, STATES[booking.state()]),
    }


def _entry(booking: Booking) -> dict[str, Any]:
    """A row of the register."""
    return {
        "id": booking.id,
        "number": booking.number,
        "order": booking.order_reference,
        "date": booking.issue_date,
        "buyer": {"name": booking.buyer.name, "tax_number": booking.buyer.tax_number},
        "currency": booking.currency,
        "lines": [
            {"name": line.name, "quantity": str(line.quantity), "net": str(line.amount), "vat": str(line.vat)}
            for line in booking.lines
        ],
        "total": str(booking.payable),
        "state": STATES[booking.state()],
    }


if __name__ == "__main__":
    run(application, "Testbook, a bookkeeping service for tests and demonstrations")
