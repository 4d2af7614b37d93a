from typing import Any

import pytest

from app.stream.deadletters import LONGEST_MESSAGE, dead_letter, replay
from app.stream.records import InRecord, Record


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
