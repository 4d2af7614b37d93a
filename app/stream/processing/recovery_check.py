"""Whether what a recovery took in is all of the changelog.

A recovery that a rebalance overtakes can jump ahead: Faust takes the offset of any record that comes for progress, and
what is then read again below it counts as seen. A table with such a hole forgets that a document was issued. Compaction
leaves gaps as well; so each gap is read again by a plain consumer, and what it does not find was
never missed.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from typing import Final

from app.stream.processing.offset_gaps import OffsetRange, Reader

# The offsets of one reading are held in memory: some ten megabytes.
OFFSETS_PER_READ: Final = 100_000


class RecoveryCheck:
    """One changelog's offsets as they were taken in, by partition. What was explained once is not read again."""

    def __init__(self, changelog: str) -> None:
        self._changelog = changelog
        self._next: dict[int, int] = {}
        self._gaps: dict[int, list[range]] = {}

    def take(self, partition: int, offset: int) -> None:
        """Note a record. A partition begins at offset 0."""
        expected = self._next.get(partition, 0)
        if offset > expected:
            self._gaps.setdefault(partition, []).append(range(expected, offset))
        self._next[partition] = max(expected, offset + 1)

    def last(self) -> dict[int, int]:
        """Return the last offset that was taken in, by partition."""
        return {partition: following - 1 for partition, following in self._next.items()}

    def drop_all_but(self, owned: Collection[int]) -> None:
        """Forget the partitions that are not ours any more: they are read from their start when they come back."""
        for partition in set(self._next) - set(owned):
            del self._next[partition]
            self._gaps.pop(partition, None)

    async def overlooked(self, reader: Reader) -> OffsetRange | None:
        """Return the first stretch that has a record which was not taken in; None where nothing is missing.

        Raises:
            Exception: whatever the reader raises; then nothing is known.

        """
        for partition, gaps in list(self._gaps.items()):
            known = list(gaps)
            start = await reader.log_start(self._changelog, partition)
            for first in range(max(start, known[0].start), known[-1].stop, OFFSETS_PER_READ):
                end = min(first + OFFSETS_PER_READ, known[-1].stop)
                stretch = OffsetRange(topic=self._changelog, partition=partition, start=first, end=end)
                if any(_lies_in(known, offset) for offset in await reader.offsets(stretch)):
                    return stretch
            del gaps[: len(known)]  # more may have come meanwhile
            if not gaps and self._gaps.get(partition) is gaps:
                del self._gaps[partition]
        return None


def _lies_in(gaps: Sequence[range], offset: int) -> bool:
    """Whether one of these has the offset; they are in order."""
    place = bisect_right(gaps, offset, key=lambda gap: gap.start) - 1
    return place >= 0 and offset in gaps[place]
