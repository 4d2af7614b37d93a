"""Documents that wait for a connection report it: a person finds the reason in the document itself."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from typing import Final

from app.domain.commands import Action
from app.domain.documents import Attention
from app.issuing.decisions import progress_reports
from app.issuing.decisions.decisions import Attempt, AwaitConnection, Decision, Poll, Prepare, ReportProgress
from app.issuing.journal.command_facts import CommandFacts, in_order

# How the report begins that takes such a report back.
TAKEN_BACK: Final = f"CLEARED:{Attention.CONNECTION}"


def while_waiting(
    decision: Decision | None, commands: Collection[CommandFacts], why: str, now: datetime
) -> Decision | None:
    """The decision while its connection cannot be used: that this document waits, and why, is reported first.

    `commands`: those of the document, in their order. `why`: why the connection cannot be used, for a person.
    """
    match decision:
        case (
            Prepare(command_id=command_id)
            | Attempt(command_id=command_id)
            | Poll(command_id=command_id, is_needed=True)
        ):
            waiting = [facts for facts in commands if facts.command_id == command_id]
        case ReportProgress(command_id=command_id, label=label) if label.startswith(TAKEN_BACK):
            # The report of before is still true.
            waiting, decision = [facts for facts in commands if facts.command_id == command_id], AwaitConnection()
        case AwaitConnection():
            unfinished = [facts for facts in commands if facts.final is None]
            waiting = [*in_order(unfinished, Action.ISSUE), *in_order(unfinished, Action.CANCEL)]
        case _:
            return decision
    return (waits(waiting[0], why, now) if waiting else None) or decision


def waits(facts: CommandFacts, why: str, now: datetime) -> ReportProgress | None:
    """The report that a command waits, and why: once for each reason, and again when it comes back.

    An open doubt or question goes before it.
    """
    digest = hashlib.sha256(why.encode()).hexdigest()[:8]
    status = progress_reports.open_attention(facts)
    if status is not None and (not status.startswith(Attention.CONNECTION) or status.endswith(digest)):
        return None
    count = sum(label.startswith(Attention.CONNECTION) for label in facts.reported)
    return progress_reports.waiting_report(facts, f"{Attention.CONNECTION}:{count}:{digest}", why, now)
