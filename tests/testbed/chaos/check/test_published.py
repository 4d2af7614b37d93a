"""What is published of an event or a document and is not so is found, field by field."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from app.domain.documents import Attention, DocumentReference, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import InvoiceRequested
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.generator import OrderStep
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED, clean, made, outcome, status, submitted
from tests.testbed.chaos.planting import issued_with, planted, says


def answered(**changes: Any) -> list[Defect]:
    """The outcome of the request for the shipped order's invoice, with these changes."""
    outcomes = list(clean().outcomes)
    outcomes[1] = replace(outcomes[1], **changes)
    return planted(outcomes=tuple(outcomes))


def naming(**changes: Any) -> list[Defect]:
    """That outcome, and the document that it names, with these changes."""
    return answered(documents=(replace(evidence.found(SHIPPED)[0], **changes),))


# --- statuses --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        pytest.param({"document_type": DocumentType.EFATURA}, "type", id="published as e-Fatura"),
        pytest.param({"document_type": None}, "type", id="published without a type"),
        pytest.param({"ettn": "00000000-0000-0000-0000-000000000000"}, "ETTN", id="published with another ETTN"),
        pytest.param({"ettn": None}, "ETTN", id="published without an ETTN"),
        pytest.param({"issue_date": date(1999, 1, 1)}, "date", id="published with the date of 1999"),
        pytest.param({"issue_date": None}, "date", id="published without a date"),
        pytest.param({"number": None}, "number", id="published without a number"),
    ],
)
def test_a_document_that_is_published_otherwise_than_it_was_made_is_found(changes: dict[str, Any], word: str) -> None:
    says(planted(statuses=issued_with(**changes)), DefectKind.WRONG, f"has its {word} as")


def test_a_number_that_changes_on_the_way_is_found() -> None:
    statuses = (*issued_with(number="DNA2026000000009"), status(SHIPPED, 4, DocumentState.DELIVERED))
    says(planted(statuses=statuses), DefectKind.WRONG, "status 3 has its number as DNA2026000000009")


def test_an_id_that_is_not_that_of_the_documents_lines_is_found() -> None:
    other = tuple(replace(each, lines=("1",)) for each in clean().statuses[:3])
    says(planted(statuses=(*other, *clean().statuses[3:])), DefectKind.WRONG, "has an id that is not")


def test_a_document_that_changes_its_order_is_found() -> None:
    says(planted(statuses=issued_with(order_reference="S-9")), DefectKind.WRONG, "appears as", "S-9")


def failed(*codes: str) -> list[Defect]:
    """The provider took the document and failed it; it is REJECTED with these codes."""
    errors = tuple(FieldError(path="$", code=code, message="") for code in codes)
    ending = replace(status(SHIPPED, 3, DocumentState.REJECTED), errors=errors)
    statuses = (*clean().statuses[:2], ending, *clean().statuses[3:])
    return planted(statuses=statuses, made=(made(failed=True),))


def test_a_rejection_without_its_reason_is_found() -> None:
    says(failed(), DefectKind.WRONG, "it is REJECTED for []", "NILVERA_STATUS_ERROR")


def test_a_rejection_for_another_reason_is_found() -> None:
    says(failed("NILVERA_2015"), DefectKind.WRONG, "it is REJECTED for ['NILVERA_2015']")
    assert not any("it is REJECTED" in defect.sentence for defect in failed("NILVERA_STATUS_ERROR"))


def test_a_question_without_anything_to_look_at_is_found() -> None:
    asked = replace(status(SHIPPED, 3, DocumentState.PLANNED, Attention.NEEDS_REVIEW), evidence=())
    says(planted(statuses=(*clean().statuses[:2], asked, *clean().statuses[3:])), DefectKind.WRONG, "is shown nothing")


# --- outcomes --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [{"event_type": "OrderPlaced"}, {"business": "TEZGAH"}, {"request_id": "r-1"}, {"order_reference": "S-9"}],
)
def test_an_outcome_that_names_another_event_is_found(changes: dict[str, Any]) -> None:
    says(answered(**changes), DefectKind.WRONG, "outcome of InvoiceRequested (OK) names")


def test_an_outcome_without_the_document_that_it_is_about_is_found() -> None:
    says(answered(documents=()), DefectKind.WRONG, "names no document")
    says(naming(lines=("1",)), DefectKind.WRONG, "names no document")


@pytest.mark.parametrize(
    "changes",
    [
        {"state": DocumentState.CANCELLED},
        {"number": evidence.NUMBER},
        {"ettn": "00000000-0000-0000-0000-000000000000"},
        {"document_type": DocumentType.EFATURA},
        {"provider": "testbook"},
        {"document_id": "nobody"},
    ],
)
def test_a_document_in_an_outcome_as_it_never_stood_is_found(changes: dict[str, Any]) -> None:
    says(naming(**changes), DefectKind.WRONG, "it never was so")


def test_a_refusal_without_a_reason_is_found() -> None:
    says(answered(verdict=Verdict.REJECTED, documents=()), DefectKind.WRONG, "gives no reason")


@pytest.mark.parametrize(("code", "is_due"), [("UNKNOWN_LINE", True), ("LINE_CANCELLED", False)])
def test_a_refusal_for_another_reason_than_upstreams_fault_is_found(code: str, is_due: bool) -> None:
    event = submitted(6, SHIPPED, InvoiceRequested(line_references=("9",)))
    refused = outcome(
        6,
        SHIPPED,
        "InvoiceRequested",
        Verdict.REJECTED,
        reason=code,
        errors=(FieldError(path="$", code=code, message=""),),
    )
    shipped = evidence.generated(SHIPPED)
    steps = (*shipped.steps, OrderStep(event=event.event, verdict=Verdict.REJECTED))
    defects = planted(
        submitted=(*clean().submitted, event),
        outcomes=(*clean().outcomes, refused),
        generated=(replace(shipped, scenario="unknown line", steps=steps), clean().generated[1]),
    )
    sentences = [defect.sentence for defect in defects]
    assert any("is refused for" in each for each in sentences) is not is_due
    assert any("which nothing accounts for" in each for each in sentences) is not is_due
    assert (defects == []) is is_due


def test_a_reference_says_no_more_than_was_told() -> None:
    assert isinstance(evidence.found(SHIPPED)[0], DocumentReference)
    assert naming() == []


@pytest.mark.parametrize(("seconds", "patience", "is_found"), [(61, 60.0, False), (59, 60.0, True), (61, None, True)])
def test_a_document_that_is_raised_as_overdue_before_its_time_is_found(
    seconds: int, patience: float | None, is_found: bool
) -> None:
    raised = replace(
        status(SHIPPED, 3, DocumentState.PROCESSING, Attention.OVERDUE),
        occurred_at=evidence.AT + timedelta(seconds=seconds),
    )
    issued = replace(status(SHIPPED, 4, DocumentState.ISSUED), occurred_at=raised.occurred_at)
    statuses = (*clean().statuses[:2], raised, issued, *clean().statuses[3:])
    defects = planted(statuses=statuses, patience_seconds=patience)
    assert any("raises it as overdue" in defect.sentence for defect in defects) is is_found
    assert len(defects) == is_found
