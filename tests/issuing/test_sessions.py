"""A login that is a session, of which a user has one: kept before its use, found by the next holder, and closed."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine
from sqlalchemy.pool import StaticPool

from app.domain.documents import DocumentState
from app.operations.logins.sessions import StoredSession
from app.store.encryption import SecretCipher, new_key
from app.store.sessions import SessionStore
from app.store.tables import sessions
from providers.base import (
    Capabilities,
    Finding,
    NotPermittedError,
    NotSent,
    Outcome,
    SessionLease,
    StepInput,
)
from providers.transport.http import unclear
from providers.transport.sessions import SessionEndedError, UserSession
from tests.harness.fake_ledger import Ledger
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import command, document_id
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import SimulatedClock, simulate
from tests.issuing.test_crash_points import PROVIDERS, Provider, ends_well, sweep

USER = "f" * 64
KEY = SecretStr(new_key())
# Long for a story, and short beside the time that is waited for its end.
IDLE_SECONDS = 60.0
ONE_SESSION = {"one_session": True}


class Server:
    """The provider's side: one session, which ends when it is not used."""

    def __init__(self) -> None:
        self.opened = 0
        self.refused = 0
        self._open: tuple[str, float] | None = None

    def log_in(self) -> str | None:
        if self.is_open:
            self.refused += 1
            return None
        self.opened += 1
        return self.use(f"session {self.opened}")

    def use(self, token: str) -> str:
        self._open = (token, asyncio.get_running_loop().time())
        return token

    def check(self, token: str) -> None:
        if not self.is_open or self._open is None or self._open[0] != token:
            raise SessionEndedError
        self.use(token)

    def log_out(self, token: str) -> None:
        if self._open is not None and self._open[0] == token:
            self._open = None

    @property
    def is_open(self) -> bool:
        return self._open is not None and asyncio.get_running_loop().time() < self._open[1] + IDLE_SECONDS


class SessionAdapter(FakeAdapter):
    """The same provider behind a session."""

    def __init__(
        self,
        ledger: Ledger,
        fate: Fate,
        what: Capabilities,
        behaviour: Behaviour,
        *,
        server: Server,
        store: SessionStore,
    ) -> None:
        super().__init__(ledger, fate, what, behaviour)
        self.server = server
        self.session = UserSession(self._log_in, self._log_out)
        self.session.lease = StoredSession(store, USER, run=self._in_steps)

    def use_sessions(self, lease: SessionLease) -> None:
        raise NotImplementedError  # it has the store's from the beginning

    async def end_session(self, seconds: float) -> None:
        await self.session.close(seconds)

    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        create = super().create

        async def call(token: str, left: float) -> Outcome:
            self.server.check(token)
            return await create(asked, left)

        return await self.session.around(seconds, call)

    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        find = super().find_prepared

        async def call(token: str, left: float) -> Finding:
            self.server.check(token)
            found: Finding = await find(asked, left)
            return found

        found = await self.session.around(seconds, call)
        return unclear(found) if isinstance(found, NotSent) else found

    async def _log_in(self, seconds: float) -> str | NotSent:
        try:
            async with self._request("log in", seconds):
                token = self.server.log_in()
                await self.fate.step("logged in")
        except NotPermittedError as refusal:
            return NotSent(why=str(refusal), retry_after=refusal.retry_after)
        return token or NotSent(why="another session is open", retry_after=5.0)

    async def _log_out(self, token: str, _seconds: float) -> None:
        await self.fate.step("log out")
        self.server.log_out(token)
        await self.fate.step("logged out")

    async def _in_steps(self, call: Callable[..., object], *arguments: object) -> object:
        """The store may be reached or not before the process is gone."""
        await self.fate.step(call.__name__)
        result = call(*arguments)
        await self.fate.step(f"{call.__name__} done")
        return result


def behind_a_session(issuer: OneIssuer) -> Server:
    """All processes of an issuer log in at one provider, and keep the session in one store."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    sessions.create(engine)
    server, store = Server(), SessionStore(engine, SecretCipher(KEY), SimulatedClock().now)

    def adapter(ledger: Ledger, fate: Fate, what: Capabilities, behaviour: Behaviour) -> FakeAdapter:
        return SessionAdapter(ledger, fate, what, behaviour, server=server, store=store)

    issuer.adapter = adapter
    return server


async def issue(issuer: OneIssuer, *numbers: int, drains: bool = True) -> None:
    process = issuer.process()
    await process.admit(*(command(number=n) for n in numbers))
    await process.finish(300)
    if drains:
        await process.scheduler.drain(20)


def test_one_session_is_opened_for_all_calls_and_closed_when_the_epoch_ends() -> None:
    issuer = OneIssuer(**ONE_SESSION)
    server = behind_a_session(issuer)

    async def story() -> None:
        await issue(issuer, 1, 2, 3)
        assert not server.is_open

    simulate(story())
    assert server.opened == 1
    assert [state for state, _ in issuer.states()] == [DocumentState.ISSUED] * 3


def test_a_session_that_has_nothing_to_do_is_closed() -> None:
    issuer = OneIssuer(**ONE_SESSION)
    server = behind_a_session(issuer)

    async def story() -> None:
        await issue(issuer, 1, drains=False)
        assert server.is_open
        await asyncio.sleep(31)
        assert not server.is_open

    simulate(story())
    assert server.refused == 0


def test_the_next_owner_uses_the_session_that_a_dead_one_has_left() -> None:
    issuer = OneIssuer(**ONE_SESSION)
    server = behind_a_session(issuer)

    async def story() -> None:
        dies = issuer.process("booked")
        await dies.admit(command())
        await asyncio.sleep(5)
        await issue(issuer, 1)
        dies.fate.bury()

    simulate(story())
    assert (server.opened, server.refused) == (1, 0)
    assert issuer.states()[-1] == (DocumentState.ISSUED, None)


def test_a_session_that_was_opened_by_another_is_waited_for() -> None:
    issuer = OneIssuer(**ONE_SESSION)
    server = behind_a_session(issuer)

    async def story() -> None:
        server.log_in()  # a person in the portal
        await issue(issuer, 1)

    simulate(story())
    assert issuer.states()[-1] == (DocumentState.ISSUED, None)
    assert server.refused <= IDLE_SECONDS / 5


@pytest.mark.sweep
@pytest.mark.parametrize("kind", PROVIDERS[:3], ids=lambda provider: provider.name)
@pytest.mark.parametrize("creates", [["BOOKS"], ["LOST_AFTER"]], ids=str)
@pytest.mark.parametrize("thaws_after", [None, 1.0, 200.0], ids=["dies", "wakes at once", "wakes late"])
def test_wherever_a_worker_dies_no_user_is_locked_out(
    kind: Provider, creates: Sequence[Any], thaws_after: float | None
) -> None:
    provider = Provider(kind.name, {**kind.changes, **ONE_SESSION}, kind.may_ask, kind.may_double, kind.has_lease)

    def prepare(issuer: OneIssuer) -> None:
        behind_a_session(issuer)

    issuers = sweep(provider, creates, thaws_after, [[command()]], prepare)
    assert len(issuers) >= 20
    faults = {n: issuer for n, issuer in enumerate(issuers, 1) if not ends_well(issuer, provider)}
    assert {n: (issuer.states(), dict(issuer.ledger.documents)) for n, issuer in faults.items()} == {}
    if not provider.may_ask:
        assert all(len(issuer.ledger.documents[document_id()]) == 1 for issuer in issuers)
