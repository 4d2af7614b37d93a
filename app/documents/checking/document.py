"""An invoice under check: its tree, and what most rules ask of it."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from app.documents.checking.findings import Mode
from app.documents.safe_input.tree import Element, aggregates, text


@dataclass(frozen=True)
class Document:
    """One invoice under check; `today` is the date in Turkey."""

    root: Element
    mode: Mode
    today: date

    @cached_property
    def profile(self) -> str:
        """ProfileID (senaryo)."""
        return text(self.root, "ProfileID")

    @cached_property
    def type(self) -> str:
        """InvoiceTypeCode (fatura tipi)."""
        return text(self.root, "InvoiceTypeCode")

    @cached_property
    def currency(self) -> str:
        """The currency that every amount is in."""
        return text(self.root, "DocumentCurrencyCode")

    @cached_property
    def lines(self) -> list[Element]:
        """The invoice lines."""
        return aggregates(self.root, "InvoiceLine")

    @cached_property
    def tax_bearers(self) -> list[Element]:
        """What carries tax totals: the document, then each line."""
        return [self.root, *self.lines]
