"""What DİA's answers mean. Each is `{"code", "msg"}`, with HTTP 200 in any case; a code may be a text."""

from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from providers.base import NotSent, Outcome, Refused, Unknown, seen
from providers.formats.rows import digits_or_none
from providers.transport.http import Reply

SUCCESS: Final = 200
UNAUTHORISED: Final = 401
TIMED_OUT: Final = 419
TOO_MANY: Final = 429
NO_CREDITS: Final = 406
# With these a session is no longer taken; a right that the user lacks is 401, too.
ENDED: Final = frozenset({UNAUTHORISED, TIMED_OUT})
# Nothing was made, and the owner has something to do: the login, the licence, the credits, the name of a service.
OF_THE_OWNER: Final = ENDED | {402, 404, 405, NO_CREDITS}
# Its own no, with the reason in `msg`.
REFUSALS: Final = frozenset({400, 500})
# Clients in use wait so long after 429.
PAUSE_SECONDS: Final = 30.0
UNREADABLE: Final = "DİA has answered something else than was asked for"


def code_in(reply: Reply) -> int | None:
    """DİA's code; None for an answer in another form than its own."""
    body = reply.json()
    if not isinstance(body, dict) or not isinstance(body.get("msg"), str | list | dict):
        return None
    code = str(body.get("code")) if isinstance(body.get("code"), int | str) else ""
    return int(code) if code.isascii() and code.isdecimal() else None


def is_own(reply: Reply) -> bool:
    """Whether DİA itself has written this refusal."""
    return code_in(reply) not in {None, SUCCESS}


def is_ended(reply: Reply) -> bool:
    """Whether the session is no longer taken; then nothing was done."""
    return code_in(reply) in ENDED


def said_in(reply: Reply) -> str:
    """The answer for a person's eyes."""
    code, body = code_in(reply), reply.json()
    return reply.excerpt() if code is None else f"code {code}: {body['msg'] or 'no reason is given'}"


def result_in(reply: Reply) -> Any:
    """What a read has found; None where it is no success."""
    return reply.json().get("result") if code_in(reply) == SUCCESS else None


def failure(reply: Reply) -> NotSent | Refused | Unknown:
    """What an answer means that is no success."""
    code, said = code_in(reply), said_in(reply)
    if code == TOO_MANY:
        wait = PAUSE_SECONDS if reply.retry_after is None else reply.retry_after
        return NotSent(why=f"too many requests ({said})", retry_after=wait)
    if code in OF_THE_OWNER:
        return NotSent(why=f"DİA does not let this connection do it ({said})", needs_owner=True)
    if code in REFUSALS:
        return Refused(errors=(FieldError(path="$", code=f"DIA_{code}", message=said),))
    return Unknown(why=said)


def made(reply: Reply, state: DocumentState) -> Outcome:
    """What was made, by its key: `key` is a number or its digits."""
    body = reply.json()
    key = key_in(body.get("key")) if code_in(reply) == SUCCESS else None
    if key is None:
        return failure(reply)
    return seen(reference=key, state=state) or Unknown(why=UNREADABLE)


def taken(reply: Reply) -> NotSent | Refused | Unknown | None:
    """None for a success whose answer has nothing beside it."""
    return None if code_in(reply) == SUCCESS else failure(reply)


def key_in(value: object) -> str | None:
    """A key; 0 is none."""
    digits = digits_or_none(value)
    return digits if digits and int(digits) else None
