"""What one connection limits: its login, its breaker, its quota; and documents that wait for it."""

import asyncio

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.errors import FieldError
from app.issuing.ports import NoConnection
from providers.base import NotSent, Quota, Unknown
from tests.harness.issuing_builders import command
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate

ISSUED = (DocumentState.ISSUED, None)
WAITS = (DocumentState.PLANNED, Attention.CONNECTION)
UNCERTAIN = (DocumentState.PLANNED, Attention.UNCERTAIN)
ERRORS = (FieldError(path="$.buyer", code="BAD", message="no"),)


def test_a_withdrawal_reaches_a_document_whose_connection_is_missing() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process(businesses=())
        await process.admit(command())
        await asyncio.sleep(60)
        await process.admit(command(Action.WITHDRAW))
        await process.finish(2)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.CANCELLED, None)]
    assert issuer.ledger.creates == 0


def test_commands_wait_for_a_missing_connection_and_go_on_when_it_is_there() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        there = process.connections.known.pop("shop")
        await process.admit(command())
        await asyncio.sleep(600)
        assert issuer.states() == [WAITS]
        assert 100 <= process.connections.asked <= 140
        process.connections.known["shop"] = there
        await process.finish(10)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.PLANNED, None), ISSUED]


def test_a_store_that_is_down_is_waited_for() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        get, process.connections.get = process.connections.get, None
        await process.admit(command())
        await asyncio.sleep(60)
        process.connections.get = get
        await process.finish(10)

    simulate(story())
    assert issuer.states() == [WAITS, (DocumentState.PLANNED, None), ISSUED]


def test_a_failed_login_is_not_repeated_until_the_owner_has_acted() -> None:
    issuer = OneIssuer()
    issuer.behaviour.creates = [NotSent(why="401", needs_owner=True)]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command(), command(number=2))
        await asyncio.sleep(600)
        assert process.connections.marked == [("shop", 1, "401")]
        creates = process.adapter.log.count("create")
        assert creates <= 2  # both were under way
        connection = process.connections.known["shop"]
        assert not isinstance(connection, NoConnection)
        repaired = type(connection)(adapter=connection.adapter, facts=connection.facts, revision=2)
        process.connections.known["shop"] = repaired
        await process.finish(600)

    simulate(story())
    assert issuer.states().count(ISSUED) == 2


def test_three_lost_answers_in_a_row_open_the_breaker_and_only_a_read_is_tried() -> None:
    issuer = OneIssuer(concurrency=1)
    issuer.behaviour.creates = [Unknown(why="502")] * 3
    issuer.behaviour.probes = [False, False]

    async def story() -> None:
        process = issuer.process()
        await process.admit(*(command(number=n) for n in range(1, 11)))
        await process.finish()
        log = process.adapter.log
        assert log[:6] == ["create", "create", "create", "probe", "probe", "probe"]

    simulate(story())
    assert issuer.states().count(ISSUED) == 10
    assert issuer.ledger.creates == 10


def test_the_provider_s_pause_holds_for_the_whole_connection() -> None:
    issuer = OneIssuer(concurrency=1)
    issuer.behaviour.creates = [NotSent(why="429", retry_after=30.0)]

    async def story() -> None:
        process = issuer.process()
        await process.admit(command(), command(number=2))
        await process.finish()
        assert process.adapter.starts[1] - process.adapter.starts[0] >= 30

    simulate(story())


def test_the_quota_is_never_exceeded_and_well_used() -> None:
    issuer = OneIssuer(quota=Quota(requests=10, seconds=10.0), concurrency=4)

    async def story() -> None:
        process = issuer.process()
        await process.admit(*(command(number=n) for n in range(300)))
        await process.finish()
        starts = process.adapter.starts
        assert len(starts) == 300
        assert all(later - earlier > 10.0 for earlier, later in zip(starts, starts[10:], strict=False))
        assert starts[-1] - starts[0] < 290 / 0.95

    simulate(story())
