"""The register of e-Fatura taxpayers as every simulator has it: a rule that needs no set-up, and named exceptions.

A VKN with right check digits is an e-Fatura user when its last digit is even; nobody else is.
`PUT /_simulator/taxpayers {"registered": [...], "unregistered": [...]}` names exceptions.
"""

from typing import Final

from aiohttp import web
from stdnum.tr import vkn

from providers.simulation.reading import body_of

SWITCH: Final = "/_simulator/taxpayers"
# Exports are made out to the customs ministry.
CUSTOMS: Final = "1460415308"
CUSTOMS_MAILBOX: Final = "urn:mail:ihracatpk@gtb.gov.tr"


class Taxpayers:
    """Who is registered."""

    def __init__(self) -> None:
        self._named: dict[str, bool] = {}

    def is_registered(self, tax_number: str) -> bool:
        by_rule = bool(vkn.is_valid(tax_number)) and int(tax_number[-1]) % 2 == 0
        return self._named.get(tax_number, by_rule)

    async def name(self, request: web.Request) -> web.Response:
        """The exceptions: those that are registered, and those that are not."""
        body = await body_of(request)
        registered = dict.fromkeys(body.get("registered", []), True)
        self._named |= registered | dict.fromkeys(body.get("unregistered", []), False)
        return web.json_response({})


def mailbox_of(tax_number: str) -> str:
    """The alias under which a registered taxpayer gets e-Fatura; that of the customs is public."""
    return CUSTOMS_MAILBOX if tax_number == CUSTOMS else f"urn:mail:defaultpk@{tax_number}.example"
