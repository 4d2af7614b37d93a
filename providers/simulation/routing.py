"""Paths as many services take them: in any case. `/EInvoice/Sale` and `/einvoice/sale` are the same address."""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_NAME: Final = re.compile(r"\{(\w+)(?::([^}]+))?\}")


@dataclass(frozen=True, slots=True)
class Route:
    """`path` is as aiohttp writes it: `/{api:earchive|einvoice}/Series`. Its names are read with `name_in`."""

    method: str
    path: str
    handler: Handler

    def pattern(self) -> re.Pattern[str]:
        """What a whole path must match, in any case."""
        text, end = "", 0
        for name in _NAME.finditer(self.path):
            text += re.escape(self.path[end : name.start()]) + f"(?P<{name[1]}>{name[2] or '[^/]+'})"
            end = name.end()
        return re.compile(text + re.escape(self.path[end:]), re.IGNORECASE)


def add_routes(application: web.Application, routes: Sequence[Route]) -> None:
    """Serves these below every other route of the application; what none of them has gets 404."""
    known = [(route.method, route.pattern(), route.handler) for route in routes]

    async def dispatch(request: web.Request) -> web.StreamResponse:
        for method, pattern, handler in known:
            found = pattern.fullmatch(request.path)
            if found is not None and method == request.method:
                request.match_info.update(found.groupdict())
                return await handler(request)
        raise web.HTTPNotFound

    application.router.add_route("*", "/{path:.*}", dispatch)


def name_in(request: web.Request, name: str) -> str:
    """A part of the path as it was written; a word of the service's own is best compared in lower case."""
    return request.match_info[name]
