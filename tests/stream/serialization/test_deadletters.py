from typing import Any

import pytest

from app.stream.records import DEAD_LETTER_BYTES, MEBIBYTE, ORDERS_DEAD_LETTER_BYTES, InRecord, Record, size_of
from app.stream.serialization.codec import Codec
from app.stream.serialization.deadletters import LONGEST_MESSAGE, dead_letter, is_without_bytes, replay, with_bytes
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics.names import Topics


def submitted(**changes: Any) -> InRecord:
    record = {
        "topic": "orders.v1",
        "partition": 2,
        "offset": 4711,
        "timestamp_ms": 1_793_000_000_000,
        "key": b"\x00key",
        "value": b"\xff not json",
        "headers": (("traceparent", b"00-aa"), ("traceparent", b"00-bb")),
    }
    return InRecord(**{**record, **changes})


def as_read(letter: Record, **changes: Any) -> InRecord:
    return submitted(topic=letter.topic, key=letter.key, value=letter.value, headers=letter.headers, **changes)


def buried(record: InRecord) -> Record:
    return dead_letter(record, app="intake", code="NOT_JSON", message="the value is no JSON")


def test_a_dead_letter_has_the_original_bytes_and_says_why_and_where_from() -> None:
    letter = buried(submitted())
    assert letter.topic == "orders.v1.intake.dlq"
    assert (letter.key, letter.value, letter.partition) == (b"\x00key", b"\xff not json", None)
    assert letter.headers == (
        ("traceparent", b"00-aa"),
        ("traceparent", b"00-bb"),
        ("dlq-reason", b"NOT_JSON"),
        ("dlq-message", b"the value is no JSON"),
        ("dlq-topic", b"orders.v1"),
        ("dlq-partition", b"2"),
        ("dlq-offset", b"4711"),
        ("dlq-timestamp", b"1793000000000"),
        ("dlq-app", b"intake"),
        ("dlq-attempts", b"1"),
    )


HUGE = b" " * (20 * MEBIBYTE)


@pytest.mark.parametrize(
    ("source", "most"), [("orders.v1", ORDERS_DEAD_LETTER_BYTES), ("order-log.v1", DEAD_LETTER_BYTES)]
)
@pytest.mark.parametrize(
    "parts", [{"value": HUGE}, {"key": HUGE}, {"headers": (("x", HUGE),)}, {"headers": (("x", b"y"),) * 1_000_000}]
)
def test_a_dead_letter_fits_its_topic_however_large_the_record_was(source: str, most: int, parts: Any) -> None:
    # Compressed upstream it has some kilobytes; our own dead letter is not compressed.
    letter = RecordBuilder(Topics(), Codec(), app="intake").dead_letter(
        submitted(topic=source, **parts), "TOO_LARGE", "why"
    )
    assert size_of(letter) <= most
    told = dict(letter.headers)
    assert (told["dlq-topic"], told["dlq-partition"], told["dlq-offset"]) == (source.encode(), b"2", b"4711")


def test_bytes_that_were_left_behind_are_counted_and_known_again() -> None:
    record = submitted(value=b"x" * 5000)
    letter = dead_letter(record, app="intake", code="TOO_LARGE", message="why", most=4000)
    assert (letter.key, letter.value) == (b"\x00key", None)
    assert letter.headers[:2] == (("traceparent", b"00-aa"), ("traceparent", b"00-bb"))
    assert dict(letter.headers)["dlq-size"] == b"5000"
    dead = as_read(letter)
    assert is_without_bytes(dead)
    assert with_bytes(dead, submitted(value=b"y" * 5000)) is with_bytes(dead, None) is None
    whole = with_bytes(dead, record)
    assert whole is not None and not is_without_bytes(whole)
    assert replay(whole).value == record.value


def test_a_dead_letter_without_a_value_of_its_own_has_nothing_left_behind() -> None:
    assert not is_without_bytes(as_read(buried(submitted(value=None))))


def test_a_tombstone_has_a_dead_letter_too() -> None:
    letter = buried(submitted(key=None, value=None))
    assert (letter.key, letter.value) == (b"", None)


def test_a_replayed_record_is_the_original_again_and_remembers_its_attempts() -> None:
    again = replay(as_read(buried(submitted())))
    assert (again.topic, again.key, again.value) == ("orders.v1", b"\x00key", b"\xff not json")
    assert again.headers == (("traceparent", b"00-aa"), ("traceparent", b"00-bb"), ("dlq-attempts", b"1"))


def test_attempts_are_counted_over_replays_and_headers_do_not_pile_up() -> None:
    record = submitted()
    for attempt in range(1, 4):
        letter = buried(record)
        assert dict(letter.headers)["dlq-attempts"] == str(attempt).encode()
        assert len(letter.headers) == 10
        again = replay(as_read(letter))
        record = submitted(headers=again.headers)


@pytest.mark.parametrize("count", [b"", b"many", b"-1", b"9" * 5000])
def test_a_count_that_is_none_begins_again(count: bytes) -> None:
    letter = buried(submitted(headers=(("dlq-attempts", count),)))
    assert dict(letter.headers)["dlq-attempts"] == b"1"


def test_a_message_that_goes_astray_is_cut() -> None:
    letter = dead_letter(submitted(), app="intake", code="NOT_JSON", message="ş" * 5000)
    assert dict(letter.headers)["dlq-message"].decode() == "ş" * LONGEST_MESSAGE


def test_what_is_no_dead_letter_is_not_replayed() -> None:
    with pytest.raises(ValueError, match=r"orders\.v1\[2\]@4711"):
        replay(submitted())
