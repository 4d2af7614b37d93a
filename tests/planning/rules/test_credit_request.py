"""Returns and goodwill: by quantity and amount, never more than the line, on a document where the policy says so."""

from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import Action, DocumentOrder
from app.domain.documents import Attention, DocumentState, DocumentType, Intent
from app.domain.invoice_info.enums import InvoiceType
from app.domain.notices import CreditedLine, LinesCredited
from app.domain.orders import (
    DocumentCancellationRequested,
    LineKind,
    RerouteRequested,
    ReviewAnswer,
    ReviewDecided,
)
from app.domain.outcomes import Verdict
from app.domain.policy import Goodwill, Mode, Returns
from app.planning.state import LineStatus
from tests.planning.credits import DAY, HERE, NUMBER, THREE, credit_document, granted, invoiced, issued, returned
from tests.planning.events import Log, cancelled, document_id, line, placed, policy, progressed, requested


def content(log: Log, body: Any, **more: Any) -> DocumentOrder:
    """What the one document of this event is made from."""
    command = log.command(body, **more)
    assert command.action is Action.ISSUE
    assert command.order is not None
    return command.order


def worth(order: DocumentOrder) -> Decimal:
    return sum((each.quantity * each.unit_price - each.discount for each in order.lines), Decimal(0))


def test_r14_a_return_of_some_pieces_is_a_document_that_names_its_invoice() -> None:
    log = invoiced()
    order = content(log, returned("R-1", _1=2))
    info = order.invoice_info
    assert info is not None
    (taken,) = info.return_invoice_info
    assert (order.intent, info.invoice_type) == (Intent.RETURN, InvoiceType.IADE)
    assert (taken.invoice_number, taken.issue_date) == (NUMBER, DAY)
    assert [(each.line_reference, each.quantity) for each in order.lines] == [("1", Decimal(2))]
    assert worth(order) == Decimal("200.00")
    assert (order.efatura_profile, order.earsiv_series) == ("TEMELFATURA", "EAR")
    assert log.line_status("1") is LineStatus.PART_RETURNED
    status = log.all.statuses[-1]
    assert (status.original, status.credit_reference) == (document_id("1", "2"), "R-1")


def test_r14_several_returns_take_a_line_back_step_by_step() -> None:
    log = invoiced()
    for reference in ("R-1", "R-2", "R-3"):
        assert log.line_status("1") is not LineStatus.RETURNED
        assert log.outcome(returned(reference, _1=1)).verdict is Verdict.OK
    assert log.line_status("1") is LineStatus.RETURNED
    over = log.outcome(returned("R-4", _1="0.5"))
    assert (over.verdict, over.reason) == (Verdict.REJECTED, "QUANTITY_EXCEEDS_LINE")
    assert log.line_status("2") is LineStatus.INVOICED


def test_r14_a_return_waits_for_its_invoice() -> None:
    log = Log()
    log.policy = policy(**HERE)
    log.append(returned("R-0", _1=1))
    log.append(placed())
    log.append(requested("1"))
    assert log.outcome(returned("R-1", _1=1)).reason == "NOT_INVOICED_YET"
    effects = log.append(issued(document_id("1")))
    assert [(each.verdict, each.reason) for each in effects.outcomes] == [(Verdict.OK, None)]
    assert [command.action for command in effects.commands] == [Action.ISSUE]


def test_r14_what_was_never_invoiced_cannot_come_back() -> None:
    log = Log()
    log.append(placed())
    assert log.outcome(returned("R-1", _1=1)).reason == "LINE_NOT_INVOICED"
    log.append(requested("2"))
    log.append(returned("R-2", _2=1))
    log.append(cancelled("2"))
    effects = log.append(progressed(document_id("2"), DocumentState.CANCELLED))
    assert "LINE_NOT_INVOICED" in [outcome.reason for outcome in effects.outcomes]


def test_a_return_takes_its_share_of_a_discount_to_the_kurus() -> None:
    discount = line("d", "-10.00", kind=LineKind.DISCOUNT)
    log = invoiced(line("1", "33.33", quantity=THREE), line("2", "50.00"), discount)
    amounts = [worth(content(log, returned(reference, _1=1))) for reference in ("R-1", "R-2", "R-3")]
    assert sum(amounts) + worth(content(log, returned("R-4", _2=1))) == Decimal("139.99")
    assert log.outcome(returned("R-5", _d=1)).reason == "DISCOUNT_NOT_CREDITED"


def test_lines_of_two_invoices_come_back_on_two_documents() -> None:
    log = Log()
    log.policy = policy(**HERE)
    log.append(placed())
    for number, reference in enumerate(("1", "2"), start=1):
        log.append(requested(reference))
        log.append(issued(document_id(reference), f"EAR202600000000{number}"))
    commands = log.append(returned("R-1", _1=1, _2=1)).commands
    named = [command.order.invoice_info.return_invoice_info[0].invoice_number for command in commands]  # type: ignore[union-attr]
    assert named == ["EAR2026000000001", "EAR2026000000002"]
    assert log.outcome(returned("R-1", _2=1, _1=1)).verdict is Verdict.DUPLICATE
    assert log.outcome(returned("R-1", _2=1)).reason == "CONTENT_CONFLICT"


@pytest.mark.parametrize("state", [DocumentState.REJECTED, DocumentState.CANCELLED])
def test_what_a_document_that_ended_took_back_is_left_again(state: DocumentState) -> None:
    log = invoiced()
    log.append(returned("R-1", _1=3))
    log.append(progressed(credit_document(log), state))
    assert log.line_status("1") is LineStatus.INVOICED
    again = log.outcome(returned("R-1", _1=3))
    assert again.verdict is Verdict.OK
    assert again.documents[0].document_id == credit_document(log) != credit_document(log, 0)
    assert log.line_status("1") is LineStatus.RETURNED


def test_a_return_that_lives_after_all_counts_again_only_while_that_much_is_left() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=3))
    first = credit_document(log)
    log.append(progressed(first, DocumentState.REJECTED))
    log.append(returned("R-2", _1=1))
    (status,) = log.append(issued(first, "EAR2026000000009")).statuses
    assert [error.code for error in status.errors] == ["LINES_TAKEN"]
    assert log.outcome(returned("R-3", _1=1)).reason == "QUANTITY_EXCEEDS_LINE"
    log.append(progressed(credit_document(log), DocumentState.REJECTED))
    assert log.state is not None
    assert log.state.documents[first].state is DocumentState.ISSUED
    assert log.line_status("1") is LineStatus.RETURNED


@pytest.mark.parametrize(
    "policies",
    [{"returns_earsiv": Returns.REGISTER_ONLY}, {"mode": Mode.EXTERNAL, "returns_efatura": HERE["goodwill"]}],
)
def test_a_return_that_is_issued_elsewhere_is_registered(policies: Any) -> None:
    log = invoiced()
    log.policy = policy(**{**HERE, **policies})
    effects = log.append(returned("R-1", _1=2))
    (outcome,), (notice,) = effects.outcomes, effects.notices
    assert (outcome.verdict, outcome.reason, outcome.documents) == (Verdict.OK, "REGISTERED_ONLY", ())
    assert not effects.commands
    assert log.line_status("1") is LineStatus.PART_RETURNED
    assert notice.body == LinesCredited(
        intent=Intent.RETURN,
        reference="R-1",
        day=DAY,
        lines=(CreditedLine(line_reference="1", quantity=Decimal(2), amount=Decimal("200.00")),),
        original=document_id("1", "2"),
    )


def test_who_issues_depends_on_the_type_of_the_invoice() -> None:
    log = invoiced(kind=DocumentType.EFATURA, returns_efatura=Returns.REGISTER_ONLY)
    assert not log.append(returned("R-1", _1=1)).commands


def test_a_returned_line_is_neither_cancelled_nor_invoiced_again() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=3))
    assert log.outcome(cancelled("1")).reason == "LINE_INVOICED"
    assert log.outcome(requested("1")).reason == "LINE_INVOICED"


def test_an_invoice_is_not_cancelled_while_a_document_takes_back_a_part_of_it() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=1))
    cancel = DocumentCancellationRequested(document_id=document_id("1", "2"), reason="wrong")
    assert log.outcome(cancel).reason == "DOCUMENT_CREDITED"
    log.append(DocumentCancellationRequested(document_id=credit_document(log), reason="wrong"))
    log.append(progressed(credit_document(log), DocumentState.CANCELLED))
    assert log.outcome(cancel).verdict is Verdict.HELD


def test_a_return_waits_for_the_answer_to_its_invoice_s_cancellation() -> None:
    log = invoiced()
    log.append(DocumentCancellationRequested(document_id=document_id("1", "2"), reason="wrong"))
    assert log.outcome(returned("R-1", _1=1)).reason == "CANCELLING"
    log.append(progressed(document_id("1", "2"), DocumentState.CANCELLED))
    assert log.all.outcomes[-1].reason == "LINE_NOT_INVOICED"


def test_a_return_moves_to_another_connection_as_an_invoice_does() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=2))
    first = credit_document(log)
    log.append(RerouteRequested(document_id=first, connection="sovos"))
    effects = log.append(progressed(first, DocumentState.CANCELLED))
    (command,) = effects.commands
    assert (command.action, command.provider, command.document_id) == (Action.ISSUE, "sovos", credit_document(log))
    assert command.order is not None
    assert worth(command.order) == Decimal("200.00")
    assert log.line_status("1") is LineStatus.PART_RETURNED
    assert log.outcome(returned("R-1", _1=2)).verdict is Verdict.DUPLICATE


def test_a_return_on_its_way_is_withdrawn_when_its_invoice_ends() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=1))
    effects = log.append(progressed(document_id("1", "2"), DocumentState.REJECTED_BY_BUYER))
    assert [(c.action, c.document_id) for c in effects.commands] == [(Action.WITHDRAW, credit_document(log))]
    assert log.line_status("1") is LineStatus.OPEN
    (status,) = log.append(issued(credit_document(log), "EAR2026000000002")).statuses[-1:]
    assert [error.code for error in status.errors] == ["ORIGINAL_ENDED"]


def test_a_person_is_asked_about_a_legal_return_whose_invoice_ends() -> None:
    log = invoiced()
    log.append(returned("R-1", _1=1))
    log.append(issued(credit_document(log), "EAR2026000000002"))
    status = log.append(progressed(document_id("1", "2"), DocumentState.REJECTED_BY_BUYER)).statuses[-1]
    assert (status.document_id, status.attention) == (credit_document(log), Attention.NEEDS_REVIEW)
    assert not log.append(placed(line("1", quantity=THREE), line("2", "50.00"))).statuses
    seen = ReviewDecided(
        document_id=credit_document(log),
        revision=status.review_revision,
        decision=ReviewAnswer.CONFIRM_ISSUED,
        number="EAR2026000000002",
    )
    assert log.outcome(seen).verdict is Verdict.OK
    cancel = DocumentCancellationRequested(document_id=credit_document(log), reason="its invoice is gone")
    assert log.command(cancel).action is Action.CANCEL


def test_goodwill_is_a_document_over_the_difference_in_price() -> None:
    log = invoiced()
    order = content(log, granted("G-1", _1="30.00"))
    assert order.intent is Intent.PRICE_DIFFERENCE
    assert [(each.name, each.quantity, each.unit_price) for each in order.lines] == [
        ("Fiyat farkı: Ürün 1", Decimal(1), Decimal("30.00"))
    ]
    assert log.line_status("1") is LineStatus.INVOICED


def test_goodwill_and_returns_together_never_exceed_the_line() -> None:
    log = invoiced()
    log.append(granted("G-1", _1="30.00"))
    assert worth(content(log, returned("R-1", _1=1))) == Decimal("90.00")
    over = log.outcome(granted("G-2", _1="180.01"))
    assert (over.reason, over.errors[0].path) == ("AMOUNT_EXCEEDS_LINE", "$.body.lines[0].amount")
    assert worth(content(log, returned("R-2", _1=2))) == Decimal("180.00")


def test_goodwill_for_the_books_alone_is_registered() -> None:
    log = invoiced(goodwill=Goodwill.BOOKS_ONLY)
    effects = log.append(granted("G-1", _2="5.00"))
    assert (effects.outcomes[0].reason, effects.commands) == ("REGISTERED_ONLY", [])
    assert isinstance(effects.notices[0].body, LinesCredited)


def test_what_was_registered_of_a_cancelled_invoice_is_registered_of_the_next_one_under_the_same_reference() -> None:
    log = invoiced(returns_earsiv=Returns.REGISTER_ONLY)
    first, second = document_id("1", "2"), document_id("1", "2", attempt=1)
    log.append(returned("R-1", _1=2))
    log.append(DocumentCancellationRequested(document_id=first, reason="wrong buyer"))
    log.append(progressed(first, DocumentState.CANCELLED))
    log.append(requested("1", "2"))
    log.append(issued(second, number="EAR2026000000002"))
    again = log.outcome(returned("R-1", _1=2))
    assert (again.verdict, again.reason) == (Verdict.OK, "REGISTERED_ONLY")
    assert log.line_status("1") is LineStatus.PART_RETURNED
    assert log.outcome(returned("R-1", _1=2)).verdict is Verdict.DUPLICATE
    assert log.outcome(returned("R-2", _1=2)).reason == "QUANTITY_EXCEEDS_LINE"
