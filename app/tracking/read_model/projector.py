"""Records to rows. A batch's rows and the offsets behind it are one transaction: both are there, or neither."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from app.domain.identity import OrderKey
from app.following.errors import NewerTopicError, StartAgainError
from app.following.offsets import Follower, Offsets, Place, TopicLog
from app.store.database import insert_into
from app.store.errors import StoreUnavailableError
from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import READ_MODEL_BEHIND
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import (
    InvalidRecordError,
    NewerRecordError,
    RegistryUnavailableError,
    UnreadableRecordError,
)
from app.stream.topics.names import Topics
from app.tracking.orders import TrackedOrder
from app.tracking.read_model.database import Generation
from app.tracking.read_model.derived import DerivedOrder, derived
from app.tracking.read_model.facts import Facts, keep, known_orders, sources
from app.tracking.read_model.tables import (
    about,
    document_vat,
    documents,
    offsets,
    order_lines,
    orders,
    projection_errors,
)

_NOT_DERIVED: Final = "NOT_DERIVED"
_NOT_PROJECTED: Final = "NOT_PROJECTED"

log = structlog.get_logger(__name__)


FOLLOWER: Final = Follower(
    worker="faturaflow worker tracking",
    made="the read model",
    remedy="run `faturaflow rebuild tracking`, which makes it from what the topics have",
    changed=READ_MODEL_BEHIND,
)


class Projector:
    """Writes one read model. `begin` comes first.

    Raises StoreUnavailableError while the database cannot be reached, ReplacedError and StartAgainError where another
    process has moved on what this one projects.
    """

    def __init__(self, generation: Generation, topics: Topics, codec: Codec) -> None:
        self._generation = generation
        self._codec = codec
        self._sources = sources(topics)
        self._offsets = Offsets(table=offsets, follower=FOLLOWER)
        self._model_id = ""

    @property
    def topics(self) -> tuple[str, ...]:
        """What is projected."""
        return tuple(self._sources)

    def begin(self, cluster_id: str, logs: Mapping[str, TopicLog]) -> dict[Place, int]:
        """The offset from which each partition is read: where the rows end, or where the log begins.

        Raises LogChangedError where the topics are not those that were read, or lack what comes next.
        """
        with self._generation.writing() as transaction:
            known = transaction.execute(select(about)).one()
            FOLLOWER.refuse_other(known.cluster_id, cluster_id, "cluster")
            self._model_id = known.model_id
            self._offsets.begin(transaction, logs)
        self.refuse_changed(logs)
        return dict(self._offsets.next)

    def refuse_changed(self, logs: Mapping[str, TopicLog]) -> None:
        """Raises LogChangedError where a topic was made anew since `begin`, or has lost what comes next.

        StartAgainError where it has more partitions.
        """
        self._offsets.refuse_changed(logs)

    def apply(self, records: Sequence[InRecord]) -> None:
        """Project these records, of any partitions, each partition's in sequence and after those before.

        A record that cannot be projected is set aside in `projection_errors`; the others are not held up by it.
        Raises NewerTopicError for a record of a newer version, and RegistryUnavailableError.
        """
        try:
            self._commit(records)
        except (StartRefusedError, StartAgainError, StoreUnavailableError, RegistryUnavailableError):
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, it must not hold up its partition
            if len(records) > 1:
                for record in records:
                    self.apply([record])
                return
            self._set_aside(records[0], _NOT_PROJECTED, type(fault).__name__)

    def mark(self, at: datetime, behind: int, current_at: datetime | None) -> None:
        """Note how many records were not projected yet at this moment, and as of when all are, if that is known."""
        values: dict[str, Any] = {"checked_at": at, "behind": behind}
        with self._generation.writing() as transaction:
            transaction.execute(update(about).values(**values, **({"current_at": current_at} if current_at else {})))

    def _commit(self, records: Sequence[InRecord]) -> None:
        facts, errors = self._facts(records)
        ends = {(record.topic, record.partition): record.offset + 1 for record in records}
        with self._generation.writing() as transaction:
            keep(transaction, facts)
            derive = _Derivation(transaction, facts.orders)
            derive.write()
            _note(transaction, [*errors, *derive.errors])
            self._move_on(transaction, ends)
        self._offsets.moved(ends)

    def _facts(self, records: Iterable[InRecord]) -> tuple[Facts, list[dict[str, Any]]]:
        facts, errors = Facts(), []
        for record in records:
            try:
                self._sources[record.topic](record, self._codec, facts)
            except (InvalidRecordError, UnreadableRecordError) as fault:
                errors.append(_error(record, type(fault).__name__, f"{fault}"))
            except NewerRecordError as newer:
                raise NewerTopicError(f"{record.topic}-{record.partition} offset {record.offset}: {newer}") from None
        return facts, errors

    def _set_aside(self, record: InRecord, code: str, message: str) -> None:
        ends = {(record.topic, record.partition): record.offset + 1}
        with self._generation.writing() as transaction:
            _note(transaction, [_error(record, code, message)])
            self._move_on(transaction, ends)
        self._offsets.moved(ends)

    def _move_on(self, transaction: Connection, ends: Mapping[Place, int]) -> None:
        if transaction.execute(select(about.c.model_id)).scalar_one() != self._model_id:
            raise StartAgainError
        self._offsets.move_on(transaction, ends)


class _Derivation:
    """Derives the rows of a batch's orders anew, and writes those that are not as they were."""

    def __init__(self, transaction: Connection, touched: Mapping[OrderKey, InRecord]) -> None:
        self._transaction = transaction
        self._touched = touched
        self.errors: list[dict[str, Any]] = []

    def write(self) -> None:
        if not self._touched:
            return
        found = [rows for order in known_orders(self._transaction, self._touched) for rows in self._derived(order)]
        changed = self._changed(orders, [rows.order for rows in found])
        keys = {row["order_key"] for row in changed}
        lines = [line for rows in found for line in rows.lines if line["order_key"] in keys]
        self._replace(order_lines, "order_key", keys, lines)
        self._upsert(orders, changed)
        changed = self._changed(documents, [each for rows in found for each in rows.documents])
        keys = {row["document_id"] for row in changed}
        vat = [each for rows in found for each in rows.vat if each["document_id"] in keys]
        self._replace(document_vat, "document_id", keys, vat)
        self._upsert(documents, changed)

    def _derived(self, order: TrackedOrder) -> Iterator[DerivedOrder]:
        try:
            yield derived(order)
        except Exception as fault:
            key = OrderKey(f"{order.business}/{order.order_reference}")
            log.exception("an order's rows could not be made", order=key)
            error = _error(self._touched[key], _NOT_DERIVED, type(fault).__name__)
            self.errors.append({**error, "order_key": key})

    def _changed(self, table: Table, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        key = next(iter(table.primary_key)).name
        keys = [row[key] for row in rows]
        known: dict[str, str] = {}
        for start in range(0, len(keys), 500):
            query = select(table.c[key], table.c.digest).where(table.c[key].in_(keys[start : start + 500]))
            known |= {row[0]: row[1] for row in self._transaction.execute(query)}
        return [row for row in rows if known.get(row[key]) != row["digest"]]

    def _replace(self, table: Table, key: str, keys: Collection[str], rows: Sequence[dict[str, Any]]) -> None:
        """The rows under these keys are these from now on."""
        if keys:
            gone = delete(table).where(table.c[key] == bindparam("old"))
            self._transaction.execute(gone, [{"old": each} for each in keys])
        if rows:
            self._transaction.execute(insert(table), rows)

    def _upsert(self, table: Table, rows: Sequence[dict[str, Any]]) -> None:
        if not rows:
            return
        self._transaction.execute(update(about).values(row_seq=about.c.row_seq + len(rows)))
        last = self._transaction.execute(select(about.c.row_seq)).scalar_one()
        numbered = [{**row, "row_seq": last - len(rows) + index} for index, row in enumerate(rows, start=1)]
        new = insert_into(table, self._transaction)
        keys = [column.name for column in table.primary_key]
        values = {column.name: new.excluded[column.name] for column in table.columns if column.name not in keys}
        self._transaction.execute(new.on_conflict_do_update(index_elements=keys, set_=values), numbered)


def _note(transaction: Connection, errors: list[dict[str, Any]]) -> None:
    if errors:
        transaction.execute(insert_into(projection_errors, transaction).on_conflict_do_nothing(), errors)


def _error(record: InRecord, code: str, message: str) -> dict[str, Any]:
    return {
        "topic": record.topic,
        "partition": record.partition,
        "place": record.offset,
        "order_key": None,
        "code": code,
        "message": message[:500],
    }
