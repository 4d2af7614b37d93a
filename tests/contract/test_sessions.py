"""A provider that allows a user one session: opened once, used by the next process, opened anew where it has ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.domain.documents import DocumentType
from providers.base import Adapter, Done, HasSession, HeldSession, NotSent, Step, StepInput
from tests.contract.bench import Bench, bench_of
from tests.contract.case import KEY, Case
from tests.contract.cases import CASES as ALL
from tests.contract.cases import TESTBOOK
from tests.providers.examples import CONSUMER

SECONDS = 5.0
CASES = [
    *(case for case in ALL if case.name == "gib-earsiv"),
    Case(
        name="testbook",
        document_type=DocumentType.SALES_INVOICE,
        person=CONSUMER,
        simulator=TESTBOOK,
        options={"login": "session"},
    ),
]


class Kept:
    """Where two processes keep one user's session; nothing of it is lost when one of them is gone."""

    def __init__(self) -> None:
        self.token: str | None = None
        self.opened: list[str] = []
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def __call__(self, _seconds: float, /) -> AsyncIterator[HeldSession]:
        async with self._turn:
            yield self

    async def keep(self, token: str | None) -> None:
        self.token = token
        self.opened += [token] if token is not None else []


@pytest.fixture(params=CASES, ids=str)
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with bench_of(request.param) as bench:
        yield bench


@asynccontextmanager
async def process(bench: Bench, kept: Kept) -> AsyncIterator[Adapter]:
    """Another process with the same login."""
    adapter = bench.case.connect(bench.url)
    assert isinstance(adapter, HasSession)
    adapter.use_sessions(kept)
    yield adapter
    await adapter.close()


def asked(bench: Bench, name: str = "first") -> StepInput:
    return StepInput(Step.INVOICE, bench.prepared(name))


async def test_a_session_is_opened_once_and_its_token_kept_before_it_is_used(bench: Bench) -> None:
    kept = Kept()
    async with process(bench, kept) as adapter:
        outcomes = await asyncio.gather(*(adapter.create(asked(bench, f"{n}"), SECONDS) for n in range(3)))
    assert all(isinstance(outcome, Done) for outcome in outcomes)
    assert len(kept.opened) == 1
    assert KEY not in kept.opened[0]


async def test_the_next_process_uses_the_session_that_is_open(bench: Bench) -> None:
    kept = Kept()
    async with process(bench, kept) as first, process(bench, kept) as second:
        assert isinstance(await first.create(asked(bench), SECONDS), Done)
        assert isinstance(await second.create(asked(bench, "second"), SECONDS), Done)
    assert len(kept.opened) == 1


async def test_a_session_that_the_provider_has_ended_is_opened_anew_once(bench: Bench) -> None:
    kept = Kept()
    async with process(bench, kept) as adapter:
        kept.token = "session-0-ended"
        assert isinstance(await adapter.create(asked(bench), SECONDS), Done)
    assert len(kept.opened) == 1
    assert (await bench.record())["doubles"] == 0


async def test_where_another_session_is_open_nothing_is_sent_and_the_owner_is_not_needed(bench: Bench) -> None:
    async with process(bench, Kept()) as first, process(bench, Kept()) as second:
        assert isinstance(await first.create(asked(bench), SECONDS), Done)
        outcome = await second.create(asked(bench, "second"), SECONDS)
        assert isinstance(outcome, NotSent)
        assert outcome.retry_after
        assert not outcome.needs_owner


async def test_a_session_that_was_closed_does_not_refuse_another_login(bench: Bench) -> None:
    kept = Kept()
    async with process(bench, kept) as first, process(bench, Kept()) as second:
        assert isinstance(await first.create(asked(bench), SECONDS), Done)
        assert isinstance(first, HasSession)
        await first.end_session(SECONDS)
        assert kept.token is None
        assert isinstance(await second.create(asked(bench, "second"), SECONDS), Done)


async def test_a_refused_login_is_not_repeated_and_needs_the_owner(bench: Bench) -> None:
    adapter = bench.case.connect(bench.url, "wrong-key")
    before = await bench.arrivals()
    outcome = await adapter.create(asked(bench), SECONDS)
    assert isinstance(outcome, NotSent)
    assert outcome.needs_owner
    assert await bench.arrivals() == before + 1
    await adapter.close()
