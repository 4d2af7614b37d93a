"""The screen's cookies. The login's is one that only this host can set, and that no script reads.

Browsers keep it without TLS on this machine alone (`localhost`, `127.0.0.1`), which is where `faturaflow web` serves
without TLS; behind a proxy that ends TLS the browser speaks it.
"""

from typing import Final

from aiohttp import web

LOGIN: Final = "__Host-faturaflow-login"
LANGUAGE: Final = "faturaflow-language"
THEME: Final = "faturaflow-theme"
_YEAR: Final = 365 * 86_400


def keep_login(response: web.StreamResponse, token: str) -> None:
    """The browser forgets it when it is closed; the server before that."""
    response.set_cookie(LOGIN, token, path="/", secure=True, httponly=True, samesite="Lax")


def forget_login(response: web.StreamResponse) -> None:
    """Browsers drop a cookie of this name only with the attributes that it was set with."""
    response.del_cookie(LOGIN, path="/", secure=True, httponly=True, samesite="Lax")


def keep_choice(response: web.StreamResponse, name: str, value: str) -> None:
    """A choice of looks: nothing secret, and kept for a year."""
    response.set_cookie(name, value, path="/", max_age=_YEAR, httponly=True, samesite="Lax")
