"""As of when what readers see is whole, by what was projected and what the topics had."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.following.offsets import TopicLog
from app.tracking.read_model.following import Age

START = datetime(2026, 11, 2, 9, tzinfo=UTC)
TOPIC = "order-log.v1"


class Flow:
    """One topic; `written` of its records are there, and `projected` of them are."""

    def __init__(self) -> None:
        self.age, self.written, self.projected = Age(), 0, 0

    def compare(self, second: int) -> datetime | None:
        ends = {TOPIC: TopicLog(topic_id="t", bounds={0: (0, self.written)})}
        return self.age.current_at(START + timedelta(seconds=second), ends, self._behind)

    def _behind(self, logs: Mapping[str, TopicLog]) -> int:
        return max(0, logs[TOPIC].bounds[0][1] - self.projected)


def test_what_is_wholly_projected_is_of_now() -> None:
    flow = Flow()
    flow.written = flow.projected = 5
    assert flow.compare(2) == START + timedelta(seconds=2)


def test_where_something_is_always_on_its_way_it_is_of_the_moment_whose_records_are_there() -> None:
    flow = Flow()
    found = []
    for second in range(0, 10, 2):
        flow.written = second + 1
        flow.projected = second
        found.append(flow.compare(second))
    assert found == [None, *(START + timedelta(seconds=second) for second in (0, 2, 4, 6))]


def test_a_projection_that_falls_behind_is_of_no_later_moment() -> None:
    flow = Flow()
    flow.written = 1
    for second in range(0, 10, 2):
        flow.written += 100
        flow.projected += 1
        assert flow.compare(second) is None
    flow.projected = 101
    assert flow.compare(10) == START
