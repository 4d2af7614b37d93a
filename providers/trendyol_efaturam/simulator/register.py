"""The register of taxpayers at the simulated Trendyol, and what it refuses of a buyer."""

from typing import Any

from aiohttp import web

from providers.simulation.record import SimulatorRecord
from providers.simulation.routing import name_in
from providers.simulation.taxpayers import Taxpayers, mailbox_of
from providers.trendyol_efaturam.simulator.accounts import Account
from providers.trendyol_efaturam.simulator.checks import Sent
from providers.trendyol_efaturam.simulator.switches import Switches
from providers.trendyol_efaturam.simulator.words import RefusedError


class Register:
    """Who gets e-Fatura, and under which mailboxes."""

    def __init__(self, record: SimulatorRecord, taxpayers: Taxpayers, switches: Switches) -> None:
        self._record = record
        self._taxpayers = taxpayers
        self._switches = switches

    async def one(self, request: web.Request, _: Account) -> web.Response:
        """A row for each mailbox, those for despatch advice among them; none of one who is not registered."""
        self._record.counts["registration"] += 1
        tax_number = name_in(request, "tax_number")
        return web.json_response(self._rows(tax_number) if self._taxpayers.is_registered(tax_number) else [])

    def refuse_buyer(self, sent: Sent) -> None:
        """Raises RefusedError for a buyer whom this kind of document does not go to."""
        tax_number = sent.buyer.tax_number
        registered = self._taxpayers.is_registered(tax_number)
        if sent.profile == "EARSIVFATURA":
            if registered:
                raise RefusedError("ScenarioNotValid", "The receiver is an e-Invoice user")
            return
        if not registered:
            raise RefusedError("TaxPayerNotFound", "The receiver is not an e-Invoice user")
        mailboxes = self._mailboxes(tax_number)
        if sent.target_alias is None and len(mailboxes) > 1:
            raise RefusedError("MultipleAliasesExist", "The receiver has several aliases")
        if sent.target_alias not in {None, *mailboxes}:
            raise RefusedError("TargetAliasNotFound", "The receiver has no such alias")

    def _mailboxes(self, tax_number: str) -> list[str]:
        first = mailbox_of(tax_number)
        others = [f"urn:mail:pk{place}@{tax_number}.example" for place in range(1, self._switches.mailboxes)]
        return [*others, first]

    def _rows(self, tax_number: str) -> list[dict[str, Any]]:
        row = {
            "taxId": tax_number, "title": f"Deneme {tax_number}", "gibUserType": "Ozel",
            "createdAt": "2020-01-01T00:00:00", "aliasCreationTime": "2020-01-01T00:00:00", "postBoxType": "PK",
        }  # fmt: skip
        despatch = {**row, "alias": mailbox_of(tax_number).replace("defaultpk", "defaultirsaliye")}
        invoices = [{**row, "alias": alias, "aliasType": "INVOICE"} for alias in self._mailboxes(tax_number)]
        return [{**despatch, "aliasType": "DESPATCH_ADVICE"}, *invoices]
