"""What every model of the wire has in common, and how its fields are written."""

from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from pydantic.alias_generators import to_camel

from app.domain.lexical import NOT_A_NUMBER, Day, Flag
from app.domain.money import Amount, ExchangeRate, Quantity, Rate
from app.domain.text import Code, Extensions, Name, Note, Reference

__all__ = [
    "Code",
    "Extensions",
    "Name",
    "Note",
    "OrderReference",
    "Reference",
    "WireAmount",
    "WireDay",
    "WireExchangeRate",
    "WireFlag",
    "WireModel",
    "WireQuantity",
    "WireRate",
]

# One segment of a path, also behind a proxy that decodes: no slash.
ORDER_REFERENCE: Final = r"^[!-.0-~](?:[ -.0-~]*[!-.0-~])?$"
OrderReference = Annotated[str, Field(min_length=1, max_length=64, pattern=ORDER_REFERENCE)]
_DECIMAL: Final = r"^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$"


def _number(example: str, description: str) -> WithJsonSchema:
    """A number's digits are kept as they are written, so it may be a string or a number."""
    return WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": _DECIMAL}, {"type": "number"}],
            "description": description,
            "examples": [example],
        }
    )


def _only_text_or_number(value: Any) -> Any:
    """True is no number, whatever Python says of it."""
    if isinstance(value, bool):
        raise ValueError(NOT_A_NUMBER)  # noqa: TRY004 - pydantic reads ValueError
    return value


_Checked: Final = BeforeValidator(_only_text_or_number)
WireAmount = Annotated[Amount, _Checked, _number("49.90", "up to 8 decimals and 20 digits")]
WireQuantity = Annotated[Quantity, _Checked, _number("2", "up to 8 decimals and 20 digits")]
WireRate = Annotated[Rate, _Checked, _number("20", "percent")]
WireExchangeRate = Annotated[ExchangeRate, _Checked, _number("41.25", "lira for one unit, up to 6 decimals")]
WireDay = Annotated[Day, WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-02"]})]
WireFlag = Annotated[Flag, WithJsonSchema({"type": "boolean"})]
# What has its own form in the domain, which checks it: InvoiceInfo and details.
DomainObject = Annotated[dict[str, Any], Field(max_length=100)]


class WireModel(BaseModel):
    """Known fields only, by their wire names only."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, validate_by_name=False, validate_by_alias=True
    )

    def given(self, *names: str) -> dict[str, Any]:
        """These fields, where they were sent with a value."""
        return {name: found for name in names if (found := getattr(self, name)) is not None}


def plain(value: Decimal | None) -> Decimal | None:
    """A decimal as it is canonical: 10.0 and 10.00 are one number."""
    return None if value is None else value.normalize()
