"""The status of a cancellation, as a function of its facts and the time.

Done is a document that was seen cancelled, and nothing else. A cancellation may be sent again once the document was
seen alive after the doubtful attempt: unlike an invoice it cannot double. A refusal is believed only when the
document is seen alive after it: a person, or an earlier attempt of ours, may have cancelled it before. And where the
answer to an earlier attempt was lost, it may still cancel late: that the document stays is reported after minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.issuing.decisions.absences import give_up, look_up_gap
from app.issuing.decisions.issue_state import MOST_VANISHED, deadlines, not_sent, pause_after, unanswered
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.facts import LookedUp
from providers.base import Absent, Different, Done, LookUp, Refused, Step, Unclear


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An attempt that may have cancelled the document; look-ups that began at `since` or later show whether it has."""

    since: datetime
    is_refused: bool


def status_of_cancellation(
    facts: CommandFacts, rules: Rules, now: datetime, step: Step = Step.CANCELLATION
) -> StepStatus:
    """The fold of a cancellation's facts, in whatever order they came; with `step`, of a draft's deletion.

    `now` decides only whether a call may run on.
    """
    step_facts = facts.steps.get(step, StepFacts())
    return (
        _done(step_facts)
        or _in_question(step_facts, rules)
        or _open(step_facts, rules, now)
        or _refused(step_facts, rules)
        or _vanished(step_facts, rules)
        or _again(step_facts, facts.command_id, rules)
    )


def cancelled(facts: CommandFacts) -> StepStatus | None:
    """DONE, when any worker has seen the document cancelled, however late."""
    return _done(facts.steps.get(Step.CANCELLATION, StepFacts()))


def _done(step_facts: StepFacts) -> StepStatus | None:
    seen = [(a.at, a.outcome) for a in step_facts.answers.values()] + [
        (f.at, f.finding) for f in step_facts.look_ups.values()
    ]
    for at, answer in sorted(seen, key=lambda pair: pair[0]):
        if isinstance(answer, Done) and answer.state is DocumentState.CANCELLED:
            return StepStatus(state=StepState.DONE, done=answer, at=at)
    return None


def _suspects(step_facts: StepFacts, rules: Rules) -> dict[str, _Suspect]:
    doubtful = {i: _Suspect(end + rules.skew, is_refused=False) for i, end in deadlines(step_facts, rules).items()}
    refused = {i: _Suspect(at, is_refused=True) for i, (at, _) in _refusals(step_facts).items()}
    return {**doubtful, **refused}


def _refusals(step_facts: StepFacts) -> dict[str, tuple[datetime, tuple[FieldError, ...]]]:
    """When and why, by attempt. An answer with another state than CANCELLED is one too."""
    return {i: (a.at, a.outcome.errors) for i, a in step_facts.answers.items() if isinstance(a.outcome, Refused | Done)}


def _sights(identifier: str, suspect: _Suspect, step_facts: StepFacts) -> list[LookedUp]:
    """The look-ups that can show what this attempt did, in the order of time."""
    late = (f for f in step_facts.look_ups.values() if identifier in f.covers and f.began >= suspect.since)
    return sorted((f for f in late if not isinstance(f.finding, Unclear)), key=lambda f: f.at)


def _apart(sights: list[LookedUp], span: timedelta) -> bool:
    """Twice, so far apart."""
    return bool(sights) and any(f.began >= sights[0].at + span for f in sights[1:])


def _seen_alive(identifier: str, suspect: _Suspect, step_facts: StepFacts) -> list[LookedUp]:
    """The look-ups after this attempt that saw the document."""
    return [f for f in _sights(identifier, suspect, step_facts) if isinstance(f.finding, Done)]


def _is_cleared(identifier: str, suspect: _Suspect, step_facts: StepFacts, rules: Rules) -> bool:
    """It has surely not cancelled the document."""
    if suspect.is_refused and rules.capabilities.look_up is LookUp.NONE:
        return True
    alive = _seen_alive(identifier, suspect, step_facts)
    return bool(alive) and (suspect.is_refused or _apart(alive, look_up_gap(rules.capabilities)))


def _in_question(step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    """What is there is not what was issued, or nothing is: no step is safe without a person."""
    for identifier, suspect in sorted(_suspects(step_facts, rules).items()):
        sights = _sights(identifier, suspect, step_facts)
        strange = [f for f in sights if isinstance(f.finding, Different)]
        absent = [f for f in sights if isinstance(f.finding, Absent)]
        if strange:
            return StepStatus(
                state=StepState.NEEDS_REVIEW, cause=Cause.DIFFERENT, covers=(identifier,), at=strange[0].at
            )
        if _apart(absent, look_up_gap(rules.capabilities)):
            return StepStatus(
                state=StepState.NEEDS_REVIEW, cause=Cause.CANCEL_ABSENT, covers=(identifier,), at=absent[-1].at
            )
    return None


def _open(step_facts: StepFacts, rules: Rules, now: datetime) -> StepStatus | None:
    """While it is not known what an attempt did the only way on is to ask, never before its deadline."""
    suspects = {i: s for i, s in _suspects(step_facts, rules).items() if not _is_cleared(i, s, step_facts, rules)}
    if not suspects:
        return None
    covers = tuple(sorted(suspects))
    in_vain = unanswered(covers, step_facts)
    if in_vain is not None:
        return in_vain
    start = max(suspect.since for suspect in suspects.values())
    doubtful = [i for i, suspect in suspects.items() if not suspect.is_refused]
    if now < start and any(i not in step_facts.answers for i in doubtful):
        return StepStatus(state=StepState.ATTEMPTING, due=start, covers=covers)
    if now >= start and rules.capabilities.look_up is LookUp.NONE:
        return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.CANCEL_NO_LOOK_UP, covers=covers, at=start)
    firsts = [sights[0].at for i, suspect in suspects.items() if (sights := _sights(i, suspect, step_facts))]
    due = max(firsts) + look_up_gap(rules.capabilities) if len(firsts) == len(suspects) else start
    # A refusal alone is no doubt to be reported: it is only looked at once more.
    since = [step_facts.answers[i].at if i in step_facts.answers else suspects[i].since for i in doubtful]
    return StepStatus(state=StepState.UNCERTAIN, due=due, covers=covers, at=max(since, default=None))


def _refused(step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    refusals = _refusals(step_facts)
    if not refusals:
        return None
    last, (at, errors) = max(refusals.items(), key=lambda refusal: (refusal[1][0], refusal[0]))
    return _doubted_refusal(last, at, step_facts, rules) or StepStatus(state=StepState.REFUSED, errors=errors, at=at)


def _doubted_refusal(refused: str, at: datetime, step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    """A refusal is about its own attempt: an earlier one may cancel late, so the document is looked at for minutes."""
    span = give_up(rules.capabilities)
    seen = {
        i: _seen_alive(i, suspect, step_facts)
        for i, suspect in _suspects(step_facts, rules).items()
        if not suspect.is_refused
    }
    short = {i: alive[0].at + span for i, alive in seen.items() if not _apart(alive, span)}
    if not short:
        return None
    # With the refused attempt, so that this doubt is another one than the doubt before it.
    covers = tuple(sorted({*short, refused}))
    due = max(short.values())
    return unanswered(covers, step_facts) or StepStatus(state=StepState.UNCERTAIN, due=due, covers=covers, at=at)


def _vanished(step_facts: StepFacts, rules: Rules) -> StepStatus | None:
    lost = tuple(sorted(deadlines(step_facts, rules)))
    if len(lost) < MOST_VANISHED:
        return None
    return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.KEEPS_VANISHING, covers=lost, at=_last_look(step_facts))


def _again(step_facts: StepFacts, command_id: str, rules: Rules) -> StepStatus:
    lost, unsent = deadlines(step_facts, rules), not_sent(step_facts, command_id)
    if unsent is not None or not lost:
        return unsent or StepStatus(state=StepState.QUEUED)
    at = _last_look(step_facts)
    return StepStatus(state=StepState.RETRY_WAIT, at=at, due=at + pause_after(len(lost), command_id))


def _last_look(step_facts: StepFacts) -> datetime:
    return max(f.at for f in step_facts.look_ups.values())
