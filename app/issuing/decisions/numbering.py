"""Numbers that we give: what one is asked for, and what became of it when its command ends."""

from dataclasses import replace

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentProgressed, DocumentState, DocumentType
from app.domain.numbers import Ended, NumberFate, NumberWanted
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import Prepare, Report, Settlement
from app.issuing.decisions.step_state import Rules, live_answers
from app.issuing.journal.command_facts import Dossier
from app.issuing.journal.facts import FINAL
from providers.base import NotSent, Numbering, Prepared, Refused


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
    )


def settling(report: Report, dossier: Dossier, rules: Rules | None) -> Report:
    """The last report of a command says what becomes of its number, and settles it first; every other stays as it is.

    Without a request a number may have been given all the same: by a worker that died before it could write it down.
    Without a connection nobody knows who numbers: then it is settled if it can be, and nothing waits for it.
    """
    if report.label != FINAL or dossier.admitted is None or dossier.admitted.action is not Action.ISSUE:
        return report
    prepared_id = dossier.current_prepared()
    prepared = dossier.prepared[prepared_id] if prepared_id else None
    if prepared is None:
        if rules is not None and rules.capabilities.numbering is Numbering.PROVIDER:
            return report
        fate = NumberFate.BURNT if dossier.verdict or dossier.admitted.doubtful_since else NumberFate.FREE
        return replace(report, settlement=Settlement(number=None, fate=fate, is_needed=rules is not None))
    if prepared.number is None:
        return report
    fate = _fate(report, dossier, prepared.number)
    ended = Ended(
        number=prepared.number,
        revision=prepared.revision,
        document_type=prepared.document_type,
        issued_at=prepared.issued_at,
        fate=fate,
        taxpayer=prepared.taxpayer,
    )
    settlement = Settlement(number=prepared.number, fate=fate, is_needed=True)
    return replace(report, fact=replace(report.fact, number=ended), settlement=settlement)


def _fate(report: Report, dossier: Dossier, number: str) -> NumberFate:
    """Free only when every answer says that nothing was made; a person's word is not enough for that."""
    assert report.event is not None
    assert isinstance(report.event.body, DocumentProgressed)
    verdict = dossier.verdict
    exists = any(live_answers(dossier.counting(step)) for step in dossier.steps)
    if exists or (verdict and verdict.decision is ReviewAnswer.CONFIRM_ISSUED):
        told = report.event.body
        stands = told.state is not DocumentState.REJECTED and told.number in {None, number}
        return NumberFate.STANDS if stands else NumberFate.BURNT
    return NumberFate.FREE if verdict is None and _surely_unused(dossier) else NumberFate.BURNT


def _surely_unused(dossier: Dossier) -> bool:
    """No attempt is without an answer, whatever a look-up or a person said of it since."""
    return all(
        attempt in facts.answers and isinstance(facts.answers[attempt].outcome, NotSent | Refused)
        for facts in dossier.steps.values()
        for attempt in (*facts.attempts, *facts.answers)
    )
