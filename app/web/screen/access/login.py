"""Who is at the screen: logins begin by pass phrase or link, and are found by their cookie's token."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.store import Action, ActionStore, PeopleStore, Person, ScreenLogin, ScreenLoginStore
from app.store.people import name_of
from app.web.limits import RateLimiter
from app.web.screen.access.passphrases import LONGEST, PassPhrases

ORIGIN = "screen"


class Refusal(StrEnum):
    """Why a login did not begin. WRONG says nothing about whether there is such a person, or one who has to wait."""

    WRONG = "WRONG"
    BLOCKED = "BLOCKED"
    LINK_ENDED = "LINK_ENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """A person with their open login. `token` signs the login's forms."""

    person: Person
    login: ScreenLogin
    token: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """`tries`: how many wrong ones an address has in a minute. `clock`: the time by which logins end."""

    people: PeopleStore
    logins: ScreenLoginStore
    actions: ActionStore
    phrases: PassPhrases
    tries: RateLimiter
    clock: Callable[[], datetime]

    async def present(self, token: str | None, *, is_use: bool = True) -> Present | None:
        """Whose login this is; `is_use` keeps it open for longer. None without an open one. Raises StoreError."""
        if not token:
            return None
        found = await asyncio.to_thread(self._used if is_use else self.logins.find, token)
        return None if found is None else Present(login=found[0], person=found[1], token=token)

    async def by_phrase(self, typed: str, phrase: str, *, address: str, browser: str) -> str | Refusal:
        """The token of a new login, or why there is none. Wrong ones count against the name and the address.

        A name that has to wait is answered as a wrong one, after the same time: the answer must not say that it exists.
        """
        if self.tries.is_exhausted(address):
            return Refusal.BLOCKED
        name = name_of(typed)
        person = await asyncio.to_thread(self.people.find, name) if name else None
        is_closed = person is None or person.locked_at is not None or person.is_blocked(self.clock())
        digest = None if person is None or is_closed else person.digest
        if not await self.phrases.is_right(digest, phrase[:LONGEST]) or person is None:
            self.tries.take(address)
            await asyncio.to_thread(self._failed, None if is_closed else name, address)
            return Refusal.WRONG
        await self._renewed(person, phrase)
        return await asyncio.to_thread(self._begun, person.name, address, browser, "LOGGED_IN")

    async def by_link(self, link: str, *, address: str, browser: str) -> str | Refusal:
        """The token of a new login, or why there is none; the link is used up."""
        if self.tries.is_exhausted(address):
            return Refusal.BLOCKED
        name = await asyncio.to_thread(self.logins.use_link, link)
        person = await asyncio.to_thread(self.people.find, name) if name else None
        if person is None or person.locked_at is not None:
            self.tries.take(address)
            return Refusal.LINK_ENDED
        return await asyncio.to_thread(self._begun, person.name, address, browser, "LOGGED_IN_BY_LINK")

    async def end(self, present: Present, key: str, *, address: str) -> bool:
        """Ends one login of this person. False where it is none of theirs."""
        return await asyncio.to_thread(self._ended, present.person.name, key, address)

    async def set_phrase(self, person: Person, phrase: str, *, address: str) -> None:
        """The person's pass phrase from now on."""
        digest = await self.phrases.digest(phrase)
        await asyncio.to_thread(self.people.set_digest, person.name, digest)
        await asyncio.to_thread(self._note, person.name, "PASS_PHRASE_SET", address)

    async def _renewed(self, person: Person, phrase: str) -> None:
        if person.digest is not None and self.phrases.is_outdated(person.digest):
            await asyncio.to_thread(self.people.set_digest, person.name, await self.phrases.digest(phrase))

    async def is_open(self, present: Present) -> bool:
        """It has not ended since, and the person has the same role. Raises StoreError."""
        found = await asyncio.to_thread(self.logins.find, present.token)
        return found is not None and found[1].role is present.person.role

    def _used(self, token: str) -> tuple[ScreenLogin, Person] | None:
        found = self.logins.find(token)
        if found is not None:
            self.logins.seen(found[0])
        return found

    def _failed(self, name: str | None, address: str) -> None:
        if name is not None:
            self.people.failed(name)
            self._note(name, "LOGIN_FAILED", address)

    def _begun(self, name: str, address: str, browser: str, what: str) -> str:
        self.people.succeeded(name)
        self._note(name, what, address)
        return self.logins.begin(name, address=address, browser=browser)

    def _ended(self, name: str, key: str, address: str) -> bool:
        has_ended = self.logins.end(name, key)
        if has_ended:
            self._note(name, "LOGIN_ENDED", address)
        return has_ended

    def _note(self, name: str, what: str, address: str) -> None:
        action = Action(actor=name, origin=ORIGIN, what=what, object=f"person {name}", address=address)
        self.actions.note(action)
