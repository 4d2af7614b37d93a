"""What Testbook's books cannot keep of a sound order. For tests and demonstrations only."""

from collections.abc import Iterator
from types import MappingProxyType
from typing import Final

from app.documents.prepared import Content
from app.domain.errors import FieldError
from app.domain.invoice_info import fields_of
from providers.preparing import INFO, no_place

# What books keep of an InvoiceInfo; the currency and its rate are the order's.
KEPT: Final = frozenset({"CurrencyCode", "ExchangeRate", "OrderReference"})
# What every InvoiceInfo has without being given it, and the one type that books know.
WITHOUT_MEANING: Final = MappingProxyType({"SalesPlatform": "NORMAL", "InvoiceType": "SATIS"})


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Books keep the money and the order; what else an InvoiceInfo has would be lost, so it is refused by name."""
    info = content.order.invoice_info
    for name, value in (fields_of(info) if info else {}).items():
        if name not in KEPT and WITHOUT_MEANING.get(name) != value:
            yield no_place(f"{INFO}.{name}", f"Testbook's books have no {name}")
