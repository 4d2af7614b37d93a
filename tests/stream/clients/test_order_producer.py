import json
import uuid
from collections.abc import Iterator

import pytest
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from app.stream.clients.errors import DeliveryFailedError, SendError
from app.stream.clients.order_producer import OrderProducer
from app.stream.serialization.codec import Codec
from app.testbed.generator import BusinessRole, generate_orders, in_sending_order
from tests.sources.retail import imported, row
from tests.testbed.generator.test_generator import START

encode = Codec().write

PARTITIONS = 4
NOBODY = "127.0.0.1:1"


@pytest.fixture
def topic(bootstrap: str) -> Iterator[str]:
    """A topic of this test's own."""
    admin = AdminClient({"bootstrap.servers": bootstrap})
    name = f"test-sources-{uuid.uuid4()}"
    admin.create_topics([NewTopic(name, PARTITIONS, 1)])[name].result(30)
    yield name
    admin.delete_topics([name])[name].result(30)


def test_a_record_is_json_with_decimals_as_strings_and_without_what_is_absent() -> None:
    (event,) = imported(row("1", price="2,5")).events
    record = json.loads(encode(event))
    assert record["occurred_at"] == "2010-12-01T08:26:00Z"
    assert "person" not in record
    assert record["body"]["type"] == "OrderPlaced"
    assert record["body"]["lines"][0]["unit_price"] == "2.5"


def test_no_broker_is_told_in_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.clients.producer.CONNECT_SECONDS", 0.2)
    with pytest.raises(SendError, match="does not answer at 127"):
        OrderProducer(bootstrap=NOBODY, topic="orders.v1", encode=encode).check()


def test_an_event_that_is_not_confirmed_is_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.stream.clients.producer.DELIVERY_SECONDS", 0.5)
    producer = OrderProducer(bootstrap=NOBODY, topic="orders.v1", encode=encode)
    with pytest.raises(DeliveryFailedError, match="1 of 1 records were not confirmed") as failed:
        producer.send_all(imported(row()).events)
    assert (failed.value.undelivered, failed.value.records) == (1, 1)


@pytest.mark.broker
def test_a_missing_topic_is_told_before_anything_is_sent(bootstrap: str) -> None:
    with pytest.raises(SendError, match="create it with `faturaflow topics apply`"):
        OrderProducer(bootstrap=bootstrap, topic=f"missing-{uuid.uuid4()}", encode=encode).check()


@pytest.mark.broker
def test_each_event_arrives_once_under_its_order_s_key_where_java_would_put_it(bootstrap: str, topic: str) -> None:
    made = generate_orders([BusinessRole(code="kuzey")], orders=50, seed=7, start=START)
    events = list(in_sending_order(made, seed=7))
    producer = OrderProducer(bootstrap=bootstrap, topic=topic, encode=encode)
    producer.check()
    assert producer.send_all(events) == len(events)
    records = read(bootstrap, topic, len(events))
    assert sorted(value for _, _, value in records) == sorted(map(encode, events))
    everywhere = list(range(PARTITIONS))
    for partition, key, value in records:
        assert key.decode() == f"kuzey/{json.loads(value)['order_reference']}"
        assert partition == DefaultPartitioner()(key, everywhere, everywhere)


@pytest.mark.broker
def test_the_events_of_one_order_arrive_in_their_sequence(bootstrap: str, topic: str) -> None:
    (order,) = generate_orders([BusinessRole(code="kuzey")], orders=1, seed=7, start=START, duplicates=1.0)
    assert OrderProducer(bootstrap=bootstrap, topic=topic, encode=encode).send_all(order.events) == len(order.events)
    assert [value for _, _, value in read(bootstrap, topic, len(order.events))] == list(map(encode, order.events))


def read(bootstrap: str, topic: str, count: int) -> list[tuple[int, bytes, bytes]]:
    """Partition, key and value of the topic's first records, and a proof that there are no more."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": topic, "enable.auto.commit": False})
    try:
        consumer.assign([TopicPartition(topic, partition, OFFSET_BEGINNING) for partition in range(PARTITIONS)])
        messages = consumer.consume(count, timeout=30)
        ends = [consumer.get_watermark_offsets(TopicPartition(topic, p), timeout=30)[1] for p in range(PARTITIONS)]
        assert sum(ends) == count
        return [(message.partition(), message.key(), message.value()) for message in messages]
    finally:
        consumer.close()
