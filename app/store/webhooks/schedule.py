"""What follows an attempt: pure, by the clock that is given."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import Final

# Ten attempts in three days, as Standard Webhooks has them; the last two fall behind the end where a jitter is long.
RETRIES: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 60, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 12 * 3600, 14 * 3600, 16 * 3600, 20 * 3600)
)
GIVEN_UP_AFTER: Final = timedelta(days=3)
# Of attempts that come at once some share of their pause is drawn, so that they do not come at once again.
JITTER: Final = 0.2
# So many failures one after the other are the endpoint's and not an event's: it is tried by one delivery at a time.
FAILING: Final = 5
FIRST_PROBE: Final = timedelta(seconds=10)
LONGEST_PROBE: Final = timedelta(minutes=10)
# A receiver that asks for more than this is asked again all the same.
LONGEST_RETRY_AFTER: Final = timedelta(hours=1)
GONE: Final = "the receiver answered 410 Gone"
FAILED_FOR_DAYS: Final = "every attempt has failed for three days"


class DeliveryState(StrEnum):
    """GIVEN_UP: not accepted for three days while the endpoint accepted others; it can be sent again by hand."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


class EndpointState(StrEnum):
    """PAUSED: nothing is sent, and nothing is lost, until it is resumed."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an attempt has come to. `status`: of HTTP, None without an answer; `text`: the beginning of it, or why.

    `retry_after`: how long the receiver asks to be left alone.
    """

    status: int | None
    text: str
    retry_after: timedelta | None = None

    @property
    def is_accepted(self) -> bool:
        """Any 2xx. A redirection is none: it is not followed."""
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Before the attempt's end: the delivery's attempts and the time of the first, the endpoint's failures."""

    attempts: int
    first_at: datetime
    failures: int
    failing_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterFailure:
    """`due`: the delivery's next attempt; None: it is given up. `retry_at`: nothing goes to the endpoint before.

    `pause`: why the endpoint is paused; its delivery waits then.
    """

    due: datetime | None
    failures: int
    failing_since: datetime
    retry_at: datetime | None
    pause: str | None


def after_failure(standing: Standing, answer: Answer, now: datetime, *, drawn: float) -> AfterFailure:
    """What follows an attempt that was not accepted. `drawn`: from 0 to 1, by chance.

    An endpoint that accepts nothing is paused, and keeps all its deliveries; only one that accepts others loses the
    delivery that it refuses.
    """
    failing_since = standing.failing_since or now
    failures = standing.failures + 1
    pause = GONE if answer.status == HTTPStatus.GONE else None
    if now - failing_since >= GIVEN_UP_AFTER:
        pause = pause or FAILED_FOR_DAYS
    asked = min(answer.retry_after or timedelta(), LONGEST_RETRY_AFTER)
    is_over = now - standing.first_at >= GIVEN_UP_AFTER and pause is None
    return AfterFailure(
        due=None if is_over else now + max(asked, _pause(standing.attempts, drawn)),
        failures=failures,
        failing_since=failing_since,
        retry_at=_probe_at(failures, asked, now),
        pause=pause,
    )


def _pause(attempts: int, drawn: float) -> timedelta:
    planned = RETRIES[min(max(attempts, 1), len(RETRIES)) - 1]
    return planned * (1 + JITTER * (2 * drawn - 1))


def _probe_at(failures: int, asked: timedelta, now: datetime) -> datetime | None:
    if failures < FAILING:
        return now + asked if asked else None
    doubled: timedelta = FIRST_PROBE * 2 ** min(failures - FAILING, 10)
    return now + max(asked, min(doubled, LONGEST_PROBE))
