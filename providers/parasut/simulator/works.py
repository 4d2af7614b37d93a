"""What the simulated Paraşüt does in jobs: e-documents are made there, and their pages."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final

from aiohttp import web

from providers.parasut.simulator.documents import EDocument, Job, asked_in, issue, job_error
from providers.parasut.simulator.invoices import Sale
from providers.parasut.simulator.sales import Sales
from providers.parasut.simulator.words import RefusedError, not_found, own_words, printed, resource, unprocessable
from providers.simulation.files import pdf_page, rows_of
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import Booking, Noted, SimulatorRecord
from providers.simulation.taxpayers import Taxpayers

JOB_SECONDS: Final = 15 * 60.0
PAGE_SECONDS: Final = 3600.0
FIRST: Final = 7000


class Works:
    """The jobs and the e-documents. `status_seconds`: how long a job takes.

    `job_seconds`: how long one is known. `appears_in`: how long after it an e-document is shown with its sales invoice.
    `pages_wait`: how often a page that is asked for is not ready yet. `page_seconds`: how long its address opens.
    """

    def __init__(
        self,
        record: SimulatorRecord,
        misbehaviour: Misbehaviour,
        taxpayers: Taxpayers,
        sales: Sales,
        status_seconds: float,
    ) -> None:
        self._record = record
        self._misbehaviour = misbehaviour
        self._taxpayers = taxpayers
        self._status_seconds = status_seconds
        self.job_seconds = JOB_SECONDS
        self.appears_in = 0.0
        self.pages_wait = 0
        self.page_seconds = PAGE_SECONDS
        self.sales = self._sales = sales
        sales.document_of = self._document_of
        self._documents: dict[str, EDocument] = {}
        self._jobs: dict[str, Job] = {}
        # The address of a page → its e-document, and until when it opens.
        self._pages: dict[str, tuple[EDocument, float]] = {}

    async def create(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["create"] += 1
        body, kind = await body_of(request), request.match_info["kind"]

        async def handle(fault: CallFault) -> web.Response:
            try:
                attributes, name = asked_in(body, kind)
                sale, booking = self._sales.sale(name, company)
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
            mark = self._sales.sale(asked_in(body, kind)[1], company)[0].mark
        except RefusedError:
            mark = ""
        self._record.note(company, mark, Noted.CREATE)
        return partial(self._record.note, company, mark, Noted.REFUSED)

    async def one(self, request: web.Request, company: str) -> web.Response:
        return web.json_response({"data": self._named(request, company).resource()})

    async def job(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["job"] += 1
        job = self._jobs.get(request.match_info["id"])
        if job is None or job.company != company or time.monotonic() >= job.made_at + self.job_seconds:
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
            late = delays.hidden if fault is CallFault.HIDDEN else self.appears_in
            self._documents[f"{FIRST + len(self._documents)}"] = EDocument(
                id=f"{FIRST + len(self._documents)}",
                kind=kind,
                sale=sale,
                booking=booking,
                to=attributes.get("to"),
                shown_at=now + timedelta(seconds=seconds + late),
            )
        return job

    async def pdf(self, request: web.Request, company: str) -> web.Response:
        """204 until it is ready; then an address that opens for an hour, without a login."""
        document = self._named(request, company)
        if self.pages_wait > 0:
            self.pages_wait -= 1
            return web.Response(status=204)
        name = f"{len(self._pages) + 1}-{document.booking.ettn}"
        self._pages[name] = (document, time.monotonic() + self.page_seconds)
        url = f"{request.url.origin()}/pages/{name}.pdf"
        expires = (datetime.now(UTC) + timedelta(seconds=self.page_seconds)).isoformat()
        return web.json_response({"data": resource("e_document_pdfs", name, {"url": url, "expires_at": expires})})

    async def page(self, request: web.Request) -> web.Response:
        """The page behind such an address."""
        document, until = self._pages.get(request.match_info["name"], (None, 0.0))
        if document is None or time.monotonic() >= until:
            return web.Response(status=403, text="<Error><Code>AccessDenied</Code></Error>", content_type="text/xml")
        return web.Response(body=pdf_page(rows_of(document.booking)), content_type="application/pdf")

    def _named(self, request: web.Request, company: str) -> EDocument:
        found = self._documents.get(request.match_info["id"])
        if found is None or found.sale.company != company or found.kind != request.match_info["kind"]:
            raise not_found()
        return found

    def _document_of(self, sale: Sale) -> EDocument | None:
        return next((each for each in self._documents.values() if each.sale is sale and each.is_shown()), None)
