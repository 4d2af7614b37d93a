"""What a real broker of the development stack cannot show: brokers that forget too soon, or keep their settings."""

from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka.admin import ConfigResource

from app.stream.provisioning import OFFSETS_RETENTION, TopicsRefused, apply


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
    with pytest.raises(TopicsRefused, match="after 10080 minutes"):
        apply(Brokers({OFFSETS_RETENTION: "10080"}), [])


def test_brokers_that_do_not_tell_are_warned_about() -> None:
    assert "could not be checked" in apply(Brokers({}), []).warnings[0]


def test_brokers_that_remember_a_month_are_right() -> None:
    assert apply(Brokers({OFFSETS_RETENTION: "43200"}), []).warnings == ()
