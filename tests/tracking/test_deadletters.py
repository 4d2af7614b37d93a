"""A dead letter tells where it is from and how often it failed; it goes back through intake or not at all."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.domain.documents import DocumentProgressed, DocumentState
from app.domain.orders import DocumentOverdue, HoldExpired, LoggedEvent, OrderEvent
from app.domain.policy import Trigger
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.deadletters import dead_letter
from app.stream.topics.names import Topics
from app.tracking.deadletters import Place, dead_letter_of, failed_again
from app.tracking.replays import ReplayRefusedError, replay_of
from tests.harness.pipeline import TOPICS, Pipeline, order, request
from tests.stream.serialization.examples import command, logged

CODEC = Codec()
PLANNERS = TOPICS.dead_letters(TOPICS.order_log, "planner")
INTAKES = TOPICS.dead_letters(TOPICS.orders, "intake")


def as_read(record: Record, offset: int = 0) -> InRecord:
    return InRecord(
        topic=record.topic,
        partition=1,
        offset=offset,
        timestamp_ms=1_793_000_000_000,
        key=record.key,
        value=record.value,
        headers=record.headers,
    )


def buried(value: bytes | None, topic: str = TOPICS.orders, app: str = "intake", code: str = "NOT_JSON") -> InRecord:
    record = Record(topic=topic, key=b"k", value=value, headers=(("traceparent", b"00-aa"),))
    return as_read(dead_letter(as_read(record, 4711), app=app, code=code, message="why"))


def buried_by_the_planner(event: LoggedEvent | bytes) -> InRecord:
    value = event if isinstance(event, bytes) else CODEC.write(event)
    return buried(value, TOPICS.order_log, "planner", "FOLD_FAILED")


def replayed(dead: InRecord, original: InRecord | None = None) -> Record:
    return replay_of(dead, TOPICS, CODEC, actor="ayşe", original=lambda _: original)


# --- what is told ----------------------------------------------------------------------------------------------------


def test_a_dead_letter_tells_where_from_why_and_how_often() -> None:
    letter = dead_letter_of(buried(b"{"))
    assert str(letter.place) == "orders.v1.intake.dlq:1:0"
    assert (str(letter.source), letter.app, letter.reason) == ("orders.v1:1:4711", "intake", "NOT_JSON")
    assert (letter.message, letter.attempts, letter.size) == ("why", 1, 1)
    assert letter.handed_on == (("traceparent", b"00-aa"),)


def test_a_record_that_somebody_else_wrote_is_told_as_far_as_it_goes() -> None:
    headers = (("dlq-topic", b"\xff"), ("dlq-partition", b"two"), ("dlq-attempts", b"often"))
    letter = dead_letter_of(replace(buried(None), headers=headers))
    assert (letter.source, letter.app, letter.reason, letter.attempts, letter.size) == (None, "", "", 0, None)


@pytest.mark.parametrize("timestamp", [b"9999999999999999999", b"253402300800000", b"yesterday"])
def test_a_time_that_no_calendar_has_is_none_and_hides_no_dead_letter(timestamp: bytes) -> None:
    letter = dead_letter_of(replace(buried(None), headers=(("dlq-timestamp", timestamp), ("dlq-app", b"intake"))))
    assert (letter.source_written_at, letter.app) == (None, "intake")


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, True),
        ({"topic": "orders.v1"}, True),
        ({"topic": "orders.v1.intake.dlq"}, True),
        ({"topic": "order-log.v1"}, False),
        ({"app": "intake", "reason": "NOT_JSON"}, True),
        ({"app": "planner", "reason": "NOT_JSON"}, False),
        ({"reason": "TOO_LARGE"}, False),
        ({"since": datetime(2026, 1, 1, tzinfo=UTC)}, True),
        ({"since": datetime(2027, 1, 1, tzinfo=UTC)}, False),
    ],
)
def test_a_filter_takes_what_fits_all_of_it(wanted: dict[str, Any], found: bool) -> None:
    assert dead_letter_of(buried(b"{")).matches(**wanted) is found


@pytest.mark.parametrize("text", ["", "orders.v1", "orders.v1:1", "orders.v1:1:x"])
def test_what_names_no_place_is_none(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever part is missing
        Place.parse(text)


# --- what goes back --------------------------------------------------------------------------------------------------


def test_intakes_dead_letter_goes_back_as_it_came_and_says_who_sent_it() -> None:
    again = replayed(buried(b"\xff{"))
    assert (again.topic, again.key, again.value) == (TOPICS.orders, b"k", b"\xff{")
    assert again.headers == (
        ("traceparent", b"00-aa"),
        ("dlq-attempts", b"1"),
        ("dlq-replay-of", b"orders.v1.intake.dlq:1:0"),
        ("dlq-replayed-by", "ayşe".encode()),
    )


def left_behind(original: InRecord) -> InRecord:
    return as_read(dead_letter(original, app="intake", code="TOO_LARGE", message="why", most=1000))


def test_a_dead_letter_whose_bytes_were_left_behind_goes_back_with_those_of_its_source() -> None:
    original = as_read(Record(topic=TOPICS.orders, key=b"k", value=b"x" * 5000), 4711)
    dead = left_behind(original)
    letter = dead_letter_of(dead)
    assert (letter.is_without_bytes, letter.size, str(letter.source)) == (True, 5000, "orders.v1:1:4711")
    again = replayed(dead, original)
    assert (again.topic, again.key, again.value) == (TOPICS.orders, b"k", b"x" * 5000)
    assert [name for name, _ in again.headers] == ["dlq-attempts", "dlq-replay-of", "dlq-replayed-by"]


def test_a_dead_letter_whose_bytes_are_gone_says_where_they_were() -> None:
    original = as_read(Record(topic=TOPICS.orders, key=b"k", value=b"x" * 5000), 4711)
    with pytest.raises(ReplayRefusedError, match=r"left at orders\.v1:1:4711"):
        replayed(left_behind(original))
    with pytest.raises(ReplayRefusedError, match=r"left at orders\.v1:1:4711"):
        replayed(left_behind(original), replace(original, value=b"another record"))


def test_what_the_order_topic_would_not_take_again_is_refused_before_it_is_read() -> None:
    original = as_read(Record(topic=TOPICS.orders, key=b"k", value=b"x" * 9_000_000), 4711)
    with pytest.raises(ReplayRefusedError, match=r"9000000 bytes, and orders\.v1 takes at most 8388608"):
        replayed(left_behind(original), original)


def test_a_header_cannot_have_any_other_topic_read() -> None:
    original = as_read(Record(topic="payroll.v1", key=b"k", value=b"x" * 5000), 4711)
    with pytest.raises(ReplayRefusedError, match="does not come from a topic of this installation"):
        replayed(left_behind(original), original)


def test_a_replay_that_fails_again_counts_and_names_its_predecessor_once() -> None:
    letters = [buried(b"{")]
    for offset in range(1, 4):
        record = as_read(replayed(letters[-1]))
        letters.append(as_read(dead_letter(record, app="intake", code="NOT_JSON", message="why"), offset))
    told = [dead_letter_of(letter) for letter in letters]
    assert [letter.attempts for letter in told] == [1, 2, 3, 4]
    assert [letter.replay_of for letter in told] == [None, *(f"{INTAKES}:1:{n}" for n in range(3))]
    assert len(letters[-1].headers) == len(letters[1].headers)
    assert failed_again(told) == {str(letter.place) for letter in told[:-1]}


def test_the_planners_dead_letter_goes_back_as_upstream_had_submitted_it() -> None:
    event = CODEC.read(
        OrderEvent,
        b'{"business": "ORNEK", "order_reference": "S-1", "actor": "fatma", "body": '
        b'{"type": "InvoiceRequested", "line_references": ["1"]}}',
    )
    log = LoggedEvent(
        event_id="e",
        received_at=datetime(2026, 11, 2, tzinfo=UTC),
        rules_version=1,
        policy=None,
        business=event.business,
        order_reference=event.order_reference,
        body=event.body,
        actor=event.actor,
    )
    again = replayed(buried_by_the_planner(log))
    assert (again.topic, again.key) == (TOPICS.orders, b"ORNEK/S-1")
    assert CODEC.read(OrderEvent, again.value) == event


@pytest.mark.parametrize(
    "body",
    [
        DocumentProgressed(document_id="d", command_id="c", state=DocumentState.ISSUED),
        HoldExpired(event_ids=("e",)),
        DocumentOverdue(document_id="d", sequence=1),
    ],
)
def test_news_of_our_own_writers_is_not_submitted_by_hand(body: Any) -> None:
    with pytest.raises(ReplayRefusedError, match=f"{body.type} is written by our own workers"):
        replayed(buried_by_the_planner(replace(logged(), body=body)))


@pytest.mark.parametrize("value", [b"{", b"\x00\x00\x00\x00\x01x", b'{"event_id": "e"}'])
def test_a_planners_dead_letter_that_nobody_can_read_is_not_replayed(value: bytes) -> None:
    with pytest.raises(ReplayRefusedError, match="no event of an order's log that can be read"):
        replayed(buried_by_the_planner(value))


def test_an_event_that_nobody_may_submit_is_not_replayed() -> None:
    body = request("S-1", "1")["body"]
    value = {**request("no\u202eway", "1"), "event_id": "e", "received_at": "2026-11-02T09:00:00Z", "rules_version": 1}
    log = CODEC.read(LoggedEvent, json.dumps({**value, "body": body}).encode())
    with pytest.raises(ReplayRefusedError, match="no event that may be submitted"):
        replayed(buried_by_the_planner(log))


def test_a_command_is_nobodys_to_repeat() -> None:
    dead = buried(CODEC.write(command()), TOPICS.commands("nilvera"), "issuer-nilvera", "NOT_A_COMMAND")
    with pytest.raises(ReplayRefusedError, match="A command is written by the planner alone"):
        replayed(dead)


@pytest.mark.parametrize("source", ["document-status.v1", "other.orders.v1", ""])
def test_a_header_cannot_send_a_dead_letter_anywhere_else(source: str) -> None:
    with pytest.raises(ReplayRefusedError, match="does not come from a topic of this installation"):
        replayed(buried(b"{}", source))
    with pytest.raises(ReplayRefusedError, match="does not come from a topic of this installation"):
        replay_of(buried(b"{}"), Topics("theirs."), CODEC, actor="ayşe", original=lambda _: None)


# --- what comes of it ------------------------------------------------------------------------------------------------


async def test_a_replay_of_what_has_arrived_meanwhile_issues_nothing_twice() -> None:
    pipeline = Pipeline(trigger=Trigger.ORDER_PLACED)
    submitted = CODEC.write(CODEC.read(OrderEvent, json.dumps(order("S-1")).encode()))
    dead = pipeline.append(
        dead_letter(
            as_read(Record(topic=TOPICS.orders, key=None, value=submitted)),
            app="intake",
            code="INTAKE_FAILED",
            message="why",
        )
    )
    first, second, third = await pipeline.deliver(*(replayed(dead) for _ in range(3)))
    assert [fate.told[0] for fate in (first, second, third)] == ["OK", "DUPLICATE", "DUPLICATE"]
    assert len(pipeline.on(TOPICS.commands("nilvera"))) == 1


async def test_a_replay_of_a_poisoned_event_waits_with_its_order_and_its_neighbours_do_not() -> None:
    pipeline = Pipeline()
    value = {**order("S-1"), "event_id": "e", "received_at": "2026-11-02T09:00:00Z", "rules_version": 1}
    await pipeline.log(json.dumps(value).encode(), "S-1")  # without a policy: the fold fails
    (dead,) = pipeline.on(PLANNERS)
    (again,) = await pipeline.deliver(replayed(dead))
    assert again.told == ("HELD", "ORDER_FROZEN")
    neighbour, _ = await pipeline.submit(order("S-2"), request("S-2", "1"))
    assert neighbour.told == ("OK", None)
    assert len(pipeline.on(TOPICS.commands("nilvera"))) == 1
