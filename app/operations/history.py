"""Topics, order by order: read once into a temporary file, so that memory has one order at a time."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import groupby, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app.stream.records import InRecord

# Some megabytes of records at a time.
BATCH: Final = 1000


@contextmanager
def records_by_key(records: Iterable[InRecord]) -> Iterator[Iterator[tuple[bytes, list[InRecord]]]]:
    """Each key with its records, those of one topic in their sequence.

    On the disk it takes what these records take in Kafka without compression; the file is deleted with the block.
    """
    with TemporaryDirectory(prefix="faturaflow-history-") as folder:
        database = sqlite3.connect(Path(folder) / "history.db", isolation_level=None)
        try:
            _fill(database, records)
            yield _by_key(database)
        finally:
            database.close()


def _fill(database: sqlite3.Connection, records: Iterable[InRecord]) -> None:
    # Of use to this process alone: nothing of it has to survive a crash.
    database.executescript("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
    database.execute("CREATE TABLE log (key BLOB, part INTEGER, place INTEGER, at INTEGER, topic TEXT, value BLOB)")
    rows = ((each.key, each.partition, each.offset, each.timestamp_ms, each.topic, each.value) for each in records)
    while batch := [*islice(rows, BATCH)]:
        database.execute("BEGIN")
        database.executemany("INSERT INTO log VALUES (?, ?, ?, ?, ?, ?)", batch)
        database.execute("COMMIT")
    database.execute("CREATE INDEX by_key ON log (key, topic, part, place)")


def _by_key(database: sqlite3.Connection) -> Iterator[tuple[bytes, list[InRecord]]]:
    # By the index: a sort would carry all values.
    rows = database.execute(
        "SELECT key, part, place, at, topic, value FROM log INDEXED BY by_key ORDER BY key, topic, part, place"
    )
    for key, found in groupby(rows, key=lambda row: row[0]):
        yield key, [_record(row) for row in found]


def _record(row: tuple[bytes, int, int, int, str, bytes | None]) -> InRecord:
    key, partition, offset, at, topic, value = row
    return InRecord(topic=topic, partition=partition, offset=offset, timestamp_ms=at, key=key, value=value, headers=())
