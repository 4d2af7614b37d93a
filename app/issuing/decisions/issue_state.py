"""The status of an ISSUE command's step, as a function of its facts and the time."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import Attention
from app.issuing.decisions.absences import (
    absences,
    absent_elsewhere,
    before_a_repeat,
    give_up,
    given_up_at,
    lasts,
    look_up_gap,
)
from app.issuing.decisions.decisions import Unsent
from app.issuing.decisions.in_vain import in_vain
from app.issuing.decisions.live import of_another_total, seen_alive, to_be_seen_again
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.keys import number_of
from providers.base import LookUp, NotSent, Refused, Step, Unknown

# A provider that is briefly away is back within seconds; one that is away for long need not be asked every minute.
FIRST_PAUSE: Final = timedelta(seconds=2)
LONGEST_PAUSE: Final = timedelta(minutes=5)
# By then the pause is at its bound; more would only overflow.
MOST_DOUBLINGS: Final = 16
# What a provider may ask for at most: a longer one is more likely a mistake, and a question per hour costs little.
LONGEST_RETRY_AFTER: Final = timedelta(hours=1)

# For so long a doubt is asked about again and again; then a person is, for no answer may come that can be believed.
LONGEST_DOUBT: Final = timedelta(days=1)
# One question in vain may be an outage that began while no worker was running to ask.
LAST_QUESTIONS: Final = timedelta(hours=1)

# A reset may happen twice; a request that is lost for the third time would be lost each time.
MOST_VANISHED: Final = 3


def status_of(step: Step, facts: CommandFacts, rules: Rules, now: datetime) -> StepStatus:
    """The fold of a step's facts, in whatever order they came. What is live comes first, then what is open.

    `now` decides only whether a call may still be under way. A contact is sent again after an absence, whatever the
    owner has allowed: a second one is no second document. So is an approval: one draft is sent off once.
    """
    if step in {Step.CONTACT, Step.APPROVAL}:
        rules = replace(rules, resend_after_absence=True)
    step_facts = facts.counting(step)
    return (
        to_be_seen_again(step_facts, facts, rules)
        or of_another_total(step, step_facts, facts, rules)
        or seen_alive(step_facts)
        or _open(step_facts, rules, now)
        or _absent(step_facts, rules)
        or _doubtful_refusal(step, step_facts, facts)
        or _refused(step_facts, facts, rules)
        or _waiting(step_facts, facts.command_id, rules)
    )


def deadlines(step_facts: StepFacts, rules: Rules) -> dict[str, datetime]:
    """The attempts that may have made something, with the time until which a worker may still be calling."""
    longest = timedelta(seconds=rules.capabilities.max_call_seconds)
    unknown = {i: a for i, a in step_facts.answers.items() if isinstance(a.outcome, Unknown)}
    orphans = {i: a.at + longest for i, a in unknown.items() if i not in step_facts.attempts}
    doubtful = {i: t.deadline for i, t in step_facts.attempts.items() if i not in step_facts.answers or i in unknown}
    return {**orphans, **doubtful}


def _answered_elsewhere(since: Mapping[str, datetime], step_facts: StepFacts) -> StepStatus | None:
    """The account that is asked now is not surely the one that was called: only a person can look into both."""
    elsewhere = absent_elsewhere(since, step_facts)
    if not elsewhere:
        return None
    covers, at = tuple(sorted(elsewhere)), max(elsewhere.values())
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.OTHER_ACCOUNT, covers=covers, at=at)


def unanswered(covers: tuple[str, ...], step_facts: StepFacts) -> StepStatus | None:
    """Asked in vain for a day, and for an hour more: only then is a question without an answer written down."""
    vain = in_vain(covers, step_facts)
    if not vain or max(vain) - min(vain) < LAST_QUESTIONS:
        return None
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.UNANSWERED, covers=covers, at=max(vain))


def _open(step_facts: StepFacts, rules: Rules, now: datetime) -> StepStatus | None:
    """While anything is open the only way on is to ask, never before the deadline, however early the error came."""
    since = {i: deadline + rules.skew for i, deadline in deadlines(step_facts, rules).items()}
    span = before_a_repeat(rules.capabilities, resend_after_absence=rules.resend_after_absence)
    covers = tuple(sorted(i for i, start in since.items() if not lasts(i, start, step_facts, span)))
    if not covers:
        return None
    asked_in_vain = _answered_elsewhere({i: since[i] for i in covers}, step_facts) or unanswered(covers, step_facts)
    if asked_in_vain:
        return asked_in_vain
    start = max(since[i] for i in covers)
    may_be_calling = any(i not in step_facts.answers for i in covers)
    if now < start and may_be_calling:
        return StepStatus(state=StepState.ATTEMPTING, due=start, covers=covers)
    if now >= start and rules.capabilities.look_up is LookUp.NONE:
        return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.NO_LOOK_UP, covers=covers, at=start)
    asked = [found[0][0] for i in covers if (found := absences(i, since[i], step_facts))]
    # An attempt that no look-up covers yet is asked for at once, and its wait covers the others' too.
    due = max(asked) + span if len(asked) == len(covers) else start
    doubts = [step_facts.answers[i].at if i in step_facts.answers else since[i] for i in covers]
    return StepStatus(state=StepState.UNCERTAIN, due=due, covers=covers, at=max(doubts))


def not_given_up(step: Step, facts: CommandFacts, rules: Rules) -> StepStatus | None:
    """For as long as nothing may take the place of what was attempted: its absence has not lasted yet.

    NEEDS_REVIEW where another account is asked by now.
    """
    step_facts = facts.counting(step)
    since = {i: deadline + rules.skew for i, deadline in deadlines(step_facts, rules).items()}
    due = given_up_at(since, step_facts, rules.capabilities)
    if due is None:
        return None
    short = {i: start for i, start in since.items() if not lasts(i, start, step_facts, give_up(rules.capabilities))}
    covers = tuple(sorted(since))
    asked = StepStatus(state=StepState.UNCERTAIN, due=due, covers=covers, at=max(since.values()))
    return _answered_elsewhere(short, step_facts) or unanswered(covers, step_facts) or asked


def absent_and_moved(step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    """A person's word is needed where an attempt may have made something that no look-up has found."""
    missing = tuple(sorted(deadlines(step_facts, rules)))
    if not missing:
        return None
    cause, at = Cause.ABSENT_AND_MOVED, _missed_at(missing, step_facts)
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=cause, covers=missing, at=at)


def _absent(step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    """Nothing is there. It may be sent again where a repeat cannot double or its owner allowed it, but not for ever."""
    missing = tuple(sorted(deadlines(step_facts, rules)))
    may_resend = rules.capabilities.unique_reference or rules.resend_after_absence
    if not missing or (may_resend and len(missing) < MOST_VANISHED):
        return None
    cause = Cause.KEEPS_VANISHING if may_resend else Cause.ABSENT
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=cause, covers=missing, at=_missed_at(missing, step_facts))


def _missed_at(missing: Iterable[str], step_facts: StepFacts) -> datetime:
    """When a look-up last found nothing of these attempts."""
    return max(f.at for f in step_facts.look_ups.values() if set(f.covers) & set(missing))


def revision_of(facts: CommandFacts) -> int:
    """The newest revision of the request, prepared or found not to be preparable."""
    answered = [a.prepared for step_facts in facts.steps.values() for a in step_facts.answers.values()]
    return max((number_of(i) for i in (*facts.prepared, *answered)), default=0)


def is_doubtful(facts: CommandFacts, step: Step) -> bool:
    """The journal of before is lost: nothing was written about this step since, and no person has looked."""
    if facts.admitted is None or facts.admitted.doubtful_since is None:
        return False
    known = facts.steps.get(step)
    asked = (f"{Attention.NEEDS_REVIEW}:{revision}:{Cause.DOUBTFUL}:" for revision in facts.reviewed)
    has_looked = any(label.startswith(question) for question in asked for label in facts.reported)
    return not (known and known.attempts) and not has_looked


def _doubtful_refusal(step: Step, step_facts: StepFacts, facts: CommandFacts) -> StepStatus | None:
    """What cannot be prepared cannot be looked up either: only a person can find out whether it was sent before."""
    if not step_facts.answers or not is_doubtful(facts, step):
        return None
    at = max(answer.at for answer in step_facts.answers.values())
    covers = tuple(sorted(step_facts.answers))
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.DOUBTFUL, covers=covers, at=at)


def _refused(step_facts: StepFacts, facts: CommandFacts, rules: Rules) -> StepStatus | None:
    revision = revision_of(facts)
    refusals = {
        i: (a.at, a.outcome)
        for i, a in step_facts.answers.items()
        if isinstance(a.outcome, Refused) and number_of(a.prepared) == revision
    }
    if not refusals:
        return None
    at, refusal = min(refusals.values(), key=lambda pair: pair[0])
    retyped = StepStatus(state=StepState.QUEUED, retype=refusal.instead, at=at)
    may_retype = revision == 0 and refusal.instead in rules.capabilities.document_types
    documents = [each for each in facts.steps if each is not Step.CONTACT]
    if may_retype and all(facts.counting(each).surely_made_nothing for each in documents):
        return retyped
    last = max(refusals, key=lambda i: (refusals[i][0], i))
    if doubt := _doubted_refusal(last, refusals[last][0], step_facts, rules):
        return doubt
    # Elsewhere an earlier attempt may still be made late, as the other kind.
    if may_retype and rules.capabilities.corrects_type:
        return retyped
    return StepStatus(state=StepState.REFUSED, errors=refusal.errors, at=at)


def _doubted_refusal(refused: str, at: datetime, step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    """A refusal is about its own attempt: what an earlier one made may turn up late, so it is asked for once more."""
    earliest = at + max(look_up_gap(rules.capabilities), rules.skew)
    begun = {i: deadline + rules.skew for i, deadline in deadlines(step_facts, rules).items()}
    # With the refusal the lines are free for another document.
    lasting = given_up_at(begun, step_facts, rules.capabilities) or earliest
    since = {i: max(start, earliest, lasting) for i, start in begun.items()}
    missing = sorted(i for i, start in since.items() if not absences(i, start, step_facts))
    if not missing:
        return None
    asked_in_vain = _answered_elsewhere({i: since[i] for i in missing}, step_facts) or unanswered(
        tuple(missing), step_facts
    )
    if asked_in_vain is not None:
        return asked_in_vain
    # With the refused attempt, so that this doubt is another one than the doubt before it.
    covers = tuple(sorted({*missing, refused}))
    if rules.capabilities.look_up is LookUp.NONE:
        return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.NO_LOOK_UP, covers=covers, at=at)
    return StepStatus(state=StepState.UNCERTAIN, due=max(since[i] for i in missing), covers=covers, at=at)


def _waiting(step_facts: StepFacts, command_id: str, rules: Rules) -> StepStatus:
    return (
        not_sent(step_facts, command_id)
        or _vanished(step_facts, command_id, rules)
        or StepStatus(state=StepState.QUEUED)
    )


def not_sent(step_facts: StepFacts, command_id: str) -> StepStatus | None:
    """The last attempt surely did not leave; the next one waits, later and later, or as long as it was asked to."""
    latest = max(step_facts.answers.values(), key=lambda a: a.at, default=None)
    if latest is None or not isinstance(latest.outcome, NotSent):
        return None
    unsent = unsent_of(step_facts)
    asked_for = timedelta(seconds=latest.outcome.retry_after or 0.0)
    pause = max(pause_after(unsent.count, command_id), min(asked_for, LONGEST_RETRY_AFTER))
    return StepStatus(state=StepState.RETRY_WAIT, at=latest.at, due=latest.at + pause, unsent_since=unsent.since)


def unsent_of(step_facts: StepFacts) -> Unsent:
    """The attempts that surely did not leave."""
    answers = {i: a for i, a in step_facts.answers.items() if isinstance(a.outcome, NotSent)}
    if not answers:
        return Unsent()
    count = max(len(answers), *(a.earlier + 1 for a in answers.values()))
    since = min(a.unsent_since or a.at for a in answers.values())
    return Unsent(ids=tuple(sorted(answers)), count=count, since=since)


def _vanished(step_facts: StepFacts, command_id: str, rules: Rules) -> StepStatus | None:
    """What was lost on the way is sent again, later and later."""
    missing = tuple(sorted(deadlines(step_facts, rules)))
    if not missing:
        return None
    at = _missed_at(missing, step_facts)
    return StepStatus(state=StepState.RETRY_WAIT, at=at, due=at + pause_after(len(missing), command_id))


def pause_after(failures: int, key: str) -> timedelta:
    """Doubles from failure to failure up to a bound; spread over the upper half, the same in every worker."""
    doublings = min(failures - 1, MOST_DOUBLINGS)
    spread = int.from_bytes(hashlib.sha256(f"{key}/{failures}".encode()).digest()[:4]) / 2**32
    return min(FIRST_PAUSE * float(2**doublings), LONGEST_PAUSE) * (0.5 + spread / 2)
