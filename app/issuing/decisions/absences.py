"""How long nothing must have been seen of a doubtful attempt before it is believed that nothing is there.

A provider books late when it is overloaded, and a look-up may read a copy that is behind. Where it refuses a repeated
reference, sending the same again cannot double: two look-ups a settle delay apart are enough for that. Another document
over the same lines, or a repeat that is taken, would be a second invoice: that needs minutes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.issuing.decisions.accounts import told_absent
from app.issuing.journal.command_facts import StepFacts
from providers.base import Capabilities


def absences(attempt: str, since: datetime, facts: StepFacts) -> list[tuple[datetime, datetime]]:
    """End and begin of the look-ups that covered this attempt, late enough to count, and found nothing."""
    return sorted((f.at, f.began) for f in told_absent(attempt, since, facts))


def lasts(attempt: str, since: datetime, facts: StepFacts, span: timedelta) -> bool:
    """Absent twice, so far apart."""
    found = absences(attempt, since, facts)
    return bool(found) and any(began >= found[0][0] + span for _, began in found[1:])


def settle(capabilities: Capabilities) -> timedelta:
    """How far apart two look-ups must be before the same may be asked for again, or a person is."""
    return timedelta(seconds=capabilities.settle_seconds)


def give_up(capabilities: Capabilities) -> timedelta:
    """How far apart they must be before another document may take the place of this one."""
    return max(settle(capabilities), timedelta(seconds=capabilities.give_up_seconds))


def before_a_repeat(capabilities: Capabilities, *, resend_after_absence: bool) -> timedelta:
    """How far apart they must be before the attempt counts as lost on the way."""
    doubles = resend_after_absence and not capabilities.unique_reference
    return give_up(capabilities) if doubles else settle(capabilities)


def given_up_at(since: Mapping[str, datetime], facts: StepFacts, capabilities: Capabilities) -> datetime | None:
    """When to ask once more before these attempts are given up for good; None when all have been absent for so long."""
    span = give_up(capabilities)
    short = [i for i, start in since.items() if not lasts(i, start, facts, span)]
    firsts = [found[0][0] + span if (found := absences(i, since[i], facts)) else since[i] for i in short]
    return max(firsts, default=None)
