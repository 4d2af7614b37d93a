"""How a test has the simulated Trendyol be: `PUT /_simulator/trendyol` with any of these fields.

What is left out stays. `expire_tokens` is done once, when it is sent.
"""

from dataclasses import dataclass, field, fields

from aiohttp import web
from pydantic import ConfigDict, TypeAdapter

from providers.simulation.routing import Route

SWITCH = "/_simulator/trendyol"


@dataclass(kw_only=True)
class Switches:
    """`credits`: how many documents are left, for ever without a limit. `application`: the seller's is active.

    `may_invoice`: the user has the right to the API. `companies`: how many the token names. `mailboxes`: how many each
    taxpayer has. `status_as_text`, `sign_in_object`: other forms of what is said. `listed`: the caller's address is on
    the list. `blocked`: texts that the firewall does not let through. `xml`: whether files have it (not on stage).
    `cancel_seconds`: how long a cancellation takes. `searchable`: whether the search shows what it has.
    `temporary_opens`: whether the temporary addresses of files still open; permanent ones always do.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    credits: int | None = None
    application: bool = True
    may_invoice: bool = True
    companies: int = 1
    mailboxes: int = 1
    status_as_text: bool = False
    sign_in_object: bool = False
    listed: bool = True
    blocked: list[str] = field(default_factory=list)
    xml: bool = True
    cancel_seconds: float = 0.0
    searchable: bool = True
    temporary_opens: bool = True
    expire_tokens: bool = False

    def route(self) -> Route:
        """The address of the switch."""
        return Route("PUT", SWITCH, self._change)

    async def _change(self, request: web.Request) -> web.Response:
        raw = await request.read()
        change = CHANGE.validate_json(raw)
        given = TypeAdapter(dict[str, object]).validate_json(raw)
        for each in fields(self):
            if each.name in given:
                setattr(self, each.name, getattr(change, each.name))
        return web.json_response({})


CHANGE = TypeAdapter(Switches)
