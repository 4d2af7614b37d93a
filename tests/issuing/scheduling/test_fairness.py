"""Nobody waits for somebody else's provider, and a long queue costs little."""

import asyncio
import tracemalloc
from dataclasses import replace
from typing import NoReturn

import pytest

from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.errors import NewerFactError
from app.issuing.journal.facts import Admitted, Withdrawn
from app.issuing.journal.keys import journal_key, name_of
from app.issuing.ports import ConnectionId, NoConnection, ProviderConnection
from app.issuing.scheduling.document_queue import DocumentQueue, QueuedDocument
from app.issuing.scheduling.scheduler import MOST_CALLS
from app.stream.ownership.epoch import Epoch
from providers.base import Quota, Unknown
from tests.harness.fake_ports import PARTITION, FakeConnections
from tests.harness.fake_provider import Behaviour, FakeAdapter
from tests.harness.fate import Fate
from tests.harness.issuing_builders import ACCOUNT, FACTS, capabilities, command
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate


def test_a_connection_that_hangs_does_not_delay_another() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        fate = Fate()
        broken = FakeAdapter(issuer.ledger, fate, issuer.capabilities, Behaviour(creates=["HANGS"] * 1000))
        healthy = FakeAdapter(issuer.ledger, fate, issuer.capabilities)
        connections = FakeConnections(
            {
                "broken": ProviderConnection(adapter=broken, facts=FACTS, revision=1, account=ACCOUNT),
                "healthy": ProviderConnection(adapter=healthy, facts=FACTS, revision=1, account=ACCOUNT),
            }
        )
        process = issuer.assemble(fate, healthy, connections)
        await process.admit(*(command(number=n, business="broken") for n in range(500)))
        await process.admit(*(command(number=n, business="healthy") for n in range(40)))
        await asyncio.sleep(10)
        assert [event.business for event in issuer.events if event.body.attention is None] == ["healthy"] * 40

    simulate(story())


def test_of_two_logins_of_one_business_at_one_provider_each_has_its_own_queue() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        fate = Fate()
        broken = FakeAdapter(issuer.ledger, fate, issuer.capabilities, Behaviour(creates=["HANGS"] * 1000))
        healthy = FakeAdapter(issuer.ledger, fate, issuer.capabilities)
        connections = FakeConnections(
            {
                "shop": ProviderConnection(adapter=healthy, facts=FACTS, revision=1, account=ACCOUNT),
                "shop/second-login": ProviderConnection(adapter=broken, facts=FACTS, revision=1, account=ACCOUNT),
            }
        )
        process = issuer.assemble(fate, healthy, connections)
        await process.admit(*(command(number=n, connection="second-login") for n in range(500)))
        await process.admit(*(command(number=500 + n) for n in range(40)))
        await asyncio.sleep(10)
        done = [event.order_reference for event in issuer.events if event.body.attention is None]
        assert sorted(done) == sorted(f"order-{500 + n}" for n in range(40))

    simulate(story())


def test_a_long_queue_does_not_starve_a_short_one() -> None:
    slow = capabilities(quota=Quota(requests=1, seconds=1.0))
    issuer = OneIssuer()

    async def story() -> None:
        fate = Fate()
        adapters = {name: FakeAdapter(issuer.ledger, fate, slow) for name in ("large", "small")}
        connections = FakeConnections(
            {
                name: ProviderConnection(adapter=adapter, facts=FACTS, revision=1, account=ACCOUNT)
                for name, adapter in adapters.items()
            }
        )
        process = issuer.assemble(fate, adapters["small"], connections)
        await process.admit(*(command(number=n, business="large") for n in range(1000)))
        await process.admit(*(command(number=n, business="small") for n in range(5)))
        await asyncio.sleep(8)
        assert [event.business for event in issuer.events].count("small") == 5

    simulate(story())


def test_more_connections_than_places_take_turns() -> None:
    issuer = OneIssuer(concurrency=1)
    names = [f"shop-{n}" for n in range(MOST_CALLS + 50)]

    async def story() -> None:
        process = issuer.process(businesses=names)
        for name in names:
            await process.admit(*(command(number=n, business=name) for n in range(3)))
        await asyncio.sleep(2.1)
        served = {event.business for event in issuer.events}
        assert len(served) == len(names)

    simulate(story())


def queued(order: int) -> QueuedDocument:
    connection = ConnectionId("s", "nilvera")
    return QueuedDocument(
        connection=connection, partition=PARTITION, document_id=str(order), commands=(), sequence=order
    )


def test_polls_do_not_starve_new_documents_nor_the_reverse() -> None:
    queue = DocumentQueue()
    for n in range(8):
        queue.push_later(queued(n), 0.0, is_poll=True)
    for n in range(8, 16):
        queue.push(queued(n))
    served = [queue.pop(1.0) for _ in range(16)]
    assert [document.sequence for document in served if document][:8] == [8, 9, 10, 0, 11, 12, 13, 1]


def test_an_older_document_goes_first_when_its_time_has_come_again() -> None:
    queue = DocumentQueue()
    old, new = queued(1), queued(2)
    queue.push_later(old, 5.0, is_poll=False)
    queue.push(new)
    assert queue.due(0.0) == 0.0
    assert queue.pop(6.0) is old
    assert queue.pop(6.0) is new
    assert queue.pop(6.0) is None


def test_a_document_that_a_newer_release_has_worked_for_ends_the_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[BaseException] = []

    def abort(_: str, error: BaseException) -> NoReturn:
        left.append(error)
        raise asyncio.CancelledError

    async def story() -> None:
        issuer = OneIssuer()
        issuer.changelog[PARTITION, journal_key(command().command_id, name_of(Admitted))] = encode(
            admitted(command(), 0)
        )
        issuer.changelog[PARTITION, journal_key(command().command_id, name_of(Withdrawn))] = b'{"because":"of it"}'
        issuer.process()
        await asyncio.sleep(30)

    monkeypatch.setattr("tests.harness.one_issuer.abort", abort)
    simulate(story())
    assert [type(error) for error in left] == [NewerFactError]


def test_a_command_whose_facts_cannot_be_read_leaves_the_others_alone() -> None:
    issuer = OneIssuer()
    issuer.changelog[PARTITION, journal_key("broken", name_of(Admitted))] = b'{"offset":"first"}\n'

    async def story() -> None:
        process = issuer.process()
        await process.admit(command())
        await process.finish(60)

    simulate(story())
    assert issuer.ledger.creates == 1


def test_a_document_that_cannot_be_written_down_stays_as_it_is_and_the_others_go_on() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        process.journal.too_large = {"Reported"}
        await process.admit(command(number=1))
        await asyncio.sleep(60)
        process.journal.too_large = ()
        await process.admit(command(number=2))
        await asyncio.sleep(60)
        assert process.scheduler.waiting == 1
        assert issuer.ledger.creates == 2

    simulate(story())


def test_a_connection_that_is_broken_gone_or_odd_leaves_the_others_alone() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        fate = Fate()
        bad = FakeAdapter(
            issuer.ledger, fate, issuer.capabilities, Behaviour(creates=[Unknown(why="502")] * 50, probes=[False] * 50)
        )
        good = FakeAdapter(issuer.ledger, fate, issuer.capabilities)
        odd = FakeAdapter(issuer.ledger, fate, replace(issuer.capabilities, quota=Quota(requests=0, seconds=1.0)))
        connections = FakeConnections(
            {
                "bad": ProviderConnection(adapter=bad, facts=FACTS, revision=1, account=ACCOUNT),
                "good": ProviderConnection(adapter=good, facts=FACTS, revision=1, account=ACCOUNT),
                "gone": NoConnection(why="not set up"),
                "odd": ProviderConnection(adapter=odd, facts=FACTS, revision=1, account=ACCOUNT),
            }
        )
        process = issuer.assemble(fate, good, connections)
        for n in range(10):
            await process.admit(*(command(number=n, business=name) for name in ("bad", "gone", "odd", "good")))
        await asyncio.sleep(30)
        assert good.log.count("create") == 10
        assert bad.log.count("create") <= issuer.capabilities.concurrency + 2
        assert odd.log == []

    simulate(story())


@pytest.mark.sweep
def test_a_hundred_thousand_queued_commands_need_no_tasks_and_little_memory() -> None:
    many, issuer = 100_000, OneIssuer()
    template = admitted(command(), 0)
    for n in range(many):
        key = journal_key(f"{n:036d}", name_of(Admitted))
        issuer.changelog[PARTITION, key] = encode(replace(template, document_id=f"{n:036d}", offset=n))

    async def story() -> int:
        process = issuer.process(businesses=())
        await process.scheduler.drain(0)
        tracemalloc.start()
        process.scheduler.rebuild(Epoch(1, ()), [PARTITION])
        await asyncio.sleep(10)
        used, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert process.scheduler.waiting == many
        assert len(asyncio.all_tasks()) < 10
        return used // many

    assert simulate(story()) < 600
