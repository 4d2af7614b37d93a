"""The marketplace's call that takes a package's invoice link: another API of Hepsiburada, beside E-Faturam's.

`PUT /packages/merchantid/{merchant}/packagenumber/{package}/invoice` with Basic authentication and a User-Agent. The
link is probed for a PDF or a page; links to other machines than this one are taken without that. What was taken is at
`GET /_simulator/links`.
"""

from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from aiohttp import web

from providers.simulation.reading import body_of
from providers.simulation.routing import Route, name_in
from providers.simulation.server import LOOPBACK

TYPES: Final = frozenset({"application/pdf", "text/html"})
PROBE_SECONDS: Final = 2.0


class MerchantOrders:
    """The links by package."""

    def __init__(self) -> None:
        self._links: dict[str, str] = {}

    def routes(self) -> Sequence[Route]:
        path = "/packages/merchantid/{merchant}/packagenumber/{package}/invoice"
        return Route("PUT", path, self._take), Route("GET", "/_simulator/links", self._give)

    async def _take(self, request: web.Request) -> web.Response:
        if not request.headers.get("Authorization", "").startswith("Basic "):
            return web.Response(status=401, text="Unauthorized")
        if not request.headers.get("User-Agent"):
            return web.Response(status=400, text="User-Agent is required")
        body, package = await body_of(request), f"{name_in(request, 'merchant')}/{name_in(request, 'package')}"
        link = body.get("invoiceLink")
        if not isinstance(link, str) or not urlsplit(link).hostname:
            return web.Response(status=400, text="invoiceLink is required")
        if package in self._links:
            return web.Response(status=409, text="The package already has an invoice")
        if await _type_of(link) not in TYPES:
            return web.Response(status=400, text="invoiceLink is neither a PDF nor a page")
        self._links[package] = link
        return web.Response()

    async def _give(self, _: web.Request) -> web.Response:
        return web.json_response(self._links)


async def _type_of(link: str) -> str:
    """The content type behind a link on this machine; that of a page for any other."""
    if urlsplit(link).hostname != LOOPBACK:
        return "text/html"
    timeout = aiohttp.ClientTimeout(total=PROBE_SECONDS)
    try:
        async with aiohttp.ClientSession(timeout=timeout) as http, http.get(link) as response:
            return response.content_type if response.ok else ""
    except (aiohttp.ClientError, TimeoutError):
        return ""
