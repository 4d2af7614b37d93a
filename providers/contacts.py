"""Whose contact a document is made out to, at a bookkeeping provider: who is the same buyer, and which contact is it.

A contact is found by its tax number; a consumer without one by e-mail and name together.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic_core import to_json

from app.documents.model.parties import Customer
from app.domain.parties import PLACEHOLDERS
from app.domain.text import folded
from providers.base import BuyerKey

LENGTH: Final = 32
# Of an identity so many characters are a code at a provider: two buyers of one business have never the same.
CODE_LENGTH: Final = 16

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNames:
    """What a contact is found by, of a buyer or of a provider's row; a placeholder is no tax number."""

    name: str
    tax_number: str | None = None
    email: str | None = None

    @property
    def number(self) -> str | None:
        return None if not self.tax_number or self.tax_number in PLACEHOLDERS else self.tax_number

    @property
    def consumer(self) -> tuple[str, str]:
        """E-mail and name, compared without regard to case and spaces."""
        return _folded(self.email or ""), _folded(self.name)


def buyer_key(buyer: Customer) -> BuyerKey:
    """The same `identity` for every document of one buyer, the same `details` while nothing of the buyer changes."""
    names = ContactNames(name=buyer.full_name, tax_number=buyer.tax_number, email=buyer.email)
    return BuyerKey(identity=_digest(names.number or names.consumer), details=_digest(buyer))


def contact_among(rows: Iterable[tuple[ContactNames, Row]], wanted: ContactNames) -> Row | None:
    """The contact of this buyer among those that a provider has: of several, the first of the same name, or the first.

    With a tax number it is one of that number. Without one, it has the same e-mail and name, and no tax number either.
    """
    same = [(names, row) for names, row in rows if names.number == wanted.number]
    if wanted.number is None:
        same = [(names, row) for names, row in same if names.consumer == wanted.consumer]
    same.sort(key=lambda pair: _folded(pair[0].name) != _folded(wanted.name))
    return same[0][1] if same else None


def _folded(text: str) -> str:
    return " ".join(folded(text).split())


def _digest(value: object) -> str:
    return hashlib.sha256(to_json(value)).hexdigest()[:LENGTH]
