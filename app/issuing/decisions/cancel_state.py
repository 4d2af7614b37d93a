"""Where a cancellation stands, as a function of its facts and the time.

Done is a document that was seen cancelled, and nothing else. A cancellation may be sent again once the document was
seen standing after the doubtful attempt: unlike an invoice it cannot double. A refusal is believed only when the
document is seen standing after it: somebody, or an earlier attempt of ours, may have cancelled it before. And where the
answer to an earlier attempt was lost, it may still cancel late: that the document stays is said after minutes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.issuing.decisions.absences import give_up, settle
from app.issuing.decisions.step_state import (
    MOST_VANISHED,
    Cause,
    Rules,
    Standing,
    StepState,
    deadlines,
    not_sent,
    pause_after,
    unanswered,
)
from app.issuing.journal.command_facts import Dossier, StepFacts
from app.issuing.journal.facts import LookedUp
from providers.base import Absent, Different, Done, LookUp, Refused, Step, Unclear


@dataclass(frozen=True, slots=True)
class _Suspect:
    """An attempt that may have cancelled the document; look-ups that began at `since` or later say whether it has."""

    since: datetime
    is_refused: bool


def standing_of_cancellation(dossier: Dossier, rules: Rules, now: datetime) -> Standing:
    """The fold of a cancellation's facts, in whatever order they came."""
    facts = dossier.steps.get(Step.CANCELLATION, StepFacts())
    return (
        _done(facts)
        or _in_question(facts, rules)
        or _open(facts, rules, now)
        or _refused(facts, rules)
        or _vanished(facts, rules)
        or _again(facts, dossier.command_id, rules)
    )


def cancelled(dossier: Dossier) -> Standing | None:
    """DONE, when the document was seen cancelled; whoever saw it, and however late."""
    return _done(dossier.steps.get(Step.CANCELLATION, StepFacts()))


def _done(facts: StepFacts) -> Standing | None:
    seen = [(a.at, a.outcome) for a in facts.answers.values()] + [(f.at, f.finding) for f in facts.look_ups.values()]
    for at, said in sorted(seen, key=lambda pair: pair[0]):
        if isinstance(said, Done) and said.state is DocumentState.CANCELLED:
            return Standing(state=StepState.DONE, done=said, at=at)
    return None


def _suspects(facts: StepFacts, rules: Rules) -> dict[str, _Suspect]:
    doubtful = {i: _Suspect(end + rules.skew, is_refused=False) for i, end in deadlines(facts, rules).items()}
    refused = {i: _Suspect(at, is_refused=True) for i, (at, _) in _refusals(facts).items()}
    return {**doubtful, **refused}


def _refusals(facts: StepFacts) -> dict[str, tuple[datetime, tuple[FieldError, ...]]]:
    """When and why, by attempt. An answer that tells of the document another state than CANCELLED is one too."""
    return {i: (a.at, a.outcome.errors) for i, a in facts.answers.items() if isinstance(a.outcome, Refused | Done)}


def _sights(identifier: str, suspect: _Suspect, facts: StepFacts) -> list[LookedUp]:
    """The look-ups that can tell what this attempt did, in the order of time."""
    late = (f for f in facts.look_ups.values() if identifier in f.covers and f.began >= suspect.since)
    return sorted((f for f in late if not isinstance(f.finding, Unclear)), key=lambda f: f.at)


def _apart(sights: list[LookedUp], span: timedelta) -> bool:
    """Twice, so far apart."""
    return bool(sights) and any(f.began >= sights[0].at + span for f in sights[1:])


def _standing(identifier: str, suspect: _Suspect, facts: StepFacts) -> list[LookedUp]:
    """The look-ups after this attempt that saw the document."""
    return [f for f in _sights(identifier, suspect, facts) if isinstance(f.finding, Done)]


def _is_cleared(identifier: str, suspect: _Suspect, facts: StepFacts, rules: Rules) -> bool:
    """It has surely not cancelled the document."""
    if suspect.is_refused and rules.capabilities.look_up is LookUp.NONE:
        return True
    stands = _standing(identifier, suspect, facts)
    return bool(stands) and (suspect.is_refused or _apart(stands, settle(rules.capabilities)))


def _in_question(facts: StepFacts, rules: Rules) -> Standing | None:
    """What stands there is not what was issued, or nothing does: no step is safe without a person."""
    for identifier, suspect in sorted(_suspects(facts, rules).items()):
        sights = _sights(identifier, suspect, facts)
        strange = [f for f in sights if isinstance(f.finding, Different)]
        absent = [f for f in sights if isinstance(f.finding, Absent)]
        if strange:
            return Standing(state=StepState.NEEDS_REVIEW, cause=Cause.DIFFERENT, covers=(identifier,), at=strange[0].at)
        if _apart(absent, settle(rules.capabilities)):
            return Standing(
                state=StepState.NEEDS_REVIEW, cause=Cause.CANCEL_ABSENT, covers=(identifier,), at=absent[-1].at
            )
    return None


def _open(facts: StepFacts, rules: Rules, now: datetime) -> Standing | None:
    """While it is not known what an attempt did the only way on is to ask, never before its deadline."""
    suspects = {i: s for i, s in _suspects(facts, rules).items() if not _is_cleared(i, s, facts, rules)}
    if not suspects:
        return None
    covers = tuple(sorted(suspects))
    in_vain = unanswered(covers, facts)
    if in_vain is not None:
        return in_vain
    start = max(suspect.since for suspect in suspects.values())
    doubtful = [i for i, suspect in suspects.items() if not suspect.is_refused]
    if now < start and any(i not in facts.answers for i in doubtful):
        return Standing(state=StepState.ATTEMPTING, due=start, covers=covers)
    if now >= start and rules.capabilities.look_up is LookUp.NONE:
        return Standing(state=StepState.NEEDS_REVIEW, cause=Cause.CANCEL_NO_LOOK_UP, covers=covers, at=start)
    firsts = [sights[0].at for i, suspect in suspects.items() if (sights := _sights(i, suspect, facts))]
    due = max(firsts) + settle(rules.capabilities) if len(firsts) == len(suspects) else start
    # A refusal alone is no doubt to be told: it is only looked at once more.
    since = [facts.answers[i].at if i in facts.answers else suspects[i].since for i in doubtful]
    return Standing(state=StepState.UNCERTAIN, due=due, covers=covers, at=max(since, default=None))


def _refused(facts: StepFacts, rules: Rules) -> Standing | None:
    refusals = _refusals(facts)
    if not refusals:
        return None
    last, (at, errors) = max(refusals.items(), key=lambda refusal: (refusal[1][0], refusal[0]))
    return _doubted_refusal(last, at, facts, rules) or Standing(state=StepState.REFUSED, errors=errors, at=at)


def _doubted_refusal(refused: str, at: datetime, facts: StepFacts, rules: Rules) -> Standing | None:
    """A refusal speaks of its own attempt: an earlier one may cancel late, so the document is looked at for minutes."""
    span = give_up(rules.capabilities)
    seen = {i: _standing(i, suspect, facts) for i, suspect in _suspects(facts, rules).items() if not suspect.is_refused}
    short = {i: stands[0].at + span for i, stands in seen.items() if not _apart(stands, span)}
    if not short:
        return None
    # With the refused attempt, so that this doubt is another one than the doubt before it.
    covers = tuple(sorted({*short, refused}))
    due = max(short.values())
    return unanswered(covers, facts) or Standing(state=StepState.UNCERTAIN, due=due, covers=covers, at=at)


def _vanished(facts: StepFacts, rules: Rules) -> Standing | None:
    lost = tuple(sorted(deadlines(facts, rules)))
    if len(lost) < MOST_VANISHED:
        return None
    return Standing(state=StepState.NEEDS_REVIEW, cause=Cause.KEEPS_VANISHING, covers=lost, at=_last_look(facts))


def _again(facts: StepFacts, command_id: str, rules: Rules) -> Standing:
    lost, unsent = deadlines(facts, rules), not_sent(facts, command_id)
    if unsent is not None or not lost:
        return unsent or Standing(state=StepState.QUEUED)
    at = _last_look(facts)
    return Standing(state=StepState.RETRY_WAIT, at=at, due=at + pause_after(len(lost), command_id))


def _last_look(facts: StepFacts) -> datetime:
    return max(f.at for f in facts.look_ups.values())
