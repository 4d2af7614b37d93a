"""What a real broker of the development stack cannot show: brokers that forget too soon, or keep their settings."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import ConfigResource

from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import TOPIC_MISSING, TOPIC_UNSAFE
from app.stream.startup.topic_check import refuse_unsafe_topics
from app.stream.topics.errors import BrokerRequestError, TopicsRefusedError
from app.stream.topics.plans import TopicPlan, declared
from app.stream.topics.provisioning import OFFSETS_RETENTION, apply


class Brokers:
    """As much of an AdminClient as a broker without topics needs."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings

    def list_topics(self, timeout: float) -> Any:
        assert timeout > 0
        return SimpleNamespace(brokers={1: None, 2: None}, topics={})

    def describe_configs(self, resources: list[ConfigResource], *, request_timeout: float) -> dict[Any, Any]:
        assert request_timeout > 0
        return {resource: self._told() for resource in resources}

    def _told(self) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result({name: SimpleNamespace(value=value) for name, value in self._settings.items()})
        return future


def test_brokers_that_forget_offsets_within_a_month_are_refused() -> None:
    with pytest.raises(TopicsRefusedError, match="after 10080 minutes"):
        apply(Brokers({OFFSETS_RETENTION: "10080"}), [])


def test_brokers_that_do_not_tell_are_warned_about() -> None:
    assert "could not be checked" in apply(Brokers({}), []).warnings[0]


def test_brokers_that_remember_a_month_are_right() -> None:
    assert apply(Brokers({OFFSETS_RETENTION: "43200"}), []).warnings == ()


ORDERS, *_ = PLANS = declared("production")
CHANGELOG = next(plan for plan in PLANS if plan.cleanup_policy == "compact")


class Installed(Brokers):
    """Brokers that have these topics, as they were declared but for what a test changes."""

    def __init__(self, *plans: TopicPlan, partitions: int | None = None, replicas: int = 3, **settings: str) -> None:
        super().__init__({OFFSETS_RETENTION: "43200"})
        self._configs = {plan.name: {**plan.config, **settings} for plan in plans}
        self._topics = {
            plan.name: SimpleNamespace(
                partitions={
                    number: SimpleNamespace(replicas=range(replicas)) for number in range(partitions or plan.partitions)
                }
            )
            for plan in plans
        }

    def list_topics(self, timeout: float) -> Any:
        assert timeout > 0
        return SimpleNamespace(brokers={1: None}, topics=self._topics)

    def describe_configs(self, resources: list[ConfigResource], *, request_timeout: float) -> dict[Any, Any]:
        known = super().describe_configs(resources, request_timeout=request_timeout)
        for resource in resources:
            if resource.name in self._configs:
                known[resource] = Future()
                told = self._configs[resource.name].items()
                known[resource].set_result({name: SimpleNamespace(value=value) for name, value in told})
        return known

    def incremental_alter_configs(self, resources: list[ConfigResource], *, request_timeout: float) -> dict[Any, Any]:
        """As a hosted Kafka does that keeps a setting for itself."""
        assert request_timeout
        refused: Future[Any] = Future()
        refused.set_exception(KafkaException(KafkaError(KafkaError.POLICY_VIOLATION)))
        return dict.fromkeys(resources, refused)


def refusal(brokers: Brokers, *plans: TopicPlan) -> tuple[int, str]:
    with pytest.raises(StartRefusedError) as refused:
        refuse_unsafe_topics(brokers, plans)
    return refused.value.code, str(refused.value)


def test_topics_as_they_are_declared_let_a_worker_start() -> None:
    refuse_unsafe_topics(Installed(*PLANS), PLANS)


def test_who_keeps_more_than_declared_lets_a_worker_start() -> None:
    more = {"retention.ms": "-1", "min.insync.replicas": "3", "max.message.bytes": "99999999", "segment.ms": "1"}
    refuse_unsafe_topics(Installed(ORDERS, replicas=5, **more), [ORDERS])


@pytest.mark.parametrize("plan", [ORDERS, CHANGELOG], ids=["orders", "changelog"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("cleanup.policy", "compact,delete"),
        ("retention.bytes", "1000000000"),
        ("unclean.leader.election.enable", "true"),
        ("message.timestamp.type", "CreateTime"),
        ("min.insync.replicas", "1"),
        ("max.message.bytes", "1048588"),
    ],
)
def test_what_can_lose_records_is_refused_at_a_start_and_named(plan: TopicPlan, name: str, value: str) -> None:
    code, sentence = refusal(Installed(plan, **{name: value}), plan)
    assert code == TOPIC_UNSAFE
    assert f"{plan.name} has {name}={value} instead of {plan.config[name]}" in sentence


def test_a_shorter_retention_is_refused_at_a_start() -> None:
    assert refusal(Installed(ORDERS, **{"retention.ms": "86400000"}), ORDERS)[0] == TOPIC_UNSAFE


def test_too_few_replicas_are_refused_at_a_start() -> None:
    assert "replication factor 1 instead of 3" in refusal(Installed(ORDERS, replicas=1), ORDERS)[1]


def test_a_topic_that_is_missing_or_has_other_partitions_is_refused_at_a_start() -> None:
    assert refusal(Installed(ORDERS), ORDERS, CHANGELOG) == (
        TOPIC_MISSING,
        f"Missing: {CHANGELOG.name}. Run `faturaflow topics apply`.",
    )
    assert refusal(Installed(ORDERS, partitions=4), ORDERS)[0] == TOPIC_MISSING


def test_who_may_not_read_configurations_starts_all_the_same() -> None:
    def refused(*_: object, **__: object) -> dict[Any, Any]:
        raise KafkaException(KafkaError(KafkaError.TOPIC_AUTHORIZATION_FAILED))

    brokers = Installed(ORDERS)
    brokers.describe_configs = refused  # type: ignore[method-assign]
    refuse_unsafe_topics(brokers, [ORDERS])


def test_a_setting_that_the_broker_keeps_to_itself_is_named() -> None:
    with pytest.raises(BrokerRequestError, match=f"{ORDERS.name} was not set to retention.bytes=-1"):
        apply(Installed(ORDERS, **{"retention.bytes": "1000"}), [ORDERS])
