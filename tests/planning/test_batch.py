"""Folding records: what newer rules wrote, how large an order may grow, and that no cut of the log changes anything."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.domain.orders import DocumentCancellationRequested, LoggedEvent
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import RULES_VERSION, Trigger
from app.planning import entry_size
from app.planning import fold as folding
from app.planning.batch import BatchFold, fold_batch
from app.planning.effects import Effects
from app.planning.fold import NewerRulesError
from app.planning.order_entries import encode, newest, version_key
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from tests.planning.events import Log, document_id, line, placed, progressed, requested
from tests.planning.fakes import TOPICS, World, in_record

CODEC = Codec()


class Memory:
    """One order's entries, as the last batch left them."""

    def __init__(self) -> None:
        self.entries: dict[bytes, bytes] = {}
        self.effects: list[Effects] = []

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        del partition, entity
        return dict(self.entries)

    def fold(self, records: Iterable[InRecord]) -> BatchFold:
        self.effects.clear()
        batch = fold_batch(
            records,
            self,
            Memory(),
            read=lambda value: CODEC.read(LoggedEvent, value),
            newest=newest,
            write=self._note_effects,
        )
        for change in batch.changed():
            assert change.state is not None
            self.entries = {version_key(change.state): encode(change.state)}
        return batch

    def _note_effects(self, record: InRecord, effects: Effects) -> Iterable[Record]:
        del record
        self.effects.append(effects)
        return ()


def cancellation(document: str) -> DocumentCancellationRequested:
    return DocumentCancellationRequested(document_id=document, reason="nobody wants it")


def newer(**changes: Any) -> bytes:
    written = json.loads(CODEC.write(Log().event(placed())))
    return json.dumps({**written, "rules_version": RULES_VERSION + 1, **changes}).encode()


@pytest.mark.parametrize("changes", [{}, {"body": {"type": "OrderAmended"}}, {"policy": {"trigger": "STATUS"}}])
def test_a_record_of_newer_rules_ends_the_planner_and_freezes_no_order(changes: Any) -> None:
    memory = Memory()
    with pytest.raises(NewerRulesError):
        memory.fold([in_record(newer(**changes), 0)])
    assert not memory.entries


# --- sizes -----------------------------------------------------------------------------------------------------------


def refused_orders(log: Log, count: int) -> list[InRecord]:
    """Orders of so many faults that together they outgrow an entry, each under a request id of its own."""
    wrong = [line(str(number), "-1", quantity=Decimal(0), discount=Decimal(-1)) for number in range(785)]
    events = [log.event(placed(*wrong), request_id=f"r{number}") for number in range(count)]
    return [in_record(event, offset) for offset, event in enumerate(events)]


def test_the_same_log_comes_to_the_same_state_in_whatever_batches() -> None:
    log = Log()
    records = [*refused_orders(log, 8), in_record(log.event(placed()), 8), in_record(log.event(requested("1")), 9)]
    together, apart = Memory(), Memory()
    together.fold(records)
    for record in records:
        apart.fold([record])
    assert together.entries == apart.entries


def test_an_order_that_was_refused_again_and_again_is_taken_when_it_is_right() -> None:
    log, memory = Log(Trigger.ORDER_PLACED), Memory()
    for record in refused_orders(log, 20):
        memory.fold([record])
    memory.fold([in_record(log.event(placed()), 20)])
    (effects,) = memory.effects
    assert ([outcome.verdict for outcome in effects.outcomes], len(effects.commands)) == ([Verdict.OK], 1)
    assert len(next(iter(memory.entries.values()))) < 50_000


def test_an_event_for_which_an_order_has_no_room_is_refused_and_the_order_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log, memory = Log(), Memory()
    memory.fold([in_record(log.event(placed(*(line(str(n)) for n in range(100)))), 0)])
    monkeypatch.setattr(folding, "MOST_ENTRY_BYTES", len(next(iter(memory.entries.values()))) + 100)
    memory.fold([in_record(log.event(requested("1")), 1)])
    (effects,) = memory.effects
    assert [(o.verdict, o.reason) for o in effects.outcomes] == [(Verdict.REJECTED, "ORDER_TOO_LARGE")]
    monkeypatch.undo()
    memory.fold([in_record(log.event(requested("1")), 2)])
    (effects,) = memory.effects
    assert len(effects.commands) == 1


def test_news_for_which_an_order_has_no_room_freezes_it_and_is_a_dead_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    log, memory = Log(Trigger.ORDER_PLACED), Memory()
    log.append(placed(*(line(str(n)) for n in range(100))))
    memory.fold([in_record(log.events[0], 0)])
    monkeypatch.setattr(folding, "MOST_ENTRY_BYTES", 10)
    monkeypatch.setattr(folding, "RESERVED_BYTES", 0)
    (document,) = log.state.documents
    news = in_record(log.event(progressed(document, DocumentState.PROCESSING)), 1)
    assert [poison.code for poison in memory.fold([news]).poisoned] == ["ENTRY_TOO_LARGE"]


def test_what_can_be_done_without_is_forgotten_before_an_event_is_refused() -> None:
    log = Log()
    log.append(placed(*(line(str(n)) for n in range(100))), request_id="order")
    log.append(requested("1", shipment_reference="P1"), request_id="r")
    log.append(progressed(document_id("1"), DocumentState.REJECTED))
    log.append(requested("2", shipment_reference="P2"))
    whole = len(encode(log.state))
    fewer = entry_size.fitted(log.state, most=whole - 1)
    assert (fewer.answers, [bool(document.request) for document in fewer.documents.values()]) == ({}, [True, True])
    least = entry_size.fitted(log.state, most=len(encode(fewer)) - 1)
    assert [bool(document.request) for document in least.documents.values()] == [False, True]
    with pytest.raises(entry_size.EntryTooLargeError):
        entry_size.fitted(log.state, most=len(encode(least)) - 1)


OWN = {f"field-{number}": "\N{GRINNING FACE}" * 500 for number in range(32)}


def test_what_producers_say_beside_their_events_counts_when_an_order_is_measured() -> None:
    log = Log()
    asked = [log.outcome(cancellation("d" * 36), extensions=OWN) for _ in range(50)]
    assert [outcome.verdict for outcome in asked[-1:]] == [Verdict.REJECTED]
    assert len(encode(log.state)) <= entry_size.MOST_ENTRY_BYTES + entry_size.RESERVED_BYTES


def test_what_producers_say_beside_their_lines_counts_when_an_order_is_measured() -> None:
    log = Log()
    outcome = log.outcome(placed(*(line(str(number), extensions=OWN) for number in range(20))))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "ORDER_TOO_LARGE")


def test_news_has_room_in_an_order_that_people_have_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    (document,) = log.state.documents
    for _ in range(8):
        assert log.outcome(cancellation(document), extensions=OWN).verdict is Verdict.HELD
    monkeypatch.setattr(folding, "MOST_ENTRY_BYTES", len(encode(log.state)) - entry_size.RESERVED_BYTES)
    assert log.outcome(cancellation(document), extensions=OWN).reason == "ORDER_TOO_LARGE"
    log.append(progressed(document, DocumentState.PROCESSING))
    assert log.state.documents[document].state is DocumentState.PROCESSING


async def test_a_command_that_is_too_large_for_its_topic_refuses_its_event_and_stops_nobody_else() -> None:
    world, log = World(most=1_000), Log()
    await world.take(in_record(log.event(placed()), 0))
    await world.take(in_record(log.event(requested("1", "2", "3")), 1), in_record(log.event(placed()), 2))
    outcomes = [CODEC.read(OrderOutcome, record.value) for record in world.on(TOPICS.order_outcomes)]
    assert [(o.verdict, o.reason) for o in outcomes] == [
        (Verdict.OK, None),
        (Verdict.REJECTED, "ORDER_TOO_LARGE"),
        (Verdict.DUPLICATE, None),
    ]
    assert not world.on(TOPICS.commands("nilvera"))
