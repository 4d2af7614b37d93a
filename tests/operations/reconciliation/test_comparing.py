"""A day's rows beside our documents: what agrees, what differs, and what is nobody's discrepancy."""

from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from app.domain.documents import DocumentState, DocumentStatus, DocumentType
from app.domain.reconciliation import Discrepancy
from app.operations.reconciliation.comparing import Compared, OwnDocuments, answered, compare_day
from providers.base import Absent, Different, Done, Finding, Unclear
from providers.base.reads import ListedDocument
from tests.operations.reconciliation.days import DAY, DOCUMENT, LISTED_TYPES, OTHER, S, ours, own, row

K = Discrepancy


def compare(rows: list[ListedDocument], known: OwnDocuments, *, expected: bool = False) -> Compared:
    return compare_day(rows, known, DAY, LISTED_TYPES, others_expected=expected)


def kinds(found: Compared) -> list[Discrepancy]:
    return [each.kind for each in found.differences]


def test_what_both_sides_have_alike_agrees() -> None:
    found = compare([row()], own(ours()))
    assert (found.listed, found.agreeing, kinds(found), found.missing) == (1, 1, [], [])


def test_a_row_that_nobody_here_knows_is_missing_here() -> None:
    stranger = row(reference=None, provider_reference="theirs-2", number="N2", ettn="e-2")
    found = compare([row(), stranger], own(ours()))
    (difference,) = found.differences
    assert (difference.kind, difference.row, difference.subject) == (K.MISSING_HERE, stranger, "e-2")


def test_where_other_programs_make_documents_there_a_strange_row_is_counted_and_no_discrepancy() -> None:
    stranger = row(reference=None, provider_reference="theirs-2", number="N2")
    found = compare([row(), stranger], own(ours()), expected=True)
    assert (kinds(found), found.others, found.agreeing) == ([], 1, 1)


@pytest.mark.parametrize("state", [S.DRAFT, S.AWAITING_SIGNATURE, S.PROCESSING, S.CANCELLED, S.REJECTED])
def test_a_strange_row_without_legal_effect_is_no_missing_invoice(state: DocumentState) -> None:
    found = compare([row(reference=None, number="N2", state=state)], own())
    assert (kinds(found), found.others) == ([], 1)


def test_a_document_of_another_connection_to_the_same_account_is_its_own_matter() -> None:
    elsewhere = ours(connection="second-login")
    found = compare([row()], OwnDocuments(connection=(), everything=(elsewhere,)))
    assert (kinds(found), found.others) == ([], 1)


def test_a_second_row_of_one_document_is_missing_here_under_its_own_name() -> None:
    second = row(provider_reference="theirs-2", number="N2")
    (difference,) = compare([row(), second], own(ours())).differences
    assert (difference.kind, difference.subject) == (K.MISSING_HERE, "theirs-2")
    assert difference.said == f"it is a second one of document {DOCUMENT}"
    assert kinds(compare([row(), replace(second, state=S.CANCELLED)], own(ours()))) == []


@pytest.mark.parametrize(
    ("there", "here", "differs"),
    [
        (S.ISSUED, S.ISSUED, False),
        (S.ISSUED, S.DELIVERED, False),
        (S.PROCESSING, S.ISSUED, False),
        (None, S.CANCELLED, False),
        (S.CANCELLED, S.CANCEL_PENDING, False),
        (S.CANCELLED, S.CANCELLED, False),
        (S.DRAFT, S.DRAFT, False),
        (S.CANCELLED, S.ISSUED, True),
        (S.DRAFT, S.ISSUED, True),
        (S.ISSUED, S.CANCELLED, True),
        (S.ISSUED, S.PLANNED, True),
        (S.DELIVERED, S.AWAITING_SIGNATURE, True),
    ],
)
def test_what_is_legal_on_one_side_alone_is_in_another_state(
    there: DocumentState | None, here: DocumentState, differs: bool
) -> None:
    found = compare([row(state=there)], own(ours(here)))
    assert kinds(found) == ([K.OTHER_STATE] if differs else [])
    assert found.agreeing == (not differs)


@pytest.mark.parametrize(
    ("shown", "differs", "unknown"),
    [
        ({}, False, 0),
        ({"payable": Decimal("300.01")}, False, 0),
        ({"payable": Decimal("299.99")}, False, 0),
        ({"payable": Decimal("300.02")}, True, 0),
        ({"payable": Decimal("30.00")}, True, 0),
        ({"currency": "EUR"}, True, 0),
        ({"currency": None}, False, 0),
        ({"payable": None}, False, 1),
    ],
)
def test_amounts_are_compared_to_the_kurus_and_in_their_currency(
    shown: dict[str, Any], differs: bool, unknown: int
) -> None:
    found = compare([row(**shown)], own(ours()))
    assert kinds(found) == ([K.OTHER_AMOUNT] if differs else [])
    assert found.amounts_unknown == unknown


def test_an_amount_that_is_not_known_here_is_counted_and_never_taken_for_equal() -> None:
    found = compare([row()], own(ours(), payable=None))
    assert (kinds(found), found.agreeing, found.amounts_unknown) == ([], 1, 1)


def test_an_amount_in_another_currency_says_both() -> None:
    (difference,) = compare([row(currency="EUR")], own(ours())).differences
    assert difference.said == "it is in EUR there, and in TRY here"


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({}, True),
        ({"issue_date": date(2026, 11, 1)}, False),
        ({"state": S.CANCELLED}, False),
        ({"state": S.PLANNED}, False),
        ({"state": S.CANCEL_PENDING}, False),
    ],
    ids=["legal, of the day", "of the day before", "cancelled", "not issued yet", "being cancelled"],
)
def test_only_what_is_legal_and_of_the_day_must_be_in_its_list(changes: dict[str, Any], missing: bool) -> None:
    found = compare([], own(ours(**changes)))
    assert [each.document_id for each in found.missing] == ([DOCUMENT] if missing else [])


def test_a_row_of_a_document_that_is_dated_otherwise_here_is_known_all_the_same() -> None:
    """As one that was issued at midnight, which the provider counts to the day beside."""
    found = compare([row()], own(ours(issue_date=date(2026, 11, 1))))
    assert (kinds(found), found.agreeing) == ([], 1)


def test_a_type_that_the_provider_does_not_list_is_counted_and_neither_missing_nor_equal() -> None:
    found = compare([], own(ours(document_type=DocumentType.EFATURA)))
    assert (found.missing, found.not_listed, found.agreeing) == ([], 1, 0)


@pytest.mark.parametrize(
    ("answer", "kind", "agreeing", "unanswered"),
    [
        (Done(reference="theirs-1", state=S.ISSUED), None, 1, 0),
        (Done(reference="theirs-1", state=S.CANCELLED), K.OTHER_STATE, 0, 0),
        (Absent(), K.MISSING_THERE, 0, 0),
        (Different(detail="another one"), K.MISSING_THERE, 0, 0),
        (Unclear(why="busy"), None, 0, 1),
    ],
)
def test_what_the_list_does_not_have_is_asked_for_before_it_is_missing(
    answer: Finding, kind: Discrepancy | None, agreeing: int, unanswered: int
) -> None:
    found = Compared()
    answered(found, ours(), answer, None)
    counted = (kinds(found), found.agreeing, len(found.unanswered))
    assert counted == ([kind] if kind else [], agreeing, unanswered)


def test_a_document_is_one_row_whichever_of_its_names_the_row_has() -> None:
    second: DocumentStatus = ours(document_id=OTHER, number="N2", ettn="e-2")
    rows = [row(reference=None, ettn=DOCUMENT.upper()), row(reference=None, ettn="E-2", provider_reference="x")]
    found = compare(rows, own(ours(), second))
    assert Counter(kinds(found)) == Counter()
    assert (found.agreeing, found.missing) == (2, [])
