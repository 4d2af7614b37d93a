"""A login that is a session, or is renewed by a token that changes: who may use it, and where it is kept."""

from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol, runtime_checkable

# The permit of a log-out is given always: it makes nothing, and ends what must not outlive its holder.
LOG_OUT: Final = "LOG_OUT"


class HeldSession(Protocol):
    """The user's session, while this process alone may use it."""

    @property
    def token(self) -> str | None:
        """What was opened last, by whichever process; None when none is known to be open."""

    async def keep(self, token: str | None) -> None:
        """The session that is open now; None: none is. Durable when it returns, and only then it may be used.

        Raises NotPermittedError when that cannot be written down, or another process uses it by now.
        """


class SessionLease(Protocol):
    """What an adapter asks before it uses or opens its user's session: the engine has one holder at a time."""

    def __call__(self, seconds: float, /) -> AbstractAsyncContextManager[HeldSession]:
        """Around everything that is done with it, which takes at most `seconds`.

        Entering waits for another holder, or raises NotPermittedError.
        """


@runtime_checkable
class KeepsLogin(Protocol):
    """Where `rotating_login` is true, and where `one_session` is."""

    def use_sessions(self, lease: SessionLease) -> None:
        """From now on the session, or the token, is kept there. Until then it is the adapter's own."""


@runtime_checkable
class HasSession(KeepsLogin, Protocol):
    """Where `one_session` is true."""

    async def end_session(self, seconds: float) -> None:
        """Logs out, so that the user can log in elsewhere; its permit is of the kind LOG_OUT."""
