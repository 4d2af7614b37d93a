"""What comes after a sale is checked: each promise is broken once in a run that is clean, and the check says so."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import DocumentState, Intent
from app.domain.orders import GoodwillGranted, GoodwillLine, OrderAmended
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.evidence import Calls, CreditPolicy, KnownLine, RunEvidence
from tests.testbed.chaos import evidence
from tests.testbed.chaos.after_sales import (
    INVOICE,
    RETURN,
    SUCCESSOR,
    approved,
    asked,
    corrected,
    corrected_at_provider,
    notice,
    of_invoice,
    of_return,
    registered,
    return_at_provider,
    return_command,
    returned,
    right_lines,
)
from tests.testbed.chaos.evidence import SHIPPED, SHOP, clean, outcome, submitted
from tests.testbed.chaos.planting import says

LOST, DOUBLE, WRONG = DefectKind.LOST, DefectKind.DOUBLE, DefectKind.WRONG


def broken(run: RunEvidence, **changes: Any) -> list[Defect]:
    return check(replace(run, **changes))


@pytest.mark.parametrize("run", [returned(), registered(), corrected(), approved()])
def test_what_comes_after_a_sale_as_it_must_gives_no_finding(run: RunEvidence) -> None:
    assert check(run) == []


# --- returns ----------------------------------------------------------------------------------------------------------


def test_a_return_that_was_accepted_and_not_granted_is_found() -> None:
    says(broken(registered(), notices=()), LOST, "RETURN R-1", "line 2 was not granted")


def test_a_return_that_was_granted_twice_is_found() -> None:
    twice = (notice(document_id=None), notice(2, document_id=None))
    says(broken(registered(), notices=twice), DOUBLE, "granted 2 times over line 2", "accepted 1 times")


def test_a_notice_that_was_written_twice_alike_is_no_fault() -> None:
    assert broken(returned(), notices=(notice(), notice())) == []


def test_what_was_granted_and_never_accepted_is_found() -> None:
    run = registered()
    refused = outcome(6, SHIPPED, "OrderReturned", Verdict.REJECTED, reason="QUANTITY_EXCEEDS_LINE")
    says(broken(run, outcomes=(*run.outcomes[:-1], refused)), WRONG, "was granted", "no such event was accepted")
    says(broken(run, outcomes=(*run.outcomes[:-1], refused), notices=()), WRONG, "which nothing accounts for")


def test_another_number_of_pieces_than_was_asked_for_is_found() -> None:
    says(broken(registered(), notices=(notice(quantity=2, document_id=None),)), WRONG, "grants 2 of line 2, not 1")


def test_more_pieces_than_were_invoiced_are_found() -> None:
    run = registered()
    events = (*run.submitted[:-1], submitted(6, SHIPPED, asked(quantity=3)))
    defects = broken(run, submitted=events, notices=(notice(quantity=3, document_id=None),))
    says(defects, DOUBLE, "3 pieces of line 2 came back, and 2 were invoiced")


def test_more_money_than_the_line_came_to_is_found() -> None:
    says(broken(registered(), notices=(notice(amount="100.01", document_id=None),)), DOUBLE, "100.01 of line 2")


def test_a_line_that_came_back_whole_for_another_amount_is_found() -> None:
    run = registered()
    events = (*run.submitted[:-1], submitted(6, SHIPPED, asked(quantity=2)))
    defects = broken(run, submitted=events, notices=(notice(amount="99.99", quantity=2, document_id=None),))
    says(defects, DOUBLE, "all pieces of line 2 came back for 99.99, and it came to 100.00")


def test_a_goodwill_beside_the_whole_return_is_more_than_the_line() -> None:
    """Neither of the two is more than the line."""
    run = registered()
    granted = GoodwillGranted(
        goodwill_reference="G-1",
        goodwill_date=evidence.AT.date(),
        lines=(GoodwillLine(line_reference="2", amount=Decimal("10.00")),),
    )
    events = (*run.submitted[:-1], submitted(6, SHIPPED, asked(quantity=2)), submitted(7, SHIPPED, granted))
    answers = (*run.outcomes, outcome(7, SHIPPED, "GoodwillGranted", reason="REGISTERED_ONLY"))
    lowered = notice(2, amount="10.00", quantity=0, document_id=None, intent=Intent.PRICE_DIFFERENCE, reference="G-1")
    whole = notice(amount="100.00", quantity=2, document_id=None)
    defects = broken(run, submitted=events, outcomes=answers, notices=(whole, lowered))
    says(defects, DOUBLE, "110.00 of line 2 was given back, and it came to 100.00")


def test_a_document_that_the_policy_asks_for_and_is_not_there_is_found() -> None:
    defects = broken(registered(), credit_policies={SHOP: CreditPolicy(returns_earsiv=True)})
    says(defects, LOST, "has no document", "policy asks for one")
    without = returned()
    says(broken(without, statuses=without.statuses[:-2]), LOST, f"names document {RETURN}, which has no status")


def test_a_document_that_the_policy_does_not_ask_for_is_found() -> None:
    says(broken(returned(), credit_policies={}), WRONG, f"has document {RETURN}", "registered only")


def test_an_accepted_return_with_neither_a_document_nor_a_reason_is_found() -> None:
    run = registered()
    silent = (*run.outcomes[:-1], outcome(6, SHIPPED, "OrderReturned"))
    says(broken(run, outcomes=silent), LOST, "neither a document nor a reason")


def test_a_second_document_over_one_return_is_found() -> None:
    run = returned()
    second = [replace(each, document_id="other") for each in run.statuses[-2:]]
    says(broken(run, statuses=(*run.statuses, *second)), WRONG, "document other (RETURN) is of 0 grants")
    says(broken(run, made=(*run.made, return_at_provider(number="DNA2026000000009"))), DOUBLE, "made 2 documents")


def test_a_document_that_takes_back_something_else_is_found() -> None:
    run = returned()
    other = replace(of_return(DocumentState.ISSUED, 2), credit_reference="R-2")
    says(broken(run, statuses=(*run.statuses[:-1], other)), WRONG, f"document {RETURN} (RETURN) is", "R-2")


def test_a_command_that_names_another_invoice_is_found() -> None:
    run = returned()
    other = return_command("DNA2026000000077")
    says(broken(run, commands=(*run.commands[:-1], other)), WRONG, "takes back", "DNA2026000000077")


def test_another_amount_at_the_provider_is_found() -> None:
    run = returned()
    says(
        broken(run, made=(*run.made[:-1], return_at_provider(payable=Decimal("55.00")))), WRONG, "payable amount", "55"
    )


def test_a_line_that_does_not_say_that_a_piece_came_back_is_found() -> None:
    run = returned()
    lines = {**run.lines[SHOP, SHIPPED], "2": KnownLine(status="INVOICED", document_id=INVOICE)}
    says(broken(run, lines={**run.lines, (SHOP, SHIPPED): lines}), WRONG, "line 2 is", "not PART_RETURNED")


def test_a_return_is_held_while_its_invoice_waits_for_a_person_and_not_longer() -> None:
    run = registered()
    held = outcome(6, SHIPPED, "OrderReturned", Verdict.HELD, reason="NOT_INVOICED_YET")
    says(broken(run, outcomes=(*run.outcomes[:-1], held), notices=()), LOST, "held for NOT_INVOICED_YET")
    waiting = replace(evidence.status(SHIPPED, 3, DocumentState.ISSUED), state=DocumentState.AWAITING_SIGNATURE)
    defects = broken(run, outcomes=(*run.outcomes[:-1], held), notices=(), statuses=(*run.statuses[:2], waiting))
    assert not [each for each in defects if "is held for" in each.sentence]


@pytest.mark.parametrize(("planned_by_order", "is_found"), [(frozenset(), False), (frozenset({SHOP}), True)])
def test_a_return_is_held_while_upstream_has_to_ask_for_its_invoice_once_more(
    planned_by_order: frozenset[str], is_found: bool
) -> None:
    """Its invoice was taken back because of line 2; under a trigger the rest is planned without being asked for."""
    run, order = registered(), evidence.WITHDRAWN
    held = outcome(6, order, "OrderReturned", Verdict.HELD, reason="NOT_INVOICED_YET")
    events = (*run.submitted[:-1], submitted(6, order, asked(line="1")))
    defects = broken(
        run, submitted=events, outcomes=(*run.outcomes[:-1], held), notices=(), planned_by_order=planned_by_order
    )
    assert any("is held for" in each.sentence for each in defects) is is_found


@pytest.mark.parametrize(
    ("code", "accounted_for"),
    [("QUANTITY_EXCEEDS_LINE", False), ("ORIGINAL_NOT_NAMED", False), ("UNKNOWN_LINE", False)],
)
def test_a_return_that_is_refused_without_a_cause_is_found(code: str, accounted_for: bool) -> None:
    run = registered()
    refused = outcome(6, SHIPPED, "OrderReturned", Verdict.REJECTED, reason=code)
    defects = broken(run, outcomes=(*run.outcomes[:-1], refused), notices=())
    assert any("which nothing accounts for" in each.sentence for each in defects) is not accounted_for


@pytest.mark.parametrize(("planned_by_order", "is_found"), [(frozenset(), False), (frozenset({SHOP}), True)])
def test_a_return_may_come_before_its_invoice_was_asked_for_and_not_where_the_order_plans_it(
    planned_by_order: frozenset[str], is_found: bool
) -> None:
    run = registered()
    refused = outcome(6, SHIPPED, "OrderReturned", Verdict.REJECTED, reason="LINE_NOT_INVOICED")
    defects = broken(run, outcomes=(*run.outcomes[:-1], refused), notices=(), planned_by_order=planned_by_order)
    assert any("which nothing accounts for" in each.sentence for each in defects) is is_found


def test_a_return_of_more_than_is_left_is_refused_with_a_cause() -> None:
    run = returned()
    again = replace(asked(quantity=2), return_reference="R-2")
    refused = outcome(7, SHIPPED, "OrderReturned", Verdict.REJECTED, reason="QUANTITY_EXCEEDS_LINE")
    events = (*run.submitted, submitted(7, SHIPPED, again))
    assert broken(run, submitted=events, outcomes=(*run.outcomes, refused)) == []


# --- corrections and amendments ---------------------------------------------------------------------------------------


def test_a_correction_that_left_the_wrong_invoice_legal_is_found() -> None:
    run = corrected()
    stands = (*run.statuses[:-5], of_invoice(4, DocumentState.ISSUED, corrected_by=SUCCESSOR), *run.statuses[-2:])
    says(broken(run, statuses=stands), WRONG, "was accepted", f"wrong document {INVOICE} is ISSUED")


def test_a_correction_without_a_document_in_its_place_is_found() -> None:
    run = corrected()
    defects = broken(run, statuses=run.statuses[:-3], commands=run.commands[:-1], made=run.made[:-1])
    says(defects, LOST, "correction D-1 was accepted", "no document has taken the place")


def test_documents_that_do_not_name_each_other_are_found() -> None:
    run = corrected()
    alone = (*run.statuses[:-2], *(replace(each, corrects=None) for each in run.statuses[-2:]))
    says(broken(run, statuses=alone), WRONG, "is corrected by", "does not name it")
    other = (*run.statuses[:-3], *run.statuses[-2:])
    says(broken(run, statuses=other), WRONG, f"document {SUCCESSOR} corrects", "does not name it")


def test_a_link_that_no_correction_accounts_for_is_found() -> None:
    run = corrected()
    says(
        broken(run, submitted=run.submitted[:-1], outcomes=run.outcomes[:-1]), WRONG, "no such correction was accepted"
    )


def test_a_corrected_invoice_with_the_wrong_content_is_found() -> None:
    run = corrected()
    as_before = corrected_at_provider(lines=evidence.LINES, payable=evidence.PAYABLE)
    says(broken(run, made=(run.made[0], as_before)), WRONG, f"document {SUCCESSOR}", "payable amount", "150.00")
    command = replace(run.commands[-1], order=evidence.content())
    says(broken(run, commands=(*run.commands[:-1], command)), WRONG, "ISSUE command", "another lines")


def test_an_amendment_that_the_invoice_does_not_have_is_found() -> None:
    amended = OrderAmended(lines=right_lines()[:1])
    run = replace(
        clean(),
        submitted=(*clean().submitted, submitted(6, SHIPPED, amended)),
        outcomes=(*clean().outcomes, outcome(6, SHIPPED, "OrderAmended")),
    )
    says(check(run), WRONG, "ISSUE command", "another lines")
    says(check(run), WRONG, "payable amount", "150.00")
    again = replace(clean().commands[0], order=replace(evidence.content(), lines=right_lines()))
    made = replace(corrected_at_provider(), reference=INVOICE, ettn=INVOICE, number=evidence.NUMBER)
    assert broken(run, commands=(again, *clean().commands[1:]), made=(made,)) == []


# --- drafts -----------------------------------------------------------------------------------------------------------


def test_a_draft_that_became_legal_without_an_approval_is_found() -> None:
    run = approved()
    says(
        broken(run, submitted=run.submitted[:-1], outcomes=run.outcomes[:-1]), WRONG, "no person had approved its draft"
    )


def test_an_approval_that_its_issuer_never_heard_of_is_found() -> None:
    run = approved()
    says(broken(run, commands=run.commands[:-1]), LOST, "was approved, and its issuer was not told")


def test_an_approval_that_no_person_gave_is_found() -> None:
    run = approved()
    stray = replace(
        run.commands[-1], command_id="other", document_id=evidence.document_id(evidence.WITHDRAWN, "1", "2")
    )
    says(broken(run, commands=(*run.commands, stray)), WRONG, "APPROVE command", "no person had approved it")


def test_another_document_than_the_draft_that_was_seen_is_found() -> None:
    run = approved()
    first = evidence.made(draft=True, deleted=True)
    calls = (Calls(provider="nilvera", reference=INVOICE, said=("CREATE", "ABSENT", "ABSENT", "CREATE")),)
    says(broken(run, made=(first, *run.made), calls=calls), DOUBLE, "another one than the draft that was seen")


def test_a_draft_that_is_left_of_a_document_that_has_ended_is_found() -> None:
    says(broken(approved(), left_drafts=frozenset({INVOICE})), WRONG, f"{INVOICE} is ISSUED, and its draft is left")
    ended = evidence.document_id(evidence.WITHDRAWN, "1", "2")
    says(broken(approved(), left_drafts=frozenset({ended})), WRONG, f"{ended} is CANCELLED, and its draft is left")


def test_a_draft_that_its_provider_does_not_have_is_found() -> None:
    run = approved()
    draft = replace(evidence.status(SHIPPED, 2, DocumentState.PLANNED), state=DocumentState.DRAFT)
    statuses = (run.statuses[0], draft, *run.statuses[3:])
    says(broken(run, statuses=statuses, made=()), LOST, f"document {INVOICE} is a draft, and nilvera has none")
    kept = broken(run, statuses=statuses, made=(), left_drafts=frozenset({INVOICE}))
    assert not [each for each in kept if "is a draft, and" in each.sentence]


def test_a_command_that_lets_a_document_become_legal_unseen_is_found() -> None:
    run = approved()
    unseen = tuple(replace(each, draft_first=False) for each in run.commands)
    says(broken(run, commands=unseen), WRONG, "lets it become legal unseen")
    assert {each.action for each in unseen} >= {Action.APPROVE}
