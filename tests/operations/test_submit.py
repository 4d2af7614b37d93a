"""What becomes of submitted events: the last outcome of each, and no longer a wait than it needs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.domain.identity import EventId
from app.domain.outcomes import OrderOutcome, Verdict
from app.operations.submit import HELD_SECONDS, outcomes_of
from tests.planning.events import Log, placed

A, B = EventId("a"), EventId("b")
ONE = Log().outcome(placed())


def told(event_id: EventId, verdict: Verdict) -> OrderOutcome:
    return replace(ONE, event_id=event_id, verdict=verdict)


class Topic:
    """Gives one batch of outcomes a second."""

    def __init__(self, batches: Sequence[Sequence[OrderOutcome]]) -> None:
        self.batches = list(batches)
        self.now = 0.0

    def heard(self) -> Iterator[OrderOutcome]:
        self.now += 1.0
        yield from self.batches.pop(0) if self.batches else ()

    def outcomes(self, *ids: EventId, wait: float = 30.0) -> dict[EventId, Verdict]:
        found = outcomes_of(ids, self.heard, wait, clock=lambda: self.now)
        return {event_id: outcome.verdict for event_id, outcome in found.items()}


def test_the_wait_ends_with_the_last_final_answer() -> None:
    topic = Topic([[told(A, Verdict.OK)], [], [told(B, Verdict.REJECTED)]])
    assert topic.outcomes(A, B) == {A: Verdict.OK, B: Verdict.REJECTED}
    assert topic.now == 3


def test_outcomes_of_others_are_passed_over() -> None:
    topic = Topic([[told(B, Verdict.REJECTED)], [told(A, Verdict.OK)]])
    assert topic.outcomes(A) == {A: Verdict.OK}


def test_what_is_held_is_followed_to_its_final_answer() -> None:
    topic = Topic([[told(A, Verdict.HELD)], [told(A, Verdict.OK)]])
    assert topic.outcomes(A) == {A: Verdict.OK}


def test_a_repeated_wait_does_not_hide_the_final_answer() -> None:
    topic = Topic([[told(A, Verdict.OK), told(A, Verdict.HELD)]])
    assert topic.outcomes(A) == {A: Verdict.OK}


def test_what_stays_held_is_told_after_a_little_while() -> None:
    topic = Topic([[told(A, Verdict.HELD)]])
    assert topic.outcomes(A) == {A: Verdict.HELD}
    assert topic.now <= 2 + HELD_SECONDS


def test_without_an_answer_the_wait_ends_in_time() -> None:
    topic = Topic([])
    assert topic.outcomes(A, wait=5.0) == {}
    assert topic.now == 5
