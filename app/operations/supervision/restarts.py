"""What comes after the end of a process: it is started again after a while, or a person acts first."""

from dataclasses import dataclass
from typing import Final

from app.stream.ownership.exits import ABORTED, EXIT_CODES, NOT_STARTED, STOPPED, ExitCode

# One that has lived so long had started well: its end is not the start's fault.
STEADY_SECONDS: Final = 60.0
FIRST_DELAY_SECONDS: Final = 1.0
# A start costs some seconds of processor time; and what is repaired is seen within a minute.
LONGEST_DELAY_SECONDS: Final = 60.0
# A start that was refused has changed nothing, and the database or the registry may be back by then.
_STARTED_AGAIN: Final = frozenset({STOPPED, ABORTED, NOT_STARTED})
_MEANINGS: Final[dict[int, ExitCode]] = {int(code): code for code in EXIT_CODES}


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStart:
    """`delay`: seconds until it is started again; None where a person acts first, as `remedy` says."""

    delay: float | None
    meaning: str
    remedy: str


def after(code: int, *, quick_ends: int) -> NextStart:
    """What comes after an end with this exit code, negative for a signal's number.

    `quick_ends`: how many times in a row it has ended within STEADY_SECONDS, this time included. Any other code than
    those of a worker is of a command line that cannot be right.
    """
    known = _MEANINGS.get(code)
    delay = min(FIRST_DELAY_SECONDS * 2.0 ** max(quick_ends - 1, 0), LONGEST_DELAY_SECONDS)
    if code < 0:
        return NextStart(delay=delay, meaning=f"killed by signal {-code}", remedy="nothing; for 9 look at the memory")
    if known is None:
        return NextStart(delay=None, meaning="an end that no worker chooses", remedy="read its log")
    return NextStart(delay=delay if known in _STARTED_AGAIN else None, meaning=known.meaning, remedy=known.remedy)
