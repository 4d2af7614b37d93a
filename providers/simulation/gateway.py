"""Answers of what is between a caller and a provider: pages of firewalls and proxies, JSON of API gateways.

None of it is the provider's word. The pages are our own, in the forms that such products have.
"""

from dataclasses import dataclass
from typing import Final

from aiohttp import web


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One answer in the provider's stead."""

    status: int
    text: str
    content_type: str = "text/html"

    def response(self) -> web.Response:
        """The answer as it goes out; a fresh one each time."""
        return web.Response(status=self.status, text=self.text, content_type=self.content_type)


def _html(status: int, title: str) -> Page:
    return Page(status=status, text=f"<html><head><title>{status} {title}</title></head><body>{title}</body></html>")


def _json(status: int, text: str) -> Page:
    return Page(status=status, text=text, content_type="application/json")


PAGES: Final = (
    _html(403, "Request blocked"),
    _html(404, "Not Found"),
    _html(429, "Too many requests"),
    _html(502, "Bad Gateway"),
    _html(504, "Gateway Time-out"),
    _json(401, '{"message": "Unauthorized"}'),
    _json(403, '{"message": "Forbidden"}'),
    _json(404, '{"message": "no route matched"}'),
    _json(404, '{"status": 404, "error": "Not Found", "path": "/"}'),
    Page(status=404, text="", content_type="text/plain"),
    Page(status=200, text="<html><body>Please log in</body></html>"),
)
