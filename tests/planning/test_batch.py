"""Folding records: what newer rules wrote, how large an order may grow, and that no cut of the log changes anything."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from app.domain.orders import LoggedEvent
from app.domain.policy import RULES_VERSION
from app.planning.batch import BatchFold, fold_batch
from app.planning.entries import encode, version_key
from app.planning.fold import NewerRulesError
from app.stream import InRecord
from app.stream.codec import Codec
from tests.planning.events import Log, placed
from tests.planning.fakes import in_record

CODEC = Codec()


class Memory:
    """One order's entries, as the last batch left them."""

    def __init__(self) -> None:
        self.entries: dict[bytes, bytes] = {}

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        del partition, entity
        return dict(self.entries)

    def fold(self, records: Iterable[InRecord]) -> BatchFold:
        batch = fold_batch(records, self, Memory(), lambda value: CODEC.read(LoggedEvent, value))
        for change in batch.changed():
            assert change.state is not None
            self.entries = {version_key(change.state): encode(change.state)}
        return batch


def newer(**changes: Any) -> bytes:
    written = json.loads(CODEC.write(Log().event(placed())))
    return json.dumps({**written, "rules_version": RULES_VERSION + 1, **changes}).encode()


@pytest.mark.parametrize("changes", [{}, {"body": {"type": "OrderAmended"}}, {"policy": {"trigger": "STATUS"}}])
def test_a_record_of_newer_rules_ends_the_planner_and_freezes_no_order(changes: Any) -> None:
    memory = Memory()
    with pytest.raises(NewerRulesError):
        memory.fold([in_record(newer(**changes), 0)])
    assert not memory.entries
