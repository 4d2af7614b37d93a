"""The planner's batch: what is durable before what, what a crash in between repeats, what a poisoned record does."""

from dataclasses import replace

import pytest

from app.domain.documents import DocumentState
from app.domain.orders import LoggedEvent
from app.domain.policy import Trigger
from app.planning.order_entries import newest
from tests.planning.events import Log, document_id, placed, progressed, requested
from tests.planning.fakes import TOPICS, Broken, World, ids, in_record

ORDER = b"ORNEK/S-1001"
COMMANDS = TOPICS.commands("nilvera")


def records(log: Log, *bodies: object) -> list[LoggedEvent]:
    return [log.event(body) for body in bodies]


async def test_an_entry_is_written_only_after_everything_it_causes() -> None:
    world = World()
    await world.take(in_record(Log(Trigger.ORDER_PLACED).event(placed()), 0))
    assert world.steps.taken == ["publish", "documents", "orders"]


@pytest.mark.parametrize("step", ["publish", "documents", "orders"])
async def test_a_crash_between_two_steps_repeats_the_same_ids_and_makes_nothing_new(step: str) -> None:
    world, event = World(), Log(Trigger.ORDER_PLACED).event(placed())
    world.steps.breaks_at = step
    with pytest.raises(Broken):
        await world.take(in_record(event, 0))
    world.steps.breaks_at = None
    world.restart()
    await world.take(in_record(event, 0))
    assert len(set(ids(world.on(COMMANDS)))) == 1
    assert len(set(ids(world.on(TOPICS.document_status)))) == 1
    assert len(world.orders.entry(0, ORDER)) == 1


async def test_a_redelivered_batch_causes_nothing_more() -> None:
    world, event = World(), Log(Trigger.ORDER_PLACED).event(placed())
    await world.take(in_record(event, 0))
    before = len(world.published)
    await world.take(in_record(event, 0))
    assert len(world.published) == before


async def test_the_second_event_of_a_batch_sees_the_first() -> None:
    log, world = Log(), World()
    await world.take(*(in_record(event, n) for n, event in enumerate(records(log, placed(), requested("1")))))
    assert len(world.on(COMMANDS)) == 1
    state = newest(world.orders.entry(0, ORDER))
    assert state is not None
    assert state.version == 2


async def test_of_an_order_only_the_newest_version_stays() -> None:
    log, world = Log(), World()
    for offset, event in enumerate(records(log, placed(), requested("1"), requested("2"))):
        await world.take(in_record(event, offset))
    assert list(world.orders.entry(0, ORDER)) == [b"0000000003"]
    assert len(world.orders.forgotten) == 2


async def test_the_dedupe_table_is_keyed_by_order_provider_type_and_scope() -> None:
    log, world = Log(), World()
    await world.take(*(in_record(event, n) for n, event in enumerate(records(log, placed(), requested("1")))))
    ((rest, value),) = world.documents.entry(0, ORDER).items()
    provider, intent, scope = rest.decode().split("\x1f")
    document, _, cause = value.decode().partition("\x1f")
    assert (provider, intent, document, cause) == ("nilvera", "INVOICE", document_id("1"), "e2")
    assert scope.endswith("#0")


async def test_what_belongs_to_a_larger_story_is_handed_on() -> None:
    world = World()
    await world.take(in_record(Log(Trigger.ORDER_PLACED).event(placed()), 0))
    assert all(dict(record.headers)["traceparent"] == b"00-1-2-01" for record in world.published)


async def test_a_record_that_cannot_be_folded_is_a_dead_letter_freezes_its_order_and_stops_nobody() -> None:
    world, log = World(), Log(Trigger.ORDER_PLACED)
    neighbour = replace(log.event(placed()), order_reference="S-2")
    await world.take(
        in_record(log.event(placed()), 0),
        in_record(b'{"event_id": "broken"', 1),
        in_record(log.event(requested("1")), 2),
        in_record(neighbour, 3, key="ORNEK/S-2"),
    )
    (dead,) = world.on(TOPICS.dead_letters(TOPICS.order_log, "planner"))
    assert dead.value == b'{"event_id": "broken"'
    assert dict(dead.headers)["dlq-reason"] == b"FOLD_FAILED"
    state = newest(world.orders.entry(0, ORDER))
    assert state is not None
    assert (state.frozen, len(state.held)) == ("FOLD_FAILED", 1)
    assert newest(world.orders.entry(0, b"ORNEK/S-2")) is not None
    assert len(world.on(COMMANDS)) == 2


async def test_a_poisoned_record_that_is_redelivered_freezes_its_order_once() -> None:
    world, log = World(), Log()
    await world.take(in_record(log.event(placed()), 0), in_record(b"{", 1))
    before = newest(world.orders.entry(0, ORDER))
    await world.take(in_record(b"{", 1))
    assert newest(world.orders.entry(0, ORDER)) == before


async def test_tidying_deletes_what_was_superseded_and_learns_what_waits_for_time() -> None:
    world, log = World(), Log(Trigger.ORDER_PLACED)
    await world.take(in_record(log.event(placed()), 0))
    old = dict(world.orders.entry(0, ORDER))
    await world.take(in_record(log.event(progressed(document_id("1", "2", "3"), DocumentState.PROCESSING)), 1))
    for rest, value in old.items():  # a lost tombstone
        world.orders.entries.keep(0, ORDER + b"\x1f" + rest, value)
    world.timers.clear()
    await world.planner.tidy(world.epoch)
    assert list(world.orders.entry(0, ORDER)) == [b"0000000002"]
    late = log.events[-1:] or [log.event(placed())]
    assert await world.timers.due(late[0].received_at.replace(year=2030), world.orders)


async def test_an_order_whose_entry_was_lost_is_frozen_instead_of_being_invoiced_again() -> None:
    world, log = World(), Log(Trigger.ORDER_PLACED)
    await world.take(in_record(log.event(placed()), 0))
    for rest in list(world.orders.entry(0, ORDER)):
        world.orders.entries.keep(0, ORDER + b"\x1f" + rest, None)
    await world.take(in_record(log.event(placed()), 1))
    assert len(world.on(COMMANDS)) == 1
    (dead,) = world.on(TOPICS.dead_letters(TOPICS.order_log, "planner"))
    assert dict(dead.headers)["dlq-reason"] == b"DEDUPE_CONTRADICTION"
