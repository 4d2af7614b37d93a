"""A login whose renewal ends the one before: the new token is kept for every process before it is used.

Two processes with one account would otherwise renew with the same token, and lock each other out. Which process may
renew, and where the token is kept, is the engine's, as with a user's session.
"""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeVar

from providers.base import ConnectionSettings, NotPermittedError, NotSent, SessionLease
from providers.transport.http import Deadline
from providers.transport.sessions import LogOut, own_lease
from providers.transport.tokens import Token, TokenAdapter, TokenSource

# A renewal is one request, or two where the token of before is not taken any more; others wait no longer for it.
LONGEST_RENEWAL: Final = 20.0


class RotatingToken(Token, Protocol):
    """What a renewal gives."""

    def text(self) -> str:
        """As it is kept; a secret."""


AToken = TypeVar("AToken", bound=RotatingToken)


class RotatingTokenSource(TokenSource[AToken]):
    """The account's token, whichever process has renewed it last.

    `renew` gets the seconds that it may take and the token of before, and returns a new one or why there is none.
    `read` is the token of a text that was kept; None for what is none, or another user's.
    """

    def __init__(
        self,
        renew: Callable[[float, AToken | None], Awaitable[AToken | NotSent]],
        read: Callable[[str], AToken | None],
    ) -> None:
        super().__init__(self._renewed)
        self.lease: SessionLease = own_lease()
        self._renew = renew
        self._read = read
        # Given out and not kept yet: the one that is kept is of no use any more.
        self._unkept: AToken | None = None
        self._not_taken: AToken | None = None

    def forget(self, token: AToken) -> None:
        super().forget(token)
        self._not_taken = token

    async def _renewed(self, seconds: float) -> AToken | NotSent:
        deadline = Deadline(seconds)
        try:
            async with self.lease(min(seconds, LONGEST_RENEWAL)) as held:
                last = self._unkept or (self._read(held.token) if held.token is not None else None)
                token = last if last is not None and self._is_good(last) else await self._renew(deadline.left(), last)
                if isinstance(token, NotSent) or (token is last and self._unkept is None):
                    return token
                self._unkept = token
                await held.keep(token.text())
                self._unkept = None
                return token
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)

    async def end(self, seconds: float, log_out: LogOut) -> None:
        """Ends the login that is kept, for all processes; without one nothing is asked."""
        try:
            async with self.lease(min(seconds, LONGEST_RENEWAL)) as held:
                if held.token is not None:
                    await log_out(held.token, seconds)
                    await held.keep(None)
                self._token = None
        except NotPermittedError:
            return

    def _is_good(self, token: AToken) -> bool:
        refused = self._not_taken is not None and token.text() == self._not_taken.text()
        return not refused and not token.is_over()


class RotatingTokenAdapter(TokenAdapter[AToken]):
    """One connection to a REST API whose login is renewed by a token that changes each time."""

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self._tokens = RotatingTokenSource(self.renew, self.read_token)
        self._source = self._tokens

    def use_sessions(self, lease: SessionLease) -> None:
        self._tokens.lease = lease

    async def sign_in(self, seconds: float) -> AToken | NotSent:
        """A login without a token of before."""
        return await self.renew(seconds, None)

    @abstractmethod
    async def renew(self, seconds: float, last: AToken | None) -> AToken | NotSent:
        """A new token, with the one of before or the account's own login; see `RotatingTokenSource`."""

    @abstractmethod
    def read_token(self, text: str) -> AToken | None:
        """The token that was kept as this text."""
