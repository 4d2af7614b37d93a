"""Topics by key: each key comes once, with its records in their sequence."""

from app.operations.history import records_by_key
from app.stream.records import InRecord


def record(key: bytes, partition: int, offset: int, topic: str = "log") -> InRecord:
    return InRecord(
        topic=topic, partition=partition, offset=offset, timestamp_ms=offset, key=key, value=b"v", headers=()
    )


def test_keys_come_one_by_one_with_the_records_of_each_topic_in_sequence() -> None:
    written = [
        record(b"A/2", 0, 0),
        record(b"A/1", 1, 0),
        record(b"A/1", 1, 7, "changelog"),
        record(b"A/2", 0, 2),
        record(b"A/1", 1, 5),
    ]
    with records_by_key(written) as found:
        places = [(key, [(each.topic, each.offset) for each in kept]) for key, kept in found]
    assert places == [(b"A/1", [("changelog", 7), ("log", 0), ("log", 5)]), (b"A/2", [("log", 0), ("log", 2)])]


def test_more_records_than_a_batch_are_all_kept() -> None:
    with records_by_key(record(b"A/1", 0, offset) for offset in range(2500)) as found:
        ((_, kept),) = found
    assert [each.offset for each in kept] == [*range(2500)]
