"""Corrected invoices: the wrong one is cancelled and the right one in its place, and each names the other."""

from app.domain.documents import DocumentStatus
from app.domain.orders import InvoiceCorrected
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defects, lost, wrong
from app.testbed.chaos.check.evidence import Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.vocabulary import DEAD


def corrections(index: EvidenceIndex) -> Defects:
    """Every correction that was accepted, and every link between two documents."""
    accepted = {
        document: [each for each in asked if index.verdict(each) is Verdict.OK]
        for document, asked in index.corrections.items()
    }
    for document, events in accepted.items():
        for submitted in events:
            yield from _came_about(index, document, submitted)
    for name, history in index.documents.items():
        latest = history.latest
        if latest.corrects is not None:
            yield from _is_linked(index, latest, latest.corrects, "corrects")
            if not accepted.get(latest.corrects):
                yield wrong(f"document {name} corrects {latest.corrects}, and no such correction was accepted")
        if latest.corrected_by is not None:
            yield from _is_linked(index, latest, latest.corrected_by, "is corrected by")


def _came_about(index: EvidenceIndex, document: str, submitted: Submitted) -> Defects:
    assert isinstance(submitted.event.body, InvoiceCorrected)
    said = f"order {name_of(submitted.order)}: the correction {submitted.event.body.correction_reference}"
    wrong_one = index.documents.get(document)
    if wrong_one is None:
        yield wrong(f"{said} is of document {document}, which no status names")
        return
    if wrong_one.latest.state not in DEAD:
        yield wrong(f"{said} was accepted, and the wrong document {document} is {wrong_one.latest.state}")
    if wrong_one.latest.corrected_by is None:
        yield lost(f"{said} was accepted, and no document has taken the place of {document}")


def _is_linked(index: EvidenceIndex, latest: DocumentStatus, other: str, how: str) -> Defects:
    """The other one names this one, and has the same lines."""
    known = index.documents.get(other)
    said = f"document {latest.document_id} {how} {other}"
    if known is None:
        yield lost(f"{said}, which no status names")
    elif latest.document_id != (known.latest.corrected_by if how == "corrects" else known.latest.corrects):
        yield wrong(f"{said}, which does not name it")
    elif known.latest.lines != latest.lines:
        yield wrong(f"{said}, which has other lines")
