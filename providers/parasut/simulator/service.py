"""Paraşüt's side of the wire, on loopback: OAuth2, contacts, products, sales invoices, e-documents, jobs.

`POST /oauth/token` gives a token; all else is below `/v4/{company}`, where the company's number is its tax number here.
A sales invoice is a draft until its e-document is made, by a job. A repeated request makes a second sales invoice.

Run it with `python -m providers.parasut.simulator.service`; misbehaviour and record: `providers.simulation`.
`PUT /_simulator/parasut {"expire": true}` ends every access token, `{"job_seconds": 1}` sets how long a job is known,
`{"appears_in": 2}` how many seconds after its job an e-document is shown with its sales invoice, `{"pages_wait": 1}`
how often a page is not ready yet, `{"page_seconds": 1}` how long its address opens, `{"rounding": "rate"}` how the sums
of sales invoices come about (`Rounding`). `{"quota": 10}` lets a company make so many requests in ten seconds, as
Paraşüt itself does; without it nothing is counted, because tests are quicker than that.
"""

import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from typing import Final

from aiohttp import web

from providers.parasut.simulator.contacts import CONTACTS, PRODUCTS, Directory
from providers.parasut.simulator.login import Logins
from providers.parasut.simulator.sales import Sales
from providers.parasut.simulator.words import (
    RefusedError,
    filters_of,
    page_of,
    resource,
)
from providers.parasut.simulator.works import Works
from providers.simulation.misbehaviour import Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord
from providers.simulation.rounding import Rounding
from providers.simulation.server import run, simulator_application
from providers.simulation.taxpayers import SWITCH, Taxpayers, mailbox_of

KIND: Final = "{kind:e_archives|e_invoices}"
SWITCHES: Final = frozenset({"job_seconds", "appears_in", "pages_wait", "page_seconds"})
WINDOW_SECONDS: Final = 10.0
Handler = Callable[[web.Request, str], Awaitable[web.Response]]


class Parasut:
    """The service. `status_seconds`: how long a job takes."""

    def __init__(self, misbehaviour: Misbehaviour, *, status_seconds: float = 0.0) -> None:
        self._misbehaviour = misbehaviour
        self._record = SimulatorRecord("parasut")
        self._taxpayers = Taxpayers()
        self._logins = Logins(self._record)
        self._contacts = Directory(CONTACTS, 501, self._record, misbehaviour)
        self._products = Directory(PRODUCTS, 77, self._record, misbehaviour)
        self._quota = 0
        # When a company's last requests came in.
        self._came: dict[str, deque[float]] = defaultdict(deque)
        sales = Sales(self._record, misbehaviour, self._contacts.of, self._products.of)
        self._works = Works(self._record, misbehaviour, self._taxpayers, sales, status_seconds)

    def application(self) -> web.Application:
        application = simulator_application(self._record, self._misbehaviour)
        works, sales = self._works, self._works.sales
        application.add_routes(
            [
                web.put(SWITCH, self._taxpayers.name),
                web.put("/_simulator/parasut", self._switch),
                web.post(_as_rails("/oauth/token"), self._logins.token),
                web.get(_as_rails("/v4/me"), self._me),
                web.get("/pages/{name}.pdf", works.page),
            ]
        )
        of_a_company = [
            ("POST", "contacts", self._contacts.create),
            ("GET", "contacts", self._contacts.listed),
            ("GET", "contacts/{id}", self._contacts.one),
            ("PUT", "contacts/{id}", self._contacts.one),
            ("POST", "products", self._products.create),
            ("GET", "products", self._products.listed),
            ("GET", "products/{id}", self._products.one),
            ("GET", "e_invoice_inboxes", self._inboxes),
            ("POST", "sales_invoices", sales.create),
            ("GET", "sales_invoices", sales.listed),
            ("GET", "sales_invoices/{id}", sales.one),
            ("DELETE", "sales_invoices/{id}", sales.delete),
            ("POST", KIND, works.create),
            ("GET", f"{KIND}/{{id}}", works.one),
            ("GET", f"{KIND}/{{id}}/pdf", works.pdf),
            ("GET", "trackable_jobs/{id}", works.job),
        ]
        for method, path, handler in of_a_company:
            application.router.add_route(method, _as_rails(f"/v4/{{company}}/{path}"), self._of(handler))
        application.router.add_route("*", _as_rails("/v4/{path:.*}"), _no_route)
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
        self._count(company)
        return company

    def _count(self, company: str) -> None:
        """Raises RefusedError for one too many. What is refused counts as well."""
        now, came = time.monotonic(), self._came[company]
        while came and came[0] <= now - WINDOW_SECONDS:
            came.popleft()
        came.append(now)
        if self._quota and len(came) > self._quota:
            self._record.counts["too_many"] += 1
            wait = f"{came[-self._quota] + WINDOW_SECONDS - now:.0f}"
            raise RefusedError(429, "Too Many Requests", f"Try again in {wait} seconds")

    async def _switch(self, request: web.Request) -> web.Response:
        body = await body_of(request)
        if body.get("expire"):
            self._logins.expire()
        self._works.sales.rounding = Rounding(body.get("rounding", self._works.sales.rounding))
        self._quota = int(body.get("quota", self._quota))
        for name in SWITCHES & body.keys():
            setattr(self._works, name, body[name])
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


def application(seed: int) -> web.Application:
    """The simulator as the sandbox runs it."""
    return Parasut(Misbehaviour(seed=seed)).application()


def _as_rails(path: str) -> str:
    """The path as Rails reads one, which Paraşüt uses: slashes may be doubled, and there may be one at the end."""
    first, *others = path.removeprefix("/").split("/")
    return f"/{{before:/*}}{first}" + "".join(f"{{s{n}:/+}}{part}" for n, part in enumerate(others)) + "{after:/*}"


async def _no_route(request: web.Request) -> web.Response:
    return web.json_response({"status": 404, "error": f"No route matches [{request.method}]"}, status=404)


if __name__ == "__main__":
    run(application, "Paraşüt's API")
