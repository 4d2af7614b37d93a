"""The check of our own numbers finds every gap and every double that is planted into a clean series."""

from dataclasses import replace
from typing import Any

from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.evidence import MadeDocument, ReportedGap
from app.testbed.chaos.check.provider_documents import number_series
from tests.testbed.chaos.evidence import COMPANY, SHIPPED, WITHDRAWN, clean, document_id, made
from tests.testbed.chaos.planting import says


def numbered(*sequences: int, **more: Any) -> list[MadeDocument]:
    return [made(number=f"DNS2026{n:09}", reference=f"document {n}", **more) for n in sequences]


def reported(sequence: int, *, is_open: bool = False) -> ReportedGap:
    number = f"DNS2026{sequence:09}"
    return ReportedGap(company=COMPANY, number=number, document_id=f"document {sequence}", is_open=is_open)


def found(documents: list[MadeDocument], *gaps: ReportedGap) -> list[Defect]:
    return list(number_series(documents, gaps, {COMPANY}))


def test_a_series_without_a_gap_gives_no_finding() -> None:
    assert found(numbered(2, 1, 3)) == []
    assert found([*numbered(1), made(company="another", number="TB-000001")]) == []


def test_a_gap_that_is_reported_is_none_and_another_is() -> None:
    assert found(numbered(1, 3), reported(2)) == []
    says(found(numbered(1, 3)), DefectKind.GAP, "DNS2026000000002", "is not reported")


def test_a_number_on_two_documents_is_found() -> None:
    twice = [*numbered(1), made(number="DNS2026000000001", reference="another")]
    says(found(twice), DefectKind.DOUBLE, "DNS2026000000001", "another and document 1")


def test_a_provider_that_numbers_by_itself_is_found() -> None:
    says(found([made(number="TB-000001")]), DefectKind.WRONG, "with a number of its own")


def test_a_gap_that_is_reported_and_stands_is_found() -> None:
    says(found(numbered(1), reported(1)), DefectKind.WRONG, "reported as a gap, and is on document 1")
    assert found(numbered(1), reported(1, is_open=True)) == []
    assert found(numbered(1, failed=True), reported(1)) == []


def test_a_number_that_waits_for_a_document_which_has_ended_is_found() -> None:
    waits = replace(reported(1, is_open=True), document_id=document_id(SHIPPED, "1", "2"))
    says(check(replace(clean(), gaps=(waits,))), DefectKind.WRONG, "waits for document", "which is ISSUED")


def test_a_number_that_is_reported_as_a_gap_needs_a_document_that_has_ended() -> None:
    """Else any number could be wasted, and reported."""
    ended = replace(reported(1), document_id=document_id(WITHDRAWN, "1", "2"))
    assert check(replace(clean(), gaps=(ended,))) == []
    unended = replace(reported(1), document_id=document_id(SHIPPED, "1", "2"))
    says(check(replace(clean(), gaps=(unended,))), DefectKind.WRONG, "reported as a gap of document", "which is ISSUED")
