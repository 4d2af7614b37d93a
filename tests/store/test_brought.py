"""What orders bring: an ETTN and a number are one document's of their taxpayer, and clash with none of ours."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.identity import derived
from app.domain.numbers import RECORDED, Claim, KnownNumbers, NumberFate
from app.store import NumbersBehindError, NumberStore, Series, Store, StoreError
from tests.store.configurations import SHOP, business
from tests.store.test_numbers import EVENING, MARKET, OTHER_TAXPAYER, TAXPAYER, configured, given, number_of, wanted
from tests.store.test_numbers import code_of as code_of_number

ETTN, OTHER_ETTN = "0f8fad5b-d9cb-469f-a165-70867728950e", "1f8fad5b-d9cb-469f-a165-70867728950e"
NUMBER = "QZX2026000000007"


def claim(number: int = 1, *identifiers: str, **others: Any) -> Claim:
    usual = Claim(
        business=SHOP,
        document_id=derived("document", str(number)),
        command_id=derived("command", str(number)),
        revision=0,
        identifiers=identifiers or (ETTN, NUMBER),
        taxpayer=TAXPAYER,
    )
    return replace(usual, **others)


def code(store: NumberStore, asked: Claim) -> str | None:
    refused = store.claim(asked)
    return refused.code if isinstance(refused, FieldError) else None


@pytest.fixture
def numbers(store: Store) -> NumberStore:
    return configured(store).numbers()


def test_the_same_revision_of_the_same_command_holds_the_same_for_every_worker(
    store: Store, numbers: NumberStore
) -> None:
    assert [code(numbers, claim()), code(numbers, claim()), code(store.numbers(), claim())] == [None, None, None]


@pytest.mark.parametrize(
    ("identifier", "refused", "path"),
    [(ETTN, "ETTN_TAKEN", "UUID"), (NUMBER, "NUMBER_TAKEN", "InvoiceSerieOrNumber")],
)
def test_another_document_of_the_taxpayer_is_refused_by_name_in_whichever_shop(
    numbers: NumberStore, identifier: str, refused: str, path: str
) -> None:
    assert code(numbers, claim()) is None
    error = numbers.claim(claim(2, identifier, business=MARKET))
    assert error is not None
    assert (error.code, error.path) == (refused, f"$.order.invoice_info.{path}")
    assert code(numbers, claim(3, identifier, business="OTHER", taxpayer=OTHER_TAXPAYER)) is None


def test_where_one_is_taken_the_other_is_not_held(numbers: NumberStore) -> None:
    assert code(numbers, claim(1, ETTN)) is None
    assert code(numbers, claim(2, NUMBER, ETTN)) == "ETTN_TAKEN"
    assert code(numbers, claim(3, NUMBER)) is None


@pytest.mark.parametrize(
    ("fate", "refused"), [(NumberFate.USED, "ETTN_TAKEN"), (NumberFate.VOID, "ETTN_TAKEN"), (NumberFate.FREE, None)]
)
def test_only_what_surely_made_nothing_is_free_for_another_document(
    numbers: NumberStore, fate: NumberFate, refused: str | None
) -> None:
    assert code(numbers, claim()) is None
    numbers.close_number(claim().command_id, None, fate)
    assert code(numbers, claim(2)) == refused


def test_a_request_that_is_fixed_anew_holds_what_it_held(numbers: NumberStore) -> None:
    assert code(numbers, claim()) is None
    assert code(numbers, claim(revision=1)) is None
    numbers.close_number(claim().command_id, None, NumberFate.USED)
    assert code(numbers, claim(2)) == "ETTN_TAKEN"


def test_what_takes_the_place_of_a_moved_document_has_what_its_order_brought(numbers: NumberStore) -> None:
    assert code(numbers, claim()) is None
    successor = claim(2, moved_from=(claim().document_id,))
    assert code(numbers, successor) == "ETTN_TAKEN"
    numbers.close_number(claim().command_id, None, NumberFate.VOID)
    assert [code(numbers, claim(3)), code(numbers, successor), code(numbers, claim(3))] == [
        "ETTN_TAKEN",
        None,
        "ETTN_TAKEN",
    ]


@pytest.mark.parametrize("moved_comes_first", [True, False])
def test_a_lost_store_learns_who_has_what_a_moved_document_had(store: Store, *, moved_comes_first: bool) -> None:
    moved = replace(given(1, 0, NumberFate.VOID), number=None, brought=(ETTN,))
    successor = replace(given(2, 0), number=None, brought=(ETTN,))
    both = (moved, successor) if moved_comes_first else (successor, moved)
    audit = configured(store).number_audit()
    assert [audit.raise_to([each]) for each in both] == [(), ()]
    assert [audit.raise_to([each]) for each in both] == [(), ()]
    refused = store.numbers().claim(claim(3, ETTN))
    assert refused is not None
    assert successor.document_id in refused.message


def test_a_document_that_ended_gets_nothing_again(numbers: NumberStore) -> None:
    assert code(numbers, claim()) is None
    numbers.close_number(claim().command_id, None, NumberFate.FREE)
    assert code(numbers, claim()) == "NUMBER_RELEASED"


def test_a_document_that_appears_after_its_end_has_used_what_was_free(numbers: NumberStore) -> None:
    assert code(numbers, claim()) is None
    for fate in (NumberFate.FREE, NumberFate.USED):
        numbers.close_number(claim().command_id, None, fate)
    assert code(numbers, claim(2)) == "ETTN_TAKEN"


def test_a_series_in_a_year_is_counted_by_us_or_by_the_orders(numbers: NumberStore, store: Store) -> None:
    assert code(numbers, claim(1, "ORN2026000000001")) == "SERIES_IS_COUNTED"
    assert code(numbers, claim(1, "ORN2026000000001", business=MARKET)) == "SERIES_IS_COUNTED"
    assert code(numbers, claim(1, "QZX2026000000001")) is None
    later = wanted(2, series="QZX")
    assert code_of_number(numbers, later) == "SERIES_NOT_DECLARED"
    declared = store.numbers()
    assert number_of(declared, wanted(3)) == "ORN2026000000001"


def test_a_series_that_orders_have_numbered_gives_no_number_when_it_is_declared_later(
    numbers: NumberStore, store: Store
) -> None:
    assert code(numbers, claim(1, "QZX2026000000005")) is None
    store.apply([business(SHOP, series=(Series(name="QZX", document_type=DocumentType.EARSIV),))], actor="ayşe")
    assert code_of_number(numbers, wanted(2, series="QZX")) == "SERIES_OF_ORDERS"
    assert number_of(numbers, wanted(3, EVENING + timedelta(days=365), series="QZX")) == "QZX2027000000001"


def test_a_changed_tax_number_waits_for_the_request_to_be_made_anew(numbers: NumberStore) -> None:
    with pytest.raises(StoreError, match="has just changed"):
        numbers.claim(claim(taxpayer=OTHER_TAXPAYER))


def test_a_store_that_was_put_back_is_noticed_by_what_a_worker_held(numbers: NumberStore, store: Store) -> None:
    numbers.remember(KnownNumbers(brought={(TAXPAYER, ETTN): derived("command", "9")}))
    with pytest.raises(NumbersBehindError):
        numbers.claim(claim())
    assert store.number_audit().missing({(TAXPAYER, ETTN): derived("command", "9")}) == [(TAXPAYER, ETTN)]


@pytest.mark.parametrize(
    ("fate", "refused"), [(None, "ETTN_TAKEN"), (NumberFate.VOID, "ETTN_TAKEN"), (NumberFate.FREE, None)]
)
def test_a_lost_store_knows_again_what_the_journals_know(
    numbers: NumberStore, store: Store, fate: NumberFate | None, refused: str | None
) -> None:
    known = replace(given(1, 1, fate), number=None, brought=(ETTN,))
    for _ in range(2):
        assert store.number_audit().raise_to([known]) == ()
    assert code(numbers, claim(2, ETTN)) == refused


def test_what_two_commands_hold_by_the_journals_is_a_contradiction(store: Store) -> None:
    first, second = (replace(given(number, 1, None), number=None, brought=(ETTN,)) for number in (1, 2))
    assert store.number_audit().raise_to([first, second]) == (second,)


def test_a_number_of_ours_is_given_on_the_orders_own_day_and_never_under_a_later_one(numbers: NumberStore) -> None:
    yesterday = EVENING - timedelta(days=1)
    assert number_of(numbers, wanted(1, yesterday, is_dated=True)) == "ORN2026000000001"
    assert number_of(numbers, wanted(2)) == "ORN2026000000002"
    assert code_of_number(numbers, wanted(3, yesterday, is_dated=True)) == "ISSUE_DATE_BEFORE_SERIES"
    earlier = numbers.allot(wanted(4, EVENING - timedelta(hours=3), is_dated=True))
    assert not isinstance(earlier, FieldError)
    assert (earlier.number, earlier.issued_at) == ("ORN2026000000003", EVENING - timedelta(hours=3))


def recorded(store: NumberStore, document: int, *identifiers: str, **others: Any) -> str | None:
    """What a person has seen on a document; the code where it cannot be."""
    refused = store.record(of_person(document, *identifiers, **others))
    return refused.code if refused else None


def of_person(document: int, *identifiers: str, **others: Any) -> Claim:
    command_id = derived("named", str(document), *identifiers)
    return claim(document, *identifiers, command_id=command_id, revision=RECORDED, **others)


def test_what_a_person_has_seen_is_one_document_s_of_the_taxpayer_in_whichever_shop(numbers: NumberStore) -> None:
    assert [recorded(numbers, 1, NUMBER, ETTN), recorded(numbers, 1, NUMBER, ETTN)] == [None, None]
    assert recorded(numbers, 2, NUMBER, business=MARKET) == "NUMBER_TAKEN"
    assert recorded(numbers, 2, "QZX2026000000008", ETTN) == "ETTN_TAKEN"
    assert recorded(numbers, 2, "QZX2026000000008") is None


def test_what_was_recorded_and_refused_is_free_for_this_document_and_for_others(numbers: NumberStore) -> None:
    assert recorded(numbers, 1, NUMBER) is None
    numbers.close_number(derived("named", "1", NUMBER), None, NumberFate.FREE)
    assert [recorded(numbers, 1, NUMBER), recorded(numbers, 2, NUMBER)] == [None, "NUMBER_TAKEN"]
    numbers.close_number(derived("named", "1", NUMBER), None, NumberFate.USED)
    assert recorded(numbers, 2, NUMBER) == "NUMBER_TAKEN"


def test_what_an_order_brought_or_we_gave_is_recorded_of_its_own_document_alone(numbers: NumberStore) -> None:
    assert code(numbers, claim()) is None
    assert [recorded(numbers, 1, NUMBER), recorded(numbers, 2, NUMBER)] == [None, "NUMBER_TAKEN"]
    ours = number_of(numbers, wanted(3))
    assert recorded(numbers, 3, ours, document_id=wanted(3).document_id) is None
    assert recorded(numbers, 4, ours) == "NUMBER_TAKEN"


def test_a_number_of_a_series_that_we_count_is_not_recorded_for_it_would_be_given_again(numbers: NumberStore) -> None:
    number_of(numbers, wanted(3))
    assert recorded(numbers, 1, "ORN2026000000009") == "SERIES_IS_COUNTED"


def test_a_number_that_was_mistyped_is_free_again_and_the_corrected_one_is_the_document_s(numbers: NumberStore) -> None:
    for right in (NUMBER, "QZX2026000000008"):
        assert recorded(numbers, 1, right) is None
        numbers.close_recorded(of_person(1, right))
    assert [recorded(numbers, 2, NUMBER), recorded(numbers, 2, "QZX2026000000008")] == [None, "NUMBER_TAKEN"]


def test_a_number_of_ours_that_seemed_to_be_in_vain_is_still_its_document_s(numbers: NumberStore) -> None:
    ours = number_of(numbers, wanted(3))
    numbers.close_number(wanted(3).command_id, None, NumberFate.FREE)
    assert recorded(numbers, 3, ours, document_id=wanted(3).document_id) is None
    assert recorded(numbers, 4, ours) == "SERIES_IS_COUNTED"
