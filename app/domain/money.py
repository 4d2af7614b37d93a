"""Money is Decimal, with a currency beside it, rounded in this one place."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Final

from pydantic import BeforeValidator, Field

from app.domain.lexical import NUMBER

KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
LIRA: Final = "TRY"

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
# Twelve digits before the point are enough for the largest invoice; eight behind it are what the strictest
# provider takes on a line (Sovos). Avro carries the same bounds.
Amount = Annotated[Decimal, Field(max_digits=20, decimal_places=8, allow_inf_nan=False), NUMBER]
Quantity = Annotated[Decimal, Field(max_digits=20, decimal_places=8, allow_inf_nan=False), NUMBER]
Rate = Annotated[Decimal, Field(ge=0, le=100, max_digits=5, decimal_places=2, allow_inf_nan=False), NUMBER]
# Null is nothing off: in Avro a decimal's own default is no value that every library can write.
Discount = Annotated[Amount, BeforeValidator(lambda value: Decimal(0) if value is None else value)]
# UBL-TR allows six decimals in CalculationRate.
ExchangeRate = Annotated[Decimal, Field(gt=0, max_digits=18, decimal_places=6, allow_inf_nan=False), NUMBER]


def to_kurus(amount: Decimal) -> Decimal:
    """Two decimals, half up: the rounding of Turkish invoices."""
    return amount.quantize(KURUS, ROUND_HALF_UP)


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Splits `total` (whole kuruş, not negative) by weight so that the parts sum to it exactly.

    Largest remainder: each part is rounded down, and the missing kuruş go to the largest remainders, earlier parts
    first. Raises ValueError when every weight is zero.
    """
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        raise ValueError("nothing to allocate to: all weights are zero")
    # Products are exact, and a quotient is not: two equal remainders could differ in its last digit.
    divided = [divmod(total * weight, whole * KURUS) for weight in weights]
    parts = [share * KURUS for share, _ in divided]
    missing = int((total - sum(parts, Decimal(0))) / KURUS)
    by_remainder = sorted(range(len(parts)), key=lambda i: (-divided[i][1], i))
    for i in by_remainder[:missing]:
        parts[i] += KURUS
    return parts
