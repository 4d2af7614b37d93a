"""How an order was paid, in the codes of a document."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from app.domain.payment import PaymentMethod

# UBL-TR's PaymentMeansCode (UN/ECE 4461): card, transfer, cash. An intermediary has none of its own.
PAYMENT_MEANS: Final[Mapping[PaymentMethod, str]] = MappingProxyType(
    {
        PaymentMethod.CARD: "48",
        PaymentMethod.TRANSFER: "42",
        PaymentMethod.CASH_ON_DELIVERY: "10",
    }
)
# "Mutually defined": GİB takes it for whatever has no code.
OTHER_MEANS: Final = "ZZZ"


def means_of(method: PaymentMethod) -> str:
    """The code of every method; `OTHER_MEANS` for what has none."""
    return PAYMENT_MEANS.get(method, OTHER_MEANS)
