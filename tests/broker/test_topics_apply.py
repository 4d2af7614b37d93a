import json
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType
from typer.testing import CliRunner

from app.cli.commands import topics as command
from app.operations.installation.machine import topics
from app.settings import settings
from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import TOPIC_UNSAFE
from app.stream.startup.topic_check import refuse_unsafe_topics
from app.stream.topics.errors import BrokerRequestError, TopicsRefusedError
from app.stream.topics.existing import existing_topics
from app.stream.topics.plans import TopicPlan, declared
from app.stream.topics.provisioning import Applied, Change, apply

pytestmark = pytest.mark.broker


@pytest.fixture
def prefix() -> str:
    return f"t{uuid.uuid4().hex[:8]}."


@pytest.fixture
def admin(bootstrap: str, prefix: str) -> Iterator[AdminClient]:
    client = AdminClient({"bootstrap.servers": bootstrap})
    yield client
    mine = [topic for topic in client.list_topics(timeout=30).topics if topic.startswith(prefix)]
    for deleted in client.delete_topics(mine).values() if mine else ():
        deleted.result(30)


@pytest.fixture
def plans(prefix: str) -> tuple[TopicPlan, ...]:
    return declared("development", prefix)


def changes(applied: Applied) -> set[Change]:
    return {row.change for row in applied.topics}


def create(admin: AdminClient, name: str, partitions: int, config: dict[str, str]) -> None:
    admin.create_topics([NewTopic(name, partitions, 1, config=config)])[name].result(30)


def alter(admin: AdminClient, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    admin.incremental_alter_configs([resource])[resource].result(30)
    # The controller answers a moment before its broker knows.
    while existing_topics(admin, [topic])[topic].config[name] != value:
        time.sleep(0.05)


def test_a_second_time_changes_nothing(admin: AdminClient, plans: tuple[TopicPlan, ...]) -> None:
    assert changes(apply(admin, plans)) == {Change.CREATED}
    existing = existing_topics(admin, [plan.name for plan in plans])
    for plan in plans:
        found = existing[plan.name]
        assert found.partitions == plan.partitions
        assert {name: found.config[name] for name in plan.config} == plan.config
    assert changes(apply(admin, plans)) == {Change.UNCHANGED}


def test_a_configuration_that_drifted_is_brought_up_to_date(admin: AdminClient, plans: tuple[TopicPlan, ...]) -> None:
    apply(admin, plans[:2])
    alter(admin, plans[0].name, "message.timestamp.type", "CreateTime")
    alter(admin, plans[0].name, "retention.ms", "1000000")
    first, second = apply(admin, plans[:2]).topics
    assert first.changes == (
        "message.timestamp.type: CreateTime → LogAppendTime",
        f"retention.ms: 1000000 → {plans[0].config['retention.ms']}",
    )
    assert second.change is Change.UNCHANGED
    assert changes(apply(admin, plans[:2])) == {Change.UNCHANGED}


@pytest.mark.parametrize("longer", ["-1", "999999999999"])
def test_who_keeps_records_longer_keeps_them(admin: AdminClient, plans: tuple[TopicPlan, ...], longer: str) -> None:
    apply(admin, plans[:1])
    alter(admin, plans[0].name, "retention.ms", longer)
    assert changes(apply(admin, plans[:1])) == {Change.UNCHANGED}


def test_every_dangerous_difference_is_told_and_nothing_is_changed(
    admin: AdminClient, plans: tuple[TopicPlan, ...]
) -> None:
    orders, order_log, outcomes = plans[:3]
    create(admin, orders.name, 3, {})
    create(admin, order_log.name, 4, {"cleanup.policy": "compact"})
    with pytest.raises(TopicsRefusedError) as refused:
        apply(admin, [orders, order_log, outcomes])
    assert [problem.partition(":")[0] for problem in refused.value.problems] == [
        f"{orders.name} has 3 partitions instead of 4",
        f"{order_log.name} has the clean-up policy compact instead of delete",
    ]
    assert outcomes.name not in existing_topics(admin, [outcomes.name])


def test_a_changelog_that_deletes_stops_a_worker_and_is_told_by_the_doctor(
    bootstrap: str, prefix: str, admin: AdminClient, plans: tuple[TopicPlan, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(admin, plans)
    refuse_unsafe_topics(admin, plans)
    changelog = f"{prefix}faturaflow-planner-orders-changelog"
    alter(admin, changelog, "cleanup.policy", "delete")
    with pytest.raises(StartRefusedError, match=f"{changelog} has cleanup.policy=delete instead of compact") as refused:
        refuse_unsafe_topics(admin, plans)
    assert refused.value.code == TOPIC_UNSAFE
    monkeypatch.setenv("FATURAFLOW_TOPIC_PREFIX", prefix)
    settings.cache_clear()
    try:
        told = topics(bootstrap)
    finally:
        settings.cache_clear()
    assert (told.ok, told.required) == (False, True)
    assert f"{changelog} has cleanup.policy=delete instead of compact" in told.found


def test_a_broker_that_says_otherwise_by_default_loses_nothing_of_ours(
    admin: AdminClient, plans: tuple[TopicPlan, ...]
) -> None:
    apply(admin, plans[:1])
    alter(admin, plans[0].name, "retention.bytes", "1000000")
    alter(admin, plans[0].name, "unclean.leader.election.enable", "true")
    (orders,) = apply(admin, plans[:1]).topics
    assert {"retention.bytes: 1000000 → -1", "unclean.leader.election.enable: true → false"} <= set(orders.changes)
    refuse_unsafe_topics(admin, plans[:1])


def test_too_few_replicas_are_refused(admin: AdminClient, plans: tuple[TopicPlan, ...]) -> None:
    apply(admin, plans[:1])
    with pytest.raises(TopicsRefusedError, match="replication factor 1 instead of 3"):
        apply(admin, [replace(plans[0], replication=3)])


def test_what_the_broker_cannot_do_is_one_sentence(admin: AdminClient, plans: tuple[TopicPlan, ...]) -> None:
    with pytest.raises(BrokerRequestError, match=plans[0].name):
        apply(admin, [replace(plans[0], replication=99)])


def test_the_command_reports_every_topic(
    bootstrap: str, prefix: str, admin: AdminClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert admin.list_topics(timeout=30)
    monkeypatch.setenv("FATURAFLOW_TOPIC_PREFIX", prefix)
    settings.cache_clear()
    try:
        applied = CliRunner().invoke(command.app, ["apply", "--bootstrap", bootstrap, "--json"])
        listed = CliRunner().invoke(command.app, ["list", "--bootstrap", bootstrap, "--json"])
        refused = CliRunner().invoke(command.app, ["apply", "--bootstrap", bootstrap, "--profile", "production"])
    finally:
        settings.cache_clear()
    names = {plan.name for plan in declared("development", prefix)}
    assert {row["name"] for row in json.loads(applied.stdout)["topics"] if row["change"] == "CREATED"} == names
    assert {row["name"] for row in json.loads(listed.stdout) if row["exists"]} == names
    assert refused.exit_code == 1
    assert "Nothing was changed" in refused.stderr
