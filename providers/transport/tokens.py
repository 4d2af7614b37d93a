"""A login that expires: opened when it is first needed, renewed by one call at a time, and refused once.

The token is one for all calls of a connection, which may use it at the same time. A refused login is kept: after a few
a user may be blocked, so nothing is tried again until the connection is made anew with what its owner has changed.
"""

import asyncio
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final, Generic, Protocol, TypeVar

from providers.base import ConnectionSettings, NotSent, Unknown
from providers.transport.http import Deadline, Reply
from providers.transport.rest import Request, RestAdapter

UNAUTHORISED: Final = 401
# With the token that is known, and with a new one.
ATTEMPTS: Final = 2


class Token(Protocol):
    """What a sign-in gives."""

    def is_over(self) -> bool:
        """Whether a new one should be asked for before the next call."""

    def headers(self) -> Mapping[str, str]:
        """Those that a request shows it in."""

    def secrets(self) -> tuple[str, ...]:
        """What must be in no answer that is kept."""


AToken = TypeVar("AToken", bound=Token)


class TokenSource(Generic[AToken]):
    """`sign_in` gets the seconds that it may take, and returns a new token or why there is none."""

    def __init__(self, sign_in: Callable[[float], Awaitable[AToken | NotSent]]) -> None:
        self._sign_in = sign_in
        self._renewal = asyncio.Lock()
        self._token: AToken | None = None
        self._refused: NotSent | None = None

    async def token(self, seconds: float) -> AToken | NotSent:
        """The token, a new one where there is none or it is over. Callers that come meanwhile wait for it."""
        deadline = Deadline(seconds)
        try:
            async with asyncio.timeout(max(seconds, 0)), self._renewal:
                return await self._current(deadline)
        except TimeoutError:
            return NotSent(why="the login took all the time")

    def forget(self, token: AToken) -> None:
        """The provider takes it no longer: the next call signs in, unless another one has done so already."""
        if self._token is token:
            self._token = None

    async def _current(self, deadline: Deadline) -> AToken | NotSent:
        if self._refused is not None:
            return self._refused
        if self._token is not None and not self._token.is_over():
            return self._token
        self._token, answer = None, await self._sign_in(deadline.left())
        if isinstance(answer, NotSent):
            self._refused = answer if answer.needs_owner else None
        else:
            self._token = answer
        return answer


class TokenAdapter(RestAdapter, Generic[AToken]):
    """One connection to a REST API whose login is a token that expires."""

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self._source = TokenSource(self.sign_in)

    @abstractmethod
    async def sign_in(self, seconds: float) -> AToken | NotSent:
        """A new token; `NotSent(needs_owner=True)` where the provider itself refuses the login."""

    async def token(self, seconds: float) -> AToken | NotSent:
        """The connection's token."""
        return await self._source.token(seconds)

    def shown(self, request: Request, token: AToken) -> Request:  # noqa: ARG002 - most show it in a header
        """The request with the token, where no header shows it."""
        return request

    def is_over(self, reply: Reply) -> bool:
        """Whether the answer says that the token is not taken; nothing was made then, if the provider says so."""
        return reply.status == UNAUTHORISED

    async def exchange(
        self, request: Request, seconds: float, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Reply | NotSent | Unknown:
        """One request with the token; one that the provider itself no longer takes is renewed once.

        Of a 401 of another's nothing is sure: the token is renewed, and the request is not sent again.
        """
        deadline = Deadline(seconds)
        reply: Reply | NotSent | Unknown = NotSent(why="there is no login")
        for _ in range(ATTEMPTS):
            token = await self.token(deadline.left())
            if isinstance(token, NotSent):
                return token
            asked = replace(self.shown(request, token), secrets=token.secrets())
            reply = await super().exchange(asked, deadline.left(), {**headers, **token.headers()})
            if not isinstance(reply, Reply) or not self.is_over(reply):
                return reply
            self._source.forget(token)
            if not self.API.is_own(reply):
                return reply
        return reply
