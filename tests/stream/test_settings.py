from dataclasses import replace
from pathlib import Path

import pytest

from app.stream.errors import StreamSettingsError
from app.stream.settings import StreamSettings

SOUND = StreamSettings(bootstrap="127.0.0.1:9092", app_id="planner", data_dir=Path("data"))


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"session_timeout": 61.0}, "session_timeout must not exceed rebalance_timeout"),
        ({"session_timeout": 2.0}, "no room for one lost heartbeat"),
        ({"producer_timeout": 60.0}, "producer_timeout must be below rebalance_timeout"),
        ({"stuck_after": 10.0}, "producer_timeout must be below stuck_after"),
        ({"max_call_seconds": 45.0}, "a revoke waits for running calls"),
        ({"max_call_seconds": 44.0, "stop_grace": 74.0}, "stop_grace must exceed"),
        ({"batch_size": 5000}, "batch_size must be between 1 and buffer_size"),
        ({"batch_size": 0}, "batch_size must be between 1 and buffer_size"),
        ({"buffer_bytes": 0}, "buffer_bytes must be above 0"),
    ],
)
def test_a_time_budget_that_does_not_add_up_is_refused(wrong: dict[str, float], rule: str) -> None:
    with pytest.raises(StreamSettingsError, match=rule):
        replace(SOUND, **wrong)


def test_the_longest_call_that_a_revoke_can_wait_for_is_accepted() -> None:
    assert replace(SOUND, max_call_seconds=44.0).max_call_seconds == 44


def test_a_join_may_last_as_long_as_the_slowest_member_drains() -> None:
    assert SOUND.request_timeout > SOUND.rebalance_timeout
    assert replace(SOUND, rebalance_timeout=15).request_timeout == 30
