"""What undoes a document at its provider: attempted and looked up alike, be it cancelled or, as a draft, deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.issuing.decisions import progress_reports
from app.issuing.decisions.decisions import AssumeAttempted, Attempt, Decision, Find, Wait
from app.issuing.decisions.in_vain import next_question_at
from app.issuing.decisions.issue_state import LONGEST_DOUBT, unsent_of
from app.issuing.decisions.step_status import Rules, StepStatus
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.issuing.journal.facts import Attempting
from providers.base import Issued, Step

# Its request is the command itself; nothing more is prepared for it.
PREPARED: Final = "0-command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """One such step of one command, with all that the decision may look at."""

    facts: CommandFacts
    step: Step
    rules: Rules
    status: StepStatus
    issued: Issued
    now: datetime

    @property
    def step_facts(self) -> StepFacts:
        """What happened in it so far."""
        return self.facts.steps.get(self.step, StepFacts())


def find(undo: Undo) -> Decision:
    """It may have worked: that is asked for when its time has come."""
    status = undo.status
    uncertain = progress_reports.uncertain_report(undo.facts, undo.step, status)
    if uncertain is not None:
        return uncertain
    due = next_question_at(status, undo.step_facts)
    if due is not None and due > undo.now:
        return Wait(until=due)
    return Find(
        command_id=undo.facts.command_id,
        step=undo.step,
        covers=status.covers,
        prepared=undo.issued,
        patience_ends=None if status.at is None else status.at + LONGEST_DOUBT,
    )


def send(undo: Undo) -> Decision:
    """Nothing is on its way: it may be sent, for the first time or again."""
    facts, status = undo.facts, undo.status
    first = progress_reports.unsent_report(facts, status, undo.rules, undo.now) or _doubt(undo)
    if first is not None:
        return first
    if status.due is not None and status.due > undo.now:
        return Wait(until=status.due)
    return Attempt(
        command_id=facts.command_id,
        step=undo.step,
        number=undo.step_facts.next_number(),
        prepared_id=PREPARED,
        prepared=undo.issued,
        unsent=unsent_of(undo.step_facts),
    )


def _doubt(undo: Undo) -> AssumeAttempted | None:
    """The journal of before is lost: it may have been done by then, so that is asked first."""
    since = undo.facts.admitted.doubtful_since if undo.facts.admitted else None
    if since is None or undo.step in undo.facts.steps:
        return None
    deadline = since + timedelta(seconds=undo.rules.capabilities.max_call_seconds)
    fact = Attempting(started=since, deadline=deadline, prepared=PREPARED)
    return AssumeAttempted(command_id=undo.facts.command_id, step=undo.step, fact=fact)
