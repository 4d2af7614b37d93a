"""The products that lines are entered under: each line of an invoice must name one of the account's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.exact_json import JsonValue
from providers.base import Absent, NotSent, Prepared, Refused, StepInput, Unclear, Unknown
from providers.cards import Cards
from providers.formats.rows import digits_or_none
from providers.kolaybi import answers
from providers.kolaybi.mapping import parts_of
from providers.kolaybi.options import Options, Products
from providers.kolaybi.reading import Reading
from providers.kolaybi.writing import Writing
from providers.transport.http import Deadline, Reply

PRODUCTS: Final = "/products"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What a line sells: `code` is the seller's own, or the name where it has none."""

    code: str
    name: str
    vat_rate: int


class Catalogue:
    """One connection's products, by code."""

    def __init__(self, reading: Reading, writing: Writing, options: Options) -> None:
        self._reading = reading
        self._writing = writing
        self._options = options
        makes = self._make if options.products is Products.CREATE else None
        self._cards: Cards[Product] = Cards(self._find, makes)

    async def of_lines(self, asked: StepInput, deadline: Deadline) -> list[int] | NotSent | Refused:
        """The product of each line."""
        found = []
        for product in products_of(asked.prepared):
            name = await self._of(product, deadline)
            if not isinstance(name, str):
                return name
            found.append(int(name))
        return found

    def refused(self, prepared: Prepared, refusal: Refused) -> Refused | NotSent:
        """An invoice with these was refused: they are asked for again."""
        return self._cards.refused_with((product.code for product in products_of(prepared)), refusal)

    async def _of(self, product: Product, deadline: Deadline) -> str | NotSent | Refused:
        """The general one, where the connection has it, for what has no code, or for everything."""
        general = self._options.product
        if general is not None and (self._options.products is Products.GENERAL or product.code == product.name):
            return str(general)
        return await self._cards.of(product.code, product, deadline.left())

    async def _find(self, product: Product, seconds: float) -> str | Absent | Unclear:
        rows = await self._reading.rows(PRODUCTS, {"code": product.code}, Deadline(seconds))
        if isinstance(rows, Unclear):
            return rows
        same = [row for row in rows if isinstance(row, Mapping) and row.get("code") == product.code]
        found = digits_or_none(same[0].get("id")) if same else None
        return found or (Unclear(why="KolayBi has listed what is no product") if same else Absent())

    async def _make(self, product: Product, seconds: float) -> str | NotSent | Refused | Unknown:
        body: dict[str, JsonValue] = {
            "name": product.name,
            "code": product.code,
            "vat_rate": product.vat_rate,
            "product_type": "good",
        }
        return await self._writing.post(PRODUCTS, body, _made, Deadline(seconds))


def products_of(prepared: Prepared) -> list[Product]:
    """What each line sells."""
    lines: list[dict[str, Any]] = parts_of(prepared)["products"]
    rates = [item["vat_rate"] for item in parts_of(prepared)["invoice"]["items"]]
    return [
        Product(code=line.get("code", line["name"]), name=line["name"], vat_rate=rate)
        for line, rate in zip(lines, rates, strict=True)
    ]


def _made(reply: Reply) -> str | Refused | Unknown:
    data = answers.data_in(reply)
    found = digits_or_none(data.get("id")) if isinstance(data, Mapping) else None
    return found or answers.refused(reply) or Unknown(why=answers.said_in(reply))
