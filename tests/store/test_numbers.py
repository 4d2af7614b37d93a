"""Numbers of our own: no gap, none twice, and no date that goes back, whoever asks and whenever it dies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import insert

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.identity import derived
from app.domain.numbers import Allotted, Given, InvoiceNumber, KnownNumbers, NumberFate, NumberWanted
from app.domain.time import legal_date
from app.settings import Settings
from app.store import ClockBehindError, GapKind, NumbersBehindError, NumberStore, Series, Store, StoreError
from app.store.database import open_database, writing
from app.store.tables import allotments
from tests.store.configurations import SELLER, SHOP, business

# A quarter of an hour before midnight in Turkey.
EVENING = datetime(2026, 3, 1, 20, 45, tzinfo=UTC)
MIDNIGHT = datetime(2026, 3, 1, 21, 0, tzinfo=UTC)
NEXT_DAY = date(2026, 3, 2)
TAXPAYER, OTHER_TAXPAYER = SELLER.tax_number, "1111111114"
MARKET = "ORNEK-PAZAR"


def wanted(number: int = 1, at: datetime = EVENING, **others: Any) -> NumberWanted:
    usual = NumberWanted(
        business=SHOP,
        document_id=derived("document", str(number)),
        command_id=derived("command", str(number)),
        revision=0,
        document_type=DocumentType.EARSIV,
        series="ORN",
        issued_at=at,
    )
    return replace(usual, **others)


def given(number: int, sequence: int, fate: NumberFate | None = NumberFate.USED, **others: Any) -> Given:
    """What a journal knows of one document."""
    usual = Given(
        business=SHOP,
        document_id=derived("document", str(number)),
        command_id=derived("command", str(number)),
        revision=0,
        document_type=DocumentType.EARSIV,
        number=InvoiceNumber("ORN", 2026, sequence),
        issued_at=EVENING,
        fate=fate,
        taxpayer=TAXPAYER,
    )
    return replace(usual, **others)


def configured(store: Store) -> Store:
    """Two companies that number, the first of them in two shops."""
    series = (
        Series(name="ORN", document_type=DocumentType.EARSIV),
        Series(name="ABC", document_type=DocumentType.EARSIV),
        Series(name="EFA", document_type=DocumentType.EFATURA),
    )
    other = replace(SELLER, tax_number=OTHER_TAXPAYER)
    companies = ((SHOP, SELLER), (MARKET, SELLER), ("OTHER", other))
    store.apply([business(code, seller=seller, series=series) for code, seller in companies], actor="ayşe")
    return store


@pytest.fixture
def numbers(store: Store) -> NumberStore:
    return configured(store).numbers()


def number_of(store: NumberStore, asked: NumberWanted) -> str:
    allotted = store.allot(asked)
    assert isinstance(allotted, Allotted), allotted
    return allotted.number


def code_of(store: NumberStore, asked: NumberWanted) -> str:
    refused = store.allot(asked)
    assert isinstance(refused, FieldError), refused
    return refused.code


def close_number(store: NumberStore, asked: NumberWanted, fate: NumberFate, number: str | None = None) -> None:
    store.close_number(asked.command_id, number, fate)


def gaps(store: Store, today: date = NEXT_DAY) -> list[tuple[str, GapKind]]:
    return [(str(gap.first), gap.kind) for gap in store.number_audit().gaps(today)]


def test_a_number_is_the_series_the_year_and_nine_digits_from_one(numbers: NumberStore) -> None:
    assert number_of(numbers, wanted(1)) == "ORN2026000000001"
    assert number_of(numbers, wanted(2)) == "ORN2026000000002"


def test_whoever_asks_again_for_the_same_command_gets_the_same_number_and_date(
    numbers: NumberStore, store: Store
) -> None:
    first = numbers.allot(wanted(1))
    number_of(numbers, wanted(2))
    # Another process, which starts after midnight: the date was fixed with the number.
    assert store.numbers().allot(wanted(1, MIDNIGHT)) == first
    assert number_of(numbers, wanted(3)) == "ORN2026000000003"


def test_each_taxpayer_series_and_year_counts_by_itself(numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    assert number_of(numbers, wanted(2, series="ABC")) == "ABC2026000000001"
    assert number_of(numbers, wanted(3, business="OTHER")) == "ORN2026000000001"
    assert number_of(numbers, wanted(4, EVENING + timedelta(days=365))) == "ORN2027000000001"


def test_two_businesses_of_one_taxpayer_count_in_one_series(numbers: NumberStore, store: Store) -> None:
    assert number_of(numbers, wanted(1)) == "ORN2026000000001"
    assert number_of(numbers, wanted(2, business=MARKET)) == "ORN2026000000002"
    close_number(numbers, wanted(1), NumberFate.FREE)
    assert number_of(numbers, wanted(3, business=MARKET)) == "ORN2026000000001"
    (series,) = store.number_audit().series()
    assert (series.taxpayer, str(series.highest)) == (TAXPAYER, "ORN2026000000002")


def test_a_business_with_another_tax_number_counts_anew_and_what_it_had_is_not_borne_by_the_other(
    numbers: NumberStore, store: Store
) -> None:
    number_of(numbers, wanted(1))
    series = (Series(name="ORN", document_type=DocumentType.EARSIV),)
    store.apply([business(seller=replace(SELLER, tax_number="2222222220"), series=series)], actor="ayşe")
    assert code_of(numbers, wanted(1)) == "OTHER_TAXPAYER"
    assert number_of(numbers, wanted(2)) == "ORN2026000000001"
    assert number_of(numbers, wanted(3, business=MARKET)) == "ORN2026000000002"


def test_a_request_of_before_a_change_of_the_tax_number_waits(numbers: NumberStore) -> None:
    with pytest.raises(StoreError, match="tax number of ORNEK-MAGAZA has just changed"):
        numbers.allot(wanted(1, taxpayer=OTHER_TAXPAYER))


def test_nobody_knows_whose_numbers_an_unknown_business_would_use(numbers: NumberStore) -> None:
    with pytest.raises(StoreError, match="there is no business NOBODY"):
        numbers.allot(wanted(1, business="NOBODY"))


def test_a_series_that_is_not_declared_for_the_type_gives_no_number(numbers: NumberStore) -> None:
    assert code_of(numbers, wanted(1, series="EFA")) == "SERIES_NOT_DECLARED"
    assert code_of(numbers, wanted(1, series="ZZZ")) == "SERIES_NOT_DECLARED"


def test_a_series_never_holds_two_types_whoever_declares_it(numbers: NumberStore, store: Store) -> None:
    number_of(numbers, wanted(1))
    moved = (Series(name="ORN", document_type=DocumentType.EFATURA),)
    store.apply([business(MARKET, series=moved)], actor="ayşe")
    asked = wanted(2, business=MARKET, document_type=DocumentType.EFATURA)
    assert code_of(numbers, asked) == "SERIES_OF_ANOTHER_TYPE"


def test_the_year_is_that_of_the_turkish_date(numbers: NumberStore) -> None:
    new_year = datetime(2026, 12, 31, 21, 0, tzinfo=UTC)
    assert number_of(numbers, wanted(1, new_year - timedelta(seconds=1))) == "ORN2026000000001"
    assert number_of(numbers, wanted(2, new_year)) == "ORN2027000000001"


def test_a_number_that_came_back_is_the_next_one_on_the_same_day(numbers: NumberStore, store: Store) -> None:
    for number in (1, 2, 3):
        number_of(numbers, wanted(number))
    close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    assert number_of(numbers, wanted(4)) == "ORN2026000000001"
    assert number_of(numbers, wanted(5)) == "ORN2026000000004"
    for number in (2, 3, 4, 5):
        close_number(numbers, wanted(number), NumberFate.USED)
    assert gaps(store) == []


def test_a_number_that_came_back_is_a_gap_when_the_day_is_over(numbers: NumberStore, store: Store) -> None:
    for number in (1, 2):
        number_of(numbers, wanted(number))
    close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    close_number(numbers, wanted(2), NumberFate.USED, "ORN2026000000002")
    assert gaps(store, legal_date(EVENING)) == []
    assert number_of(numbers, wanted(3, MIDNIGHT)) == "ORN2026000000003"
    assert gaps(store) == [("ORN2026000000001", GapKind.RELEASED)]


def test_a_number_that_the_provider_may_have_taken_is_a_gap_at_once(numbers: NumberStore, store: Store) -> None:
    number_of(numbers, wanted(1))
    close_number(numbers, wanted(1), NumberFate.VOID, "ORN2026000000001")
    assert number_of(numbers, wanted(2)) == "ORN2026000000002"
    assert gaps(store, legal_date(EVENING)) == [("ORN2026000000001", GapKind.VOID)]


def test_a_number_without_an_end_is_shown_on_the_next_day(numbers: NumberStore, store: Store) -> None:
    number_of(numbers, wanted(1))
    assert gaps(store) == [("ORN2026000000001", GapKind.OPEN)]
    (series,) = store.number_audit().series()
    assert (str(series.highest), series.open, series.used) == ("ORN2026000000001", 1, 0)


def test_what_is_settled_twice_is_settled_once(numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    for _ in range(2):
        close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    assert number_of(numbers, wanted(2)) == "ORN2026000000001"
    # The late worker's second try must not free what another document bears by now.
    close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    assert number_of(numbers, wanted(3)) == "ORN2026000000002"


def test_a_late_worker_gets_no_number_for_a_command_that_has_ended(numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    assert code_of(numbers, wanted(1)) == "NUMBER_RELEASED"
    number_of(numbers, wanted(2))
    assert code_of(numbers, wanted(1)) == "NUMBER_RELEASED"


def test_a_document_that_changes_its_type_gives_its_first_number_back(numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    retyped = wanted(1, revision=1, document_type=DocumentType.EFATURA, series="EFA")
    assert number_of(numbers, retyped) == "EFA2026000000001"
    # Whoever is late and asks for the first revision gets what the command has now.
    late = numbers.allot(wanted(1))
    assert isinstance(late, Allotted)
    assert (late.number, late.document_type) == ("EFA2026000000001", DocumentType.EFATURA)
    assert number_of(numbers, wanted(2)) == "ORN2026000000001"


def test_no_higher_number_has_an_earlier_date_when_two_clocks_disagree_about_midnight(numbers: NumberStore) -> None:
    ahead, behind = MIDNIGHT + timedelta(milliseconds=1), MIDNIGHT - timedelta(milliseconds=1)
    settled = number_of(numbers, wanted(0, behind))
    close_number(numbers, wanted(0), NumberFate.FREE, settled)
    first, second = numbers.allot(wanted(1, ahead)), numbers.allot(wanted(2, behind))
    assert isinstance(first, Allotted)
    assert isinstance(second, Allotted)
    assert (first.number, second.number) == ("ORN2026000000002", "ORN2026000000003")
    assert legal_date(second.issued_at) == legal_date(first.issued_at) == NEXT_DAY


def test_a_clock_that_is_far_behind_its_series_gets_no_number(numbers: NumberStore) -> None:
    number_of(numbers, wanted(1, EVENING))
    with pytest.raises(ClockBehindError, match="one of two clocks is wrong"):
        numbers.allot(wanted(2, EVENING - timedelta(hours=1)))


@pytest.mark.parametrize(
    ("declared", "said"),
    [((), "no series for SALES_INVOICE"), (("DNS", "DNT"), "several series for SALES_INVOICE")],
    ids=["no series", "several series"],
)
def test_without_one_series_there_is_no_number(store: Store, declared: tuple[str, ...], said: str) -> None:
    series = tuple(Series(name=name, document_type=DocumentType.SALES_INVOICE) for name in declared)
    store.apply([business(series=series)], actor="ayşe")
    asked = wanted(document_type=DocumentType.SALES_INVOICE, series=None)
    refused = store.numbers().allot(asked)
    assert isinstance(refused, FieldError)
    assert (refused.code, said in refused.message) == ("SERIES_REQUIRED", True)


def test_the_one_declared_series_of_the_type_is_taken(store: Store) -> None:
    series = (
        Series(name="DNS", document_type=DocumentType.SALES_INVOICE, year=2025),
        Series(name="DNT", document_type=DocumentType.SALES_INVOICE, year=2026),
    )
    store.apply([business(series=series)], actor="ayşe")
    asked = wanted(document_type=DocumentType.SALES_INVOICE, series=None)
    assert number_of(store.numbers(), asked) == "DNT2026000000001"


def test_a_series_of_another_year_gives_no_number(store: Store) -> None:
    store.apply([business(series=(Series(name="ORN", document_type=DocumentType.EARSIV, year=2025),))], actor="ayşe")
    assert code_of(store.numbers(), wanted()) == "SERIES_OF_ANOTHER_YEAR"


def test_a_store_that_was_put_back_under_a_worker_gives_nothing(numbers: NumberStore) -> None:
    numbers.remember(KnownNumbers(highest={(TAXPAYER, "ORN", 2026): 7}))
    with pytest.raises(NumbersBehindError, match="rebuild numbers"):
        numbers.allot(wanted(1))


def test_many_at_once_in_two_shops_of_one_company_get_consecutive_numbers(settings: Settings) -> None:
    def take(own: int) -> list[str]:
        with Store.open(settings) as store:
            code = (SHOP, MARKET)[own % 2]
            return [number_of(store.numbers(), wanted(own * 100 + n, business=code)) for n in range(20)]

    configured(Store.open(settings)).close()
    with ThreadPoolExecutor(4) as threads:
        taken = [number for numbers in threads.map(take, range(4)) for number in numbers]
    assert sorted(taken) == [f"ORN2026{n:09}" for n in range(1, 81)]


def test_everybody_who_prepares_the_same_command_at_once_gets_one_number(settings: Settings) -> None:
    def take(_: int) -> str:
        with Store.open(settings) as store:
            return number_of(store.numbers(), wanted(1))

    configured(Store.open(settings)).close()
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(take, range(4))) == {"ORN2026000000001"}


def test_the_database_itself_refuses_a_second_holder_of_a_number(settings: Settings) -> None:
    row = {"business": SHOP, "series": "ORN", "year": 2026, "sequence": 1, "revision": 0, "document_id": "d"}
    more = {"taxpayer": TAXPAYER, "document_type": "EARSIV", "issued_at": EVENING, "issue_date": EVENING.date()}
    engine = open_database(settings.database)
    twice = [{**row, **more, "command_id": command} for command in ("a", "b")]
    with pytest.raises(StoreError, match="UNIQUE"), writing(engine) as connection:
        connection.execute(insert(allotments), twice)
    engine.dispose()


# --- the way back ----------------------------------------------------------------------------------------------------


def test_an_empty_store_is_behind_until_it_is_raised_and_then_goes_on_behind_the_highest(store: Store) -> None:
    configured(store)
    register = store.number_audit()
    highest = {(TAXPAYER, "ORN", 2026): 3}
    assert register.behind(highest) == {(TAXPAYER, "ORN", 2026): 0}
    known = [given(1, 1), given(2, 2, NumberFate.VOID), given(3, 3, None)]
    for _ in range(2):
        assert register.raise_to(known) == ()
    assert register.behind(highest) == {}
    assert number_of(store.numbers(), wanted(4)) == "ORN2026000000004"
    # What was prepared and not sent keeps its number.
    assert number_of(store.numbers(), wanted(3)) == "ORN2026000000003"


def test_an_older_store_keeps_what_it_knows(store: Store, numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    store.number_audit().raise_to([given(1, 1), given(2, 2)])
    assert gaps(store) == []
    assert number_of(numbers, wanted(3)) == "ORN2026000000003"


def test_numbers_of_which_nobody_knows_any_more_are_shown(store: Store) -> None:
    store.number_audit().raise_to([given(2, 2), given(6, 6)])
    unknown = [gap for gap in store.number_audit().gaps(NEXT_DAY) if gap.kind is GapKind.UNKNOWN]
    assert [(str(gap.first), str(gap.last)) for gap in unknown] == [
        ("ORN2026000000001", "ORN2026000000001"),
        ("ORN2026000000003", "ORN2026000000005"),
    ]


def test_a_number_that_came_back_comes_back_after_a_rebuild_too(store: Store, numbers: NumberStore) -> None:
    again = given(3, 2)
    store.number_audit().raise_to([given(1, 1, NumberFate.FREE), given(2, 2, NumberFate.FREE), again])
    assert number_of(numbers, wanted(4)) == "ORN2026000000001"
    assert number_of(numbers, wanted(5)) == "ORN2026000000003"


def test_what_an_older_store_believes_free_may_have_been_given_since(store: Store, numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    close_number(numbers, wanted(1), NumberFate.FREE, "ORN2026000000001")
    assert store.number_audit().raise_to([given(1, 1, NumberFate.FREE), given(2, 1)]) == ()
    assert number_of(numbers, wanted(3)) == "ORN2026000000002"


def test_two_documents_of_one_number_are_told(store: Store, numbers: NumberStore) -> None:
    number_of(numbers, wanted(1))
    other = given(2, 1)
    moved = given(1, 5)
    assert set(store.number_audit().raise_to([other, moved])) == {other, moved}


def test_dates_never_go_back_and_every_gap_is_told_in_a_story_of_days(numbers: NumberStore, store: Store) -> None:
    """Every fourth document gives its number back; where the day ends with that, it is a gap."""
    issued: dict[str, date] = {}
    released: set[str] = set()
    for number in range(60):
        allotted = numbers.allot(wanted(number, EVENING + timedelta(minutes=95 * number)))
        assert isinstance(allotted, Allotted)
        fate = NumberFate.FREE if number % 4 == 1 else NumberFate.USED
        close_number(numbers, wanted(number), fate, allotted.number)
        if fate is NumberFate.USED:
            issued[allotted.number] = legal_date(allotted.issued_at)
        released = released | {allotted.number} if fate is NumberFate.FREE else released - {allotted.number}
    assert all(issued[earlier] <= issued[later] for earlier, later in pairwise(sorted(issued)))
    assert gaps(store, date(2026, 4, 1)) == [(number, GapKind.RELEASED) for number in sorted(released)]
    assert released
