"""An order's InvoiceInfo: it reaches the command, and what contradicts the order is refused in the order's outcome."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType, Platform
from app.domain.invoice_info.model import (
    AdditionalDocument,
    Attachment,
    DatedReference,
    PaymentTerms,
    ReturnedInvoice,
    TaxExemptionReasons,
)
from app.domain.orders import DocumentApproved, OrderLine
from app.domain.outcomes import OrderOutcome, Verdict
from app.domain.policy import Trigger
from app.planning.entry_size import MOST_FILE_CHARACTERS
from app.planning.order_entries import LARGEST_RECENT, RecentStates, newest
from tests.planning.events import START, Log, document_id, line, placed, policy, requested

EXEMPT = TaxExemptionReasons(kdv_exemption_reason_code="335")
TERMS = InvoiceInfo(payment_terms_info=PaymentTerms(percent=Decimal("1.5")))
BOOK = line("4", vat_rate=Decimal(0))


def with_files(characters: int) -> InvoiceInfo:
    file = Attachment(base64_data="A" * characters, mime_code="application/pdf", file_name="a.pdf")
    return InvoiceInfo(additional_document_references=(AdditionalDocument(id="1", attachment=file),))


def told(outcome: OrderOutcome) -> set[tuple[str, str]]:
    return {(error.path.removeprefix("$.body."), error.code) for error in outcome.errors}


def test_what_an_order_says_of_its_invoice_stands_in_the_command() -> None:
    command = Log(Trigger.ORDER_PLACED).command(placed(invoice_info=TERMS))
    assert command.order is not None
    assert command.order.invoice_info == TERMS


def test_an_order_without_one_has_none_in_its_command() -> None:
    command = Log(Trigger.ORDER_PLACED).command(placed())
    assert command.order is not None
    assert command.order.invoice_info is None


def test_the_requests_own_stands_instead_of_the_orders() -> None:
    log = Log()
    log.append(placed(invoice_info=TERMS))
    notes = InvoiceInfo(despatch_document_reference=(DatedReference(issue_date=START.date(), value="E" * 16),))
    first = log.command(requested("1", invoice_info=notes))
    second = log.command(requested("2"))
    assert first.order is not None
    assert second.order is not None
    assert (first.order.invoice_info, second.order.invoice_info) == (notes, TERMS)


def test_a_request_that_lets_a_waiting_document_go_brings_its_own() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    command = log.command(requested("1", "2", "3", invoice_info=TERMS))
    assert command.order is not None
    assert command.order.invoice_info == TERMS


def test_an_approved_document_has_the_orders() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed(invoice_info=TERMS))
    command = log.command(DocumentApproved(document_id=document_id("1", "2", "3")))
    assert command.order is not None
    assert command.order.invoice_info == TERMS


def test_its_series_goes_before_the_policys_and_a_return_has_the_profile_that_its_type_demands() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.policy = replace(policy(Trigger.ORDER_PLACED), efatura_profile="TICARIFATURA")
    returned = InvoiceInfo(
        invoice_type=InvoiceType.IADE,
        invoice_serie_or_number="WEB",
        return_invoice_info=(ReturnedInvoice(invoice_number="ABC2026000000001", issue_date=START.date()),),
    )
    order = log.command(placed(invoice_info=returned)).order
    assert order is not None
    assert (order.earsiv_series, order.efatura_series, order.efatura_profile) == ("WEB", "WEB", "TEMELFATURA")


def test_its_reason_is_that_of_the_lines_without_vat_that_have_none() -> None:
    log = Log(Trigger.ORDER_PLACED)
    own = replace(BOOK, line_reference="5", vat_exemption_code="301")
    order = log.command(placed(line("1"), BOOK, own, invoice_info=InvoiceInfo(tax_exemption_reason_info=EXEMPT))).order
    assert order is not None
    assert [each.vat_exemption_code for each in order.lines] == [None, "335", "301"]


def test_a_request_without_a_reason_keeps_the_orders() -> None:
    log = Log()
    log.append(placed(line("1"), BOOK, invoice_info=InvoiceInfo(tax_exemption_reason_info=EXEMPT)))
    order = log.command(requested("1", "4", invoice_info=TERMS)).order
    assert order is not None
    assert [each.vat_exemption_code for each in order.lines] == [None, "335"]


def test_a_document_over_some_lines_has_nothing_that_only_the_others_take() -> None:
    log = Log()
    info = replace(TERMS, invoice_type=InvoiceType.ISTISNA, tax_exemption_reason_info=EXEMPT)
    log.append(placed(line("1"), BOOK, invoice_info=info))
    taxed, exempt = log.command(requested("1")).order, log.command(requested("4")).order
    assert taxed is not None
    assert exempt is not None
    assert (taxed.invoice_info, exempt.invoice_info) == (TERMS, info)


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("351", (line("1", "0.00", vat_rate=Decimal(10)), line("2"))),
        ("351", (line("1", "0.02", vat_rate=Decimal(10)), line("2"))),
        ("555", (line("1"),)),
        ("335", (line("1"), replace(BOOK, vat_exemption_code="335"))),
    ],
)
def test_a_reason_that_some_line_takes_is_taken(code: str, lines: tuple[OrderLine, ...]) -> None:
    info = InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code=code))
    assert Log().outcome(placed(*lines, invoice_info=info)).verdict is Verdict.OK


@pytest.mark.parametrize(
    ("code", "lines", "found"),
    [
        ("351", (line("1"),), "REASON_OF_NO_LINE"),
        ("335", (line("1"), replace(BOOK, vat_exemption_code="301")), "REASON_OF_NO_LINE"),
        ("555", (line("1"), BOOK), "VAT_EXEMPTION_NOT_ALLOWED"),
        ("555", (line("1"), line("2", "0.00", vat_rate=Decimal(10))), "VAT_EXEMPTION_NOT_ALLOWED"),
    ],
)
def test_a_reason_that_no_line_can_take_is_refused_at_once(code: str, lines: tuple[OrderLine, ...], found: str) -> None:
    info = InvoiceInfo(tax_exemption_reason_info=TaxExemptionReasons(kdv_exemption_reason_code=code))
    place = "invoice_info.TaxExemptionReasonInfo.KDVExemptionReasonCode"
    assert told(Log().outcome(placed(*lines, invoice_info=info))) == {(place, found)}


CONTRADICTIONS = [
    (InvoiceInfo(currency_code="EUR"), "CurrencyCode", "CURRENCY_CONTRADICTION"),
    (InvoiceInfo(exchange_rate=Decimal("48.1")), "ExchangeRate", "EXCHANGE_RATE_CONTRADICTION"),
    (InvoiceInfo(invoice_type=InvoiceType.ISTISNA), "InvoiceType", "INVOICE_TYPE_CONTRADICTION"),
    (InvoiceInfo(sales_platform=Platform.INTERNET), "InternetInfo", "INTERNET_INFO_REQUIRED"),
]


@pytest.mark.parametrize(("info", "field", "code"), CONTRADICTIONS)
def test_what_contradicts_the_order_is_refused_in_its_outcome(info: InvoiceInfo, field: str, code: str) -> None:
    outcome = Log(Trigger.ORDER_PLACED).outcome(placed(invoice_info=info))
    assert (outcome.verdict, told(outcome)) == (Verdict.REJECTED, {(f"invoice_info.{field}", code)})


@pytest.mark.parametrize(("info", "field", "code"), CONTRADICTIONS)
def test_so_is_a_request_that_contradicts_it(info: InvoiceInfo, field: str, code: str) -> None:
    log = Log()
    log.append(placed())
    outcome = log.outcome(requested("1", invoice_info=info))
    assert (outcome.verdict, told(outcome)) == (Verdict.REJECTED, {(f"invoice_info.{field}", code)})
    assert not log.all.commands


def test_it_stands_in_one_list_with_what_else_is_wrong() -> None:
    info = InvoiceInfo(currency_code="EUR")
    assert told(Log().outcome(placed(line("1", quantity=Decimal(0)), line("2"), invoice_info=info))) == {
        ("lines[0].quantity", "QUANTITY_NOT_POSITIVE"),
        ("invoice_info.CurrencyCode", "CURRENCY_CONTRADICTION"),
    }


def test_what_agrees_with_the_order_may_be_said_again() -> None:
    info = InvoiceInfo(currency_code="EUR", exchange_rate=Decimal("48.10"))
    outcome = Log().outcome(placed(currency="EUR", exchange_rate=Decimal("48.1"), invoice_info=info))
    assert outcome.verdict is Verdict.OK


@pytest.mark.parametrize("other", [None, replace(TERMS, is_despatch=True)])
def test_a_repeated_order_with_another_one_is_a_conflict(other: InvoiceInfo | None) -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed(invoice_info=TERMS))
    outcome = log.outcome(placed(invoice_info=other))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CONTENT_CONFLICT")
    assert log.outcome(placed(invoice_info=TERMS)).verdict is Verdict.DUPLICATE


def test_files_that_would_leave_an_order_no_room_are_refused_before_it_is_frozen() -> None:
    log = Log()
    assert told(log.outcome(placed(invoice_info=with_files(MOST_FILE_CHARACTERS + 4)))) == {
        ("invoice_info", "FILES_TOO_LARGE")
    }
    log.append(placed(invoice_info=with_files(MOST_FILE_CHARACTERS // 2)))
    assert log.outcome(requested("1", invoice_info=with_files(MOST_FILE_CHARACTERS // 2))).verdict is Verdict.OK
    assert told(log.outcome(requested("2", invoice_info=with_files(4)))) == {("invoice_info", "FILES_TOO_LARGE")}


def test_a_repeated_request_with_files_is_a_repeat_and_takes_no_more_room() -> None:
    log = Log()
    log.append(placed())
    request = requested("1", invoice_info=with_files(MOST_FILE_CHARACTERS))
    assert log.outcome(request).verdict is Verdict.OK
    assert log.outcome(request).verdict is Verdict.DUPLICATE


def test_requests_that_wait_for_their_order_share_the_room_for_files() -> None:
    log = Log()
    assert log.outcome(requested("1", invoice_info=with_files(MOST_FILE_CHARACTERS))).verdict is Verdict.HELD
    assert told(log.outcome(requested("2", invoice_info=with_files(4)))) == {("invoice_info", "FILES_TOO_LARGE")}


def test_a_state_with_files_is_read_again_and_not_kept() -> None:
    recent, log = RecentStates(), Log()
    log.append(placed(invoice_info=with_files(LARGEST_RECENT)))
    assert log.state is not None
    entries: Any = {b"1": recent.encode(log.state)}
    assert recent.newest(entries) is not recent.newest(entries)
    assert recent.newest(entries) == newest(entries) == log.state


def test_what_an_order_brings_is_in_its_command_with_its_policys_bound() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.policy = replace(log.policy, issue_date_days_back=3)
    info = InvoiceInfo(
        uuid="0f8fad5b-d9cb-469f-a165-70867728950e",
        invoice_serie_or_number="QZX2026000000007",
        issue_date=datetime(2026, 5, 1, 9, tzinfo=UTC),
    )
    made = log.command(placed(line("1"), invoice_info=info))
    assert made.order is not None
    assert (made.order.invoice_info, made.order.issue_date_days_back) == (info, 3)
    assert (made.order.earsiv_series, made.order.efatura_series) == ("QZX", "QZX")
    assert made.document_id != info.uuid
