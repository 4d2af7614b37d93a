"""How an order was paid, in the codes of a document, and the account that an invoice is paid to."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from stdnum import iban

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
# Country, check digits, and the account of that country; ISO 13616 has none below 15 characters and none above 34.
# Digits of another script are in the shape and make it wrong.
_IBAN_SHAPE: Final = re.compile(r"[A-Z]{2}\d{2}[^\W_]{11,30}")


def means_of(method: PaymentMethod) -> str:
    """The code of every method; `OTHER_MEANS` for what has none."""
    return PAYMENT_MEANS.get(method, OTHER_MEANS)


def is_wrong_iban(account: str) -> bool:
    """Whether an account has the shape of an IBAN, and its country's length or the check digits are wrong.

    Any other account may be paid to: UBL-TR calls it the account, and only a public body (KAMU) wants an IBAN.
    """
    compact = "".join(account.split()).upper()
    return _IBAN_SHAPE.fullmatch(compact) is not None and not iban.is_valid(compact)
