"""Bad input as only a real Kafka can deliver it: transactions, sizes, schema ids, and a worker that must not stop."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from app.domain.policy import RULES_VERSION
from tests.broker.intake_and_planner import BY_KEY, SHOP, IntakeAndPlanner, running_stages
from tests.harness.pipeline import order, request

pytestmark = [pytest.mark.broker, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def stages(bootstrap: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[IntakeAndPlanner]:
    with running_stages(tmp_path_factory.mktemp("bad-input"), bootstrap) as stages:
        yield stages


def as_json(value: dict[str, Any], **more: Any) -> bytes:
    return json.dumps({**value, "business": SHOP, **more}).encode()


def dead_by_value(stages: IntakeAndPlanner, value: bytes | None, app: str = "intake", count: int = 1) -> str:
    letters = stages.dead_letters(app, count)
    (reason,) = [dict(letter.headers)["dlq-reason"].decode() for letter in letters if letter.value == value]
    return reason


def test_unreadable_records_are_dead_letters_and_the_record_behind_them_in_their_partition_goes_on(
    stages: IntakeAndPlanner,
) -> None:
    oversized = b'"' + b"x" * (7 * 1024 * 1024) + b'"'
    rubbish = {None: "NO_VALUE", oversized: "TOO_LARGE", b"\x00\x00\x00\x12\x67abc": "UNKNOWN_SCHEMA", b"{": "NOT_JSON"}
    stages.write(stages.topics.orders, *rubbish, as_json(order("B-1")))
    assert stages.verdicts("B-1", 1) == [("OK", None)]
    stages.dead_letters("intake", len(rubbish))
    for value, reason in rubbish.items():
        assert dead_by_value(stages, value) == reason


def test_what_upstream_aborted_was_never_submitted(stages: IntakeAndPlanner) -> None:
    producer = stages.producer(**{"transactional.id": f"{stages.topics.prefix}upstream"})
    producer.init_transactions(30)
    for number, end in enumerate((producer.abort_transaction, producer.commit_transaction)):
        producer.begin_transaction()
        producer.produce(stages.topics.orders, as_json(order(f"B-2-{number}")), key=b"k", partition=1)
        producer.produce(stages.topics.orders, b"{", key=b"k", partition=1) if number == 0 else None
        producer.flush(30)
        end(30)
    stages.write(stages.topics.orders, as_json(request("B-2-1", "1")), partition=1)
    assert stages.verdicts("B-2-1", 2) == [("OK", None), ("OK", None)]
    keys = {record.key for record in stages.read(stages.topics.order_log)}
    assert f"{SHOP}/B-2-1".encode() in keys
    assert f"{SHOP}/B-2-0".encode() not in keys


def test_a_poisoned_order_freezes_and_its_neighbours_in_the_partition_go_on(stages: IntakeAndPlanner) -> None:
    """Intake stamps a policy onto each order; the fold has no answer to its absence."""
    stages.write(stages.topics.orders, as_json(order("B-3")), as_json(order("B-4")))
    stages.verdicts("B-4", 1)
    key = f"{SHOP}/B-3".encode()
    spoilt = {"event_id": "e-1", "received_at": "2026-11-02T09:00:00Z", "rules_version": RULES_VERSION}
    poison = as_json({**request("B-3", "1"), **spoilt})
    stages.write(stages.topics.order_log, poison, key=key, partition=BY_KEY)
    assert dead_by_value(stages, poison, "planner") == "FOLD_FAILED"
    stages.write(stages.topics.orders, as_json(request("B-3", "1")), as_json(request("B-4", "1")))
    assert stages.verdicts("B-3", 3) == [("OK", None), ("HELD", "ORDER_FROZEN"), ("HELD", "ORDER_FROZEN")]
    assert stages.verdicts("B-4", 2) == [("OK", None), ("OK", None)]
    neighbours = [f"B-5-{number}" for number in range(8)]
    stages.write(stages.topics.orders, *(as_json(order(neighbour)) for neighbour in neighbours))
    assert [stages.verdicts(neighbour, 1) for neighbour in neighbours] == [[("OK", None)]] * 8
    homes = {record.key: record.partition for record in stages.read(stages.topics.order_log)}
    assert homes[key] in {homes[f"{SHOP}/{neighbour}".encode()] for neighbour in neighbours}
