"""Orders that are repeated after the rebuild: answered with the documents that exist."""

from app.domain.outcomes import OrderOutcome, Verdict
from app.testbed.chaos.check.defects import Defects, lost, wrong
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of


def repeats(index: EvidenceIndex) -> Defects:
    """After the rebuild a repeated order is answered with the documents that exist, as they are now."""
    for repeat in index.evidence.repeats:
        outcomes = index.outcomes.get(repeat.event_id, [])
        if not outcomes:
            yield lost(f"order {name_of(repeat.order)}: its repeat after the rebuild has no outcome")
        for outcome in outcomes:
            yield from _answered(index, repeat, outcome)


def _answered(index: EvidenceIndex, repeat: Submitted, outcome: OrderOutcome) -> Defects:
    latest = (*index.documents_of.get(repeat.order, ()), *index.credit_documents_of.get(repeat.order, ()))
    due = {(status.document_id, status.state, status.number) for status in latest}
    said = {(document.document_id, document.state, document.number) for document in outcome.documents}
    if outcome.verdict is not Verdict.DUPLICATE or said != due:
        yield wrong(
            f"order {name_of(repeat.order)}: after the rebuild its repeat is {outcome.verdict} with "
            f"{sorted(said, key=str)}, not DUPLICATE with {sorted(due, key=str)}"
        )
