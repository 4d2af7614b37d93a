"""DİA's session: thirty-two characters for a user's name and password, good for an hour after each call."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from providers.base import LOG_OUT, NotSent, Unknown
from providers.dia import answers
from providers.transport.http import READ, Http, Reply
from providers.transport.rest import Request

PATH: Final = "/sis/json"
# Not a refusal of this login: another moment may be better.
PASSING: Final = frozenset({answers.TOO_MANY, 501})
SHORTEST: Final = 8
# Of no session: it ends nothing, and is answered all the same.
NO_LOG_OUT: Final = '{"logout":{"session_id":""}}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One user's. DİA answers when it has ended, and gives no time."""

    token: str = field(repr=False)
    user: str = field(repr=False)

    def is_over(self) -> bool:
        return False

    def headers(self) -> dict[str, str]:
        """It is in the body of a request."""
        return {}

    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer that is kept."""
        return (self.token,)

    def text(self) -> str:
        """As it is kept."""
        return exact_json.dumps({"token": self.token, "user": self.user})


def session_in(text: str, user: str) -> Session | None:
    """The session that was kept as this text, where it is this user's."""
    try:
        kept = exact_json.loads(text)
        session = Session(token=kept["token"], user=kept["user"])
    except (ValueError, LookupError, TypeError):
        return None
    return session if session.user == user else None


def with_session(request: Request, token: str) -> Request:
    """The request with the session in its service's parameters."""
    ((service, parameters),) = exact_json.loads(request.body or "{}").items()
    body = exact_json.dumps({service: {"session_id": token, **parameters}})
    return Request(request.method, request.path, body=body, query=request.query, kind=request.kind)


async def log_in(http: Http, secrets: Mapping[str, str], seconds: float, *, ends_others: bool) -> Session | NotSent:
    """A new session. Whatever goes wrong, nothing was made; DİA's own no is the owner's, and never asked for again."""
    key = secrets.get("api_key")
    asked: dict[str, JsonValue] = {
        "username": secrets["username"],
        "password": secrets["password"],
        "disconnect_same_user": str(ends_others),
        "lang": "tr",
        "params": {"apikey": key} if key else {},
    }
    reply = await http.send("POST", PATH, seconds, body=exact_json.dumps({"login": asked}), kind=READ)
    if isinstance(reply, NotSent):
        return reply
    if isinstance(reply, Unknown):
        return NotSent(why=f"the login got no answer: {reply.why}", retry_after=reply.retry_after)
    token = _token_in(reply)
    if token is not None:
        return Session(token=token, user=secrets["username"])
    code = answers.code_in(reply)
    needs_owner = code is not None and code not in PASSING | {answers.SUCCESS}
    wait = answers.PAUSE_SECONDS if code == answers.TOO_MANY and reply.retry_after is None else reply.retry_after
    return NotSent(why=f"the login was refused ({answers.said_in(reply)})", retry_after=wait, needs_owner=needs_owner)


async def log_out(http: Http, session: Session, seconds: float) -> None:
    """Ends it; whether it was open does not matter."""
    body = exact_json.dumps({"logout": {"session_id": session.token}})
    await http.send("POST", PATH, seconds, body=body, kind=LOG_OUT, secrets=session.secrets())


def _token_in(reply: Reply) -> str | None:
    """In `msg`; read from the bytes that came, for in the text a secret may be hidden."""
    if answers.code_in(reply) != answers.SUCCESS:
        return None
    token = exact_json.loads(reply.body.decode(errors="replace")).get("msg")
    return token if isinstance(token, str) and len(token) >= SHORTEST else None
