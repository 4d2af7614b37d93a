"""The durable table: a changelog topic, and a memory that shows an entry only once the broker has it.

Faust's own tables write without waiting for the broker, need a "current event", and lose what a failing recovery
skips. Of Faust only the recovery remains here: it reads the changelog and hands over its records.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import faust

from app.stream.errors import OwnershipLost, RecordTooLargeError
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import abort
from app.stream.processing.offset_gaps import PlainReader, Reader
from app.stream.processing.recovery_check import RecoveryCheck
from app.stream.processing.sending import Written, send_all, send_unwatched
from app.stream.records import MOST_BYTES, Entry, Record
from app.stream.table_memory import FOUNDING_KEY, Entries


class DurableTable(faust.Table):  # type: ignore[misc]  # untyped library
    """Entries of raw bytes, by partition and entity; made by `durable_table`.

    Keys are write-once or carry what makes them newer (`order␟00000007`): the changelog keeps the last record of a
    key, and a zombie's late write may be the last. So nothing may be overwritten by something older.
    """

    app: App

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries = Entries()
        self._recovered = RecoveryCheck(self.changelog)
        self._reader: Reader = PlainReader(bootstrap=self.app.settings.bootstrap)

    @property
    def changelog(self) -> str:
        """The name of the changelog topic: `<app id>-<table>-changelog`."""
        return str(self.changelog_topic_name)

    # -- reading -------------------------------------------------------------------------------------------------

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        """Return an entity's entries by the rest of their keys; empty where there are none."""
        return self._entries.of(partition, entity)

    def entities(self, partition: int) -> Iterator[bytes]:
        """Go through a partition's entities."""
        return self._entries.entities(partition)

    # -- writing -------------------------------------------------------------------------------------------------

    async def put(self, partition: int, key: bytes, value: bytes, *, unfenced: bool = False) -> None:
        """Write one entry, from any task; it is visible when this returns.

        `unfenced` writes without lease and ownership: only what is true whichever worker owns the partition.

        Raises:
            OwnershipLost: the partition is not ours.
            RecordTooLargeError: the changelog would not take it; nothing was sent.

        """
        self._refuse_too_large(key, value)
        if not unfenced and (self.app.epoch is None or partition not in self.app.epoch.partitions(self.changelog)):
            raise OwnershipLost
        record = Record(topic=self.changelog, key=key, value=value, partition=partition)
        self._note(await send_all(self.app, [record], unfenced=unfenced))
        self._entries.keep(partition, key, value)

    async def put_all(self, epoch: Epoch, entries: Sequence[Entry]) -> None:
        """Write all of them, durable before any is visible.

        Raises:
            OwnershipLost: the epoch has ended, or one of the partitions is not part of it.
            RecordTooLargeError: the changelog would not take one of them; nothing was sent.

        """
        for entry in entries:
            self._refuse_too_large(entry.key, entry.value)
        owned = epoch.partitions(self.changelog)
        if self.app.epoch is not epoch or any(entry.partition not in owned for entry in entries):
            raise OwnershipLost
        topic = self.changelog
        records = [Record(topic=topic, key=e.key, value=e.value, partition=e.partition) for e in entries]
        self._note(await send_all(self.app, records))
        for entry in entries:
            self._entries.keep(entry.partition, entry.key, entry.value)

    def _note(self, written: Iterable[Written]) -> None:
        for where in written:
            self.app.notes.entry_seen(self.changelog, where.partition, where.offset)

    def _refuse_too_large(self, key: bytes, value: bytes) -> None:
        if (size := len(key) + len(value)) > MOST_BYTES:
            raise RecordTooLargeError(f"an entry of {self.changelog}", size, MOST_BYTES)

    async def forget_all(self, keys: Iterable[tuple[int, bytes]]) -> None:
        """Delete superseded entries, (partition, key); handed over, not awaited: delete again after a recovery."""
        known = list(keys)
        for partition, key in known:
            self._entries.keep(partition, key, None)
        topic = self.changelog
        await send_unwatched(self.app, [Record(topic=topic, key=k, value=None, partition=p) for p, k in known])

    # -- what Faust calls ----------------------------------------------------------------------------------------

    def apply_changelog_batch(self, batch: Iterable[Any]) -> None:
        """Take what a recovery read. Faust may hand over another table's record, and swallows what this raises."""
        try:
            for event in batch:
                message = event.message
                if message.topic == self.changelog:
                    self._recovered.take(message.partition, message.offset)
                    if message.key != FOUNDING_KEY:
                        self._entries.keep(message.partition, message.key, message.value)
        except Exception as exc:  # noqa: BLE001 - Faust would log a warning and go on with a hole in the table
            abort(f"changelog {self.changelog}", exc)

    async def on_recovery_completed(self, active_tps: set[Any], standby_tps: set[Any]) -> None:  # noqa: ARG002
        """Drop what is not ours; here and nowhere else, for Faust reads on from where it was in what stays.

        Then abort where a record was overlooked: the next start recovers everything anew.
        """
        owned = {tp.partition for tp in active_tps}
        self._entries.drop_all_but(owned)
        self._recovered.drop_all_but(owned)
        try:
            overlooked = await self._recovered.overlooked(self._reader)
        except Exception as exc:  # noqa: BLE001 - Faust would go on, and it would not be known whether the table is whole
            abort(f"changelog {self.changelog}", exc)
        for partition, last in self._recovered.last().items():
            self.app.notes.entry_seen(self.changelog, partition, last)
        if overlooked:
            abort(f"changelog {overlooked}: a record was not recovered")


def durable_table(app: App, name: str, *, partitions: int) -> DurableTable:
    """Declare a table; its changelog exists already, compacted, with as many partitions as what is consumed with it."""
    table: DurableTable = app.Table(name, key_type=bytes, value_type=bytes, partitions=partitions)
    app.durable_tables.append(table)
    return table
