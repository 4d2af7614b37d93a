"""The register of e-Fatura taxpayers at the simulated Nilvera: a rule of the check digit, and named exceptions."""

from collections.abc import Sequence
from typing import Final

from aiohttp import web
from stdnum.tr import vkn

from providers.nilvera.simulator.answers import NOT_THERE, company_of, refusal
from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord
from providers.simulation.routing import Route, name_in

SWITCH: Final = "/_simulator/taxpayers"


class SimulatedRegister:
    """Who is registered for e-Fatura, and the reads that clients ask about it."""

    def __init__(self, record: SimulatorRecord) -> None:
        self._record = record
        self._named: dict[str, bool] = {}

    def is_registered(self, tax_number: str) -> bool:
        by_rule = bool(vkn.is_valid(tax_number)) and int(tax_number[-1]) % 2 == 0
        return self._named.get(tax_number, by_rule)

    def routes(self) -> Sequence[Route]:
        return (
            Route("PUT", SWITCH, self._name),
            Route("GET", "/general/GlobalCompany/Check/TaxNumber/{tax_number}", self._check),
            Route("GET", "/general/GlobalCompany/GetGlobalCustomerInfo/{tax_number}", self._customer),
        )

    async def _name(self, request: web.Request) -> web.Response:
        """The exceptions: those that are registered, and those that are not."""
        body = await body_of(request)
        registered = dict.fromkeys(body.get("registered", []), True)
        self._named |= registered | dict.fromkeys(body.get("unregistered", []), False)
        return web.json_response({})

    async def _check(self, request: web.Request) -> web.Response:
        self._record.counts["registration"] += 1
        company_of(request)
        tax_number = name_in(request, "tax_number")
        if not self.is_registered(tax_number):
            return web.json_response([])
        row = {"TaxNumber": tax_number, "Name": mailbox_of(tax_number), "Type": "Ozel", "DocumentType": "Invoice"}
        return web.json_response([row])

    async def _customer(self, request: web.Request) -> web.Response:
        """With every mailbox; of a number that is not registered nothing is known."""
        company_of(request)
        tax_number = name_in(request, "tax_number")
        if not self.is_registered(tax_number):
            return refusal(NOT_THERE)
        aliases = [{"Name": mailbox_of(tax_number), "DeletionTime": None}]
        return web.json_response({"TaxNumber": tax_number, "Title": f"Deneme {tax_number}", "Aliases": aliases})


def mailbox_of(tax_number: str) -> str:
    """The alias under which a registered taxpayer gets e-Fatura."""
    return f"urn:mail:defaultpk@{tax_number}.example"
