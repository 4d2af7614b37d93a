"""A number, a date, a time and a truth value have one form each."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import pytest
from pydantic import AwareDatetime, TypeAdapter, ValidationError

from app.domain.field_errors import field_errors
from app.domain.lexical import CLOCK, Day, Flag, Whole
from app.domain.money import Amount

NUMBERS, DAYS, TIMES = TypeAdapter(Amount), TypeAdapter(Day), TypeAdapter(Annotated[AwareDatetime, CLOCK])
FLAGS, WHOLES = TypeAdapter(Flag), TypeAdapter(Whole)


def code(kind: TypeAdapter[Any], said: object) -> str:
    with pytest.raises(ValidationError) as refused:
        kind.validate_python(said)
    (error,) = field_errors(refused.value)
    return error.code


@pytest.mark.parametrize("said", ["49.90", "-0.5", "007", "1E+2", 3, Decimal("1.5"), 0.25])
def test_a_number_is_digits_with_a_point(said: Any) -> None:
    assert NUMBERS.validate_python(said) == Decimal(str(said))


@pytest.mark.parametrize(
    "said", ["1_20", "_120_", "٢", "\uff11\uff12", " 1", "1 ", "+1", "1.", ".5", "1,5", "0x1F", "", True, None, "1\n"]
)
def test_what_only_python_takes_for_a_number_is_none(said: object) -> None:
    assert code(NUMBERS, said) == "NOT_A_NUMBER"


@pytest.mark.parametrize("said", ["NaN", "-Infinity", float("inf")])
def test_what_is_not_finite_is_out_of_every_range(said: object) -> None:
    assert code(NUMBERS, said) == "OUT_OF_RANGE"


def test_a_bound_of_a_number_is_told_as_such() -> None:
    assert code(NUMBERS, "1.123456789") == "TOO_MANY_DIGITS"


@pytest.mark.parametrize("said", ["2026-11-02", date(2026, 11, 2)])
def test_a_date_is_a_day_of_the_calendar(said: object) -> None:
    assert DAYS.validate_python(said) == date(2026, 11, 2)


@pytest.mark.parametrize(
    "said", [1_793_577_600, "1793577600", "2026-11-02T00:00:00", "2026-11-2", "02.11.2026", "2026-02-30", 1.5, True]
)
def test_seconds_and_other_spellings_are_no_date(said: object) -> None:
    assert code(DAYS, said) == "NOT_A_DATE"


def test_a_time_has_a_day_and_a_clock() -> None:
    assert TIMES.validate_python("2026-11-02T12:00:00+03:00") == datetime(2026, 11, 2, 9, tzinfo=UTC)
    assert code(TIMES, "2026-11-02T12:00:00") == "NO_TIME_ZONE"


@pytest.mark.parametrize("said", [1_793_577_600, "1793577600", "2026-11-02", "09:00", 0.5])
def test_seconds_and_days_are_no_time(said: object) -> None:
    assert code(TIMES, said) == "NOT_A_TIME"


@pytest.mark.parametrize("said", ["off", "yes", "true", 1, 0, "t"])
def test_a_word_or_a_number_is_no_truth_value(said: object) -> None:
    assert code(FLAGS, said) == "NOT_A_BOOLEAN"


@pytest.mark.parametrize("said", ["1", 1.0, True, Decimal(1)])
def test_a_revision_is_a_whole_number_and_no_text(said: object) -> None:
    assert code(WHOLES, said) == "NOT_A_NUMBER"


@pytest.mark.parametrize(("kind", "said"), [(NUMBERS, b'"1_0"'), (DAYS, b"1793577600"), (DAYS, b'"1793577600"')])
def test_json_is_read_by_the_same_rules(kind: TypeAdapter[Any], said: bytes) -> None:
    with pytest.raises(ValidationError):
        kind.validate_json(said)
