"""How numbers, dates and times are written in a record: one form of each, whatever else Python would read.

Pydantic reads seconds as a date, "off" as a truth value, `1_000` and the digits of any script as a number. On a legal
document each of them is a misunderstanding. The checks run in pydantic's core, so that a number costs no call of ours.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema, core_schema

NOT_A_NUMBER: Final = "should be a number like 49.90"
NOT_A_DATE: Final = "should be a date like 2026-11-02"
NOT_A_TIME: Final = "should be a time like 2026-11-02T09:00:00+03:00"


class Form:
    """A text of this pattern, or a value that is one of these already; everything else has the error `code`."""

    def __init__(self, pattern: str, values: Sequence[CoreSchema], code: str, sentence: str) -> None:
        self._shape = core_schema.union_schema(
            [core_schema.str_schema(pattern=pattern, strict=True), *values],
            mode="left_to_right",
            custom_error_type=code,
            custom_error_message=sentence,
        )

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The form first, then what pydantic itself asks of the type."""
        return core_schema.chain_schema([self._shape, handler(source)])


# As in JSON, with leading zeros; a number of our own may have been written with an exponent. What is not finite has a
# form of its own, and is refused as that.
NUMBER: Final = Form(
    r"^-?([0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?|NaN|Infinity)$",
    [
        core_schema.is_instance_schema(Decimal),
        core_schema.int_schema(strict=True),
        core_schema.float_schema(strict=True),
    ],
    "NOT_A_NUMBER",
    NOT_A_NUMBER,
)
CALENDAR: Final = Form(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", [core_schema.is_instance_schema(date)], "NOT_A_DATE", NOT_A_DATE
)
CLOCK: Final = Form(
    r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}",
    [core_schema.is_instance_schema(datetime)],
    "NOT_A_TIME",
    NOT_A_TIME,
)

Day = Annotated[date, CALENDAR]
Flag = Annotated[bool, Strict()]
Whole = Annotated[int, Strict()]
