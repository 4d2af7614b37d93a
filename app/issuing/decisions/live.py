"""What was seen alive of a step: one document, and whether it is the one that was asked for."""

from dataclasses import dataclass
from datetime import datetime

from app.domain.documents import UNSIGNED
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus, steps_of
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.facts import ProviderAccount
from providers.base import Different, Done, Finding, LookUp, Outcome, Prepared, Several, Step


@dataclass(frozen=True, slots=True)
class Live:
    """A document when it was first seen, and where."""

    at: datetime
    done: Done
    account: ProviderAccount | None


def live_answers(step_facts: StepFacts) -> dict[str, Live]:
    """Every document that was seen alive, by the provider's reference, with the first sight of it."""
    accounts = {i: attempt.account for i, attempt in step_facts.attempts.items()}
    seen: list[tuple[datetime, Outcome | Finding, ProviderAccount | None]] = [
        *((a.at, a.outcome, accounts.get(i)) for i, a in step_facts.answers.items()),
        *((f.at, f.finding, f.account) for f in step_facts.look_ups.values()),
    ]
    live: dict[str, Live] = {}
    for at, answer, account in sorted(seen, key=lambda sight: sight[0]):
        if isinstance(answer, Done):
            live.setdefault(answer.reference, Live(at, answer, account))
    return live


def to_be_seen_again(step_facts: StepFacts, facts: CommandFacts, rules: Rules) -> StepStatus | None:
    """A person has put it right at the provider, where it can be asked for: it is asked for once more."""
    covers = tuple(sorted(step_facts.attempts))
    if not step_facts.is_to_be_seen_again or not covers or rules.capabilities.look_up is LookUp.NONE:
        return None
    return StepStatus(state=StepState.UNCERTAIN, covers=covers, at=max(r.at for r in facts.reviewed.values()))


def of_another_total(step: Step, step_facts: StepFacts, facts: CommandFacts, rules: Rules) -> StepStatus | None:
    """The provider has computed another total than we: what comes next would make it legal, a person's act too."""
    request, live = facts.request, live_answers(step_facts)
    if request is None or len(live) != 1:
        return None
    at, done = max(_sights(step_facts), key=lambda sight: sight[0])
    is_too_late = step is steps_of(facts, rules)[-1] and done.state not in UNSIGNED
    return None if is_too_late else other_total(done, request, at)


def other_total(done: Done, request: Prepared, at: datetime) -> StepStatus | None:
    """The question, where what was seen `at` this time comes to another total than was asked for."""
    if done.payable is None or request.payable is None or done.payable == request.payable:
        return None
    detail = f"There it is {done.payable:f}, here {request.payable:f}."
    return StepStatus(
        state=StepState.NEEDS_REVIEW, cause=Cause.OTHER_TOTAL, covers=(done.reference,), at=at, detail=detail
    )


def _sights(step_facts: StepFacts) -> list[tuple[datetime, Done]]:
    answers = [(a.at, a.outcome) for a in step_facts.answers.values()]
    findings = [(f.at, f.finding) for f in step_facts.look_ups.values()]
    return [(at, seen) for at, seen in (*answers, *findings) if isinstance(seen, Done)]


def seen_alive(step_facts: StepFacts) -> StepStatus | None:
    """DONE by one document; more than one, or another one under our reference, is a question."""
    live = live_answers(step_facts)
    strange = {i: f.at for i, f in step_facts.look_ups.items() if isinstance(f.finding, Different)}
    several = {i: f.at for i, f in step_facts.look_ups.items() if isinstance(f.finding, Several)}
    if several and not live and not strange:
        covers, at = tuple(sorted(several)), max(several.values())
        return StepStatus(state=StepState.NEEDS_REVIEW, cause=Cause.SEVERAL, covers=covers, at=at)
    if strange or len(live) > 1:
        cause = Cause.TWO_LIVE if live else Cause.DIFFERENT
        at = max([*strange.values(), *(sight.at for sight in live.values())])
        return StepStatus(state=StepState.NEEDS_REVIEW, cause=cause, covers=(*sorted(live), *sorted(strange)), at=at)
    for sight in live.values():
        return StepStatus(state=StepState.DONE, done=sight.done, at=sight.at, account=sight.account)
    return None
