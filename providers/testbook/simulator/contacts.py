"""Testbook's contacts: to whom invoices are made out, in books of three steps."""

from typing import Any

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord
from providers.testbook.simulator.books import busy, company_of, error


class Contacts:
    """Every company's contacts. A repeated tax number makes a second contact."""

    def __init__(self, record: SimulatorRecord, misbehaviour: Misbehaviour) -> None:
        self._record = record
        self._misbehaviour = misbehaviour
        self._by_company: dict[str, list[dict[str, Any]]] = {}

    async def create(self, request: web.Request) -> web.Response:
        self._record.counts["contact"] += 1
        company, body = company_of(request), await body_of(request)

        async def handle(_: CallFault) -> web.Response:
            if not body.get("name") or not body.get("tax_number"):
                return web.json_response(error("name", "MISSING", "a contact has a name and a tax number"), status=422)
            contacts = self._by_company.setdefault(company, [])
            contact = {"id": f"C{len(contacts) + 1}", "name": body["name"], "tax_number": body["tax_number"]}
            contacts.append(contact)
            return web.json_response(contact, status=201)

        return await self._misbehaviour.around(request, handle, busy(self._misbehaviour))

    async def find(self, request: web.Request) -> web.Response:
        self._record.counts["look_up"] += 1
        tax_number = request.query.get("tax_number", "")
        contacts = self._by_company.get(company_of(request), [])
        return web.json_response({"contacts": [each for each in contacts if each["tax_number"] == tax_number]})

    def errors_of(self, company: str, invoice: dict[str, Any]) -> list[dict[str, str]]:
        """What is wrong with the contact of an invoice, where it has one."""
        if "contact" not in invoice:
            return []
        known = {each["id"]: each for each in self._by_company.get(company, [])}
        contact = known.get(invoice["contact"])
        if contact is None or contact["tax_number"] != invoice["buyer"]["tax_number"]:
            return [{"field": "contact", "code": "CONTACT", "message": "is not the buyer"}]
        return []
