"""Paraşüt's OAuth2: two hours of access for a refresh token that is of use once, or for the account's password."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from app.domain import exact_json
from providers.base import NotSent, Unknown
from providers.transport.http import READ, Deadline, Http, Reply
from providers.transport.rest import OK

TOKEN: Final = "/oauth/token"  # noqa: S105 - a path
OUT_OF_BAND: Final = "urn:ietf:wg:oauth:2.0:oob"
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
# A token is renewed this long before its end: clocks differ, and a call takes its time.
RENEWED_BEFORE: Final = 300.0
NOT_TAKEN: Final = "invalid_grant"
# The words of OAuth2 (RFC 6749, 5.2): only with one of them Paraşüt itself has refused.
ERRORS: Final = frozenset(
    {"invalid_request", "invalid_client", NOT_TAKEN, "unauthorized_client", "unsupported_grant_type", "invalid_scope"}
)
REFUSED: Final = frozenset({400, 401, 403})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One user's access. `renew_at` is in seconds of the epoch; `refresh` gives the next one, once.

    Whole seconds: what is read from its text again is the same login.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    renew_at: int
    user: str = field(repr=False)

    def is_over(self) -> bool:
        """Whether a new one should be asked for."""
        return time.time() >= self.renew_at

    def headers(self) -> dict[str, str]:
        """What a request says who it is with."""
        return {"Authorization": f"Bearer {self.access}"}

    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer that is kept."""
        return (self.access, self.refresh)

    def text(self) -> str:
        """As it is kept."""
        return exact_json.dumps(
            {"access": self.access, "refresh": self.refresh, "renew_at": self.renew_at, "user": self.user}
        )


def login_in(text: str, user: str) -> Login | None:
    """The login that was kept as this text, where it is this user's."""
    try:
        kept = exact_json.loads(text)
        login = Login(access=kept["access"], refresh=kept["refresh"], renew_at=kept["renew_at"], user=kept["user"])
    except (ValueError, LookupError, TypeError):
        return None
    return login if login.user == user else None


async def renewed(http: Http, secrets: Mapping[str, str], last: Login | None, seconds: float) -> Login | NotSent:
    """A new login: with the refresh token of the last one, else with the password.

    A refresh token that is not taken any more was used by a process that has died since: the password opens the account
    again. Whatever goes wrong, no document was made; only Paraşüt's own no to the password needs the owner.
    """
    deadline = Deadline(seconds)
    if last is not None:
        fields = {"grant_type": "refresh_token", "refresh_token": last.refresh}
        reply = await _asked(http, secrets, fields, deadline.left())
        if not (isinstance(reply, Reply) and error_in(reply) == NOT_TAKEN):
            return _login_of(reply, secrets)
    fields = {
        "grant_type": "password",
        "username": secrets["username"],
        "password": secrets["password"],
        "redirect_uri": OUT_OF_BAND,
    }
    return _login_of(await _asked(http, secrets, fields, deadline.left()), secrets)


def error_in(reply: Reply) -> str | None:
    """OAuth2's word for what was wrong; None for an answer that is not in its form."""
    body = reply.json()
    said = body.get("error") if isinstance(body, dict) and reply.status in REFUSED else None
    return said if isinstance(said, str) and said in ERRORS else None


async def _asked(
    http: Http, secrets: Mapping[str, str], fields: Mapping[str, str], seconds: float
) -> Reply | NotSent | Unknown:
    client = {"client_id": secrets["client_id"], "client_secret": secrets["client_secret"]}
    own = tuple(value for name, value in fields.items() if name in {"refresh_token", "password"})
    body = urlencode({**fields, **client})
    return await http.send("POST", TOKEN, seconds, body=body, headers=FORM, kind=READ, secrets=own)


def _login_of(reply: Reply | NotSent | Unknown, secrets: Mapping[str, str]) -> Login | NotSent:
    if isinstance(reply, NotSent):
        return reply
    if isinstance(reply, Unknown):
        return NotSent(why=f"the login got no answer: {reply.why}", retry_after=reply.retry_after)
    if reply.status != OK:
        why = f"the login was refused ({reply.excerpt()})"
        return NotSent(why=why, retry_after=reply.retry_after, needs_owner=error_in(reply) is not None)
    return _login_in(reply, secrets["username"]) or NotSent(why="the answer to the login has no tokens")


def _login_in(reply: Reply, user: str) -> Login | None:
    """What is in no text may not be hidden in it: the tokens are read from the bytes that came."""
    try:
        body: Any = exact_json.loads(reply.body.decode(errors="replace"))
        access, refresh, life = body["access_token"], body["refresh_token"], body["expires_in"]
    except (ValueError, LookupError, TypeError):
        return None
    if not (isinstance(access, str) and access and isinstance(refresh, str) and refresh and isinstance(life, int)):
        return None
    return Login(access=access, refresh=refresh, renew_at=int(time.time() + life - RENEWED_BEFORE), user=user)
