"""Paraşüt's side of the wire, on loopback: OAuth2, contacts, products, sales invoices, e-documents, jobs.

`POST /oauth/token` gives a token; all else is below `/v4/{company}`, where the company's number is its tax number here.
A sales invoice is a draft until its e-document is made, by a job. A repeated request makes a second sales invoice.

Run it with `python -m providers.parasut.simulator.service`; misbehaviour and record: `providers.simulation`.
`PUT /_simulator/parasut {"expire": true}` ends every access token, `{"job_seconds": 1}` sets how long a job is known,
`{"appears_in": 2}` how many seconds after its job an e-document is shown with its sales invoice.
"""

import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from aiohttp import web

from providers.parasut.simulator.contacts import CONTACTS, PRODUCTS, Directory
from providers.parasut.simulator.documents import EDocument, Job, asked_in, issue, job_error
from providers.parasut.simulator.invoices import Sale, sale_of
from providers.parasut.simulator.login import Logins
from providers.parasut.simulator.words import (
    RefusedError,
    filters_of,
    includes_of,
    not_found,
    own_words,
    page_of,
    printed,
    resource,
    unprocessable,
)
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import BookedBuyer, Booking, Fate, Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application
from providers.simulation.taxpayers import SWITCH, Taxpayers, mailbox_of

JOB_SECONDS: Final = 15 * 60.0
FIRST_SALE: Final = 9001
RELATIONS: Final = (
    "category", "contact", "details", "details.product", "details.warehouse", "payments", "payments.transaction",
    "tags", "sharings", "recurrence_plan", "active_e_document",
)  # fmt: skip
FILTERS: Final = (
    "issue_date", "due_date", "contact_id", "invoice_id", "invoice_series", "item_type", "print_status",
    "payment_status",
)  # fmt: skip
COMPARED: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "": eq, "eq": eq, "not_eq": ne, "gteq": ge, "lteq": le, "gt": gt, "lt": lt,
}  # fmt: skip
LISTED: Final = frozenset({"invoice", "refund", "estimate"})
Handler = Callable[[web.Request, str], Awaitable[web.Response]]


class Parasut:
    """The service. `status_seconds`: how long a job takes."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = 0.0) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._job_seconds = JOB_SECONDS
        self._appears_in = 0.0
        self._record = SimulatorRecord("parasut")
        self._taxpayers = Taxpayers()
        self._logins = Logins(self._record)
        self._contacts = Directory(CONTACTS, 501, self._record, misbehaviour)
        self._products = Directory(PRODUCTS, 77, self._record, misbehaviour)
        self._sales: dict[str, tuple[Sale, Booking]] = {}
        self._documents: dict[str, EDocument] = {}
        self._jobs: dict[str, Job] = {}

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        company = "/v4/{company}"
        application.add_routes(
            [
                web.put(SWITCH, self._taxpayers.name),
                web.put("/_simulator/parasut", self._switch),
                web.post("/oauth/token", self._logins.token),
                web.get("/v4/me", self._me),
                web.post(f"{company}/contacts", self._of(self._contacts.create)),
                web.get(f"{company}/contacts", self._of(self._contacts.listed)),
                web.get(f"{company}/contacts/{{id}}", self._of(self._contacts.one)),
                web.put(f"{company}/contacts/{{id}}", self._of(self._contacts.one)),
                web.post(f"{company}/products", self._of(self._products.create)),
                web.get(f"{company}/products", self._of(self._products.listed)),
                web.get(f"{company}/products/{{id}}", self._of(self._products.one)),
                web.get(f"{company}/e_invoice_inboxes", self._of(self._inboxes)),
                web.post(f"{company}/sales_invoices", self._of(self._sell)),
                web.get(f"{company}/sales_invoices", self._of(self._listed)),
                web.get(f"{company}/sales_invoices/{{id}}", self._of(self._one)),
                web.post(f"{company}/{{kind:e_archives|e_invoices}}", self._of(self._formalise)),
                web.get(f"{company}/{{kind:e_archives|e_invoices}}/{{id}}", self._of(self._e_document)),
                web.get(f"{company}/trackable_jobs/{{id}}", self._of(self._job)),
                web.route("*", "/v4/{path:.*}", _no_route),
            ]
        )
        return application

    def _of(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.Response]]:
        """A request of a company, whose refusals are answers."""

        async def handle(request: web.Request) -> web.Response:
            try:
                return await handler(request, self._company(request))
            except RefusedError as refusal:
                return refusal.response()

        return handle

    def _company(self, request: web.Request) -> str:
        company = self._logins.company_of(request)
        if request.match_info["company"] != company:
            raise RefusedError(403, "Forbidden", "Bu firmaya erişim yetkiniz yok")
        return company

    async def _switch(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if body.get("expire"):
            self._logins.expire()
        self._job_seconds = float(body.get("job_seconds", self._job_seconds))
        self._appears_in = float(body.get("appears_in", self._appears_in))
        return web.json_response({})

    async def _me(self, request: web.Request) -> web.Response:
        try:
            company = self._logins.company_of(request)
        except RefusedError as refusal:
            return refusal.response()
        included = [resource("companies", company, {"name": "Deneme"})]
        shown = {"data": resource("users", "1", {"email": "sandbox@example.test"}), "included": included}
        return web.json_response(shown)

    async def _inboxes(self, request: web.Request, _: str) -> web.Response:
        number = filters_of(request, ("vkn",)).get("vkn", "")
        shown = {"vkn": number, "e_invoice_address": mailbox_of(number), "inbox_type": "pk"}
        rows = [resource("e_invoice_inboxes", "1", shown)] if self._taxpayers.is_registered(number) else []
        return page_of(request, rows)

    async def _sell(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["sales_invoice"] += 1
        body = await body_of(request)

        async def handle(fault: CallFault) -> web.Response:
            try:
                sale = sale_of(body, company, f"{FIRST_SALE + len(self._sales)}", self._contacts.of(company))
            except RefusedError as refusal:
                return refusal.response()
            self._book(sale, printed(body), fault)
            return web.json_response({"data": sale.shown(None)}, status=201)

        return await self._misbehaviour.around(request, handle, own_words(self._misbehaviour))

    async def _listed(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["look_up"] += 1
        wanted = filters_of(request, FILTERS)
        kinds = set(wanted.pop("item_type").split(",")) if "item_type" in wanted else LISTED
        rows = [
            sale.shown(self._document_of(sale))
            for sale, booking in self._sales.values()
            if sale.company == company and booking.is_visible() and sale.attributes["item_type"] in kinds
            if all(_matches(sale, name, value) for name, value in wanted.items())
        ]
        return page_of(request, rows[::-1] if request.query.get("sort", "").startswith("-") else rows)

    async def _one(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["status"] += 1
        asked = includes_of(request, RELATIONS)
        sale, _ = self._sale(request.match_info["id"], company)
        document = self._document_of(sale)
        shown: dict[str, Any] = {"data": sale.shown(document)}
        included = [resource("sales_invoice_details", line.id, dict(line.attributes)) for line in sale.lines]
        shown["included"] = included if "details" in asked else []
        if document and "active_e_document" in asked:
            shown["included"].append(self._documents[document[1]].resource())
        return web.json_response(shown, dumps=printed)

    async def _formalise(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["create"] += 1
        body, kind = await body_of(request), request.match_info["kind"]

        async def handle(fault: CallFault) -> web.Response:
            try:
                attributes, name = asked_in(body, kind)
                sale, booking = self._sale(name, company)
                if not booking.is_draft:
                    raise unprocessable("Faturanın e-belgesi zaten var")
                job = self._work(kind, sale, booking, attributes, fault)
            except RefusedError as refusal:
                return refusal.response()
            booking.content = f"{booking.content}\n{printed(body)}"
            return web.json_response({"data": job.shown(at_once=True)}, status=201)

        refused = self._noted(body, kind, company)
        return await self._misbehaviour.around(request, handle, own_words(self._misbehaviour), refused)

    def _noted(self, body: dict[str, Any], kind: str, company: str) -> Callable[[], None]:
        """Notes a request for an e-document, and gives what notes its refusal."""
        try:
            mark = self._sale(asked_in(body, kind)[1], company)[0].mark
        except RefusedError:
            mark = ""
        self._record.note(company, mark, Noted.CREATE)
        return partial(self._record.note, company, mark, Noted.REFUSED)

    async def _e_document(self, request: web.Request, company: str) -> web.Response:
        found = self._documents.get(request.match_info["id"])
        if found is None or found.sale.company != company or found.kind != request.match_info["kind"]:
            raise not_found()
        return web.json_response({"data": found.resource()})

    async def _job(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["job"] += 1
        job = self._jobs.get(request.match_info["id"])
        if job is None or job.company != company or time.monotonic() >= job.made_at + self._job_seconds:
            raise not_found()
        return web.json_response({"data": job.shown()})

    def _work(self, kind: str, sale: Sale, booking: Booking, attributes: dict[str, Any], fault: CallFault) -> Job:
        """The job, and the e-document that it makes; what goes wrong with an e-Arşiv leaves the draft as it was."""
        delays, now = self._misbehaviour.delays, datetime.now(UTC)
        seconds = delays.late_status if fault is CallFault.LATE_STATUS else self._status_seconds
        error = job_error(kind, sale, attributes, booking.buyer.tax_number, self._taxpayers)
        if error is None and kind == "e_archives" and fault is CallFault.STATUS_ERROR:
            error = "e-Arşiv oluşturulamadı"
        name = f"{len(self._jobs) + 1}"
        job = Job(id=name, company=sale.company, sale=sale.id, ends_at=now + timedelta(seconds=seconds), error=error)
        self._jobs[name] = job
        if error is None:
            issue(booking, kind, len(self._documents) + 1, decided_in=seconds, fault=fault)
            booking.shows_answer = attributes.get("scenario") == "commercial"
            late = delays.hidden if fault is CallFault.HIDDEN else self._appears_in
            self._documents[f"{7000 + len(self._documents)}"] = EDocument(
                id=f"{7000 + len(self._documents)}",
                kind=kind,
                sale=sale,
                booking=booking,
                to=attributes.get("to"),
                shown_at=now + timedelta(seconds=seconds + late),
            )
        return job

    def _document_of(self, sale: Sale) -> tuple[str, str] | None:
        found = (each for each in self._documents.values() if each.sale is sale and each.is_shown())
        return next((each.name for each in found), None)

    def _sale(self, name: str, company: str) -> tuple[Sale, Booking]:
        sale, booking = self._sales.get(name, (None, None))
        if sale is None or booking is None or sale.company != company or booking.is_deleted:
            raise not_found()
        return sale, booking

    def _book(self, sale: Sale, content: str, fault: CallFault) -> None:
        fate = Fate.of(fault, self._misbehaviour.delays, 0.0)
        contact = self._contacts.of(sale.company)[sale.contact]
        currency = str(sale.attributes["currency"])
        booking = Booking(
            id=sale.id,
            reference=sale.mark,
            number="",
            company=sale.company,
            document_type="SALES_INVOICE",
            order_reference=sale.attributes.get("order_no"),
            issue_date=sale.attributes.get("issue_date"),
            buyer=BookedBuyer(
                name=str(contact["name"]),
                tax_number=str(sale.attributes.get("tax_number") or contact.get("tax_number") or ""),
                address=_address(sale.attributes),
            ),
            payable=sale.payable,
            currency="TRY" if currency == "TRL" else currency,
            lines=tuple(line.booked() for line in sale.lines),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=False,
            is_draft=True,
            content=content,
        )
        self._sales[sale.id] = (sale, booking)
        self._record.book(booking)


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Parasut(Misbehaviour(seed=seed)).application()


async def _no_route(request: web.Request) -> web.Response:
    return web.json_response({"status": 404, "error": f"No route matches [{request.method}]"}, status=404)


def _matches(sale: Sale, name: str, value: str) -> bool:
    plain, _, operator = name.partition("[")
    if plain == "contact_id":
        return sale.contact == value
    return COMPARED[operator.removesuffix("]")](str(sale.attributes.get(plain, "")), value)


def _address(attributes: dict[str, Any]) -> str | None:
    parts = [attributes.get(name) for name in ("billing_address", "district", "city")]
    return ", ".join(str(part) for part in parts if part) or None


if __name__ == "__main__":
    run(application, "Paraşüt's API")
