"""What the display of a run counts."""

from app.domain.documents import DocumentState
from app.domain.outcomes import Verdict
from app.testbed.installation.watch import RunProgress
from tests.testbed.chaos.evidence import status


def test_a_rejected_event_and_a_rejected_document_are_counted_apart() -> None:
    progress = RunProgress(verdicts={"e1": Verdict.REJECTED, "e2": Verdict.REJECTED, "e3": Verdict.OK})
    progress.record_status(status("S-1", 1, DocumentState.REJECTED))
    assert progress.counts() == {"events": {"REJECTED": 2, "OK": 1}, "documents": {"REJECTED": 1}, "attention": {}}
