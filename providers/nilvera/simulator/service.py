"""Nilvera's side of the wire, on loopback: the documented endpoints, checks, errors and status words.

It knows nothing of our adapter. What Nilvera knows of the world is given by rules that need no set-up:

* API keys: `Authorization: Bearer sandbox-<company>`, where the company is a tax number; anything else gets 401. A dot
  and whatever follows it make it another key of the same company.
* Every error comes as `Errors` with a code. Those of 401, of a document that is not there, of a cancellation that is
  refused and of 429 are not published: the codes here are none of the known ones.
* Series: every series of three characters exists, except `YOK`; the list has those of the examples, those that were
  used and those that were added.
* SimulatedRegister: a VKN with right check digits is an e-Fatura user when its last digit is even; nobody else is.
  `PUT /_simulator/taxpayers {"registered": [...], "unregistered": [...]}` names exceptions.

Paths are taken in any case. What clients read beside what they send is in `portal`, the register of taxpayers in
`register`, and the files that clients get in `documents`.

Run it with `python -m providers.nilvera.simulator.service`; misbehaviour and record: `providers.simulation`.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.nilvera.simulator.answers import (
    CODES,
    ENVELOPES,
    MISSING_SERIES,
    NOT_CANCELLABLE,
    NOT_THERE,
    TYPES,
    company_of,
    errors,
    refusal,
)
from providers.nilvera.simulator.checks import Problem, base_of, problem_in
from providers.nilvera.simulator.portal import Portal
from providers.nilvera.simulator.register import SimulatedRegister
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of, number
from providers.simulation.record import (
    REASON,
    BookedBuyer,
    BookedLine,
    Booking,
    BookingState,
    BuyerAnswer,
    Fate,
    Noted,
    SimulatorRecord,
)
from providers.simulation.routing import Route, add_routes, name_in
from providers.simulation.server import run, simulator_application
from providers.simulation.taxpayers import mailbox_of

FULL_NUMBER: Final = 16
# It has no word for a returned document.
ANSWERED: Final = {
    BuyerAnswer.ACCEPTED: "approved",
    BuyerAnswer.AUTOMATIC: "documentAnsweredAutomatically",
    BuyerAnswer.REFUSED: "rejected",
}
# Short for a test, and long enough that a caller who asks at once finds the document waiting.
STATUS_SECONDS: Final = 0.3


class Nilvera:
    """The service. `status_seconds` is how long a document waits before it succeeds."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = STATUS_SECONDS) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("nilvera")
        self._register = SimulatedRegister(self._record)
        self._counters: dict[tuple[str, str, str], int] = {}
        self._numbers: set[tuple[str, str]] = set()
        self._portal = Portal(self._record, self._take, self._misbehaviour)

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        routes = [
            Route("POST", "/{api:earchive|einvoice}/Send/Model", self._send),
            Route("GET", "/{api:earchive}/Invoices/{uuid}/{part:Status|Details}", self._document),
            Route("GET", "/{api:einvoice}/Sale/{uuid}/{part:Status|Details}", self._document),
            Route("PUT", "/earchive/Invoices/{uuid}/Cancel", self._cancel),
            Route("POST", "/earchive/Invoices/Email/Send", self._mail),
        ]
        add_routes(application, [*routes, *self._register.routes(), *self._portal.routes()])
        return application

    async def _send(self, request: web.Request) -> web.Response:
        self._record.counts["create"] += 1
        company, api = company_of(request), name_in(request, "api").lower()
        body = await body_of(request)
        reference = _reference_in(body, api)
        self._record.note(company, reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            return await self._take(company, api, body, fault)

        busy = self._busy("The document could not be created")
        note = partial(self._record.note, company, reference, Noted.REFUSED)
        return await self._misbehaviour.around(request, handle, busy, note)

    async def _take(
        self, company: str, api: str, body: Mapping[str, Any], fault: CallFault = CallFault.NONE
    ) -> web.Response:
        """Books what was sent, or returns the refusal."""
        problem = self._problem(company, api, body)
        if problem is not None:
            return refusal(problem)
        booking = self._book(company, api, body[ENVELOPES[api]], fault)
        return web.json_response({"UUID": booking.reference, "InvoiceNumber": booking.number})

    async def _document(self, request: web.Request) -> web.Response:
        part = name_in(request, "part").lower()
        self._record.counts["look_up" if part == "details" else "status"] += 1
        document_type = TYPES[name_in(request, "api").lower()]
        company, reference = company_of(request), name_in(request, "uuid").lower()
        found = [
            booking
            for booking in self._record.under(company, reference)
            if booking.document_type == document_type and booking.is_visible()
        ]
        if part == "status":  # a look-up begins with it
            self._record.note(company, reference, Noted.FOUND if found else Noted.ABSENT)
        if not found:
            return refusal(NOT_THERE)
        if part == "details":
            return web.json_response(_details(found[0]))
        status = _archive_status if document_type == "EARSIV" else _sale_status
        return web.json_response(status(found[0], self._misbehaviour.worded))

    async def _cancel(self, request: web.Request) -> web.Response:
        """Of an e-Arşiv that has succeeded; an e-Fatura has no such address."""
        self._record.counts["cancel"] += 1
        found = self._record.under(company_of(request), name_in(request, "uuid").lower())
        booking = next((each for each in found if each.document_type == "EARSIV" and each.is_visible()), None)

        async def handle(_: CallFault) -> web.Response:
            if booking is None:
                return refusal(NOT_THERE)
            if booking.state() is not BookingState.SUCCEEDED:
                description = f"The document is {booking.state().lower()} and cannot be cancelled"
                return refusal(Problem(status=422, code=NOT_CANCELLABLE, description=description))
            booking.is_cancelled = True
            return web.json_response([booking.reference])

        return await self._misbehaviour.around(request, handle, self._busy("The document could not be cancelled"))

    async def _mail(self, request: web.Request) -> web.Response:
        self._record.counts["mail"] += 1
        company, body = company_of(request), await body_of(request)
        found = self._record.under(company, str(body.get("UUID", "")).lower())
        booking = next((each for each in found if each.document_type == "EARSIV" and each.is_visible()), None)

        async def handle(_: CallFault) -> web.Response:
            addresses = body.get("emailAddresses") or []
            if booking is None:
                return refusal(NOT_THERE)
            if not addresses or not all("@" in str(each) for each in addresses):
                return refusal(Problem(status=422, code=2004, description="There is no e-mail address"))
            for each in addresses:
                self._record.mail(booking, each)
            return web.json_response("OK")

        return await self._misbehaviour.around(request, handle, self._busy("The mail could not be sent"))

    def _busy(self, sentence: str) -> dict[str, Any]:
        return errors(Problem(status=200, code=2004, description=self._misbehaviour.worded(sentence)))

    def _problem(self, company: str, api: str, body: Mapping[str, Any]) -> Problem | None:
        """The first reason to refuse: the document by itself, then what is already there, then its buyer."""
        model = body.get(ENVELOPES[api])
        if not isinstance(model, dict):
            return Problem(status=400, code=2004, description=f"The body holds no {ENVELOPES[api]}")
        return (
            problem_in(model, company)
            or self._conflict(company, model["InvoiceInfo"])
            or self._buyer_problem(api, model["CustomerInfo"]["TaxNumber"], body.get("CustomerAlias"))
        )

    def _buyer_problem(self, api: str, tax_number: str, alias: str | None) -> Problem | None:
        registered = self._register.is_registered(tax_number)
        if api == "earchive" and registered:
            return Problem(status=422, code=2025, description="The buyer is an e-Invoice user")
        if api == "einvoice" and not registered:
            return Problem(status=422, code=2054, description="The buyer is not an e-Invoice user")
        if api == "einvoice" and alias != mailbox_of(tax_number):
            return Problem(status=404, code=3000, description="The receiver's alias was not found")
        return None

    def _conflict(self, company: str, info: Mapping[str, Any]) -> Problem | None:
        name = info["InvoiceSerieOrNumber"]
        if self._record.under(company, info["UUID"].lower()):
            return Problem(status=409, code=1001, description="A document with this UUID exists")
        if len(name) == FULL_NUMBER and (company, name) in self._numbers:
            return Problem(status=409, code=1005, description="This number was used before")
        if name[:3] == MISSING_SERIES:
            return Problem(status=404, code=3009, description="The series was not found")
        later = (key for key in self._counters if key[:2] == (company, name[:3]) and key[2] > info["IssueDate"][:4])
        if any(later):
            return Problem(status=422, code=2100, description="The series has gone on to a later year")
        return None

    def _book(self, company: str, api: str, model: Mapping[str, Any], fault: CallFault) -> Booking:
        info = model["InvoiceInfo"]
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        booking = Booking(
            id=info["UUID"].lower(),
            reference=info["UUID"].lower(),
            number=self._number(company, info["InvoiceSerieOrNumber"], info["IssueDate"][:4]),
            company=company,
            document_type=TYPES[api],
            order_reference=(info.get("OrderReference") or {}).get("Value"),
            issue_date=info["IssueDate"][:10],
            buyer=_buyer(model["CustomerInfo"]),
            payable=number(info.get("PayableAmount")),
            currency=info["CurrencyCode"],
            lines=tuple(map(_booked, model["InvoiceLines"])),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=fate.fails,
            ettn=info["UUID"].lower(),
            shows_answer=info.get("InvoiceProfile") == "TICARIFATURA",
            content=json.dumps(model, ensure_ascii=False, default=str),
        )
        self._record.book(booking)
        if to := model["CustomerInfo"].get("Mail"):
            self._record.mail(booking, to)
        self._portal.account(company).models[booking.reference] = model
        return booking

    def _number(self, company: str, series_or_number: str, year: str) -> str:
        """Series, year and nine digits without a gap; a full number is taken as it is."""
        if len(series_or_number) == FULL_NUMBER:
            number_ = series_or_number
        else:
            key = (company, series_or_number, year)
            self._counters[key] = self._counters.get(key, 0) + 1
            number_ = f"{series_or_number}{year}{self._counters[key]:09}"
        self._numbers.add((company, number_))
        return number_


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Nilvera(Misbehaviour(seed=seed)).application()


def _reference_in(body: Mapping[str, Any], api: str) -> str:
    """Our caller's reference; empty where the body has none."""
    model = body.get(ENVELOPES[api])
    info = model.get("InvoiceInfo") if isinstance(model, dict) else None
    return str(info.get("UUID", "")).lower() if isinstance(info, dict) else ""


def _buyer(customer: Mapping[str, Any]) -> BookedBuyer:
    address = ", ".join(str(customer.get(name) or "") for name in ("Address", "District", "City"))
    return BookedBuyer(name=customer["Name"], tax_number=customer["TaxNumber"], address=address)


def _booked(line: Mapping[str, Any]) -> BookedLine:
    return BookedLine(
        name=line["Name"], quantity=number(line["Quantity"]), amount=base_of(line), vat=number(line["KDVTotal"])
    )


def _details(booking: Booking) -> dict[str, Any]:
    return {
        "UUID": booking.reference,
        "InvoiceNumber": booking.number,
        "CurrencyCode": booking.currency,
        "NumberOfItems": len(booking.lines),
        "InvoiceAmount": float(booking.payable),
    }


def _archive_status(booking: Booking, worded: Callable[[str], str]) -> dict[str, Any]:
    failed = booking.state() is BookingState.FAILED
    return {
        "StatusDetail": worded("The schematron refused the document") if failed else None,
        "StatusCode": CODES[booking.state()],
        "ReportStatus": "NotReported",
        "CancelStatus": booking.is_cancelled,
    }


def _sale_status(booking: Booking, worded: Callable[[str], str]) -> dict[str, Any]:
    failed = booking.state() is BookingState.FAILED
    return {
        "InvoiceStatus": {
            "Code": CODES[booking.state()],
            "Description": "Error" if failed else None,
            "DetailDescription": worded("The receiver's system refused the envelope") if failed else None,
        },
        "Answer": _answer(booking),
    }


def _answer(booking: Booking) -> dict[str, Any]:
    """The buyer's, of a commercial invoice that has reached it."""
    waits = booking.shows_answer and booking.state() is BookingState.SUCCEEDED
    code = ANSWERED.get(booking.answer, "waitingForApproval") if booking.answer else "waitingForApproval"
    note = REASON if waits and booking.answer is BuyerAnswer.REFUSED else None
    return {"AnswerCode": code if waits else "unknown", "AnswerNote": note, "Description": None}


if __name__ == "__main__":
    run(application, "Nilvera's sandbox on loopback")
