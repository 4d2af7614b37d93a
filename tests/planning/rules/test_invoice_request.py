"""Requests and approvals: one document for each shipment, and every line on one document."""

from datetime import date

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.invoice_info import InvoiceInfo
from app.domain.orders import DocumentApproved, LineKind
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from app.domain.time import legal_date
from app.planning.state import LineStatus
from tests.planning.events import Log, document_id, line, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
REJECTED = DocumentState.REJECTED


def test_each_shipment_becomes_its_own_document() -> None:
    log = Log()
    log.append(placed())
    first = log.command(requested("1", "2", shipment_reference="P1", carrier="Kargo A"))
    second = log.command(requested("3", shipment_reference="P2"))
    assert [item.line_reference for item in first.order.lines] == ["1", "2"]
    assert first.order.carrier == "Kargo A"
    assert first.document_id != second.document_id


def test_a_repeated_request_is_answered_with_its_document_whatever_the_sequence_of_lines() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2", shipment_reference="P1"))
    outcome = log.outcome(requested("2", "1", shipment_reference="P1"))
    assert outcome.verdict is Verdict.DUPLICATE
    assert [document.document_id for document in outcome.documents] == [document_id("1", "2")]


def test_a_line_is_never_claimed_twice() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", "2"))
    outcome = log.outcome(requested("2", "3"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINE_CLAIMED")
    assert [error.path for error in outcome.errors] == ["$.body.line_references[0]"]
    assert log.line_status("3") == LineStatus.OPEN


def test_a_shipment_reference_cannot_come_back_with_other_lines() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1", shipment_reference="P1"))
    assert log.outcome(requested("2", shipment_reference="P1")).reason == "CONTENT_CONFLICT"


def test_unknown_and_repeated_lines_are_refused_together() -> None:
    log = Log()
    log.append(placed())
    outcome = log.outcome(requested("1", "1", "9"))
    assert [error.code for error in outcome.errors] == ["DUPLICATE_LINE_REFERENCE", "UNKNOWN_LINE"]


def test_lines_that_come_to_nothing_are_not_invoiced() -> None:
    log = Log()
    log.append(placed(line("1"), line("2", "-10", kind=LineKind.DISCOUNT)))
    assert log.outcome(requested("2")).reason == "NOTHING_TO_INVOICE"


def test_a_request_over_the_whole_order_finds_the_document_of_order_placed_even_after_a_change_of_provider() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.policy = policy(Trigger.SHIPMENT, provider="testbook")
    outcome = log.outcome(requested(*WHOLE))
    assert outcome.verdict is Verdict.DUPLICATE
    assert [document.provider for document in outcome.documents] == ["nilvera"]
    assert len(log.all.commands) == 1


def test_after_a_rejected_document_a_new_request_is_a_new_try_with_a_new_identity() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(progressed(document_id("1"), REJECTED))
    assert log.line_status("1") == LineStatus.OPEN
    assert log.command(requested("1")).document_id == document_id("1", attempt=1)


def test_a_manual_order_waits_for_approval_and_goes_once() -> None:
    log = Log(Trigger.MANUAL)
    (status,) = log.append(placed()).statuses
    assert status.attention is Attention.AWAITING_APPROVAL
    assert not log.all.commands
    approval = DocumentApproved(document_id=document_id(*WHOLE))
    assert log.command(approval, actor="ayse").action is Action.ISSUE
    again = log.outcome(approval)
    assert (again.verdict, again.reason) == (Verdict.DUPLICATE, "NOT_AWAITING_APPROVAL")
    assert len(log.all.commands) == 1


def test_an_approval_of_a_document_of_another_order_is_refused() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    assert log.outcome(DocumentApproved(document_id=document_id("7"))).reason == "UNKNOWN_DOCUMENT"


@pytest.mark.parametrize(
    ("reference", "number", "series"),
    [
        ("ABC2026000000017", "ABC2026000000017", "ABC"),
        ("ABC", "ABC", "ABC"),
        ("INV-NL833249069", None, "EAR"),
    ],
)
def test_a_request_s_reference_is_its_document_s_number_its_series_or_a_name(
    reference: str, number: str | None, series: str
) -> None:
    log = Log()
    log.append(placed())
    order = log.command(requested("1", invoice_reference=reference)).order
    assert order is not None
    assert (order.invoice_info.invoice_serie_or_number if order.invoice_info else None) == number
    assert (order.earsiv_series, order.invoice_reference) == (series, reference)


def test_a_request_s_date_is_its_document_s_day_of_issue() -> None:
    log = Log()
    log.append(placed())
    order = log.command(requested("1", invoice_date=date(2026, 11, 2))).order
    assert order is not None
    assert order.invoice_info is not None
    assert order.invoice_info.issue_date is not None
    assert legal_date(order.invoice_info.issue_date) == date(2026, 11, 2)


def test_what_a_request_s_invoice_info_has_itself_stays() -> None:
    log = Log()
    log.append(placed())
    info = InvoiceInfo(invoice_serie_or_number="XYZ")
    order = log.command(requested("1", invoice_reference="ABC", invoice_info=info)).order
    assert order is not None
    assert order.earsiv_series == "XYZ"
