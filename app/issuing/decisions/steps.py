"""The steps of an ISSUE command: which one it is at, and what the ones before it have made."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import takewhile

from app.issuing.decisions.issue_state import status_of
from app.issuing.decisions.live import live_answers
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus, steps_of
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from providers.base import Done, Step


def where(facts: CommandFacts, rules: Rules, now: datetime) -> tuple[Step, StepStatus]:
    """The step that a command is at, and its status; the last one when all are done."""
    steps = steps_of(facts, rules)
    for step in steps:
        status = status_of(step, facts, rules, now)
        if status.state is StepState.REFUSED and is_half_made(step, facts, rules):
            return step, replace(status, state=StepState.NEEDS_REVIEW, cause=Cause.PARTLY_DONE)
        if status.state is not StepState.DONE or step is steps[-1]:
            return step, status
    raise ValueError(f"provider {rules.capabilities.provider} declares no steps")


def is_half_made(step: Step, facts: CommandFacts, rules: Rules) -> bool:
    """Whether a step before this one has made what must not be left without it; a contact may be."""
    return any(each is not Step.CONTACT for each in takewhile(lambda each: each is not step, steps_of(facts, rules)))


def made_before(step: Step, facts: CommandFacts, rules: Rules) -> dict[Step, Done]:
    """What the steps before this one have made; each of them is done."""
    earlier = takewhile(lambda each: each is not step, steps_of(facts, rules))
    return {each: sight.done for each in earlier for sight in live_answers(facts.counting(each)).values()}


def known_before(attempts: Iterable[str], step_facts: StepFacts) -> frozenset[str] | None:
    """What looked like this document before all of these attempts; None where it was not listed before each."""
    made = [step_facts.attempts.get(identifier) for identifier in attempts]
    lists = [frozenset(attempt.before) for attempt in made if attempt is not None and attempt.before is not None]
    if len(lists) < len(made):
        return None
    return frozenset.intersection(*lists) if lists else frozenset()
