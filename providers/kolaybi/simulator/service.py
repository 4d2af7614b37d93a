"""KolayBi's side of the wire, on loopback, at `/kolaybi/v1` and without it.

The Channel is `sandbox`; the key `sandbox-<company>` is that of a company, named by its tax number. An invoice is a
draft until its e-document is made; who is registered for e-Fatura is `providers.simulation.taxpayers`.
"""

import base64
import json
from functools import partial
from typing import Any, Final
from uuid import uuid4

from aiohttp import web

from providers.kolaybi.simulator import invoices, words
from providers.kolaybi.simulator.accounts import Accounts
from providers.kolaybi.simulator.answering import Answering, not_found
from providers.kolaybi.simulator.bodies import fields_of
from providers.kolaybi.simulator.desk import COMPANY_ID, Desk
from providers.kolaybi.simulator.invoices import ARCHIVE, COMMERCIAL
from providers.kolaybi.simulator.switches import Switches
from providers.simulation import taxpayers
from providers.simulation.files import pdf_page, rows_of, xml_of
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import Booking, BookingState, Fate, Noted, SimulatorRecord
from providers.simulation.server import run, simulator_application

PREFIX: Final = "/kolaybi/v1"
FIRST_ID: Final = 1001
CONTROL: Final = "/_simulator/kolaybi"


class KolayBi:
    """The service. `status_seconds`: how long a document waits."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = 0.0) -> None:
        self._misbehaviour = misbehaviour
        self._status_seconds = status_seconds
        self._record = SimulatorRecord("kolaybi")
        self._accounts = Accounts()
        self._switches = Switches()
        self._answering = Answering(misbehaviour, self._switches)
        self._desk = Desk(self._accounts, self._answering, self._switches, self._record)
        self._registered = taxpayers.Taxpayers()
        self._by_id: dict[str, Booking] = {}
        self._scenarios: dict[str, str] = {}
        self._counted: dict[str, int] = {}

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        for prefix in (PREFIX, ""):
            application.add_routes(self._routes(prefix))
        application.router.add_put(taxpayers.SWITCH, self._registered.name)
        application.router.add_put(CONTROL, self._switch)
        return application

    def _routes(self, prefix: str) -> list[web.RouteDef]:
        return [
            web.post(f"{prefix}/access_token", self._accounts.sign_in),
            *self._desk.routes(prefix),
            web.get(f"{prefix}/invoices", self._invoices),
            web.post(f"{prefix}/invoices", self._make_invoice),
            web.post(f"{prefix}/invoices/e-document/create", self._make_e_document),
            web.post(f"{prefix}/invoices/e-document/cancel", self._cancel),
            web.get(f"{prefix}/invoices/e-document/view", self._view),
            web.get(prefix + "/invoices/{id}", self._invoice),
            web.delete(prefix + "/invoices/{id}", self._delete),
            web.get(f"{prefix}/e_document/invoices", self._e_documents),
        ]

    async def _make_invoice(self, request: web.Request) -> web.Response:
        self._record.counts["invoice"] += 1
        company, body = self._accounts.company_of(request), await fields_of(request)

        async def handle(fault: CallFault) -> web.Response:
            associates, products = self._accounts.associates(company), self._accounts.products(company)
            if refusal := self._answering.refusal(invoices.errors_of(body, associates, products)):
                return refusal
            booking = self._book(company, body, fault)
            total = invoices.total_shown(booking, self._switches)
            return words.success({"document_id": int(booking.id), **total, "grand_currency": booking.currency})

        return await self._answering.around(request, handle)

    async def _make_e_document(self, request: web.Request) -> web.Response:
        self._record.counts["create"] += 1
        body = await fields_of(request)
        booking = self._named(request, body.get("document_id"))
        self._record.note(booking.company, booking.reference, Noted.CREATE)

        async def handle(fault: CallFault) -> web.Response:
            asked = json.loads(booking.content).get("document_scenario")
            is_registered = self._registered.is_registered(booking.buyer.tax_number)
            if not booking.is_draft:
                return self._answering.no("Bu faturanın e-belgesi zaten oluşturulmuş.")
            if asked == ARCHIVE and is_registered:
                return self._answering.no(words.ARCHIVE_TO_REGISTERED)
            if asked not in {None, ARCHIVE} and not is_registered:
                return self._answering.no(words.EFATURA_TO_UNREGISTERED)
            scenario = asked or ("TEMELFATURA" if is_registered else ARCHIVE)
            self._legalise(booking, scenario, str(body.get("prefix") or "KLB"), fault)
            return words.success(
                {**invoices.shown_alone(booking, scenario, self._switches), **self._made(booking, scenario)}
            )

        note = partial(self._record.note, booking.company, booking.reference, Noted.REFUSED)
        return await self._answering.around(request, handle, note)

    async def _cancel(self, request: web.Request) -> web.Response:
        self._record.counts["cancel"] += 1
        booking = self._named(request, (await fields_of(request)).get("document_id"))

        async def handle(_: CallFault) -> web.Response:
            if self._scenarios.get(booking.id) != ARCHIVE or booking.state() is not BookingState.SUCCEEDED:
                return self._answering.no("Yalnızca e-Arşiv faturalar iptal edilebilir.")
            booking.is_cancelled = True
            return words.success([])

        return await self._answering.around(request, handle)

    async def _delete(self, request: web.Request) -> web.Response:
        self._record.counts["delete"] += 1
        booking = self._named(request, request.match_info["id"])

        async def handle(_: CallFault) -> web.Response:
            if not booking.is_draft:
                return self._answering.no("Resmileşmiş fatura silinemez.")
            booking.is_deleted = True
            return words.success([])

        return await self._answering.around(request, handle)

    async def _invoice(self, request: web.Request) -> web.Response:
        self._record.counts["look_up"] += 1
        booking = self._named(request, request.match_info["id"])
        return words.success(invoices.shown_alone(booking, self._scenarios.get(booking.id), self._switches))

    async def _invoices(self, request: web.Request) -> web.Response:
        """A draft and a document are in it; a cancelled e-Arşiv is not."""
        self._record.counts["list"] += 1
        made = [each for each in self._record.of(self._accounts.company_of(request)) if not each.is_cancelled]
        first = request.query.get("min_issue_date", request.query.get("start_date", ""))
        last = request.query.get("max_issue_date", request.query.get("end_date", "9"))
        kind = request.query.get("type", "sale_invoice")
        if self._switches.filters != "ignored":
            made = [
                each
                for each in made
                if first <= str(each.issue_date) <= last
                and json.loads(each.content).get("type", "sale_invoice") == kind
                and request.query.get("associate_id") in {None, str(json.loads(each.content)["contact_id"])}
            ]
        seen = [each for each in made if each.is_visible()]
        return self._answering.listed(
            request, [invoices.shown_in_list(each, self._scenarios.get(each.id)) for each in seen]
        )

    async def _e_documents(self, request: web.Request) -> web.Response:
        self._record.counts["list"] += 1
        company = self._accounts.company_of(request)
        if request.query.get("company_id") != str(COMPANY_ID) or request.query.get("direction") not in {
            "outbound",
            "inbound",
        }:
            return self._answering.no("company_id ve direction zorunludur.")
        made = [each for each in self._record.of(company) if not each.is_draft and each.is_visible()]
        if self._switches.cancelled == "gone":
            made = [each for each in made if not each.is_cancelled]
        if self._switches.filters != "ignored":
            first, last = request.query.get("min_issue_date", ""), request.query.get("max_issue_date", "9")
            made = [each for each in made if first <= str(each.issue_date) <= last]
            made = [each for each in made if request.query.get("document_id") in {None, each.id}]
        return self._answering.listed(
            request, [invoices.shown_as_document(each, self._scenarios[each.id]) for each in made]
        )

    async def _view(self, request: web.Request) -> web.Response:
        self._record.counts["file"] += 1
        company, form = self._accounts.company_of(request), request.query.get("output_type", "pdf")
        found = [each for each in self._record.of(company) if each.ettn == request.query.get("uuid")]
        if not found or not invoices.is_official(found[0]):
            return not_found()
        content = xml_of(found[0]).encode() if form == "xml" else pdf_page(rows_of(found[0]))
        prefix = f"data:application/{form};base64," if self._switches.pdf_prefix else ""
        return words.success({"src": prefix + base64.b64encode(content).decode(), "output_type": form})

    async def _switch(self, request: web.Request) -> web.Response:
        to = await body_of(request)
        self._switches.change(to)
        if to.get("tokens") == "expired":
            self._accounts.end_tokens()
        for each in to.get("delete", []):
            self._by_id[each].is_deleted = True
        return web.json_response({})

    def _named(self, request: web.Request, document_id: object) -> Booking:
        """The invoice of this id. Raises HTTPNotFound where the company has none."""
        company = self._accounts.company_of(request)
        booking = self._by_id.get(str(document_id))
        if booking is None or booking.company != company or booking.is_deleted or booking.is_cancelled:
            raise words.refused(words.NOT_FOUND, "Kayıt bulunamadı.")
        return booking

    def _book(self, company: str, body: dict[str, Any], fault: CallFault) -> Booking:
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        associates = {str(each["id"]): each for each in self._accounts.associates(company)}
        lines = invoices.lines_of(body)
        order = body.get("order_reference") or {}
        booking = Booking(
            id=str(FIRST_ID + len(self._by_id)),
            reference=invoices.reference_in(body),
            number="",
            company=company,
            document_type="SALES_INVOICE",
            order_reference=order.get("serial_no"),
            issue_date=body["order_date"],
            buyer=invoices.buyer_of(associates[str(body["contact_id"])], body["address_id"]),
            payable=invoices.total_of(body, self._switches.rounding) + self._switches.total,
            currency=str(body["currency"]).upper(),
            lines=lines,
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=fate.fails,
            ettn=str(uuid4()),
            is_draft=True,
            content=json.dumps(body, ensure_ascii=False, default=str),
        )
        self._by_id[booking.id] = booking
        self._record.book(booking)
        return booking

    def _legalise(self, booking: Booking, scenario: str, prefix: str, fault: CallFault) -> None:
        """From now on it has a number, and its buyer gets it by mail."""
        fate = Fate.of(fault, self._misbehaviour.delays, self._status_seconds)
        year = str(booking.issue_date)[:4]
        count = self._counted[f"{booking.company} {prefix}{year}"] = (
            self._counted.get(f"{booking.company} {prefix}{year}", 0) + 1
        )
        booking.number = f"{prefix}{year}{count:09}"
        booking.document_type = "EARSIV" if scenario == ARCHIVE else "EFATURA"
        booking.visible_at, booking.decided_at = fate.visible_at, fate.decided_at
        booking.fails, booking.is_draft = fate.fails, False
        booking.shows_answer = scenario == COMMERCIAL
        self._scenarios[booking.id] = scenario
        self._record.mail(booking, str(json.loads(booking.content).get("receiver_email", "")))

    def _made(self, booking: Booking, scenario: str) -> dict[str, Any]:
        """What the answer has, however long lists do not have it."""
        status = invoices.ALONE[booking.state()]
        return {
            "uuid": booking.ettn,
            "no": booking.number,
            "scenario": scenario,
            "status": status,
            "direction": "outbound",
        }


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return KolayBi(Misbehaviour(seed=seed)).application()


if __name__ == "__main__":
    run(application, "KolayBi, a bookkeeping application")
