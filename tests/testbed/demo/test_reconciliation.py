"""It balances only when nothing is lost, nothing is double and no side contradicts another."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState
from app.domain.orders import OrderEvent
from app.domain.policy import Trigger
from app.testbed.demo.reconciliation import Reconciliation, reconcile
from app.testbed.installation.simulators import SimulatedDocument
from app.tracking.documents import track
from tests.planning.events import BUSINESS, ORDER, Log, document_id, placed, progressed

LINES = ("1", "2", "3")
DOCUMENT = document_id(*LINES)
SENT = OrderEvent(business=BUSINESS, order_reference=ORDER, body=placed())
MADE = SimulatedDocument(
    provider="nilvera",
    reference=DOCUMENT,
    order_reference=ORDER,
    lines=3,
    payable=Decimal("300.00"),
    state="SUCCEEDED",
)


def run(state: DocumentState = DocumentState.ISSUED, **more: Any) -> dict[str, Any]:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, state, **more))
    return {
        "sent": [SENT],
        "outcomes": log.all.outcomes,
        "documents": track(log.all.statuses),
        "made": [MADE],
        "expected": [(BUSINESS, ORDER, LINES)],
    }


def compared(found: dict[str, Any]) -> Reconciliation:
    return reconcile(**found)


def test_one_order_one_document_one_entry_in_the_ledger_balance() -> None:
    found = compared(run())
    assert found.balanced
    assert (found.orders, found.documents, found.issued, found.lost, found.double) == (1, 1, 1, 0, 0)


def test_an_event_without_an_outcome_is_lost() -> None:
    found = compared({**run(), "sent": [SENT, SENT]})
    assert (found.balanced, found.lost) == (False, 1)


def test_an_expected_document_without_a_status_is_lost() -> None:
    found = compared({**run(), "expected": [(BUSINESS, "S-2", ("1",))]})
    assert (found.balanced, found.lost) == (False, 1)


def test_an_issued_document_that_the_provider_does_not_have_is_lost() -> None:
    found = compared({**run(), "made": []})
    assert (found.balanced, found.lost) == (False, 1)


def test_a_second_document_under_one_reference_is_double() -> None:
    found = compared({**run(), "made": [MADE, MADE]})
    assert (found.balanced, found.double) == (False, 1)


def test_two_living_documents_over_one_line_are_double() -> None:
    found = run()
    status = found["documents"][DOCUMENT].latest
    other = replace(status, document_id=document_id("3"), lines=("3",), sequence=1)
    found["documents"] = {**found["documents"], **track([other])}
    found["made"].append(replace(MADE, reference=other.document_id, lines=1, payable=Decimal(100)))
    assert compared(found).double == 1


def test_a_document_of_which_no_status_tells_is_found() -> None:
    assert not compared({**run(), "made": [MADE, replace(MADE, reference="another's")]}).balanced


def test_a_document_that_died_here_and_lives_there_is_found() -> None:
    assert not compared(run(DocumentState.REJECTED)).balanced
    assert compared({**run(DocumentState.REJECTED), "made": [replace(MADE, state="FAILED")]}).balanced


def test_a_document_that_is_cancelled_at_the_provider_must_be_cancelled_here() -> None:
    gone = [replace(MADE, state="CANCELLED")]
    assert compared({**run(DocumentState.CANCELLED), "made": gone}).balanced
    found = compared({**run(), "made": gone})
    assert (found.balanced, found.lost) == (False, 1)
    assert not compared({**run(DocumentState.CANCEL_PENDING), "made": gone}).balanced


def test_what_waits_for_a_signature_must_be_there_and_waits() -> None:
    draft = [replace(MADE, state="DRAFT")]
    found = compared({**run(DocumentState.AWAITING_SIGNATURE), "made": draft})
    assert (found.balanced, found.unsigned, found.issued) == (True, 1, 0)
    found = compared({**run(DocumentState.AWAITING_SIGNATURE), "made": []})
    assert (found.balanced, found.lost) == (False, 1)


def test_a_document_at_another_provider_than_its_own_is_found() -> None:
    found = compared({**run(), "made": [MADE, replace(MADE, provider="sovos")]})
    assert not found.balanced
    assert found.at_providers == {"nilvera": 1, "sovos": 1}


def test_a_document_under_another_order_is_found() -> None:
    assert not compared({**run(), "made": [replace(MADE, order_reference="S-2")]}).balanced


@pytest.mark.parametrize("changes", [{"payable": Decimal("299.90")}, {"lines": 2}])
def test_a_document_with_other_content_is_found(changes: dict[str, Any]) -> None:
    found = compared({**run(), "made": [replace(MADE, **changes)]})
    assert (found.balanced, found.wrong) == (False, 1)


def test_only_what_was_found_after_a_doubt_counts_as_adopted() -> None:
    doubt = {"attention": Attention.UNCERTAIN}
    for states, adopted in (
        [((DocumentState.PLANNED, doubt), (DocumentState.ISSUED, {})), 1],
        [((DocumentState.PLANNED, doubt), (DocumentState.PLANNED, {}), (DocumentState.ISSUED, {})), 0],
    ):
        log = Log(Trigger.ORDER_PLACED)
        log.append(placed())
        for state, more in states:
            log.append(progressed(DOCUMENT, state, **more))
        assert compared({**run(), "documents": track(log.all.statuses)}).looked_up_then_adopted == adopted


def test_a_gap_in_a_status_sequence_is_found() -> None:
    found = run()
    found["documents"] = track([found["documents"][DOCUMENT].latest])
    assert (compared(found).gaps, compared(found).balanced) == (1, False)


@pytest.mark.parametrize(
    ("attention", "balanced"), [(Attention.NEEDS_REVIEW, True), (Attention.UNCERTAIN, False), (None, False)]
)
def test_an_unfinished_document_balances_only_while_it_waits_for_a_person(
    attention: Attention | None, balanced: bool
) -> None:
    state = DocumentState.PROCESSING if attention is None else DocumentState.PLANNED
    found = compared({**run(state, attention=attention), "made": []})
    assert found.balanced is balanced
