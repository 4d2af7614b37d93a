"""A WITHDRAW command for what exists at the provider without legal effect: it is deleted there, or a person does it.

The lines are free only when the provider shows it gone: as cancelled, or, by the polls, not there any more.
"""

from datetime import datetime
from typing import Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from app.issuing.decisions import progress_reports
from app.issuing.decisions.cancel_state import status_of_cancellation
from app.issuing.decisions.decisions import Decision, ReportProgress
from app.issuing.decisions.step_status import Cause, Rules, StepState
from app.issuing.decisions.undo import Undo, find, send
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import command_of
from providers.base import Issued, Step

NOT_FOUND: Final = FieldError(
    path="$",
    code="NOT_FOUND_AFTER_DELETION",
    message="the answer to its deletion was lost, and it is not found any more: look, and say that it was deleted",
)


def seen_deleted(withdrawal: CommandFacts, rules: Rules, now: datetime) -> datetime | None:
    """When the provider has shown the document as cancelled after its deletion."""
    status = status_of_cancellation(withdrawal, rules, now, Step.WITHDRAWAL)
    return status.at if status.state is StepState.DONE else None


def delete(
    withdrawal: CommandFacts, draft: Issued, state: DocumentState, rules: Rules, now: datetime
) -> Decision | None:
    """Moves the deletion of a draft in this `state` on; None when it is not found any more, which the polls show.

    Where nothing is polled, a person has to say that it is gone.
    """
    if draft.document_type not in rules.capabilities.withdraws:
        return _stays(withdrawal, state, None, (_unsupported(draft.document_type, rules),))
    status = status_of_cancellation(withdrawal, rules, now, Step.WITHDRAWAL)
    undo = Undo(facts=withdrawal, step=Step.WITHDRAWAL, rules=rules, status=status, issued=draft, now=now)
    match status.state:
        case StepState.NEEDS_REVIEW if status.cause is Cause.CANCEL_ABSENT:
            is_polled = draft.document_type in rules.capabilities.poll_until
            return None if is_polled else _stays(withdrawal, state, status.at, (NOT_FOUND,))
        case StepState.REFUSED | StepState.NEEDS_REVIEW:
            return _stays(withdrawal, state, status.at, status.errors)
        case StepState.ATTEMPTING | StepState.UNCERTAIN:
            return find(undo)
        case _:
            return send(undo)


def _stays(
    withdrawal: CommandFacts, state: DocumentState, at: datetime | None, errors: tuple[FieldError, ...]
) -> ReportProgress:
    assert withdrawal.admitted is not None
    asked_at = command_of(withdrawal.admitted).occurred_at
    return progress_reports.not_deleted_report(withdrawal, state, at or asked_at, errors)


def _unsupported(document_type: DocumentType, rules: Rules) -> FieldError:
    message = f"{rules.capabilities.provider} deletes no {document_type} that has no legal effect yet"
    return FieldError(path="$.document_type", code="WITHDRAWAL_UNSUPPORTED", message=message)
