"""How long nothing must have been seen of a doubtful attempt before it is believed that nothing is there.

A provider may record a document late when it is overloaded, and a look-up may read a copy that is behind. Where it
refuses a repeated reference, sending the same again cannot double: two look-ups `visibility_seconds` apart are enough
for that. Another document over the same lines, or a repeat that is taken, would be a second invoice: that needs
minutes.

An absence counts only at the account that was called: another account does not know what was made there.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.issuing.journal.command_facts import StepFacts
from app.issuing.journal.facts import Attempting, LookedUp
from providers.base import Absent, Capabilities


def absences(attempt: str, since: datetime, step_facts: StepFacts) -> list[tuple[datetime, datetime]]:
    """End and begin of the look-ups that found nothing of this attempt, oldest first.

    `since`: a look-up that began earlier does not count, for the call may have been under way.
    """
    return sorted((f.at, f.began) for f in absent_look_ups(attempt, since, step_facts))


def lasts(attempt: str, since: datetime, step_facts: StepFacts, span: timedelta) -> bool:
    """Whether it was absent twice, `span` apart: from the end of the first look-up to the begin of the last."""
    found = absences(attempt, since, step_facts)
    return bool(found) and any(began >= found[0][0] + span for _, began in found[1:])


def look_up_gap(capabilities: Capabilities) -> timedelta:
    """How far apart two look-ups must be before the same may be asked for again, or a person is."""
    return timedelta(seconds=capabilities.visibility_seconds)


def give_up(capabilities: Capabilities) -> timedelta:
    """How far apart they must be before another document may take the place of this one."""
    return max(look_up_gap(capabilities), timedelta(seconds=capabilities.give_up_seconds))


def before_a_repeat(capabilities: Capabilities, *, resend_after_absence: bool) -> timedelta:
    """How far apart they must be before the attempt counts as lost on the way."""
    doubles = resend_after_absence and not capabilities.unique_reference
    return give_up(capabilities) if doubles else look_up_gap(capabilities)


def given_up_at(since: Mapping[str, datetime], step_facts: StepFacts, capabilities: Capabilities) -> datetime | None:
    """When to ask once more before these attempts are given up for good; None when all have been absent for so long.

    `since`: per attempt id, from when on a look-up counts.
    """
    span = give_up(capabilities)
    short = [i for i, start in since.items() if not lasts(i, start, step_facts, span)]
    firsts = [found[0][0] + span if (found := absences(i, since[i], step_facts)) else since[i] for i in short]
    return max(firsts, default=None)


def absent_look_ups(attempt: str, since: datetime, step_facts: StepFacts) -> list[LookedUp]:
    """The look-ups that covered this attempt, late enough to count, and found nothing where it was made."""
    made = step_facts.attempts.get(attempt)
    return [f for f in _found_nothing(attempt, since, step_facts) if _is_same(made, f)]


def absent_elsewhere(since: Mapping[str, datetime], step_facts: StepFacts) -> dict[str, datetime]:
    """The attempts that another account was asked about without finding anything, with the time of the last answer."""
    found: dict[str, datetime] = {}
    for attempt, start in since.items():
        made = step_facts.attempts.get(attempt)
        strange = [f.at for f in _found_nothing(attempt, start, step_facts) if not _is_same(made, f)]
        if strange:
            found[attempt] = max(strange)
    return found


def _found_nothing(attempt: str, since: datetime, step_facts: StepFacts) -> list[LookedUp]:
    late = (f for f in step_facts.look_ups.values() if attempt in f.covers and f.began >= since)
    return [f for f in late if isinstance(f.finding, Absent)]


def _is_same(made: Attempting | None, asked: LookedUp) -> bool:
    """An account that is not known may be another one."""
    return made is not None and made.account is not None and made.account == asked.account
