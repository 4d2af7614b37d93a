"""The register of e-Fatura taxpayers at the simulated Nilvera: a rule of the check digit, and named exceptions."""

from collections.abc import Sequence

from aiohttp import web

from providers.nilvera.simulator.answers import NOT_THERE, company_of, refusal
from providers.simulation.record import SimulatorRecord
from providers.simulation.routing import Route, name_in
from providers.simulation.taxpayers import SWITCH, Taxpayers, mailbox_of


class SimulatedRegister(Taxpayers):
    """Who is registered for e-Fatura, and the reads that clients ask about it."""

    def __init__(self, record: SimulatorRecord) -> None:
        super().__init__()
        self._record = record

    def routes(self) -> Sequence[Route]:
        return (
            Route("PUT", SWITCH, self.name),
            Route("GET", "/general/GlobalCompany/Check/TaxNumber/{tax_number}", self._check),
            Route("GET", "/general/GlobalCompany/GetGlobalCustomerInfo/{tax_number}", self._customer),
        )

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
