"""What a page and an act are, what they are given, and what they answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

from app.domain.documents import DocumentStatus
from app.domain.orders import SubmittedBody
from app.store import Action, Role
from app.tracking.read_model.queries import Queries
from app.web.api.links import DocumentLinks
from app.web.screen.access.login import ORIGIN, Logins, Present
from app.web.screen.live import ChangeWatch
from app.web.screen.words.text import Language

R = TypeVar("R")
STEM: Final = "/screen"


class Theme(StrEnum):
    """The looks: as the machine has it, or always one of the two."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What pages read from and act with; the same for every request.

    `changes`: whether the read model has changed. `businesses`: their codes; it blocks.
    `submit`: hands a request about a document in, with the person and the reason, and waits for no outcome; it blocks.
    """

    queries: Queries
    logins: Logins
    links: DocumentLinks
    changes: ChangeWatch
    businesses: Callable[[], tuple[str, ...]]
    submit: Callable[[DocumentStatus, SubmittedBody, str, str | None], None]
    clock: Callable[[], datetime]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request that may do what it asks. `partial`: htmx wants a part of the page.

    `path`: what stands in place of the names in the page's path. `form`: of an act, without its token.
    """

    tools: Tools
    present: Present | None
    language: Language
    theme: Theme
    address: str
    browser: str
    here: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)
    partial: bool = False

    @property
    def now(self) -> datetime:
        """The time of the request."""
        return self.tools.clock()

    async def ask(self, question: Callable[[Queries], R]) -> R:
        """What the read model answers, from a thread. Raises NoReadModelError, CursorError and StoreError."""
        return await asyncio.to_thread(question, self.tools.queries)

    async def note(self, what: str, about: str, *, reason: str | None = None, **details: Any) -> None:
        """Writes down that the person did this. Raises StoreError."""
        assert self.present is not None
        actor = self.present.person.name
        action = Action(
            actor=actor,
            origin=ORIGIN,
            what=what,
            object=about,
            address=self.address,
            reason=reason,
            details=details,
        )
        await asyncio.to_thread(self.tools.logins.actions.note, action)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A template with its values."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Another page instead, by GET. `login`: a token to keep; `""` forgets it. `choices`: cookies of looks."""

    to: str
    login: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)


Answer = Shown | Moved


class NotThereError(Exception):
    """What the address names does not exist, as far as is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page at `path`, which is below STEM. `least`: the role that it takes; None: it is shown before a login."""

    name: str
    path: str
    least: Role | None
    show: Callable[[Visit], Awaitable[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a form does, at `path`. `once`: its form has a token, and is taken once.

    Only what comes before a login, or may happen twice without harm, goes without.
    """

    name: str
    path: str
    least: Role | None
    carry_out: Callable[[Visit], Awaitable[Answer]]
    once: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """News of a page that is open, at `path`: a stream of server-sent events, each a part of HTML.

    It changes what is shown in place and never moves it: htmx finds each part by its id. None keeps the stream open.
    """

    name: str
    path: str
    least: Role
    follow: Callable[[Visit], AsyncIterator[Shown | None]]


def url(path: str, **query: str | None) -> str:
    """The address of a page below STEM, with what of the query is given."""
    known = {name: value for name, value in query.items() if value}
    return f"{STEM}{path}" + (f"?{urlencode(known)}" if known else "")
