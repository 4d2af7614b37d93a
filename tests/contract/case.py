"""One provider and one of its document types, as the contract suite connects to them."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Protocol, cast

from aiohttp import web

from app.domain.documents import DocumentType
from app.domain.parties import Person
from providers.base import (
    Adapter,
    Cancels,
    Capabilities,
    ChecksConnection,
    ConnectionSettings,
    FindsIssued,
    FindsTaxpayers,
    GivesFiles,
    PollsState,
)
from providers.registry import provider
from providers.simulation.misbehaviour import Misbehaviour
from tests.providers.examples import NEEDED_OPTIONS, SELLER_VKN

# Where nothing answers, and nothing is asked.
NOWHERE = "http://127.0.0.1:1"
# What opens the seller's account at every simulator.
KEY = f"sandbox-{SELLER_VKN}"


def api_key(key: str) -> dict[str, str]:
    """The secrets of a login that is one key."""
    return {"api_key": key}


def key_and_channel(key: str) -> dict[str, str]:
    """The same, with the integration that it is used by."""
    return {"api_key": key, "channel": "sandbox"}


def user(key: str) -> dict[str, str]:
    """The secrets of a login that is a user's name and password."""
    return {"username": "sandbox", "password": key}


def email_and_password(key: str) -> dict[str, str]:
    """The same, where the name is an e-mail address."""
    return {"email": "api@example.test", "password": key}


def email_user(key: str) -> dict[str, str]:
    """A user's name, which is an e-mail address, and password."""
    return {"username": "api@example.test", "password": key}


def oauth(key: str) -> dict[str, str]:
    """The secrets of a login by OAuth2 with a password."""
    return {"client_id": "client-4711", "client_secret": "client-secret-4711", **email_user(key)}


def as_form(secrets: dict[str, str]) -> dict[str, Any]:
    """A sign-in by OAuth2."""
    return {"data": {"grant_type": "password", **secrets}}


def in_dia(secrets: dict[str, str]) -> dict[str, Any]:
    """A login at DİA."""
    return {"json": {"login": {**secrets, "disconnect_same_user": "True", "lang": "tr", "params": {}}}}


class AbleAdapter(Adapter, Cancels, ChecksConnection, FindsIssued, FindsTaxpayers, GivesFiles, PollsState, Protocol):
    """An adapter of which a test asks what its capabilities name, and nothing else."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One provider and one of its document types.

    `simulator`: its class, as `module:name`. `login`: its secrets, from the one of them that opens the account.
    `makes`: what only a request that makes a document has, in its method, path or body. `doubles`: whether the
    simulator makes another document of a repeat; as the capabilities have it, where it is None.
    `sign_in`: the path of the call that gives a token, where a login is a session, and `sign_in_headers` what it needs
    beside its body. `order`: what its orders must have.
    `signed_by_a_person`: the provider itself decides nothing about what it has taken. `simulated`: what its simulator
    is made with. `signs_in_with`: how such a call is sent. `stays_a_draft`: what fails afterwards is the draft again
    that it was made of.
    """

    name: str
    document_type: DocumentType
    person: Person
    simulator: str
    options: dict[str, str] = field(default_factory=dict)
    we_number: bool = False
    login: Callable[[str], dict[str, str]] = api_key
    makes: str = "POST"
    doubles: bool | None = None
    sign_in: str | None = None
    sign_in_headers: dict[str, str] = field(default_factory=dict)
    order: dict[str, Any] = field(default_factory=dict)
    signed_by_a_person: bool = False
    simulated: dict[str, Any] = field(default_factory=dict)
    signs_in_with: Callable[[dict[str, str]], dict[str, Any]] = lambda secrets: {"json": secrets}
    stays_a_draft: bool = False

    def __str__(self) -> str:
        needed = NEEDED_OPTIONS.get(self.name, {})
        options = "".join(f"-{name} {value}" for name, value in self.options.items() if name not in needed)
        return f"{self.name}-{self.document_type}{options}"

    def application(self, misbehaviour: Misbehaviour) -> web.Application:
        """The simulator; what it takes is issued at once."""
        module, _, name = self.simulator.partition(":")
        made = getattr(import_module(module), name)(misbehaviour, **{"status_seconds": 0.0, **self.simulated})
        found: web.Application = made.application()
        return found

    def settings(self, url: str, key: str = KEY, **options: str) -> ConnectionSettings:
        """A connection of the seller's; `options` are beside the case's own."""
        return ConnectionSettings(base_url=url, secrets=self.login(key), options={**self.options, **options})

    def connect(self, url: str, key: str = KEY, **options: str) -> AbleAdapter:
        """An adapter of such a connection."""
        return self.connect_with(self.settings(url, key, **options))

    def connect_with(self, settings: ConnectionSettings) -> AbleAdapter:
        """An adapter of this connection."""
        return cast("AbleAdapter", provider(self.name).connect(settings))

    @property
    def capabilities(self) -> Capabilities:
        """What its adapter says that it can, which is all that the engine knows."""
        return self.connect(NOWHERE).capabilities

    def number(self, name: str) -> str | None:
        """Another one for each document."""
        return f"ORN2026{zlib.crc32(name.encode()) % 10**9:09}" if self.we_number else None
