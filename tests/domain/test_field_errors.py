"""What was wrong with a record is told in our words, and never with its value."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from app.domain.field_errors import field_errors
from app.domain.lexical import Whole


class Colour(StrEnum):
    RED = "red"


@pytest.mark.parametrize(
    ("kind", "value", "code", "sentence"),
    [
        (Annotated[str, Field(max_length=2)], "secret", "TOO_LONG", "has more than 2 characters"),
        (Annotated[str, Field(min_length=9)], "secret", "TOO_SHORT", "has fewer than 9 characters"),
        (Annotated[tuple[int, ...], Field(max_length=1)], (1, 2), "TOO_LONG", "has more than 1 entries"),
        (Annotated[tuple[int, ...], Field(min_length=1)], (), "TOO_SHORT", "has fewer than 1 entries"),
        (Annotated[str, Field(pattern="^[0-9]$")], "secret", "WRONG_FORMAT", "has not the form ^[0-9]$"),
        (Colour, "secret", "NOT_ALLOWED", "should be 'red'"),
        (Literal["a", "b"], "secret", "NOT_ALLOWED", "should be 'a' or 'b'"),
        (Annotated[Decimal, Field(gt=0)], "-7", "OUT_OF_RANGE", "should be above 0"),
        (Annotated[Decimal, Field(ge=0)], "-7", "OUT_OF_RANGE", "should be at least 0"),
        (Annotated[Decimal, Field(lt=5)], "7", "OUT_OF_RANGE", "should be below 5"),
        (Annotated[Decimal, Field(le=5)], "7", "OUT_OF_RANGE", "should be at most 5"),
        (Annotated[Decimal, Field(allow_inf_nan=False)], "NaN", "OUT_OF_RANGE", "should be a finite number"),
        (Annotated[Decimal, Field(max_digits=2)], "777", "TOO_MANY_DIGITS", "has more than 2 digits"),
        (Annotated[Decimal, Field(decimal_places=1)], "7.77", "TOO_MANY_DIGITS", "has more than 1 decimals"),
        (
            Annotated[Decimal, Field(max_digits=3, decimal_places=2)],
            "77.0",
            "TOO_MANY_DIGITS",
            "has more than 1 digits before the point",
        ),
        (Decimal, "secret", "NOT_A_NUMBER", "should be a number like 49.90"),
        (Whole, "7", "NOT_A_NUMBER", "should be a whole number like 3, without quotes"),
        (Whole, 7.5, "NOT_A_NUMBER", "should be a whole number like 3, without quotes"),
        (date, "secret", "NOT_A_DATE", "should be a date like 2026-11-02"),
    ],
)
def test_each_bound_has_a_sentence_of_its_own(kind: Any, value: object, code: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(kind).validate_python(value)
    (found,) = field_errors(refused.value, ("field",))
    assert (found.path, found.code, found.message) == ("$.field", code, sentence)
