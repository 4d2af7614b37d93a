"""Moving a document away from a bookkeeping program, with death and zombies at every await between two durable steps.

Its records are made in several steps, or are for a person to delete. In the end one document stands, or a person is
asked, and never are there two.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentMarkedDeleted, LoggedEvent, RerouteRequested
from app.planning.state import LineStatus
from providers.base import LookUp, Step
from tests.harness.one_issuer import OneIssuer
from tests.harness.planner_and_issuers import LONG, PlannerAndIssuers
from tests.issuing.test_cancel_and_reroute import (
    CANNOT_BE_ASKED,
    DOCUMENT,
    NEW,
    OLD,
    SUCCESSOR,
    THAWS,
    Provider,
    faults,
    one_stands,
    sweep,
)

pytestmark = pytest.mark.sweep

STEPS = (Step.CONTACT, Step.INVOICE, Step.E_DOCUMENT)
BOOKS = (
    Provider("three steps", {"unique_reference": False, "steps": STEPS}),
    Provider("three steps, asked by list", {"unique_reference": False, "look_up": LookUp.BY_LIST, "steps": STEPS}),
)
MOVE = RerouteRequested(document_id=DOCUMENT, connection=NEW)


def one_stands_or_a_person_is_asked(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    """A person is asked where an invoice is half made; there are never two."""
    is_asked = pipeline.in_review and len(pipeline.standing()) <= 1
    return is_asked or one_stands(pipeline, event)


@pytest.mark.parametrize("provider", BOOKS, ids=lambda provider: provider.name)
@pytest.mark.parametrize("lost_at", [None, *STEPS], ids=str)
@pytest.mark.parametrize("victim", [OLD, NEW])
@THAWS
def test_wherever_a_worker_dies_what_is_made_in_three_steps_stands_at_one_provider_alone(
    provider: Provider, lost_at: Step | None, victim: str, thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        old, new = OneIssuer(provider=OLD, **provider.changes), OneIssuer(provider=NEW)
        if lost_at is not None:
            old.behaviour.creates = [*["BOOKS"] * STEPS.index(lost_at), "LOST_AFTER"]
        return PlannerAndIssuers({OLD: old, NEW: new})

    told = sweep(pipeline, thaws_after, provider, MOVE, victim=victim, asked_at=0.1)
    assert told or victim == NEW
    assert faults(told, one_stands_or_a_person_is_asked) == {}


class WithPerson(PlannerAndIssuers):
    """A person deletes at the provider what they are asked to, and records that."""

    async def until(self, holds: Callable[[], bool], seconds: float = LONG) -> bool:
        def looked() -> bool:
            self.delete()
            return holds()

        return await super().until(looked, seconds)

    def answer_reviews(self) -> None:
        super().answer_reviews()
        self.delete()

    def delete(self) -> None:
        for document in self.documents:
            ledger = self.issuers[document.policy.provider].ledger
            if document.attention is Attention.DELETE_AT_PROVIDER and document.document_id in ledger.standing():
                ledger.cancelled.append(document.document_id)
                self.say(DocumentMarkedDeleted(document_id=document.document_id))


def has_moved(pipeline: PlannerAndIssuers, event: LoggedEvent) -> bool:
    documents = {document.document_id: document for document in pipeline.documents}
    known = [(each.state, each.attention) for each in documents.values()]
    return (
        pipeline.standing() == [SUCCESSOR]
        and known == [(DocumentState.CANCELLED, None), (DocumentState.ISSUED, None)]
        and pipeline.planner.line_status("1") is LineStatus.INVOICED
        and pipeline.verdicts(event)[-1] == "OK"
    )


@pytest.mark.parametrize("victim", [OLD, NEW])
@pytest.mark.parametrize("creates", [("BOOKS",), ("LOST_BEFORE",)], ids=str)
@THAWS
def test_wherever_a_worker_dies_a_record_that_a_person_has_deleted_is_issued_once_at_the_other_provider(
    victim: str, creates: Sequence[Any], thaws_after: float | None
) -> None:
    def pipeline() -> PlannerAndIssuers:
        old, new = OneIssuer(provider=OLD, **CANNOT_BE_ASKED.changes), OneIssuer(provider=NEW)
        old.behaviour.state = DocumentState.AWAITING_SIGNATURE
        new.behaviour.creates = list(creates)
        return WithPerson({OLD: old, NEW: new})

    told = sweep(pipeline, thaws_after, CANNOT_BE_ASKED, MOVE, victim=victim, asked_at=DocumentState.AWAITING_SIGNATURE)
    assert len(told) >= 5
    assert faults(told, has_moved) == {}
