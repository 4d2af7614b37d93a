"""The application of aiohttp: every route, and what answers them."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Final

from aiohttp import web

from app.web.api.answers import answering
from app.web.api.body import MOST_BYTES
from app.web.api.document_files import Handler
from app.web.api.endpoints import Gate, endpoint
from app.web.api.links import STEM
from app.web.api.operations import Operation
from app.web.documentation import add_documentation
from app.web.screen.site import add_screen

WhyUnready = Callable[[], str | None]
_UNAVAILABLE: Final = 503


def application(
    gate: Gate,
    table: Iterable[Operation],
    files: Handler,
    why_unready: WhyUnready,
    *,
    tls: bool,
    screen: web.Application | None = None,
) -> web.Application:
    """The routes of the table, of the documents' `files`, the documentation, `/live` and `/ready`, and the screen's."""
    app = web.Application(middlewares=[answering(tls=tls)], client_max_size=MOST_BYTES)
    known = tuple(table)
    for operation in known:
        app.router.add_route(operation.method, operation.path, endpoint(gate, operation))
    app.router.add_get(f"{STEM}/{{token}}", files, allow_head=False)
    add_documentation(app, known)
    app.router.add_get("/live", _live, allow_head=False)
    app.router.add_get("/ready", _ready(why_unready), allow_head=False)
    if screen is not None:
        add_screen(app, screen)
    return app


async def _live(_request: web.Request) -> web.Response:
    return web.json_response({"live": True})


def _ready(why_unready: WhyUnready) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def ready(_request: web.Request) -> web.StreamResponse:
        why = why_unready()
        return web.json_response({"ready": why is None, "why": why}, status=200 if why is None else _UNAVAILABLE)

    return ready
