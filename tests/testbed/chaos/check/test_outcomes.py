"""A refusal that nothing accounts for is found, and an answer that did not come about, also where people acted."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentState
from app.domain.errors import FieldError
from app.domain.orders import (
    DocumentApproved,
    DocumentCancellationRequested,
    InvoiceRequested,
    LineKind,
    LinesCancelled,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
    SubmittedBody,
)
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.vocabulary import NEVER_COMES
from app.testbed.generator import Expected, OrderStep
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED, WITHDRAWN, clean, outcome, status, submitted
from tests.testbed.chaos.planting import planted, says

DOCUMENT = evidence.document_id(SHIPPED, "1", "2")
ENDED = evidence.document_id(WITHDRAWN, "1", "2")
CANCEL = DocumentCancellationRequested(document_id=DOCUMENT, reason="vazgeçti")
MOVE = RerouteRequested(document_id=DOCUMENT, connection="testbook")
NOT_ACCOUNTED_FOR, NOT_COME_ABOUT = "which nothing accounts for", "it has not come about"


def answered(body: SubmittedBody, verdict: Verdict, code: str = "", order: str = SHIPPED, **more: Any) -> list[Defect]:
    """A person submits this for an order, and is answered so."""
    errors = (FieldError(path="$", code=code, message=""),) if code else ()
    answer = outcome(9, order, body.type, verdict, reason=code or None, errors=errors)
    event = submitted(9, order, body, actor="chaos")
    return planted(submitted=(*clean().submitted, event), outcomes=(*clean().outcomes, answer), **more)


def refused(body: SubmittedBody, code: str, order: str = SHIPPED, **more: Any) -> bool:
    """Whether such a refusal is found to have no cause."""
    return any(NOT_ACCOUNTED_FOR in each.sentence for each in answered(body, Verdict.REJECTED, code, order, **more))


@pytest.mark.parametrize(
    ("body", "code", "order"),
    [
        (InvoiceRequested(line_references=("1",)), "LINE_INVOICED", SHIPPED),
        (InvoiceRequested(line_references=("2",)), "LINE_CANCELLED", WITHDRAWN),
        (LinesCancelled(line_references=("1",)), "LINE_INVOICED", SHIPPED),
        (LinesCancelled(line_references=("9",)), "UNKNOWN_LINE", SHIPPED),
        (DocumentApproved(document_id=ENDED), "DOCUMENT_ENDED", WITHDRAWN),
        (CANCEL, "CANCELLATION_REFUSED", SHIPPED),
        (MOVE, "ALREADY_ISSUED", SHIPPED),
        (RerouteRequested(document_id=ENDED, connection="testbook"), "DOCUMENT_ENDED", WITHDRAWN),
        (ReviewDecided(document_id=DOCUMENT, revision=3, decision=ReviewAnswer.REJECT), "NO_SUCH_REVIEW", SHIPPED),
    ],
)
def test_a_refusal_with_its_cause_is_no_fault(body: SubmittedBody, code: str, order: str) -> None:
    assert not refused(body, code, order)


@pytest.mark.parametrize(
    ("body", "code", "order"),
    [
        (InvoiceRequested(line_references=("1",)), "LINE_CANCELLED", SHIPPED),
        (InvoiceRequested(line_references=("1",)), "UNKNOWN_LINE", SHIPPED),
        (InvoiceRequested(line_references=("1",)), "NOTHING_TO_INVOICE", SHIPPED),
        (InvoiceRequested(line_references=("1",)), "DOCUMENT_IN_REVIEW", SHIPPED),
        (LinesCancelled(line_references=("1",)), "LINE_INVOICED", WITHDRAWN),
        (LinesCancelled(line_references=("1",)), "TOO_MANY_HELD", SHIPPED),
        (DocumentApproved(document_id=DOCUMENT), "DOCUMENT_ENDED", SHIPPED),
        (CANCEL, "DOCUMENT_NOT_CANCELLABLE", SHIPPED),
        (CANCEL, "REROUTING", SHIPPED),
        (RerouteRequested(document_id=ENDED, connection="testbook"), "ALREADY_ISSUED", WITHDRAWN),
        (MOVE, "CANCELLING", SHIPPED),
        (MOVE, "DISCOUNT_RATE_OF_NO_LINE", SHIPPED),
        (ReviewDecided(document_id=DOCUMENT, revision=0 + 1, decision=ReviewAnswer.REJECT), "REVIEW_DECIDED", SHIPPED),
    ],
)
def test_a_refusal_without_its_cause_is_found(body: SubmittedBody, code: str, order: str) -> None:
    assert refused(body, code, order)


def test_a_move_of_which_cancellations_leave_a_discount_alone_is_no_fault() -> None:
    """The discount's line stays where the line that it lowered is cancelled."""
    placed = clean().submitted[0]
    goods, discount = placed.event.body.lines[:2]  # type: ignore[union-attr]
    discount = replace(discount, kind=LineKind.DISCOUNT, unit_price=Decimal(-5))
    body = replace(placed.event.body, lines=(goods, discount))
    cancel = submitted(8, SHIPPED, LinesCancelled(line_references=("1",)), actor="chaos")
    move = submitted(9, SHIPPED, MOVE, actor="chaos")
    error = FieldError(path="$", code="DISCOUNT_RATE_OF_NO_LINE", message="")
    answer = outcome(9, SHIPPED, MOVE.type, Verdict.REJECTED, reason=error.code, errors=(error,))
    found = planted(
        submitted=(replace(placed, event=replace(placed.event, body=body)), *clean().submitted[1:], cancel, move),
        outcomes=(*clean().outcomes, outcome(8, SHIPPED, cancel.event.body.type), answer),
    )
    assert not any(f"{move.event_id}) was refused" in each.sentence for each in found)


def test_a_cancellation_that_is_refused_while_nothing_stands_is_found() -> None:
    assert refused(CANCEL, "CANCELLATION_REFUSED", made=(evidence.made(cancelled=True),))


def test_a_cancellation_that_was_taken_and_did_not_come_about_is_found() -> None:
    says(answered(CANCEL, Verdict.OK), DefectKind.WRONG, NOT_COME_ABOUT)


def test_a_document_that_was_cancelled_at_its_provider_is_no_fault() -> None:
    shipped = clean().statuses[:3]
    named = {"number": evidence.NUMBER, "ettn": DOCUMENT, "issue_date": shipped[2].issue_date}
    ended = [
        replace(status(SHIPPED, sequence, state), document_type=shipped[2].document_type, **named)  # type: ignore[arg-type]
        for sequence, state in ((4, DocumentState.CANCEL_PENDING), (5, DocumentState.CANCELLED))
    ]
    known = {line: evidence.KnownLine(status="OPEN") for line in ("1", "2")}
    reference = replace(
        evidence.found(SHIPPED)[0],
        state=DocumentState.CANCELLED,
        number=evidence.NUMBER,
        ettn=DOCUMENT,
        document_type=shipped[2].document_type,
    )
    answer = replace(outcome(9, SHIPPED, CANCEL.type), documents=(reference,))
    run = {
        "submitted": (*clean().submitted, submitted(9, SHIPPED, CANCEL, actor="chaos")),
        "outcomes": (*clean().outcomes, answer),
        "statuses": (*shipped, *ended, *clean().statuses[3:]),
        "lines": {**clean().lines, (evidence.SHOP, SHIPPED): known},
    }
    assert planted(made=(evidence.made(cancelled=True),), **run) == []
    says(planted(made=(evidence.made(),), **run), DefectKind.DOUBLE, "is CANCELLED, and lives at nilvera")


def test_a_move_that_was_taken_and_left_the_document_where_it_was_is_found() -> None:
    says(answered(MOVE, Verdict.OK), DefectKind.WRONG, NOT_COME_ABOUT)


def test_the_order_itself_is_judged_also_where_a_person_acted() -> None:
    outcomes = list(clean().outcomes)
    outcomes[2] = replace(outcomes[2], verdict=Verdict.DUPLICATE)
    says(
        planted(outcomes=tuple(outcomes)),
        DefectKind.WRONG,
        f"{evidence.SHOP}/{WITHDRAWN}",
        "OrderPlaced DUPLICATE instead of",
    )


def test_a_question_in_between_accounts_for_a_refusal() -> None:
    asked = (*clean().statuses[:2], status(SHIPPED, 3, DocumentState.PROCESSING, Attention.NEEDS_REVIEW))
    statuses = (*asked, status(SHIPPED, 4, DocumentState.ISSUED), *clean().statuses[3:])
    assert not refused(CANCEL, "DOCUMENT_IN_REVIEW", statuses=statuses)


@pytest.mark.parametrize("is_asked", [True, False])
def test_a_question_about_another_document_over_the_lines_accounts_for_a_refused_approval(*, is_asked: bool) -> None:
    asked = Attention.NEEDS_REVIEW if is_asked else None
    first = (*clean().statuses[:2], status(SHIPPED, 3, DocumentState.PROCESSING, asked))
    other = evidence.document_id(SHIPPED, "1")
    waits = replace(
        status(SHIPPED, 1, DocumentState.PLANNED, Attention.AWAITING_APPROVAL), document_id=other, lines=("1",)
    )
    statuses = (*first, waits, *clean().statuses[3:])
    is_found = refused(DocumentApproved(document_id=other), "DOCUMENT_IN_REVIEW", statuses=statuses)
    assert is_found is not is_asked


def never_came(seconds: float, patience: float | None = 60.0) -> list[Defect]:
    """A request for an order that is not there, held and refused after so many seconds."""
    body = InvoiceRequested(line_references=("1",))
    event = submitted(9, "S-9", body)
    held = outcome(9, "S-9", body.type, Verdict.HELD, reason="ORDER_NOT_ARRIVED")
    errors = (FieldError(path="$", code="ORDER_NOT_FOUND", message=""),)
    final = outcome(9, "S-9", body.type, Verdict.REJECTED, reason="ORDER_NOT_FOUND", errors=errors)
    late = replace(final, occurred_at=evidence.AT + timedelta(seconds=seconds))
    step = OrderStep(event=event.event, verdict=Verdict.REJECTED)
    orphan = replace(evidence.generated("S-9"), scenario=NEVER_COMES, steps=(step,), expected=Expected(documents=()))
    return planted(
        submitted=(*clean().submitted, event),
        outcomes=(*clean().outcomes, held, late),
        generated=(*clean().generated, orphan),
        patience_seconds=patience,
    )


def test_a_hold_that_ends_after_its_time_is_no_fault_and_one_that_ends_earlier_is_found() -> None:
    assert never_came(61.0) == []
    says(never_came(59.0), DefectKind.WRONG, "refused for ORDER_NOT_FOUND", NOT_ACCOUNTED_FOR)
    says(never_came(61.0, None), DefectKind.WRONG, "refused for ORDER_NOT_FOUND", NOT_ACCOUNTED_FOR)
