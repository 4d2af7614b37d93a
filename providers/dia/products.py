"""The stock cards that lines are entered under, each with the unit that it is counted in."""

from collections.abc import Mapping
from typing import Final

from providers.base import Absent, NotSent, Prepared, Refused, Unclear
from providers.cards import Cards
from providers.dia import answers
from providers.dia.mapping import BETWEEN, parts_of
from providers.dia.options import Options, Products
from providers.dia.services import Services
from providers.transport.http import Deadline

CARDS: Final = "scf_stokkart_listele"
CARD: Final = "scf_stokkart_getir"


class Catalogue:
    """One connection's cards, by code. None is made: what else a card must have is each account's own."""

    def __init__(self, services: Services, options: Options) -> None:
        self._services = services
        self._general = options.product if options.products is Products.GENERAL else None
        self._cards: Cards[tuple[str, int]] = Cards(self._find, None)

    async def of_lines(self, prepared: Prepared, deadline: Deadline) -> list[str] | NotSent | Refused:
        """The card and the unit of each line, as `CARD/UNIT`."""
        period, found = parts_of(prepared)["period"], []
        for code in self._codes(prepared):
            name = await self._cards.of(code, (code, period), deadline.left())
            if not isinstance(name, str):
                return name
            found.append(name)
        return found

    def refused(self, prepared: Prepared, refusal: Refused) -> Refused | NotSent:
        """An invoice with these was refused: they are asked for again."""
        return self._cards.refused_with(self._codes(prepared), refusal)

    def _codes(self, prepared: Prepared) -> list[str]:
        """The general card's where the connection has it so."""
        return [self._general or code for code in parts_of(prepared)["products"]]

    async def _find(self, card: tuple[str, int], seconds: float) -> str | Absent | Unclear:
        """The first of a card's units is its own."""
        (code, period), deadline = card, Deadline(seconds)
        rows = await self._services.listed(CARDS, {"stokkartkodu": code}, period, deadline)
        if isinstance(rows, Unclear):
            return rows
        if not rows:
            return Absent()
        key = str(rows[0]["_key"])
        shown = await self._services.one(CARD, key, period, deadline)
        if isinstance(shown, Unclear):
            return shown
        units = shown.get("m_birimler")
        first = units[0] if isinstance(units, list) and units and isinstance(units[0], Mapping) else {}
        unit = answers.key_in(first.get("_key"))
        return f"{key}{BETWEEN}{unit}" if unit else Unclear(why=f"card {code} shows no unit")
