"""What a run's evidence comes to, counted slice by slice."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from app.domain.documents import Attention
from app.domain.orders import ReviewDecided
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.after_sales_causes import AFTER_SALES
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect
from app.testbed.chaos.check.document_history import DocumentHistory
from app.testbed.chaos.check.evidence import OrderName, RunEvidence
from app.testbed.chaos.check.evidence_index import EvidenceIndex


@dataclass(slots=True, kw_only=True)
class Totals:
    """`split`: orders whose events are in more than one partition of the order topic. `decided`: reviews, by answer.

    `refused`: events by the reason that they were refused for; `acts`: what persons asked and was taken, by event;
    `after_sales`: the same of what upstream sent after a sale, and the documents that take back, by intent;
    `overdue`: documents that were without news for too long; `seconds`: how long the check took.
    """

    orders: int = 0
    events: int = 0
    documents: int = 0
    in_review: int = 0
    split: int = 0
    repeats: int = 0
    states: Counter[str] = field(default_factory=Counter)
    decided: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    after_sales: Counter[str] = field(default_factory=Counter)
    overdue: int = 0
    bad_input: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    defects: list[Defect] = field(default_factory=list)

    def add(self, evidence: RunEvidence) -> None:
        """Checks and counts one slice."""
        self.defects.extend(check(evidence))
        index = EvidenceIndex(evidence=evidence)
        self.orders += len(index.orders)
        self.events += len(evidence.submitted)
        self.documents += len(index.documents)
        self.repeats += len(evidence.repeats)
        self.in_review += sum(document.in_review for document in index.documents.values())
        self.overdue += sum(map(_was_overdue, index.documents.values()))
        self.states.update(document.latest.state.value for document in index.documents.values())
        given_back = [status for statuses in index.credit_documents_of.values() for status in statuses]
        self.after_sales.update(status.intent.value for status in given_back)
        self.bad_input.update(bad_input.kind.value for bad_input in evidence.bad_input)
        self.refused.update(
            outcome.errors[0].code if outcome.errors else outcome.reason or ""
            for outcome in evidence.outcomes
            if outcome.verdict is Verdict.REJECTED
        )
        self._count_submitted(index)

    def _count_submitted(self, index: EvidenceIndex) -> None:
        partitions: defaultdict[OrderName, set[int]] = defaultdict(set)
        for submitted in index.evidence.submitted:
            body = submitted.event.body
            partitions[submitted.order].add(submitted.partition)
            if isinstance(body, AFTER_SALES) and index.verdict(submitted) is Verdict.OK:
                self.after_sales[body.type] += 1
            if submitted.event.actor is not None and index.verdict(submitted) is Verdict.OK:
                self.acts[body.type] += 1
                if isinstance(body, ReviewDecided):
                    self.decided[body.decision.value] += 1
        self.split += sum(len(found) > 1 for found in partitions.values())


def _was_overdue(document: DocumentHistory) -> bool:
    return any(status.attention is Attention.OVERDUE for status in document.history)
