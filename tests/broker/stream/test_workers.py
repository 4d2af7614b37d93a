"""One test for each thing that stock Faust does to a record, on a real broker."""

import signal
import time
from collections.abc import Callable

import pytest
from confluent_kafka import Producer, TopicPartition

from app.stream.ownership.commit_metadata import Note
from app.stream.startup.group_state import REQUEST_TIMEOUT_SECONDS, KafkaGroupState
from app.stream.table_memory import FOUNDING_KEY
from tests.broker.stream.conftest import Probe
from tests.broker.stream.probe_worker import DIED
from tests.broker.stream.topics import COMPACTED, Topics
from tests.broker.stream.workers import until

pytestmark = [pytest.mark.broker, pytest.mark.timeout(90)]

Probing = Callable[..., Probe]
Create = Callable[..., None]

READY_SECONDS = 20.0


def ready(probe: Probe) -> Probe:
    until(lambda: bool(probe.epochs) or probe.worker.code is not None, READY_SECONDS, "the worker owns its partitions")
    assert probe.epochs, probe.worker.said
    return probe


def test_an_exception_acknowledges_nothing_and_its_message_stays_out_of_the_log(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    topics.write("in", [(None, value) for value in (b"a", b"b", b"boom", b"c", b"d")])
    first = probe(batch_size=1)
    assert first.worker.wait(READY_SECONDS) == 70
    assert first.values == ["b'a'", "b'b'", "b'boom'"]
    assert "RuntimeError" in first.worker.said
    assert "a secret of the record" not in first.worker.said
    again = probe(obeys=False)
    until(lambda: topics.caught_up("probe", "in"), READY_SECONDS, "all is consumed")
    assert again.values[-3:] == ["b'boom'", "b'c'", "b'd'"]


def test_records_that_no_decoder_would_take_are_handed_over_as_they_came(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    topics.write("in", [(b"\xff", b"\xfe{"), (None, b""), (b"k", None), (b"", b"{}")])
    worker = probe()
    until(lambda: len(worker.got) == 4, READY_SECONDS, "all four are handed over")
    assert [record[2:] for record in worker.got] == [
        ["b'\\xff'", "b'\\xfe{'"],
        ["None", "b''"],
        ["b'k'", "None"],
        ["b''", "b'{}'"],
    ]


def test_an_entry_is_durable_and_recovered_before_the_first_record(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    topics.write("in", [(None, b"a"), (None, b"die"), (None, b"b")])
    assert probe(batch_size=2).worker.wait(READY_SECONDS) == DIED
    entries = [message.key() for message in topics.read("probe-seen-changelog")]
    assert [key for key in entries if key != FOUNDING_KEY] == [b"0\x1fvalue", b"1\x1fvalue"]
    again = ready(probe(obeys=False))
    assert again.epochs[0]["kept"]["0"] == [0, 1]
    until(lambda: topics.caught_up("probe", "in"), READY_SECONDS, "all is consumed")
    assert again.values == ["b'a'", "b'die'", "b'b'"]


def test_a_worker_keeps_only_the_partitions_that_it_owns(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    probe_topics(4)
    for partition in range(4):
        topics.write("in", [(None, b"x")] * 3, partition=partition)
    first = probe(partitions=4)
    until(lambda: len(first.got) == 12, READY_SECONDS, "all are consumed")
    second = ready(probe(partitions=4, name="second"))
    until(lambda: len(first.epochs[-1]["owned"]) == 2, READY_SECONDS, "the partitions are shared")
    for worker in (first, second):
        kept = {int(partition) for partition, entries in worker.epochs[-1]["kept"].items() if entries}
        assert kept == set(worker.epochs[-1]["owned"])
    assert second.worker.end() == 0
    until(lambda: len(first.epochs[-1]["owned"]) == 4, READY_SECONDS, "the partitions come back")
    assert first.epochs[-1]["kept"] == {str(partition): [0, 1, 2] for partition in range(4)}


def transactions(topics: Topics, *, leave_open: bool) -> Producer:
    """Write offsets 0-1 committed, 3-4 aborted, 6 plain, and perhaps 7 open; 2 and 5 are markers."""
    producer = Producer({"bootstrap.servers": topics.bootstrap, "transactional.id": topics.prefix})
    producer.init_transactions()
    for value, finish in ((b"committed", producer.commit_transaction), (b"ABORTED", producer.abort_transaction)):
        producer.begin_transaction()
        for _ in range(2):
            producer.produce(topics.prefix + "in", value)
        producer.flush()
        finish()
    topics.write("in", [(None, b"plain")], partition=0)
    if leave_open:
        producer.begin_transaction()
        producer.produce(topics.prefix + "in", b"open")
        producer.flush()
    return producer


def test_on_a_foreign_topic_aborted_records_are_not_seen_and_their_gap_is_believed(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    producer = transactions(topics, leave_open=True)
    worker = probe(foreign=True)
    until(lambda: len(worker.got) == 3, READY_SECONDS, "what is committed is handed over")
    assert [(record[1], record[3]) for record in worker.got] == [
        (0, "b'committed'"),
        (1, "b'committed'"),
        (6, "b'plain'"),
    ]
    until(lambda: topics.committed("probe", "in") == {0: 7}, READY_SECONDS, "the offsets are committed over the gap")
    producer.commit_transaction()
    until(lambda: len(worker.got) == 4, READY_SECONDS, "the transaction's records come with its end")
    assert "nothing was ever there" in worker.worker.said
    assert worker.worker.end() == 0


def test_on_our_own_topic_a_gap_is_never_believed(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    probe_topics()
    transactions(topics, leave_open=False)
    worker = probe()
    assert worker.worker.wait(READY_SECONDS) == 70
    assert "records in it were not handed over" in worker.worker.said
    assert "b'plain'" not in worker.values


def test_a_worker_that_was_frozen_leaves_before_it_writes(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    probe_topics()
    worker = ready(probe())
    worker.worker.signal(signal.SIGSTOP)
    time.sleep(7)  # longer than the session of 6 seconds; nothing observable happens meanwhile
    topics.write("in", [(None, b"late")])
    worker.worker.signal(signal.SIGCONT)
    assert worker.worker.wait(READY_SECONDS) == 70
    assert "lease" in worker.worker.said
    assert list(topics.read("out")) == []


def test_heartbeats_renew_the_lease_of_an_idle_worker(probe_topics: Create, probe: Probing) -> None:
    probe_topics()
    worker = ready(probe())
    # Twice a second: longer than the session of 6 seconds.
    until(lambda: sum("tick" in line for line in worker.lines) > 13, 30, "its clock ticks")
    assert worker.worker.end() == 0
    assert worker.lines[-1] == {"lost": True}


def test_a_record_that_is_never_acknowledged_makes_the_watchdog_fire(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    topics.write("in", [(None, b"hang")])
    worker = probe(stuck_after=3, producer_timeout=2)
    assert worker.worker.wait(READY_SECONDS) == 70
    assert "watchdog: a record is not acknowledged" in worker.worker.said


def test_no_payload_reaches_the_log_even_at_debug(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    probe_topics()
    topics.write("in", [(b"secret-key", b"secret-value")])
    worker = probe(log_level="DEBUG")
    until(lambda: topics.caught_up("probe", "in"), READY_SECONDS, "it is consumed")
    assert worker.worker.end() == 0
    logged = [line for line in worker.worker.said.splitlines() if not line.startswith("{")]
    assert logged
    assert not [line for line in logged if "secret" in line]


def test_a_missing_topic_refuses_to_start_and_is_not_created(topics: Topics, probe: Probing) -> None:
    topics.create("in")
    assert probe().worker.wait(READY_SECONDS) == 74
    assert set(topics.admin.list_topics(timeout=10).topics) & {topics.prefix + "probe-seen-changelog"} == set()


def worked(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    """Leave behind a group that has consumed three records."""
    probe_topics()
    topics.write("in", [(None, b"a"), (None, b"b"), (None, b"c")])
    worker = probe()
    until(lambda: topics.caught_up("probe", "in"), READY_SECONDS, "all is consumed")
    assert worker.worker.end() == 0


def test_a_group_without_offsets_beside_filled_changelogs_refuses_to_start(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    worked(topics, probe_topics, probe)
    group = topics.prefix + "probe"
    topics.admin.delete_consumer_groups([group])[group].result(30)
    assert probe().worker.wait(READY_SECONDS) == 72
    allowed = ready(probe(allow_fresh_group=True))
    until(lambda: len(allowed.got) == 3, READY_SECONDS, "all is read again")
    assert allowed.epochs[0]["kept"]["0"] == [0, 1, 2]


def test_offsets_beside_an_empty_changelog_refuse_to_start(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    worked(topics, probe_topics, probe)
    changelog = topics.prefix + "probe-seen-changelog"
    topics.admin.delete_topics([changelog])[changelog].result(30)
    until(lambda: changelog not in topics.admin.list_topics(timeout=10).topics, 10, "the changelog is gone")
    topics.create("probe-seen-changelog", 1, COMPACTED)
    assert probe().worker.wait(READY_SECONDS) == 73
    assert ready(probe(allow_fresh_group=True)).epochs[0]["kept"]["0"] == []


def test_a_worker_that_never_had_a_record_may_start_again(probe_topics: Create, probe: Probing) -> None:
    probe_topics()
    assert ready(probe()).worker.end() == 0
    assert ready(probe()).worker.end() == 0


def test_records_deleted_before_they_were_read_refuse_to_start(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    worked(topics, probe_topics, probe)
    topics.write("in", [(None, b"unread")] * 3)
    deleted = TopicPartition(topics.prefix + "in", 0, 5)
    topics.admin.delete_records([deleted])[deleted].result(30)
    assert probe().worker.wait(READY_SECONDS) == 71


def test_offsets_above_the_logs_end_refuse_to_start(topics: Topics, probe_topics: Create, probe: Probing) -> None:
    worked(topics, probe_topics, probe)
    topics.commit("probe", "in", 4)
    assert probe().worker.wait(READY_SECONDS) == 77
    allowed = ready(probe(allow_fresh_group=True))
    until(lambda: len(allowed.got) == 3, READY_SECONDS, "all is read again")


def test_a_log_that_is_another_one_below_the_groups_offset_refuses_to_start(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    worked(topics, probe_topics, probe)
    (note,) = topics.notes("probe", "in")
    assert Note.parse(note)
    # As in a cluster that was restored without its last records and went on: the same offsets, other records.
    topics.replace("in", [(None, b"another")] * 5)
    topics.commit("probe", "in", 3, note)
    assert probe().worker.wait(READY_SECONDS) == 77
    topics.commit("probe", "in", 3)  # set by hand, by somebody who knows
    worker = ready(probe())
    until(lambda: len(worker.got) == 2, READY_SECONDS, "the rest is read")


def test_records_in_the_middle_of_large_batches_are_found_in_every_partition(topics: Topics) -> None:
    """Of several partitions that are asked for at once a broker gives only the first its whole batch."""
    topics.create("log", 3)
    for partition in range(3):
        topics.write("log", [(b"k", b"x" * 100)] * 500, partition=partition)
    asked = {(f"{topics.prefix}log", partition): 250 for partition in range(3)}
    began = time.monotonic()
    found = KafkaGroupState(topics.bootstrap, f"{topics.prefix}orders").timestamps(asked)
    assert found.keys() == asked.keys()
    assert time.monotonic() - began < REQUEST_TIMEOUT_SECONDS


def test_a_changelog_that_has_lost_its_end_refuses_to_start(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    worked(topics, probe_topics, probe)
    topics.replace("probe-seen-changelog", [(FOUNDING_KEY, b"1")], COMPACTED)
    assert probe().worker.wait(READY_SECONDS) == 73
    assert ready(probe(allow_fresh_group=True)).epochs[0]["kept"]["0"] == []


def test_a_group_begins_at_the_start_of_a_log_whose_head_was_deleted(
    topics: Topics, probe_topics: Create, probe: Probing
) -> None:
    probe_topics()
    topics.write("in", [(None, b"old")] * 3 + [(None, b"new")] * 2)
    deleted = TopicPartition(topics.prefix + "in", 0, 3)
    topics.admin.delete_records([deleted])[deleted].result(30)
    worker = probe()
    until(lambda: len(worker.got) == 2, READY_SECONDS, "what is left is handed over")
    assert worker.values == ["b'new'"] * 2


def test_a_record_of_eight_mebibytes_passes(topics: Topics, probe: Probing) -> None:
    topics.create("in", 1, {"max.message.bytes": str(9 * 1024 * 1024)})
    topics.create("out", 1, {"max.message.bytes": str(10 * 1024 * 1024)})
    topics.create("probe-seen-changelog", 1, {**COMPACTED, "max.message.bytes": str(10 * 1024 * 1024)})
    large = b"x" * (8 * 1024 * 1024)
    producer = Producer({"bootstrap.servers": topics.bootstrap, "message.max.bytes": 9 * 1024 * 1024})
    producer.produce(topics.prefix + "in", large)
    assert producer.flush(30) == 0
    probe()
    until(lambda: topics.caught_up("probe", "in"), READY_SECONDS, "it is consumed")
    assert [len(message.value()) for message in topics.read("out")] == [len(large)]
