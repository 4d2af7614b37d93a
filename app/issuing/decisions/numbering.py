"""Numbers that we give: what one is asked for, and what became of it when its command ends."""

from dataclasses import replace

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import UNSIGNED, DocumentProgressed, DocumentState, DocumentType
from app.domain.numbers import Claim, Ended, NumberFate, NumberWanted
from app.domain.order_identity import identity_given
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import NumberOutcome, Prepare, ReportProgress
from app.issuing.decisions.live import live_answers
from app.issuing.decisions.progress_reports import reported_state
from app.issuing.decisions.step_status import Rules
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import FINAL, Admitted
from providers.base import Numbering, Prepared


def wanted_by(
    command: InvoiceCommand, prepare: Prepare, request: Prepared, taxpayer: str | None = None
) -> NumberWanted:
    """What the number is for that fixes this request; `taxpayer` is the seller's tax number in it."""
    order = command.order
    series = {
        DocumentType.EARSIV: order.earsiv_series if order else None,
        DocumentType.EFATURA: order.efatura_series if order else None,
    }
    return NumberWanted(
        business=command.business,
        document_id=command.document_id,
        command_id=command.command_id,
        revision=prepare.revision,
        document_type=request.document_type,
        series=series.get(request.document_type),
        issued_at=request.issued_at,
        taxpayer=taxpayer,
        is_dated=order is not None and identity_given(order.invoice_info).issued_at is not None,
    )


def claim_of(command: InvoiceCommand, prepare: Prepare, request: Prepared, taxpayer: str) -> Claim:
    """What this request holds of its order's own; `taxpayer` is the seller's tax number in it."""
    return Claim(
        business=command.business,
        document_id=command.document_id,
        command_id=command.command_id,
        revision=prepare.revision,
        identifiers=request.brought,
        taxpayer=taxpayer,
        moved_from=command.moved_from,
    )


def with_number_outcome(report: ReportProgress, facts: CommandFacts, rules: Rules | None) -> ReportProgress:
    """The last report of a command has what becomes of its number, and closes it first; every other stays as it is.

    Without a request a number may have been given all the same: by a worker that died before it could write it down.
    Without a connection it is not known who numbers: then it is closed if it can be, and nothing waits for it.
    """
    if report.label != FINAL or facts.admitted is None or facts.admitted.action is not Action.ISSUE:
        return report
    prepared_id = facts.current_prepared()
    prepared = facts.prepared[prepared_id] if prepared_id else None
    if prepared is None:
        if rules is not None and rules.capabilities.numbering is Numbering.PROVIDER and not _brings(facts.admitted):
            return report
        fate = NumberFate.VOID if facts.last_review or facts.admitted.doubtful_since else NumberFate.FREE
        return replace(report, number_outcome=NumberOutcome(number=None, fate=fate, is_needed=rules is not None))
    if prepared.number is None and not prepared.brought:
        return report
    fate = _fate(report, facts, prepared.number)
    ended = Ended(
        number=prepared.number,
        revision=prepared.revision,
        document_type=prepared.document_type,
        issued_at=prepared.issued_at,
        fate=fate,
        taxpayer=prepared.taxpayer,
        brought=prepared.brought,
    )
    number_outcome = NumberOutcome(number=prepared.number, fate=fate, is_needed=True)
    return replace(report, fact=replace(report.fact, number=ended), number_outcome=number_outcome)


def _brings(admitted: Admitted) -> bool:
    order = command_of(admitted).order
    return order is not None and bool(identity_given(order.invoice_info).identifiers)


def _fate(report: ReportProgress, facts: CommandFacts, number: str | None) -> NumberFate:
    """Free only when every answer says that nothing was made, whatever a look-up or a person said of it since."""
    assert report.event is not None
    assert isinstance(report.event.body, DocumentProgressed)
    review = facts.last_review
    exists = any(live_answers(facts.counting(step)) for step in facts.steps)
    if exists or (review and review.decision is ReviewAnswer.CONFIRM_ISSUED):
        body = report.event.body
        never_legal = body.state is DocumentState.CANCELLED and reported_state(facts) in UNSIGNED
        is_used = (
            not never_legal
            and body.state is not DocumentState.REJECTED
            and (number is None or body.number in {None, number})
        )
        return NumberFate.USED if is_used else NumberFate.VOID
    unused = review is None and all(step_facts.surely_made_nothing for step_facts in facts.steps.values())
    return NumberFate.FREE if unused else NumberFate.VOID
