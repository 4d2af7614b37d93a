"""Logins to adapters. What keeps one from being made is a sentence about that one, and its business's alone."""

from app.settings import settings
from app.store import Login
from app.store.records import StoredConnection
from app.stream.errors import StreamSettingsError
from app.stream.settings import StreamSettings
from providers.base import Adapter, ConnectionSettings
from providers.registry import PROVIDERS, provider


class UnusableLoginError(Exception):
    """The provider's adapter cannot work with this login; the message says why, and holds no secret."""


def login_error(name: str, login: Login) -> str | None:
    """Why provider `name` cannot work with this login; None when it can, or when there is no such provider.

    A secret that it does not know is a misspelt one, which would silently leave another login in use.
    """
    if name not in PROVIDERS:
        return None
    known = provider(name).secret_names()
    if unknown := sorted(set(login.secrets) - known):
        return f"unknown secrets {', '.join(unknown)}; known are {', '.join(sorted(known))}"
    try:
        adapter_of(name, login)
    except UnusableLoginError as unusable:
        return str(unusable)
    return None


def adapter_of(name: str, login: Login | StoredConnection) -> Adapter:
    """The adapter of provider `name` for this login. It has asked nothing yet.

    Raises UnusableLoginError for what its constructor refuses in whatever way, and for calls that would not fit into
    a worker's time budget.
    """
    given = ConnectionSettings(base_url=login.base_url, secrets=dict(login.secrets), options=dict(login.options))
    try:
        adapter = provider(name).connect(given)
    except KeyError as missing:
        raise UnusableLoginError(f"the secret {missing.args[0]} is missing") from None
    except Exception as error:
        raise UnusableLoginError(str(error) or type(error).__name__) from error
    _refuse_slow(adapter)
    return adapter


def _refuse_slow(adapter: Adapter) -> None:
    """A revoke waits for the longest of a worker's calls."""
    known, seconds = settings(), adapter.capabilities.max_call_seconds
    try:
        StreamSettings(
            bootstrap="",
            app_id="a worker",
            data_dir=known.data_dir,
            session_timeout=known.session_timeout,
            rebalance_timeout=known.rebalance_timeout,
            max_call_seconds=seconds,
        )
    except StreamSettingsError as unsound:
        raise UnusableLoginError(f"option max_call_seconds is too long for {unsound}") from None
