"""The OpenAPI document and a page to read and try it, which work without any other host.

Swagger UI is kept here as its own files, under its licence; the page has a policy of its own that lets it load nothing
but these, and ask nothing but this server.
"""

import hashlib
import json
from collections.abc import Awaitable, Callable, Iterable, Mapping
from html import escape
from pathlib import Path
from types import MappingProxyType
from typing import Final

from aiohttp import web

from app.web.api.catalogue import PROBLEMS
from app.web.api.openapi import document
from app.web.api.operations import Operation

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
_FILES: Final = Path(__file__).parent / "static" / "swagger-ui"
_SERVED: Final[Mapping[str, str]] = MappingProxyType(
    {"swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css", "LICENSE": "text/plain"}
)
_DAY: Final = "public, max-age=86400"
# The page sets styles on its elements; scripts come from files alone. Images of its own are in its style sheet.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
_PAGE: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Faturaflow: the accounting interface</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="page"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
"""
_START: Final = """window.onload = () => SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#page",
  validatorUrl: null,
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  persistAuthorization: false,
});
"""


def _errors() -> str:
    """The catalogue as a page: what the member `docs` of a refusal leads to."""
    rows = "".join(
        f'<tr id="{code}"><td>{code}</td><td>{kind.status:d}</td><td>{escape(kind.sentence)}<br>'
        f"{escape(kind.turkish)}</td><td>{escape(kind.todo)}</td><td>{kind.stored}</td></tr>"
        for code, kind in PROBLEMS.items()
    )
    head = "<tr><th>code</th><th>status</th><th></th><th>what to do</th><th>stored</th></tr>"
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Errors</title></head>'
        f'<body><table border="1" cellpadding="6">{head}{rows}</table></body></html>'
    )


def add_documentation(app: web.Application, table: Iterable[Operation]) -> None:
    """Routes of the document, the page and its files."""
    raw = json.dumps(document(table), ensure_ascii=False).encode()
    app.router.add_get("/openapi.json", _fixed(raw, "application/json", cached="no-cache"), allow_head=False)
    app.router.add_get("/docs", _fixed(_PAGE.encode(), "text/html", policy=_POLICY), allow_head=False)
    app.router.add_get("/docs/errors", _fixed(_errors().encode(), "text/html"), allow_head=False)
    app.router.add_get("/docs/start.js", _fixed(_START.encode(), "text/javascript"), allow_head=False)
    for name, kind in _SERVED.items():
        content = (_FILES / name).read_bytes()
        app.router.add_get(f"/docs/{name}", _fixed(content, kind, cached=_DAY), allow_head=False)


def _fixed(content: bytes, kind: str, *, cached: str = "no-cache", policy: str | None = None) -> Handler:
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": cached, **({"Content-Security-Policy": policy} if policy else {})}

    async def fixed(request: web.Request) -> web.StreamResponse:
        if request.headers.get("If-None-Match") == tag:
            return web.Response(status=304, headers=headers)
        return web.Response(body=content, headers=headers, content_type=kind, charset="utf-8")

    return fixed
