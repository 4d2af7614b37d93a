"""The screen as an application of aiohttp, which the server's own has below `/screen`."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

import structlog
from aiohttp import web

from app.operations.errors import UnavailableError
from app.store import StoreError
from app.stream.errors import StreamError
from app.tracking.read_model.errors import CursorError, NoReadModelError
from app.web.screen.access.headers import SECURITY
from app.web.screen.entrance import Entrance, RefusedError
from app.web.screen.page import STEM, Act, Feed, NotThereError, Shown, Tools
from app.web.screen.rendering.templates import STATIC
from app.web.screen.table import ALL

log = structlog.get_logger(__name__)
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".woff2": "font/woff2", ".svg": "image/svg+xml"}
_TEXT: Final = "text/plain"
# Their addresses change with what is in them.
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
# Enough for every form; no page takes files yet.
MOST_BYTES: Final = 256 * 1024
_BAD_REQUEST, _NOT_FOUND, _INTERNAL, _UNAVAILABLE = 400, 404, 500, 503
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def screen(tools: Tools, address: Callable[[web.Request], str]) -> web.Application:
    """The application; `address`: of the client of a request."""
    entrance = Entrance(tools=tools, address=address)
    app = web.Application(middlewares=[_answering(entrance)], client_max_size=MOST_BYTES)
    for each in ALL:
        if isinstance(each, Act):
            app.router.add_post(each.path, entrance.act(each))
        elif isinstance(each, Feed):
            app.router.add_get(each.path, entrance.feed(each), allow_head=False)
        else:
            app.router.add_get(each.path, entrance.page(each), allow_head=False)
    for file in STATIC.iterdir():
        app.router.add_get(f"/static/{{digest}}/{file.name}", _fixed(file.name, file.read_bytes()), allow_head=False)
    app.on_shutdown.append(_ending(tools))
    return app


def _ending(tools: Tools) -> Callable[[web.Application], Awaitable[None]]:
    async def end(_app: web.Application) -> None:
        tools.changes.end()

    return end


def add_screen(app: web.Application, made: web.Application) -> None:
    """Puts it below `/screen`, where the bare address leads."""
    app.add_subapp(STEM, made)
    app.router.add_get("/", _to_start, allow_head=False)


async def _to_start(_request: web.Request) -> web.StreamResponse:
    return web.Response(status=303, headers={"Location": STEM})


def _answering(entrance: Entrance) -> Any:
    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await _answer(entrance, request, handler)
        if response.prepared:  # a stream, which has said so before it began
            return response
        for name, value in SECURITY.items():
            response.headers.setdefault(name, value)
        return response

    return answered


async def _answer(entrance: Entrance, request: web.Request, handler: Handler) -> web.StreamResponse:
    """The page; where something keeps it from being shown, a page that says what and what to do."""
    try:
        return await handler(request)
    except RefusedError as refused:
        shown = Shown(template=refused.template, status=refused.status)
    except NotThereError:
        shown = Shown(template="refused/missing.html", status=_NOT_FOUND)
    except CursorError:
        shown = Shown(template="refused/cursor.html", status=_BAD_REQUEST)
    except NoReadModelError:
        shown = Shown(template="refused/read_model.html", status=_UNAVAILABLE)
    except (UnavailableError, StreamError) as error:
        log.warning("a request was not handed in", why=str(error))
        shown = Shown(template="refused/unsent.html", status=_UNAVAILABLE)
    except StoreError as error:
        log.warning("the store does not answer", why=str(error))
        return _plain(_UNAVAILABLE)
    except web.HTTPException as refused:
        shown = Shown(template="refused/missing.html", status=refused.status)
    except Exception as fault:  # noqa: BLE001 - a defect of ours has a page too
        # The fault is named without repeating the request's content.
        log.error("a page has failed", path=request.path, error=type(fault).__name__)  # noqa: TRY400
        shown = Shown(template="refused/internal.html", status=_INTERNAL)
    try:
        return await entrance.html(await entrance.visit(request), shown)
    except StoreError:
        return _plain(_UNAVAILABLE)


def _plain(status: int) -> web.Response:
    """Without the store it is not known who asks: neither a login nor a page."""
    text = "Veritabanına ulaşılamıyor; birkaç saniye sonra yeniden deneyin.\nThe database cannot be reached; try again."
    return web.Response(text=text, status=status, headers={"Retry-After": "5"})


def _fixed(name: str, content: bytes) -> Handler:
    kind = next((kind for ending, kind in _TYPES.items() if name.endswith(ending)), _TEXT)

    async def fixed(_request: web.Request) -> web.StreamResponse:
        return web.Response(body=content, content_type=kind, headers={"Cache-Control": _FOR_GOOD})

    return fixed
