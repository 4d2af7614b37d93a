"""Waiting for the answer to a request, as a caller does that has just sent it."""

import time
from collections.abc import Callable
from typing import Final

from app.domain.outcomes import OrderOutcome, Verdict
from app.tracking.read_model.queries import Queries

# The projection writes what has come after 0.05 s; a question takes some ten thousandths.
LOOK_EVERY_SECONDS: Final = 0.1


def wait_for_outcome(
    queries: Queries,
    request_id: str,
    seconds: float,
    *,
    business: str | None = None,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> tuple[OrderOutcome, ...]:
    """The answers to this request once one of them is final, or what there is after so many seconds; it blocks.

    Raises as `Queries`.
    """
    end = clock() + seconds
    while True:
        found = queries.outcomes(request_id, business)
        left = end - clock()
        if left <= 0 or any(outcome.verdict is not Verdict.HELD for outcome in found):
            return found
        sleep(min(LOOK_EVERY_SECONDS, left))
