"""Trendyol's sign-in: the token is in a header of the answer, the user in its body, the company inside of the token."""

import base64
import binascii
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.domain import exact_json
from providers.base import NotSent, Unknown
from providers.transport.http import READ, Http, Reply
from providers.transport.rest import OK
from providers.trendyol_efaturam.options import Options, TokenHeader
from providers.trendyol_efaturam.problems import is_own

SIGN_IN: Final = "/api/auth/signin"
TOKEN: Final = "x-access-token"  # noqa: S105 - the header's name
HEADERS: Final[Mapping[TokenHeader, frozenset[str]]] = {
    TokenHeader.BOTH: frozenset({"Authorization", TOKEN}),
    TokenHeader.BEARER: frozenset({"Authorization"}),
    TokenHeader.X_ACCESS_TOKEN: frozenset({TOKEN}),
}
# A token is renewed this long before its end: clocks differ, and a call takes its time.
RENEWED_BEFORE: Final = 300.0
# What a token without an end of its own is good for: the shortest that a client in use takes it for.
SHORTEST_LIFE: Final = 50 * 60.0
LOGIN_REFUSED: Final = frozenset({400, 401, 403, 404, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One user at one company. `renew_at` is in seconds of the epoch; `shown` says in which header it goes."""

    token: str = field(repr=False)
    user_id: int
    company_id: int
    renew_at: float
    shown: TokenHeader

    def is_over(self) -> bool:
        """Whether a new one should be asked for."""
        return time.time() >= self.renew_at

    def headers(self) -> dict[str, str]:
        """What a request says who it is with."""
        both = {"Authorization": f"Bearer {self.token}", TOKEN: self.token}
        return {name: value for name, value in both.items() if name in HEADERS[self.shown]}

    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer that is kept."""
        return (self.token,)


async def sign_in(http: Http, secrets: Mapping[str, str], options: Options, seconds: float) -> Login | NotSent:
    """A new login. Whatever goes wrong with it, no document was made; only Trendyol's own no needs the owner."""
    body = exact_json.dumps({"email": secrets["email"], "password": secrets["password"]})
    reply = await http.send("POST", SIGN_IN, seconds, body=body, kind=READ)
    if isinstance(reply, NotSent):
        return reply
    if isinstance(reply, Unknown):
        return NotSent(why=f"the sign-in got no answer: {reply.why}", retry_after=reply.retry_after)
    if reply.status != OK:
        refused = is_own(reply) and reply.status in LOGIN_REFUSED
        why = f"the sign-in was refused ({reply.excerpt()})"
        return NotSent(why=why, retry_after=reply.retry_after, needs_owner=refused)
    return login_in(reply, options)


def login_in(reply: Reply, options: Options) -> Login | NotSent:
    """The login that an answer gives."""
    token = reply.headers.get(TOKEN)
    if not token:
        return NotSent(why=f"the answer to the sign-in has no token ({reply.excerpt()})")
    claims = claims_of(token)
    user_id = _whole(claims.get("sub")) or _user_in(reply.json())
    if user_id is None:
        return NotSent(why="the answer to the sign-in does not say who the user is")
    company = _company(claims, options.company_id)
    if isinstance(company, NotSent):
        return company
    end = _whole(claims.get("exp"))
    renew_at = time.time() + SHORTEST_LIFE if end is None else end - RENEWED_BEFORE
    return Login(token=token, user_id=user_id, company_id=company, renew_at=renew_at, shown=options.token_header)


def claims_of(token: str) -> dict[str, Any]:
    """What a JWT says; empty for what is none. It is read, not verified: it came over TLS from who has signed it."""
    payload = token.partition(".")[2].partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)).decode()
        claims = exact_json.loads(text)
    except (binascii.Error, ValueError):
        return {}
    return claims if isinstance(claims, dict) else {}


def _company(claims: Mapping[str, Any], chosen: int | None) -> int | NotSent:
    """The keys of `privs` are the companies; the number of the corporate record is another, and refused."""
    rights = claims.get("privs")
    known = [each for name in rights if (each := _whole(name))] if isinstance(rights, dict) else []
    if chosen is not None and (chosen in known or not known):
        return chosen
    if chosen is None and len(known) == 1:
        return known[0]
    said = ", ".join(map(str, known)) or "none that can be read"
    why = f"the login opens the companies {said}: set the connection's option company_id to the one that is meant"
    return NotSent(why=why, needs_owner=True)


def _user_in(body: object) -> int | None:
    """The body is the user's number, or an object that has it."""
    return _whole(body.get("userId", body.get("id")) if isinstance(body, dict) else body)


def _whole(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdecimal():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
