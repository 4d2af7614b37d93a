"""A business whose merchant issues himself: his invoices are registered, and nothing is sent to a provider."""

from datetime import date
from typing import Any

import pytest

from app.domain.documents import DocumentState
from app.domain.notices import ShipmentConfirmed
from app.domain.orders import DocumentCancellationRequested, InvoiceRequested
from app.domain.outcomes import Verdict
from app.domain.policy import Mode, NumberRule, Trigger
from app.planning.state import LineStatus
from tests.planning.events import Log, cancelled, document_id, placed, policy, requested

NUMBER = "ABC2026000000017"
TODAY = date(2026, 11, 2)


def external(rule: NumberRule = NumberRule.TR, **more: Any) -> Log:
    log = Log()
    log.policy = policy(mode=Mode.EXTERNAL, invoice_number_rule=rule, **more)
    log.append(placed())
    return log


def invoice(*lines: str, reference: str | None = NUMBER, day: date | None = TODAY, **more: Any) -> InvoiceRequested:
    return requested(*lines, invoice_reference=reference, invoice_date=day, **more)


def test_r10_the_merchant_s_invoice_is_registered_and_no_provider_is_asked() -> None:
    log = external()
    effects = log.append(invoice("1", "2"))
    (status,), (outcome,) = effects.statuses, effects.outcomes
    assert not effects.commands
    assert (status.state, status.number, status.issue_date) == (DocumentState.ISSUED, NUMBER, TODAY)
    assert (status.provider, status.connection) == ("external", "external")
    assert (outcome.verdict, outcome.documents[0].number) == (Verdict.OK, NUMBER)
    assert log.line_status("1") is LineStatus.INVOICED
    assert isinstance(effects.notices[0].body, ShipmentConfirmed)


def test_lines_that_were_registered_are_on_no_second_invoice() -> None:
    log = external()
    log.append(invoice("1", "2"))
    again = log.outcome(invoice("2", "3", reference="ABC2026000000018"))
    assert (again.verdict, again.reason) == (Verdict.REJECTED, "LINE_INVOICED")


def test_a_repeated_registration_is_answered_with_its_document() -> None:
    log = external()
    log.append(invoice("1"))
    assert log.outcome(invoice("1")).verdict is Verdict.DUPLICATE


def test_another_number_over_registered_lines_is_a_second_invoice_and_no_repeat() -> None:
    log = external()
    log.append(invoice("1"))
    second = log.outcome(invoice("1", reference="ABC2026000000018"))
    assert (second.verdict, second.reason) == (Verdict.REJECTED, "LINE_INVOICED")


def test_what_waited_for_approval_makes_way_for_the_merchant_s_own_invoice() -> None:
    log = Log(Trigger.MANUAL)
    log.append(placed())
    log.policy = policy(mode=Mode.EXTERNAL)
    effects = log.append(invoice("1", "2", "3"))
    assert not effects.commands
    assert [(s.state, s.number) for s in effects.statuses] == [
        (DocumentState.CANCELLED, None),
        (DocumentState.ISSUED, NUMBER),
    ]
    assert effects.outcomes[0].documents[0].number == NUMBER


def test_lines_that_are_on_their_way_to_a_provider_are_not_registered_beside_it() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.policy = policy(mode=Mode.EXTERNAL)
    outcome = log.outcome(invoice("1", "2", "3"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "LINE_CLAIMED")


@pytest.mark.parametrize(
    ("body", "codes"),
    [
        (invoice("1", reference=None), ["REQUIRED"]),
        (invoice("1", day=None), ["REQUIRED"]),
        (invoice("1", reference="INV-NL833249069"), ["INVOICE_NUMBER"]),
        (invoice("1", reference="abc2026000000017"), ["INVOICE_NUMBER"]),
        (requested("1"), ["REQUIRED", "REQUIRED"]),
    ],
)
def test_a_registration_without_its_number_or_day_is_refused_by_name(body: InvoiceRequested, codes: list[str]) -> None:
    log = external()
    outcome = log.outcome(body)
    assert (outcome.verdict, [error.code for error in outcome.errors]) == (Verdict.REJECTED, codes)
    assert log.line_status("1") is LineStatus.OPEN


def test_where_any_number_counts_it_is_kept_as_it_is() -> None:
    log = external(NumberRule.ANY)
    (status,) = log.append(invoice("1", reference="INV-NL833249069")).statuses
    assert status.number == "INV-NL833249069"


def test_an_invoice_that_the_merchant_cancelled_leaves_its_lines_open() -> None:
    log = external()
    log.append(invoice("1"))
    effects = log.append(DocumentCancellationRequested(document_id=document_id("1"), reason="yanlış alıcı"))
    assert not effects.commands
    assert effects.outcomes[0].verdict is Verdict.OK
    assert effects.statuses[0].state is DocumentState.CANCELLED
    assert log.line_status("1") is LineStatus.OPEN
    again = log.outcome(DocumentCancellationRequested(document_id=document_id("1"), reason="yanlış alıcı"))
    assert again.verdict is Verdict.DUPLICATE
    assert log.append(invoice("1", reference="ABC2026000000019")).statuses[0].state is DocumentState.ISSUED


def test_r5_an_invoiced_line_is_not_cancelled() -> None:
    log = external()
    log.append(invoice("1"))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"


def test_no_trigger_plans_for_such_a_business() -> None:
    log = Log()
    log.policy = policy(Trigger.ORDER_PLACED, mode=Mode.EXTERNAL)
    assert not log.append(placed()).commands
    assert log.line_status("1") is LineStatus.OPEN
