"""The products of a sales invoice's lines: found by the line's code, made where the connection lets it."""

from collections.abc import Mapping
from typing import Any

from app.domain.documents import DocumentState
from providers.base import Absent, Done, NotSent, Outcome, Refused, Unclear, Unknown
from providers.cards import Cards
from providers.options import one_of
from providers.parasut import answers, mapping
from providers.parasut.books import Books
from providers.transport.http import Deadline, Reply
from providers.transport.rest import Send

Product = Mapping[str, Any]


class Products:
    """One connection's. Option `products`: `none`, `match` or `create`."""

    def __init__(self, send: Send, books: Books, options: Mapping[str, str]) -> None:
        """Raises ValueError, naming the option, for another word."""
        self._send = send
        self._books = books
        chosen = one_of(options, mapping.PRODUCTS, ("none", "match", "create"))
        self._cards: Cards[Product] = Cards(self._find, self._create if chosen == "create" else None)

    async def of(self, request: str, seconds: float) -> dict[str, str] | NotSent | Refused:
        """Paraşüt's ids of the products that a request names, by code."""
        deadline, found = Deadline(seconds), dict[str, str]()
        for code, product in mapping.products_in(request).items():
            name = await self._cards.of(code, product, deadline.left())
            if not isinstance(name, str):
                return name
            found[code] = name
        return found

    def refused(self, request: str, refusal: Refused) -> Refused | NotSent:
        """What names them was refused."""
        return self._cards.refused_with(mapping.products_in(request), refusal)

    async def _find(self, product: Product, seconds: float) -> str | Absent | Unclear:
        rows = await self._books.products(product["code"], seconds)
        if isinstance(rows, Unclear):
            return rows
        return next((row.id for row in rows if row.text("code") == product["code"]), None) or Absent()

    async def _create(self, product: Product, seconds: float) -> str | NotSent | Refused | Unknown:
        made = await self._send(
            "POST", self._books.path("products"), seconds, _made, body=mapping.product_body(product)
        )
        return made.reference if isinstance(made, Done) else made


def _made(reply: Reply) -> Outcome:
    return answers.made(reply, "products", DocumentState.PLANNED)
