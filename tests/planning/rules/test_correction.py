"""A correction: the wrong invoice is cancelled first, then the right one is issued; each names the other."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.orders import DocumentCancellationRequested, InvoiceCorrected, OrderLine
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import Mode, Returns
from app.planning.state import LineStatus
from tests.planning.credits import invoiced, issued, returned
from tests.planning.events import Log, document_id, line, placed, policy, progressed, requested

WRONG, RIGHT = document_id("1", "2"), document_id("1", "2", attempt=1)
CHEAPER = line("2", "40.00")
GIVEN_BACK = progressed(WRONG, DocumentState.CANCELLED)
SOMEBODY = Person(
    buyer=Buyer(name="Ayşe Örnek", address=Address(street="Deneme Sokak 1", district="Kadıköy", city="İstanbul"))
)


def correction(*lines: OrderLine, document: str = WRONG, reference: str = "C-1") -> InvoiceCorrected:
    return InvoiceCorrected(correction_reference=reference, document_id=document, reason="wrong price", lines=lines)


def test_r16_the_wrong_invoice_is_cancelled_before_the_right_one_goes_out() -> None:
    log = invoiced()
    first = log.append(correction(CHEAPER))
    assert [command.action for command in first.commands] == [Action.CANCEL]
    assert [outcome.verdict for outcome in first.outcomes] == [Verdict.HELD]
    second = log.append(GIVEN_BACK)
    (command,), (outcome,) = second.commands, second.outcomes
    assert (command.action, command.document_id, outcome.verdict) == (Action.ISSUE, RIGHT, Verdict.OK)
    assert command.order is not None
    assert [each.unit_price for each in command.order.lines] == [line("1").unit_price, CHEAPER.unit_price]
    assert log.line_status("1") is LineStatus.CLAIMED


def test_r16_each_of_the_two_names_the_other_and_neither_is_edited() -> None:
    log = invoiced()
    log.append(correction(CHEAPER))
    statuses = log.append(GIVEN_BACK).statuses
    links = [(s.document_id, s.state, s.corrects, s.corrected_by) for s in statuses[1:]]
    assert links == [
        (WRONG, DocumentState.CANCELLED, None, RIGHT),
        (RIGHT, DocumentState.PLANNED, WRONG, None),
    ]


def test_r16_another_buyer_is_on_the_right_invoice_alone() -> None:
    log = invoiced()
    log.append(correction(), person=SOMEBODY)
    (command,) = log.append(GIVEN_BACK).commands
    assert command.person == SOMEBODY


def test_what_the_provider_does_not_cancel_stays_with_its_reasons() -> None:
    log = invoiced()
    log.append(correction(CHEAPER))
    cancelling = log.all.commands[-1].command_id
    late = FieldError(path="$", code="TOO_LATE", message="eight days are over")
    effects = log.append(issued(WRONG, command_id=cancelling, errors=(late,)))
    (outcome,) = effects.outcomes
    assert (outcome.verdict, outcome.reason, outcome.errors) == (Verdict.REJECTED, "CANCELLATION_REFUSED", (late,))
    assert not effects.commands
    assert log.state is not None
    assert log.state.placed is log.events[0]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (correction(), "NOTHING_CORRECTED"),
        (correction(line("9")), "LINE_OF_ANOTHER_DOCUMENT"),
        (correction(CHEAPER, CHEAPER), "DUPLICATE_LINE_REFERENCE"),
        (correction(line("2", "-1.00")), "PRICE_NEGATIVE"),
        (correction(CHEAPER, document=RIGHT), "UNKNOWN_DOCUMENT"),
    ],
)
def test_a_correction_that_makes_no_invoice_leaves_the_wrong_one_as_it_is(body: InvoiceCorrected, code: str) -> None:
    log = invoiced()
    effects = log.append(body)
    assert [(outcome.reason, effects.commands) for outcome in effects.outcomes] == [(code, [])]


def test_what_is_at_its_buyer_is_not_corrected_here() -> None:
    log = invoiced()
    log.append(progressed(WRONG, DocumentState.DELIVERED))
    assert log.outcome(correction(CHEAPER)).reason == "DOCUMENT_NOT_CANCELLABLE"


def test_an_invoice_of_which_something_came_back_is_not_corrected() -> None:
    log = invoiced(returns_earsiv=Returns.IADE_DOCUMENT)
    log.append(returned("R-1", _1=1))
    assert log.outcome(correction(CHEAPER)).reason == "DOCUMENT_CREDITED"


def test_a_correction_waits_for_its_invoice() -> None:
    log = Log()
    log.append(placed(line("1"), line("2")))
    log.append(requested("1", "2"))
    assert log.outcome(correction(CHEAPER)).reason == "NOT_INVOICED_YET"
    assert [command.action for command in log.append(issued(WRONG)).commands] == [Action.CANCEL]


def repeated(*, after: bool) -> tuple[Log, Any]:
    """A correction sent twice, the second time after or before the cancellation's answer."""
    log = invoiced()
    log.append(correction(CHEAPER))
    steps = [GIVEN_BACK, correction(CHEAPER)] if after else [correction(CHEAPER), GIVEN_BACK]
    for step in steps:
        log.append(step)
    return log, log.all.outcomes[-1]


@pytest.mark.parametrize("after", [True, False])
def test_a_repeated_correction_is_answered_with_the_document_that_it_made(*, after: bool) -> None:
    log, outcome = repeated(after=after)
    assert (outcome.verdict, outcome.documents[0].document_id) == (Verdict.DUPLICATE, RIGHT)
    assert [command.action for command in log.all.commands].count(Action.ISSUE) == 2


def test_another_correction_is_one_of_the_right_document() -> None:
    log, _ = repeated(after=True)
    assert log.outcome(correction(line("2", "30.00"), reference="C-2")).reason == "DOCUMENT_CORRECTED"
    log.append(issued(RIGHT, "EAR2026000000002"))
    again = log.append(correction(line("2", "30.00"), document=RIGHT, reference="C-2"))
    assert [command.action for command in again.commands] == [Action.CANCEL]


def test_a_cancellation_that_was_asked_for_before_goes_before() -> None:
    log = invoiced()
    log.append(DocumentCancellationRequested(document_id=WRONG, reason="sold twice"))
    assert log.outcome(correction(CHEAPER)).reason == "CANCELLING"
    assert not log.append(GIVEN_BACK).commands


def test_the_number_that_the_request_brought_is_on_one_document_alone() -> None:
    log = Log()
    log.append(placed(line("1"), line("2")))
    log.append(requested("1", "2", invoice_reference="EAR2026000000001", shipment_reference="P-1"))
    log.append(issued(WRONG))
    log.append(correction(CHEAPER))
    (command,) = log.append(GIVEN_BACK).commands
    assert command.order is not None
    assert (command.order.shipment_reference, command.order.invoice_info) == ("P-1", None)
    # The order as it was placed, repeated by upstream, is no conflict.
    assert log.outcome(replace(placed(line("1"), line("2")))).verdict is Verdict.DUPLICATE


def test_r10_nothing_is_issued_anew_for_a_merchant_who_issues_himself_by_now() -> None:
    log = invoiced()
    log.policy = policy(mode=Mode.EXTERNAL)
    outcome = log.outcome(correction(CHEAPER))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "NOT_CORRECTED_HERE")


def test_an_invoice_with_registered_returns_is_not_corrected_because_all_could_come_back_once_more() -> None:
    log = invoiced(returns_earsiv=Returns.REGISTER_ONLY)
    log.append(returned("R-1", _1=3))
    outcome = log.outcome(correction(CHEAPER))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "DOCUMENT_CREDITED")
    assert log.outcome(returned("R-2", _1=1)).reason == "QUANTITY_EXCEEDS_LINE"


def test_what_is_being_corrected_is_not_cancelled_beside_it_because_its_lines_are_invoiced_anew() -> None:
    log = invoiced()
    log.append(correction(CHEAPER))
    outcome = log.outcome(DocumentCancellationRequested(document_id=WRONG, reason="not wanted any more"))
    assert (outcome.verdict, outcome.reason) == (Verdict.REJECTED, "CORRECTING")
    assert [each.verdict for each in log.append(GIVEN_BACK).outcomes] == [Verdict.OK]
