"""Users and their sessions: one for each user, bound to an address, and open until it is logged out or forgotten.

Any user code opens the account of a company with the password `sandbox-<tax number>`.
"""

import secrets
import time
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from providers.gib_earsiv.simulator import words
from providers.gib_earsiv.simulator.switches import Switches

PASSWORD: Final = "sandbox-"  # noqa: S105 - what every password begins with
# What `esign` offers for trying out, with the password 1.
OFFERED_USER: Final = "33333301"
OFFERED_COMPANY: Final = "3333330101"
LOGINS: Final = frozenset({"anologin", "login"})


@dataclass(slots=True)
class Session:
    """`company` is the seller's tax number; `asked_for_telephone` comes before a code by SMS."""

    user: str
    company: str
    address: str | None
    used_at: float
    asked_for_telephone: bool = False


class Sessions:
    """All of one portal. `idle_seconds`: how long one that was not logged out keeps its user out."""

    def __init__(self, idle_seconds: float, switches: Switches) -> None:
        self._idle_seconds = idle_seconds
        self._open: dict[str, Session] = {}
        self._switches = switches
        self._dead: dict[str, str] = {}

    def log_in(self, form: dict[str, str], address: str | None) -> web.Response:
        """The token at the root, or an error's envelope; 200 either way."""
        user, password = form.get("userid", ""), form.get("sifre", "")
        is_offered = (user, password) == (OFFERED_USER, "1")
        is_known = password.startswith(PASSWORD) or is_offered
        if form.get("assoscmd") not in LOGINS or not is_known or form.get("sifre2") != password:
            return words.refused(words.NO_USER, "6")
        company, now = OFFERED_COMPANY if is_offered else password.removeprefix(PASSWORD), time.monotonic()
        self._open = {t: s for t, s in self._open.items() if now - s.used_at < self._idle_seconds}
        if any((each.user, each.company) == (user, company) for each in self._open.values()):
            return words.refused(words.ALREADY_IN)
        token = secrets.token_hex(32)
        self._open[token] = Session(user, company, self._switches.address_of(address), now)
        return web.json_response({"token": token})

    def log_out(self, token: str) -> web.Response:
        """Says the same with and without a session."""
        self._open.pop(token, None)
        return words.data({"redirectUrl": "login.html"})

    def of(self, token: str, address: str | None, command: str = "") -> Session | web.Response:
        """The open session of a token, or how the portal says that there is none."""
        session = self._open.get(token)
        death = self._switches.death_at(command) if session is not None else None
        if death is not None:
            del self._open[token]
            self._dead[token], session = death, None
        if session is None:
            return _death(self._dead.get(token, "envelope"))
        if session.address != self._switches.address_of(address):
            return words.refused(words.OTHER_ADDRESS)
        session.used_at = time.monotonic()
        return session


def _death(form: str) -> web.Response:
    match form:
        case "page":
            return web.Response(text=words.PAGE, content_type="text/html")
        case "list":
            return web.json_response([{"type": "4", "text": words.SESSION_OVER}])
        case "right":
            return words.refused(words.NO_RIGHT, "7")
        case _:
            return words.refused(words.SESSION_OVER, "4")
