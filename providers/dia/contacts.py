"""To whom an invoice is made out at DİA: a customer card and one of its addresses, each with a key of its own.

A card is found by its tax number, else by the code that we give: a buyer's is always the same, and DİA takes each once.
It is never changed: an address that it has not got is added to it. A card of our code that a person has given another
tax number is another buyer's by now, and a question.
"""

from collections.abc import Mapping
from functools import partial
from typing import Final

from app.domain.documents import DocumentState
from app.domain.exact_json import JsonValue
from app.domain.parties import PLACEHOLDERS
from app.domain.text import folded
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    Outcome,
    Prepared,
    Refused,
    Unclear,
    Unknown,
    not_sent,
    seen,
)
from providers.contacts import ContactNames, contact_among
from providers.dia import answers
from providers.dia.mapping import BETWEEN, number_of, parts_of
from providers.dia.services import Row, Services
from providers.transport.http import Deadline

CARDS: Final = "scf_carikart_listele"
CARD: Final = "scf_carikart_getir"
MAKE: Final = "scf_carikart_ekle"
CHANGE: Final = "scf_carikart_guncelle"
PLACE: Final = ("adres1", "adres2")


class Contacts:
    """One connection's."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def find(self, prepared: Prepared, deadline: Deadline) -> Finding:
        """The buyer's card with the buyer's address."""
        parts = parts_of(prepared)
        key = await self._card(parts["card"], parts["period"], deadline)
        if not isinstance(key, str):
            return key
        return await self._with_address(key, parts, deadline)

    async def make(self, prepared: Prepared, deadline: Deadline) -> Outcome:
        """The card, or the address that it has not got."""
        parts = parts_of(prepared)
        key = await self._card(parts["card"], parts["period"], deadline)
        if isinstance(key, Absent):
            outcome = await self._make_card(parts, deadline)
            if isinstance(outcome, Done):
                return await self._shown(outcome.reference, parts, deadline)
            # A code is taken once: the card may have been made meanwhile.
            key = await self._card(parts["card"], parts["period"], deadline) if isinstance(outcome, Refused) else key
            if not isinstance(key, str):
                return outcome
        match key:
            case Unclear():
                return not_sent(key)
            case Different(detail=detail):
                return Unknown(why=detail)
        return await self._addressed(key, parts, deadline)

    async def _make_card(self, parts: Row, deadline: Deadline) -> Outcome:
        made = partial(answers.made, state=DocumentState.PLANNED)
        return await self._services.write(MAKE, {"kart": parts["card"]}, parts["period"], made, deadline)

    async def _addressed(self, key: str, parts: Row, deadline: Deadline) -> Outcome:
        """A row of a list that has no key is inserted."""
        known = await self._with_address(key, parts, deadline)
        if not isinstance(known, Absent):
            return not_sent(known) if isinstance(known, Unclear) else known
        card: JsonValue = {"_key": int(key), "m_adresler": [{**parts["card"]["m_adresler"][0], "anaadres": "0"}]}
        failed = await self._services.write(CHANGE, {"kart": card}, parts["period"], answers.taken, deadline)
        return failed or await self._shown(key, parts, deadline)

    async def _shown(self, key: str, parts: Row, deadline: Deadline) -> Outcome:
        """No answer names the address: the card shows it."""
        shown = await self._with_address(key, parts, deadline)
        if isinstance(shown, Done):
            return shown
        return Unknown(why=f"card {key} does not show the address that it was given")

    async def _card(self, card: Row, period: int, deadline: Deadline) -> str | Absent | Different | Unclear:
        number = number_of(card)
        if number not in PLACEHOLDERS:
            field = "verginumarasi" if "verginumarasi" in card else "tckimlikno"
            rows = await self._services.listed(CARDS, {field: number}, period, deadline)
            if isinstance(rows, Unclear):
                return rows
            same = contact_among(((_names(row), row) for row in rows), _names(card))
            if same is not None:
                return str(same["_key"])
        rows = await self._services.listed(CARDS, {"carikartkodu": card["carikartkodu"]}, period, deadline)
        if isinstance(rows, Unclear):
            return rows
        if rows and number not in PLACEHOLDERS and number_of(rows[0]) != number:
            return Different(detail=f"card {card['carikartkodu']} has another tax number than its code says")
        return str(rows[0]["_key"]) if rows else Absent()

    async def _with_address(self, key: str, parts: Row, deadline: Deadline) -> Done | Absent | Unclear:
        """A contact has no legal state; what it is for has none yet."""
        card = await self._services.one(CARD, key, parts["period"], deadline)
        if isinstance(card, Unclear):
            return card
        listed, wanted = card.get("m_adresler"), _place(parts["card"]["m_adresler"][0])
        if not isinstance(listed, list):
            return Unclear(why=answers.UNREADABLE)
        same = [each for each in listed if isinstance(each, Mapping) and _place(each) == wanted]
        if not same:
            return Absent()
        address = answers.key_in(same[0].get("_key"))
        done = seen(reference=f"{key}{BETWEEN}{address}", state=DocumentState.PLANNED) if address else None
        return done or Unclear(why=answers.UNREADABLE)


def _place(address: Row) -> tuple[str, ...]:
    return tuple(" ".join(folded(str(address.get(name) or "")).split()) for name in PLACE)


def _names(row: Row) -> ContactNames:
    return ContactNames(name=str(row.get("unvan") or ""), tax_number=number_of(row), email=str(row.get("eposta") or ""))
