"""Nothing waits in silence for a connection: its documents say why, once, and take it back when it works again."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace

import structlog

from app.domain.documents import Attention, DocumentState
from app.issuing.ports import NoConnection, ProviderConnection
from app.issuing.scheduling.connection_queue import REPORT_AFTER_SECONDS
from providers.base import NotSent
from tests.harness.fake_ports import FakeConnections
from tests.harness.fate import Fate
from tests.harness.issuing_builders import command
from tests.harness.one_issuer import OneIssuer, Process
from tests.harness.simulated_time import simulate

KEY = "the stored secrets were encrypted with another key"
LOGIN = NotSent(why="the login was refused (HTTP 401)", needs_owner=True)


def told(issuer: OneIssuer) -> list[tuple[DocumentState, Attention | None]]:
    return [(news.state, news.attention) for news in issuer.progress()]


def with_connection(
    story: Callable[[OneIssuer, Process, ProviderConnection], Coroutine[None, None, None]],
) -> OneIssuer:
    """A shop whose connection the story may take away and give back."""
    issuer = OneIssuer()

    async def run() -> None:
        process = issuer.process()
        known = process.connections.known["shop"]
        assert isinstance(known, ProviderConnection)
        await story(issuer, process, known)

    simulate(run())
    return issuer


def test_documents_say_why_they_wait_for_a_connection_and_that_they_do_no_more() -> None:
    async def story(issuer: OneIssuer, process: Process, good: ProviderConnection) -> None:
        process.connections.known["shop"] = NoConnection(why=KEY)
        await process.admit(*(command(number=number) for number in range(3)))
        await asyncio.sleep(REPORT_AFTER_SECONDS - 5)
        assert told(issuer) == []
        await asyncio.sleep(60)
        assert told(issuer) == [(DocumentState.PLANNED, Attention.CONNECTION)] * 3
        assert {news.evidence[-1].detail for news in issuer.progress()} == {KEY}
        # Whoever comes later says so at once, and nobody says it twice.
        await process.admit(command(number=3))
        await asyncio.sleep(3600)
        assert told(issuer)[3:] == [(DocumentState.PLANNED, Attention.CONNECTION)]
        process.connections.known["shop"] = good
        await asyncio.sleep(60)

    issuer = with_connection(story)
    assert told(issuer)[4:].count((DocumentState.PLANNED, None)) == 4
    assert issuer.ledger.creates == 4


def test_a_refused_login_is_logged_told_and_taken_back_and_told_again_when_it_comes_back() -> None:
    async def story(issuer: OneIssuer, process: Process, good: ProviderConnection) -> None:
        issuer.behaviour.creates = [LOGIN]
        with structlog.testing.capture_logs() as logged:
            await process.admit(command())
            await asyncio.sleep(120)
        assert [line["why"] for line in logged if line["event"] == "a connection needs its owner"] == [LOGIN.why]
        assert [line["log_level"] for line in logged if line["event"] == "a connection needs its owner"] == ["warning"]
        assert told(issuer)[-1] == (DocumentState.PLANNED, Attention.CONNECTION)
        assert issuer.progress()[-1].evidence[-1].detail == LOGIN.why
        issuer.behaviour.creates = [LOGIN]
        process.connections.known["shop"] = replace(good, revision=2)
        await asyncio.sleep(120)
        assert told(issuer)[-2:] == [(DocumentState.PLANNED, None), (DocumentState.PLANNED, Attention.CONNECTION)]
        process.connections.known["shop"] = replace(good, revision=3)
        await asyncio.sleep(120)

    assert told(with_connection(story))[-2:] == [(DocumentState.PLANNED, None), (DocumentState.ISSUED, None)]


def test_a_connection_that_is_switched_off_is_told_with_its_reason() -> None:
    async def story(issuer: OneIssuer, process: Process, good: ProviderConnection) -> None:
        process.connections.known["shop"] = replace(good, enabled=False, why_not="switched off")
        await process.admit(command(number=1), command(number=2))
        await asyncio.sleep(120)
        assert [news.evidence[-1].detail for news in issuer.progress()] == ["switched off"] * 2

    assert with_connection(story).ledger.creates == 0


def test_a_doubt_stays_what_it_is_while_its_connection_is_away() -> None:
    async def story(issuer: OneIssuer, process: Process, good: ProviderConnection) -> None:
        del good
        issuer.behaviour.creates = ["LOST_BEFORE"]
        await process.admit(command())
        await asyncio.sleep(5)
        process.connections.known["shop"] = NoConnection(why=KEY)
        await asyncio.sleep(600)
        assert told(issuer) == [(DocumentState.PLANNED, Attention.UNCERTAIN)]

    with_connection(story)


def test_what_passes_within_seconds_is_not_told() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.assemble(Fate(), issuer.process().adapter, FakeConnections({}))
        await process.admit(command())
        await asyncio.sleep(REPORT_AFTER_SECONDS - 10)
        process.connections.known["shop"] = issuer.connection(Fate())
        await asyncio.sleep(60)

    simulate(story())
    assert told(issuer) == [(DocumentState.ISSUED, None)]
