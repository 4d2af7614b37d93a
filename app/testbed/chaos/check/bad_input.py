"""Unusable input, mixed among the orders: each kind has its one ending, which the check asks for."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from random import Random
from types import MappingProxyType
from typing import Any, Final

# The header with the kind of bad input that a record was made to be: only the check reads it.
MARK: Final = "chaos"
# The header's value of an order that is sent once more after the rebuild.
REPEAT: Final = "REPEAT"
# The most that intake reads of one record.
MOST_BYTES: Final = 1024 * 1024


class BadInput(StrEnum):
    """One way to be unusable."""

    TRUNCATED = "TRUNCATED"
    """JSON that ends in the middle."""
    UNKNOWN_SCHEMA = "UNKNOWN_SCHEMA"
    """Framed as Avro, under a schema that is not registered."""
    NO_VALUE = "NO_VALUE"
    OVERSIZED = "OVERSIZED"
    NAMELESS = "NAMELESS"
    """JSON that does not say whose order it is."""
    UNKNOWN_BUSINESS = "UNKNOWN_BUSINESS"
    MISSHAPEN = "MISSHAPEN"
    """An order whose quantity is a word."""
    MISSPELT = "MISSPELT"
    """An order's reference in another spelling: decomposed, with a blank or with a character that is not seen."""
    NAMED_TWICE = "NAMED_TWICE"
    """JSON that has one name twice, with two values."""
    UNKNOWN_FIELD = "UNKNOWN_FIELD"
    """A field that is not known, with a value that is not empty."""


# What cannot be read, or not be answered, becomes a dead letter with this reason; what can, is refused with this one.
DEAD_LETTERS: Final[Mapping[BadInput, str]] = MappingProxyType(
    {
        BadInput.TRUNCATED: "NOT_JSON",
        BadInput.UNKNOWN_SCHEMA: "UNKNOWN_SCHEMA",
        BadInput.NO_VALUE: "NO_VALUE",
        BadInput.OVERSIZED: "TOO_LARGE",
        BadInput.NAMELESS: "NO_IDENTITY",
    }
)
REFUSALS: Final[Mapping[BadInput, str]] = MappingProxyType(
    {
        BadInput.UNKNOWN_BUSINESS: "UNKNOWN_BUSINESS",
        BadInput.MISSHAPEN: "SHAPE_INVALID",
        BadInput.MISSPELT: "SHAPE_INVALID",
        BadInput.NAMED_TWICE: "SHAPE_INVALID",
        BadInput.UNKNOWN_FIELD: "SHAPE_INVALID",
    }
)
# What makes another reference of one, to a machine.
SPELLINGS: Final = ("{} ", " {}", "{}\u00a0", "{}\u200b", "\ufeff{}", "{}s\u0327")


def kinds(chance: Random) -> Iterator[BadInput]:
    """Every kind in turn, for ever, each round in another sequence."""
    deck: Sequence[BadInput] = tuple(BadInput)
    while True:
        yield from chance.sample(deck, len(deck))


def bad_value(kind: BadInput, order: bytes, number: int, chance: Random) -> bytes | None:
    """The value of a record of this kind, made of an order event in JSON. `number` keeps its references apart."""
    match kind:
        case BadInput.TRUNCATED:
            return order[: chance.randrange(1, len(order))]
        case BadInput.UNKNOWN_SCHEMA:
            return b"\x00" + chance.randbytes(4) + order
        case BadInput.NO_VALUE:
            return None
        case BadInput.NAMED_TWICE:
            whole = json.dumps({**json.loads(order), "order_reference": f"bozuk-{number}"})
            return f'{whole[:-1]}, "reason": "bir", "reason": "iki"}}'.encode()
        case _:
            return json.dumps(_altered(kind, json.loads(order), number, chance)).encode()


def _altered(kind: BadInput, order: dict[str, Any], number: int, chance: Random) -> dict[str, Any]:
    line = {"line_reference": "1", "name": "Ürün", "quantity": "iki", "unit_price": "1.00", "vat_rate": "20"}
    misshapen = {"type": "OrderPlaced", "order_date": "2026-11-01", "lines": [line]}
    return {
        BadInput.OVERSIZED: lambda: {**order, "note": chance.randbytes(MOST_BYTES // 2).hex()},
        BadInput.NAMELESS: lambda: {"body": order["body"]},
        BadInput.UNKNOWN_BUSINESS: lambda: {**order, "business": "YABANCI"},
        BadInput.MISSPELT: lambda: {**order, "order_reference": chance.choice(SPELLINGS).format(f"yazim-{number}")},
        BadInput.UNKNOWN_FIELD: lambda: {**order, "order_reference": f"bozuk-{number}", "kdv_dahil": "evet"},
        BadInput.MISSHAPEN: lambda: {**order, "order_reference": f"bozuk-{number}", "body": misshapen},
    }[kind]()
