"""KolayBi's login: a token for an API key, good for a day, and the Channel that every request names, this one too."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from providers.base import NotSent, Unknown
from providers.kolaybi import answers
from providers.kolaybi.options import Encoding, Options
from providers.transport.http import READ, Http, Reply

PATH: Final = "/access_token"
CHANNEL: Final = "Channel"
# It lives for 24 hours, and its answer does not say so: clients in use renew it after 23.
LIFE_SECONDS: Final = 22 * 3600.0
REFUSED: Final = frozenset({200, 400, 401, 403, 404, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """A token. `renew_at` is in seconds of a clock that never jumps; `encoding`: how bodies beside it are written."""

    token: str = field(repr=False)
    renew_at: float
    encoding: Encoding

    def is_over(self) -> bool:
        """Whether a new one should be asked for."""
        return time.monotonic() >= self.renew_at

    def headers(self) -> dict[str, str]:
        """Those of each request, with the type of its body."""
        return {"Authorization": f"Bearer {self.token}", "Content-Type": self.encoding.media_type}

    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer that is kept."""
        return (self.token,)


def channel_of(secrets: Mapping[str, str]) -> dict[str, str]:
    """The header of every request. Raises KeyError without one."""
    return {CHANNEL: secrets["channel"]}


async def sign_in(http: Http, api_key: str, options: Options, seconds: float) -> Login | NotSent:
    """A new token. Whatever goes wrong, nothing was made; KolayBi's own no, a wrong Channel's too, is the owner's."""
    headers = {"Content-Type": options.encoding.media_type}
    body = options.encoding.written({"api_key": api_key})
    reply = await http.send("POST", PATH, seconds, body=body, headers=headers, kind=READ)
    if isinstance(reply, NotSent):
        return reply
    if isinstance(reply, Unknown):
        return NotSent(why=f"the login got no answer: {reply.why}", retry_after=reply.retry_after)
    token = _token_in(reply)
    if token is not None:
        return Login(token=token, renew_at=time.monotonic() + LIFE_SECONDS, encoding=options.encoding)
    is_refused = answers.is_own(reply) and reply.status in REFUSED
    why = f"the login was refused ({answers.said_in(reply)})"
    return NotSent(why=why, retry_after=reply.retry_after, needs_owner=is_refused)


def _token_in(reply: Reply) -> str | None:
    """`data` is the token itself."""
    data = answers.data_in(reply)
    return data if isinstance(data, str) and data else None
