"""The check finds every kind of fault that is planted into a clean run, and nothing in the clean one."""

from dataclasses import replace
from typing import Any

import pytest

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState, DocumentStatus
from app.domain.documents import Evidence as Shown
from app.domain.errors import FieldError
from app.domain.orders import LinesCancelled, ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.domain.parties import Address, Buyer, Person
from app.testbed.chaos.check.bad_input import BadInput
from app.testbed.chaos.check.check import check
from app.testbed.chaos.check.defects import Defect, DefectKind
from app.testbed.chaos.check.evidence import FoundDeadLetter, KnownLine, RunEvidence, SubmittedBadInput
from tests.testbed.chaos import evidence
from tests.testbed.chaos.evidence import SHIPPED, SHOP, WITHDRAWN, clean, made, outcome, status, submitted
from tests.testbed.chaos.planting import planted, says


def kinds_of(defects: list[Defect]) -> set[DefectKind]:
    return {defect.kind for defect in defects}


def without(field: str, index: int) -> tuple[Any, ...]:
    values = getattr(clean(), field)
    return (*values[:index], *values[index + 1 :])


def with_lines(order: str, **lines: KnownLine) -> dict[str, Any]:
    known = clean().lines
    return {"lines": {**known, (SHOP, order): {**known[SHOP, order], **lines}}}


def test_a_clean_run_gives_no_finding() -> None:
    assert check(clean()) == []


def test_what_was_written_twice_alike_is_no_fault() -> None:
    twice = {name: getattr(clean(), name) * 2 for name in ("outcomes", "statuses", "commands")}
    assert planted(**twice) == []


# --- outcomes --------------------------------------------------------------------------------------------------------


def test_a_lost_outcome_is_found() -> None:
    says(planted(outcomes=without("outcomes", 1)), DefectKind.LOST, "InvoiceRequested (e2)", "no outcome")


def test_a_hold_that_nothing_holds_is_found() -> None:
    says(planted(outcomes=without("outcomes", 5)), DefectKind.LOST, "held for WITHDRAWING", "nothing holds it")


def test_a_hold_behind_a_review_is_no_fault() -> None:
    """A person must decide about the document before its line can be cancelled."""
    document = evidence.document_id(WITHDRAWN, "1", "2")
    claimed = {line: KnownLine(status="CLAIMED", document_id=document) for line in ("1", "2")}
    in_review = (
        *clean().statuses[:4],
        status(WITHDRAWN, 2, DocumentState.PLANNED, Attention.NEEDS_REVIEW),
    )
    assert planted(outcomes=without("outcomes", 5), statuses=in_review, **with_lines(WITHDRAWN, **claimed)) == []


def test_two_final_outcomes_of_one_event_are_found() -> None:
    second = outcome(2, SHIPPED, "InvoiceRequested", Verdict.REJECTED)
    says(planted(outcomes=(*clean().outcomes, second)), DefectKind.DOUBLE, "2 different final outcomes")


def test_an_outcome_of_an_event_that_was_never_submitted_is_found() -> None:
    stray = outcome(9, SHIPPED, "OrderPlaced")
    says(planted(outcomes=(*clean().outcomes, stray)), DefectKind.WRONG, "e9", "never submitted")


def test_an_answer_that_was_not_to_be_given_is_found() -> None:
    outcomes = list(clean().outcomes)
    outcomes[1] = replace(outcomes[1], verdict=Verdict.DUPLICATE)
    says(planted(outcomes=tuple(outcomes)), DefectKind.WRONG, "InvoiceRequested DUPLICATE", "instead of")


# --- documents and commands ------------------------------------------------------------------------------------------


def test_a_lost_document_is_found() -> None:
    defects = planted(statuses=clean().statuses[3:], made=(), commands=clean().commands[1:])
    says(defects, DefectKind.LOST, f"{SHOP}/{SHIPPED}", "no document over lines 1, 2")


def test_a_lost_order_is_found() -> None:
    defects = planted(generated=(*clean().generated, evidence.generated("S-3")))
    says(defects, DefectKind.LOST, f"{SHOP}/S-3", "is on no topic")


def test_a_lost_command_is_found() -> None:
    says(planted(commands=without("commands", 0)), DefectKind.LOST, "was let go", "no command")


def test_a_second_command_for_one_document_is_found() -> None:
    second = replace(clean().commands[0], command_id="other", revision=1)
    says(planted(commands=(*clean().commands, second)), DefectKind.DOUBLE, "2 ISSUE commands")


def test_one_command_with_two_contents_is_found() -> None:
    second = replace(clean().commands[0], caused_by="e9")
    says(planted(commands=(*clean().commands, second)), DefectKind.WRONG, "two contents")


def test_a_second_document_under_one_reference_is_found() -> None:
    says(planted(made=(made(), made(number="DNA2026000000002"))), DefectKind.DOUBLE, "made 2 documents under")


def test_a_second_document_over_the_same_lines_is_found() -> None:
    second = [replace(each, document_id="other") for each in clean().statuses[:3]]
    says(planted(statuses=(*clean().statuses, *second)), DefectKind.DOUBLE, "line 1 is on 2 living documents")


def test_a_document_that_no_event_asked_for_is_found() -> None:
    stray = [replace(each, document_id="other", lines=("2",)) for each in clean().statuses[3:]]
    says(planted(statuses=(*clean().statuses, *stray)), DefectKind.WRONG, "no event asked for", "lines 2")


def test_a_document_of_which_no_status_tells_is_found() -> None:
    says(planted(made=(made(), made(reference="other"))), DefectKind.WRONG, "nilvera has other")


def test_a_command_for_no_document_is_found() -> None:
    stray = replace(clean().commands[0], command_id="other", document_id="nobody")
    says(planted(commands=(*clean().commands, stray)), DefectKind.WRONG, "for document nobody")


# --- histories -------------------------------------------------------------------------------------------------------


def test_a_gap_in_a_sequence_is_found() -> None:
    says(planted(statuses=without("statuses", 1)), DefectKind.GAP, "has no status 2")


def test_a_forked_sequence_is_found() -> None:
    fork = status(SHIPPED, 2, DocumentState.ISSUED)
    says(planted(statuses=(*clean().statuses, fork)), DefectKind.WRONG, "two different records with sequence 2")


def test_an_illegal_transition_is_found() -> None:
    back = status(SHIPPED, 4, DocumentState.PROCESSING)
    says(planted(statuses=(*clean().statuses, back)), DefectKind.WRONG, "from ISSUED to PROCESSING")


def test_a_document_that_stands_still_is_found() -> None:
    says(planted(statuses=without("statuses", 2)), DefectKind.LOST, "stays at PROCESSING")


# --- the planner's memory --------------------------------------------------------------------------------------------


def test_a_wrong_line_state_is_found() -> None:
    defects = planted(**with_lines(SHIPPED, **{"2": KnownLine(status="OPEN")}))
    says(defects, DefectKind.WRONG, f"{SHOP}/{SHIPPED}: line 2")


def test_an_order_that_the_planner_forgot_is_found() -> None:
    known = {(SHOP, WITHDRAWN): clean().lines[SHOP, WITHDRAWN]}
    says(planted(lines=known), DefectKind.LOST, f"{SHOP}/{SHIPPED}", "does not know it")


# --- the providers ---------------------------------------------------------------------------------------------------


def test_an_issued_document_that_its_provider_does_not_have_is_found() -> None:
    says(planted(made=()), DefectKind.LOST, "is ISSUED, and nilvera has none")


def test_a_withdrawn_document_that_lives_at_its_provider_is_found() -> None:
    says(planted(made=(made(), made(WITHDRAWN))), DefectKind.DOUBLE, "is CANCELLED, and lives at nilvera")


def test_a_withdrawal_that_a_person_must_make_at_the_provider_may_be_held() -> None:
    waiting = replace(status(WITHDRAWN, 2, DocumentState.AWAITING_SIGNATURE), attention=Attention.DELETE_AT_PROVIDER)
    found = planted(outcomes=without("outcomes", 5), statuses=(*clean().statuses[:4], waiting))
    assert not any("nothing holds it" in defect.sentence for defect in found)


def test_a_cancellation_that_was_not_asked_for_is_found() -> None:
    refused = replace(clean().outcomes[5], verdict=Verdict.REJECTED)
    says(planted(outcomes=(*clean().outcomes[:5], refused)), DefectKind.WRONG, "is CANCELLED, and no cancellation")


def test_a_provider_may_refuse_an_order_without_a_buyer() -> None:
    shipped = clean().lines[SHOP, SHIPPED]
    code = FieldError(path="$", code="NO_BUYER", message="")
    rejected = replace(status(SHIPPED, 3, DocumentState.REJECTED), errors=(code,))
    (calls,) = clean().calls
    changes = {
        "statuses": (*clean().statuses[:2], rejected, *clean().statuses[3:]),
        "made": (),
        "calls": (replace(calls, said=("CREATE", "REFUSED")),),
        **with_lines(SHIPPED, **dict.fromkeys(shipped, KnownLine(status="OPEN"))),
    }
    assert planted(**changes) == []
    address = Address(street="Deneme Sokak 1", district="Merkez", city="Ankara")
    buyer = Person(buyer=Buyer(name="Deneme", tax_number=None, address=address))
    named = replace(clean().submitted[0], event=replace(clean().submitted[0].event, person=buyer))
    says(planted(**changes, submitted=(named, *clean().submitted[1:])), DefectKind.WRONG, "never refused it")


def test_a_refusal_that_the_provider_never_gave_is_found() -> None:
    rejected = (*clean().statuses[:2], status(SHIPPED, 3, DocumentState.REJECTED), *clean().statuses[3:])
    says(planted(statuses=rejected, made=()), DefectKind.WRONG, "never refused it")


@pytest.mark.parametrize("surely_found", [frozenset({(SHOP, "nilvera")}), frozenset()])
def test_an_accepted_document_in_review_is_found_where_the_provider_could_have_been_asked(
    surely_found: frozenset[tuple[str, str]],
) -> None:
    statuses = (*clean().statuses[:2], status(SHIPPED, 3, DocumentState.PLANNED, Attention.NEEDS_REVIEW))
    defects = planted(statuses=(*statuses, *clean().statuses[3:]), surely_found=surely_found)
    in_review = [defect for defect in defects if "ends in review" in defect.sentence]
    assert bool(in_review) == bool(surely_found)


@pytest.mark.parametrize(
    ("state", "question", "step", "alive", "is_found"),
    [
        (DocumentState.CANCEL_PENDING, "KEEPS_VANISHING", "CANCELLATION", True, False),
        # Its provider has it cancelled, and a look-up would have shown that.
        (DocumentState.CANCEL_PENDING, "KEEPS_VANISHING", "CANCELLATION", False, True),
        # A look-up finds everything here.
        (DocumentState.CANCEL_PENDING, "CANCEL_ABSENT", "CANCELLATION", True, True),
        (DocumentState.CANCEL_PENDING, "CANCEL_NO_LOOK_UP", "CANCELLATION", True, True),
        # The question is about its creation, whatever was asked of it since.
        (DocumentState.CANCEL_PENDING, "KEEPS_VANISHING", "INVOICE", True, True),
        (DocumentState.PLANNED, "KEEPS_VANISHING", "INVOICE", True, True),
        (DocumentState.PLANNED, "KEEPS_VANISHING", "CANCELLATION", True, True),
    ],
)
def test_only_a_cancellation_that_never_arrived_may_end_in_review_where_the_provider_could_have_been_asked(
    state: DocumentState, question: str, step: str, alive: bool, is_found: bool
) -> None:
    calls = tuple(Shown(at=evidence.AT, what="SENT", detail=f"{step}, attempt {number}") for number in range(3))
    asking = replace(
        status(SHIPPED, 4, state, Attention.NEEDS_REVIEW), evidence=(Shown(at=evidence.AT, what=question), *calls)
    )
    statuses = (*clean().statuses[:3], asking, *clean().statuses[3:])
    defects = planted(statuses=statuses, made=(made(cancelled=not alive),))
    assert any("ends in review" in defect.sentence for defect in defects) is is_found


def unsigned(*after: DocumentState) -> tuple[DocumentStatus, ...]:
    """The clean run's statuses, of which one document waits for a signature instead of being issued, and then this."""
    states = (DocumentState.PLANNED, DocumentState.AWAITING_SIGNATURE, *after)
    return (*(status(SHIPPED, n, state) for n, state in enumerate(states, 1)), *clean().statuses[3:])


@pytest.mark.parametrize("sign_through", [{}, {SHOP: "testbook"}])
def test_a_document_that_waits_for_a_signature_in_vain_is_found(sign_through: dict[str, str]) -> None:
    defects = planted(statuses=unsigned(), sign_through=sign_through)
    assert any("stays at AWAITING_SIGNATURE" in each.sentence for each in defects) is bool(sign_through)


@pytest.mark.parametrize("provider", ["testbook", "other"])
def test_a_draft_is_taken_back_for_a_document_at_the_provider_that_is_signed_through_alone(provider: str) -> None:
    moved = replace(status(SHIPPED, 1, DocumentState.PLANNED), document_id="successor", attempt=1, provider=provider)
    statuses = (*unsigned(DocumentState.CANCELLED), moved)
    defects = planted(statuses=statuses, sign_through={SHOP: "testbook"})
    found = [each for each in defects if "no cancellation was accepted" in each.sentence]
    assert bool(found) is (provider == "other")


@pytest.mark.parametrize(
    ("field", "value", "word"),
    [
        ("order_reference", WITHDRAWN, "order reference"),
        ("payable", evidence.PAYABLE + 1, "payable amount"),
        ("receiver_tax_number", "1234567890", "receiver"),
        ("lines", evidence.LINES[:1], "lines"),
        ("company", "1111111114", "company"),
        ("number", "DNA2026000000009", "number"),
    ],
)
def test_a_swapped_body_is_found_by_each_of_its_fields(field: str, value: Any, word: str) -> None:
    defects = planted(made=(made(**{field: value}),))
    says(defects, DefectKind.WRONG, f"the {word} at nilvera is")
    assert kinds_of(defects) == {DefectKind.WRONG}


# --- bad input -------------------------------------------------------------------------------------------------------

CUT = SubmittedBadInput(event_id="r1", kind=BadInput.TRUNCATED, place="orders.v1:2:7", digest="d1")
STRANGER = SubmittedBadInput(event_id="r2", kind=BadInput.UNKNOWN_BUSINESS, place="orders.v1:2:8", digest="d2")
LETTER = FoundDeadLetter(topic="orders.v1.intake.dlq", source="orders.v1:2:7", reason="NOT_JSON", digest="d1")
REFUSED = outcome(0, SHIPPED, "OrderPlaced", Verdict.REJECTED, reason="UNKNOWN_BUSINESS")


def littered(*letters: FoundDeadLetter, refusals: int = 1, **changes: Any) -> list[Defect]:
    """A run with one record of bad input of either sort."""
    refused = (replace(REFUSED, event_id="r2"),) * refusals
    values: dict[str, Any] = {"outcomes": (*clean().outcomes, *refused), **changes}
    return planted(bad_input=(CUT, STRANGER), dead_letters=letters, **values)


def test_bad_input_with_its_ending_is_no_fault_also_when_that_was_written_twice_alike() -> None:
    assert littered(LETTER, LETTER, refusals=2) == []


def test_a_dead_letter_of_what_can_be_read_is_found() -> None:
    usable = replace(LETTER, source="orders.v1:0:1")
    says(littered(LETTER, usable), DefectKind.LOST, "orders.v1:0:1", "which can be read")


def test_bad_input_without_an_ending_is_found() -> None:
    says(littered(), DefectKind.LOST, "orders.v1:2:7 (TRUNCATED)", "neither")
    says(littered(LETTER, refusals=0), DefectKind.LOST, "orders.v1:2:8 (UNKNOWN_BUSINESS)", "neither")


def test_bad_input_with_another_ending_is_found() -> None:
    says(littered(replace(LETTER, reason="TOO_LARGE")), DefectKind.WRONG, "ended as ['TOO_LARGE']", "NOT_JSON")
    says(littered(LETTER, replace(LETTER, source=STRANGER.place)), DefectKind.WRONG, "(UNKNOWN_BUSINESS) ended as")


def test_a_dead_letter_with_other_bytes_is_found() -> None:
    says(littered(replace(LETTER, digest="other")), DefectKind.WRONG, "has other bytes")


def test_bad_input_that_was_taken_for_an_order_is_found() -> None:
    taken = replace(REFUSED, event_id="r2", verdict=Verdict.OK)
    says(littered(LETTER, outcomes=(*clean().outcomes, taken)), DefectKind.WRONG, "was not refused")


# --- after the rebuild -----------------------------------------------------------------------------------------------


def repeated(verdict: Verdict, number: str | None = "DNA2026000000001") -> list[Defect]:
    """The shipped order once more, answered with its document."""
    known = replace(evidence.found(SHIPPED)[0], state=DocumentState.ISSUED, number=number)
    answer = outcome(9, SHIPPED, "OrderPlaced", verdict, documents=(known,))
    return planted(outcomes=(*clean().outcomes, answer), repeats=(submitted(9, SHIPPED, evidence.placed()),))


def test_a_repeat_that_is_answered_with_its_document_is_no_fault() -> None:
    assert repeated(Verdict.DUPLICATE) == []


def test_a_repeat_that_meets_an_empty_memory_is_found() -> None:
    says(repeated(Verdict.OK), DefectKind.WRONG, "its repeat is OK", "not DUPLICATE")
    says(repeated(Verdict.DUPLICATE, number=None), DefectKind.WRONG, "DNA2026000000001")


def test_a_repeat_without_an_answer_is_found() -> None:
    says(planted(repeats=(submitted(9, SHIPPED, evidence.placed()),)), DefectKind.LOST, "no outcome")


# --- decisions -------------------------------------------------------------------------------------------------------


def decided(decision: ReviewAnswer, *more: Any, number: str | None = None, **changes: Any) -> list[Defect]:
    """A person decides review 1 of the shipped order's document, and is answered OK."""
    shipped = evidence.document_id(SHIPPED, "1", "2")
    body = ReviewDecided(document_id=shipped, revision=1, decision=decision, number=number)
    stood = (replace(evidence.found(SHIPPED)[0], state=DocumentState.PROCESSING),)
    answer = outcome(9, SHIPPED, "ReviewDecided", documents=stood)
    event = submitted(9, SHIPPED, body, actor="chaos")
    values: dict[str, Any] = {"statuses": (*clean().statuses, *more), **changes}
    return planted(submitted=(*clean().submitted, event), outcomes=(*clean().outcomes, answer), **values)


def test_a_decision_that_came_about_is_no_fault() -> None:
    assert decided(ReviewAnswer.CONFIRM_ISSUED, number="DNA2026000000001") == []


def test_a_confirmation_with_another_number_is_found() -> None:
    defects = decided(ReviewAnswer.CONFIRM_ISSUED, number="DNA2026000000009")
    says(defects, DefectKind.WRONG, "with DNA2026000000009", "its number is DNA2026000000001")


def test_a_rejection_that_did_not_come_about_is_found() -> None:
    says(decided(ReviewAnswer.REJECT), DefectKind.WRONG, "answered REJECT", "it is ISSUED")


def test_a_decided_review_that_still_asks_is_found() -> None:
    asks = replace(status(SHIPPED, 4, DocumentState.ISSUED, Attention.NEEDS_REVIEW), review_revision=1)
    says(decided(ReviewAnswer.CONFIRM_ABSENT, asks), DefectKind.LOST, "and it still asks")


def test_what_a_person_rejected_needs_no_refusal_by_its_provider() -> None:
    shipped = clean().lines[SHOP, SHIPPED]
    rejected = (*clean().statuses[:2], status(SHIPPED, 3, DocumentState.REJECTED), *clean().statuses[3:])
    lines = with_lines(SHIPPED, **dict.fromkeys(shipped, KnownLine(status="OPEN")))
    with_reason = replace(rejected[2], errors=(FieldError(path="$", code="REVIEW_REJECTED", message=""),))
    by_person = decided(ReviewAnswer.REJECT, statuses=(*rejected[:2], with_reason, *rejected[3:]), made=(), **lines)
    assert by_person == []
    says(planted(statuses=rejected, made=(), **lines), DefectKind.WRONG, "never refused it")


def test_an_order_that_two_systems_sent_may_be_answered_in_any_sequence() -> None:
    """The request overtook its order's copy; what was answered is the same."""
    due = evidence.generated(SHIPPED).steps
    turned = replace(evidence.generated(SHIPPED), steps=due[::-1])
    generated = (turned, clean().generated[1])
    says(planted(generated=generated), DefectKind.WRONG, "instead of")
    assert planted(generated=generated, sent_twice=frozenset({(SHOP, SHIPPED)})) == []


def test_a_person_who_takes_a_line_changes_what_is_expected_and_a_refused_one_does_not() -> None:
    """The same cancellation refused: the document must be there, whatever became of it."""
    evidence: RunEvidence = clean()
    refused = replace(evidence.outcomes[5], verdict=Verdict.REJECTED)
    defects = planted(
        outcomes=(*evidence.outcomes[:5], refused),
        statuses=evidence.statuses[:3],
        commands=evidence.commands[:1],
    )
    says(defects, DefectKind.LOST, f"{SHOP}/{WITHDRAWN}", "no document over lines 1, 2")


def test_a_cancellation_by_upstream_does_not_excuse_a_missing_document() -> None:
    """What upstream cancels, the generator knew when it said what must come of the order."""
    by_upstream = submitted(5, WITHDRAWN, LinesCancelled(line_references=("2",)))
    defects = planted(
        submitted=(*clean().submitted[:4], by_upstream),
        statuses=clean().statuses[:3],
        commands=clean().commands[:1],
        outcomes=clean().outcomes[:5],
    )
    says(defects, DefectKind.LOST, f"{SHOP}/{WITHDRAWN}", "no document over lines 1, 2")


def test_the_lines_that_a_cancellation_left_open_are_missed_where_the_order_plans_by_itself() -> None:
    says(
        planted(planned_by_order=frozenset({SHOP})), DefectKind.LOST, f"{SHOP}/{WITHDRAWN}", "no document over lines 1"
    )


def test_the_document_over_what_a_cancellation_left_open_is_one_that_may_be() -> None:
    rest = replace(clean().statuses[-1], document_id="rest", sequence=1, lines=("1",), state=DocumentState.CANCELLED)
    statuses = (*clean().statuses, rest)
    by_itself = planted(planned_by_order=frozenset({SHOP}), statuses=statuses)
    assert "over lines" not in " ".join(defect.sentence for defect in by_itself)
    says(planted(statuses=statuses), DefectKind.WRONG, "no event asked for the document over lines 1")


def test_withdraw_is_no_second_issue() -> None:
    assert Action.WITHDRAW in {command.action for command in clean().commands}
    assert DefectKind.DOUBLE not in kinds_of(check(clean()))
