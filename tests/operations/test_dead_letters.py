"""Which dead letters are listed and submitted again, over topics that are lists."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

import pytest

from app.operations import dead_letters
from app.operations.dead_letters import DeadLetterFilter, find_dead_letter, list_dead_letters, replay_dead_letters
from app.operations.errors import NotFoundError
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.tracking.deadletters import REPLAY_OF, Place
from tests.harness.pipeline import TOPICS
from tests.tracking.test_deadletters import buried

PLACE = Place(topic=TOPICS.dead_letters(TOPICS.orders, "intake"), partition=1, offset=0)


class Broker:
    """Topics that are lists, and what was written."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.topics: dict[str, list[InRecord]] = {}
        self.written: list[Record] = []
        monkeypatch.setattr(dead_letters, "bootstrap", lambda: "")
        monkeypatch.setattr(dead_letters, "topics", lambda: TOPICS)
        monkeypatch.setattr(dead_letters, "codec", Codec)
        monkeypatch.setattr(dead_letters, "read_topic", self._read)
        monkeypatch.setattr(dead_letters, "write_all", self._write)

    def add(self, record: InRecord) -> None:
        log = self.topics.setdefault(record.topic, [])
        log.append(replace(record, offset=len(log), timestamp_ms=record.timestamp_ms + len(log)))

    def _read(self, _bootstrap: str, topic: str) -> Iterator[InRecord]:
        yield from self.topics.get(topic, ())

    def _write(self, _bootstrap: str, records: Iterable[Record]) -> int:
        before = len(self.written)
        self.written += records
        return len(self.written) - before


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> Broker:
    found = Broker(monkeypatch)
    found.add(buried(b"{"))
    found.add(buried(b"[", code="NOT_AN_OBJECT"))
    return found


def test_a_list_counts_what_its_limit_leaves_out(broker: Broker) -> None:
    found = list_dead_letters(DeadLetterFilter(), limit=1)
    assert ([each.letter.reason for each in found.latest], found.total) == (["NOT_AN_OBJECT"], 2)
    assert list_dead_letters(DeadLetterFilter(reason="NOT_JSON"), limit=9).total == 1
    assert list_dead_letters(DeadLetterFilter(app="planner"), limit=9).total == 0
    assert broker.written == []


@pytest.mark.usefixtures("broker")
@pytest.mark.parametrize("place", [replace(PLACE, offset=7), replace(PLACE, topic=TOPICS.orders)])
def test_only_a_dead_letter_of_this_installation_is_found(place: Place) -> None:
    assert find_dead_letter(PLACE).value == b"{"
    with pytest.raises(NotFoundError):
        find_dead_letter(place)


def test_a_dry_run_counts_what_would_be_written_and_writes_nothing(broker: Broker) -> None:
    assert replay_dead_letters(DeadLetterFilter(), actor="ayşe", dry_run=True).written == 2
    assert broker.written == []


def test_one_dead_letter_is_submitted_again_by_its_place(broker: Broker) -> None:
    assert replay_dead_letters(PLACE, actor="ayşe").written == 1
    assert [record.value for record in broker.written] == [b"{"]


def test_of_a_replay_that_failed_again_only_the_later_one_is_submitted_again(broker: Broker) -> None:
    replay_dead_letters(PLACE, actor="ayşe")
    (again,) = broker.written
    broker.add(replace(buried(b"{"), headers=(*buried(b"{").headers, (REPLAY_OF, str(PLACE).encode()))))
    assert again.topic == TOPICS.orders
    listed = list_dead_letters(DeadLetterFilter(reason="NOT_JSON"), limit=9).latest
    assert [each.failed_again for each in listed] == [True, False]
    assert replay_dead_letters(DeadLetterFilter(reason="NOT_JSON"), actor="ayşe").written == 1


def test_what_must_not_be_submitted_again_is_counted_by_its_reason(broker: Broker) -> None:
    broker.add(buried(b"{", TOPICS.commands("testbook"), "issuer-testbook"))
    replayed = replay_dead_letters(DeadLetterFilter(), actor="ayşe", dry_run=True)
    assert (replayed.written, list(replayed.refused.values())) == (2, [1])
