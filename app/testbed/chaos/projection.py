"""The read model at the end of a run: killed and frozen as it was, its rows must be what the topics give.

Compared with two things: a model that is built anew from the topics, in every row and column; and the topics
themselves, folded here, in what a document is and an outcome.
"""

import time
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final

from sqlalchemy import Table, select

from app.domain.documents import DocumentStatus
from app.domain.time import utc_now
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.chaos.check.defects import Defect, Defects, lost, wrong
from app.testbed.chaos.installation.supervisor import Supervisor
from app.testbed.chaos.plan import PROJECTION
from app.testbed.installation.installation import Installation
from app.tracking.read_model.database import Generation, ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rebuild import rebuild
from app.tracking.read_model.tables import CONTENT, NOT_CONTENT, documents, orders, outcomes

# What a worker has left to project when nothing is written any more, and its start.
PATIENCE_SECONDS: Final = 60.0
_LOOK_SECONDS: Final = 0.5
# Of a table's rows so many are named.
_MOST_NAMED: Final = 5

Read = Callable[[str], Iterable[InRecord]]
Rows = Mapping[tuple[Any, ...], tuple[Any, ...]]


def end_projection(installation: Installation, supervisor: Supervisor) -> list[Defect]:
    """Waits until its worker has read everything, ends it, and compares. Raises StoreError, TopicUnreadableError."""
    model = ReadModel.of(installation.environment["FATURAFLOW_DATABASE"])
    try:
        is_complete = _caught_up(model, supervisor)
        supervisor.stop((PROJECTION,))
        found = [] if is_complete else [lost("the projection has not read the topics to their ends")]
        return [*found, *compared(installation, model)]
    finally:
        model.close()


def _caught_up(model: ReadModel, supervisor: Supervisor) -> bool:
    began, end = utc_now(), time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < end:
        supervisor.restart_ended(time.monotonic())
        with suppress(NoReadModelError):
            known = Queries(model).freshness()
            if known.checked_at is not None and known.checked_at > began and not known.behind:
                return True
        time.sleep(_LOOK_SECONDS)
    return False


def compared(installation: Installation, model: ReadModel) -> Defects:
    """The rows against the topics, and against a model that is built anew, which is the live one afterwards."""
    live = {table: rows_of(model.live(), table) for table in CONTENT}
    yield from unlike_topics(model.live(), installation.topics, installation.codec, installation.read)
    rebuild(model, installation.bootstrap, installation.topics, installation.codec, progress=lambda _: None)
    anew = {table: rows_of(model.live(), table) for table in CONTENT}
    for table in CONTENT:
        yield from unlike(table.name, "a rebuild gives", live[table], anew[table])


def unlike_topics(live: Generation, topics: Topics, codec: Codec, read: Read) -> Defects:
    """Documents, outcomes and orders that are otherwise than their topics say. `read`: a topic to its end."""
    found = rows_of(live, documents, ("document_id", "sequence", "state", "attention", "number", "ettn"))
    yield from unlike("documents", "the topics give", found, _documents(codec, read(topics.document_status)))
    found = rows_of(live, outcomes, ("partition", "place", "order_key"))
    yield from unlike("outcomes", "the topics give", found, _outcomes(read(topics.order_outcomes)))
    known = rows_of(live, orders, ("order_key",))
    for key in sorted({record.key.decode() for record in read(topics.order_log) if record.key}):
        if (key,) not in known:
            yield lost(f"order {key} is in the log, and the projection has none")


def rows_of(generation: Generation, table: Table, names: Collection[str] = ()) -> Rows:
    """A table's rows by their keys: the columns of these names, else all but what says when a row was written."""
    columns = [each for each in table.columns if each.name in names or not (names or each.name in NOT_CONTENT)]
    keys = [place for place, column in enumerate(columns) if column.primary_key]
    with generation.reading() as transaction:
        found = transaction.execute(select(*columns)).all()
    return {tuple(row[place] for place in keys): tuple(row) for row in found}


def unlike(table: str, what: str, live: Rows, due: Rows) -> Defects:
    """The rows that one of the two has otherwise, or not at all."""
    differing = sorted(key for key in live.keys() | due.keys() if live.get(key) != due.get(key))
    if differing:
        named = ", ".join(map(str, differing[:_MOST_NAMED]))
        yield wrong(f"the projection has {len(differing)} rows of {table} otherwise than {what}: {named}")


def _documents(codec: Codec, records: Iterable[InRecord]) -> Rows:
    """Each document as its last status has it."""
    latest: dict[str, DocumentStatus] = {}
    for record in records:
        status: DocumentStatus = codec.read(DocumentStatus, record.value)
        if status.sequence >= latest.setdefault(status.document_id, status).sequence:
            latest[status.document_id] = status
    return {
        (name,): (name, each.sequence, f"{each.state}", each.attention and f"{each.attention}", each.number, each.ettn)
        for name, each in latest.items()
    }


def _outcomes(records: Iterable[InRecord]) -> Rows:
    """Each outcome at its place in the topic."""
    found = ((record.partition, record.offset, (record.key or b"").decode()) for record in records)
    return {(partition, offset): (partition, offset, key) for partition, offset, key in found}
