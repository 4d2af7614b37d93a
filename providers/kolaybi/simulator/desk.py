"""What invoices name: companies, associates with their addresses, and products."""

from typing import Any, Final

from aiohttp import web

from providers.kolaybi.simulator import accounts, words
from providers.kolaybi.simulator.accounts import Accounts
from providers.kolaybi.simulator.answering import Answering, not_found
from providers.kolaybi.simulator.bodies import fields_of
from providers.kolaybi.simulator.switches import Switches
from providers.simulation.misbehaviour import CallFault
from providers.simulation.record import SimulatorRecord

COMPANY_ID: Final = 7
ASSOCIATE_FILTERS: Final = ("code", "name", "surname", "identity_no", "email")
PRODUCT_FILTERS: Final = ("barcode", "code", "name")


class Desk:
    """The routes of these."""

    def __init__(self, books: Accounts, answering: Answering, switches: Switches, record: SimulatorRecord) -> None:
        self._accounts = books
        self._answering = answering
        self._switches = switches
        self._record = record

    def routes(self, prefix: str) -> list[web.RouteDef]:
        return [
            web.get(f"{prefix}/companies", self._companies),
            web.get(f"{prefix}/associates", self._associates),
            web.get(prefix + "/associates/{id}", self._associate),
            web.post(f"{prefix}/associates", self._make_associate),
            web.post(f"{prefix}/address/create", self._make_address),
            web.get(f"{prefix}/products", self._products),
            web.post(f"{prefix}/products", self._make_product),
        ]

    async def _companies(self, request: web.Request) -> web.Response:
        row = {
            "company_id": COMPANY_ID,
            "company_name": "Deneme",
            "identity_no": self._accounts.company_of(request),
            "company_currency": "TRY",
            "is_activated": True,
            "is_invoice_resendble": True,
        }
        return self._answering.listed(request, [row])

    async def _associates(self, request: web.Request) -> web.Response:
        rows = self._accounts.associates(self._accounts.company_of(request))
        found = self._answering.filtered(request, rows, ASSOCIATE_FILTERS)
        return self._answering.listed(request, list(map(self._spelt, found)))

    async def _associate(self, request: web.Request) -> web.Response:
        rows = self._accounts.associates(self._accounts.company_of(request))
        found = [row for row in rows if str(row["id"]) == request.match_info["id"]]
        return words.success(self._spelt(found[0])) if found else not_found()

    async def _make_associate(self, request: web.Request) -> web.Response:
        self._record.counts["contact"] += 1
        company, body = self._accounts.company_of(request), await fields_of(request)

        async def handle(_: CallFault) -> web.Response:
            refusal = self._answering.refusal(accounts.associate_errors(body))
            return refusal or words.success(self._spelt(self._accounts.add_associate(company, body)))

        return await self._answering.around(request, handle)

    async def _make_address(self, request: web.Request) -> web.Response:
        self._record.counts["address"] += 1
        company, body = self._accounts.company_of(request), await fields_of(request)
        wanted = str(body.pop("associate_id", ""))

        async def handle(_: CallFault) -> web.Response:
            known = [each for each in self._accounts.associates(company) if str(each["id"]) == wanted]
            errors = [*accounts.address_errors(body), *([] if known else ["associate_id geçersiz."])]
            refusal = self._answering.refusal(errors)
            return refusal or words.success(self._accounts.add_address(known[0], body))

        return await self._answering.around(request, handle)

    async def _products(self, request: web.Request) -> web.Response:
        rows = self._accounts.products(self._accounts.company_of(request))
        return self._answering.listed(request, self._answering.filtered(request, rows, PRODUCT_FILTERS))

    async def _make_product(self, request: web.Request) -> web.Response:
        self._record.counts["product"] += 1
        company, body = self._accounts.company_of(request), await fields_of(request)

        async def handle(_: CallFault) -> web.Response:
            refusal = self._answering.refusal(accounts.product_errors(body))
            return refusal or words.success(self._accounts.add_product(company, body))

        return await self._answering.around(request, handle)

    def _spelt(self, associate: dict[str, Any]) -> dict[str, Any]:
        """An associate whose addresses spell their country as it is spelt now."""
        addresses = [
            {self._switches.country if name == "country" else name: value for name, value in each.items()}
            for each in associate["address"]
        ]
        return {**associate, "address": addresses}
