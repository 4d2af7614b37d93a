"""Which account an absence was told by: another one than was called does not know what was made there."""

from collections.abc import Mapping
from datetime import datetime

from app.issuing.journal.command_facts import StepFacts
from app.issuing.journal.facts import Attempting, LookedUp
from providers.base import Absent


def told_absent(attempt: str, since: datetime, facts: StepFacts) -> list[LookedUp]:
    """The look-ups that covered this attempt, late enough to count, and found nothing where it was made."""
    made = facts.attempts.get(attempt)
    return [f for f in _found_nothing(attempt, since, facts) if _is_same(made, f)]


def told_elsewhere(since: Mapping[str, datetime], facts: StepFacts) -> dict[str, datetime]:
    """The attempts that another account was asked about without finding anything, with the time of the last answer."""
    found: dict[str, datetime] = {}
    for attempt, start in since.items():
        made = facts.attempts.get(attempt)
        strange = [f.at for f in _found_nothing(attempt, start, facts) if not _is_same(made, f)]
        if strange:
            found[attempt] = max(strange)
    return found


def _found_nothing(attempt: str, since: datetime, facts: StepFacts) -> list[LookedUp]:
    late = (f for f in facts.look_ups.values() if attempt in f.covers and f.began >= since)
    return [f for f in late if isinstance(f.finding, Absent)]


def _is_same(made: Attempting | None, asked: LookedUp) -> bool:
    """An account that is not known may be another one."""
    return made is not None and made.account is not None and made.account == asked.account
