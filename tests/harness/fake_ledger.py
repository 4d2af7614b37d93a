"""What exists at a provider in memory."""

from collections import defaultdict
from dataclasses import dataclass, field

from providers.base import (
    Prepared,
)


@dataclass
class Ledger:
    """What exists at the provider, and how it misbehaves.

    `by_type`: e-Fatura and e-Arşiv are two houses there: a reference is unique, and looked up, in one of them only.
    `form`: of the numbers that it gives.
    """

    unique: bool = True
    by_type: bool = False
    form: str = "N{}"
    documents: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    contents: dict[str, Prepared] = field(default_factory=dict)
    creates: int = 0
    look_ups: int = 0
    cancelled: list[str] = field(default_factory=list)

    def book(self, reference: str, prepared: Prepared | None = None) -> str | None:
        """The number of the new document; None when the reference is refused as known."""
        if self.unique and self.under(reference, prepared):
            return None
        self.creates += 1
        number = (prepared.number if prepared else None) or self.form.format(self.creates)
        self.documents[reference].append(number)
        if prepared is not None:
            self.contents[number] = prepared
        return number

    def under(self, reference: str, prepared: Prepared | None) -> list[str]:
        """The documents that an answer about this reference can speak of."""
        numbers = self.documents.get(reference, [])
        if not self.by_type or prepared is None:
            return numbers
        return [number for number in numbers if self.contents[number].document_type is prepared.document_type]

    def is_same(self, number: str, prepared: Prepared) -> bool:
        """Whether the document is the one that was asked for."""
        return number not in self.contents or self.contents[number].request == prepared.request

    def cancel(self, reference: str) -> bool:
        """Whether this cancelled the document: it stood until now."""
        stands = bool(self.documents.get(reference)) and reference not in self.cancelled
        self.cancelled += [reference] if stands else []
        return stands

    def standing(self) -> list[str]:
        """The references under which something live stands, as often as it does."""
        return [r for r, numbers in self.documents.items() if r not in self.cancelled for _ in numbers]
