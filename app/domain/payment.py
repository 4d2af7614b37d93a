"""How an order was paid."""

from enum import StrEnum

from app.domain.lexical import Day
from app.domain.record import record
from app.domain.text import STRICT, Name


class PaymentMethod(StrEnum):
    """How an internet sale was paid, in the words of the e-Arşiv report."""

    CARD = "KREDIKARTI/BANKAKARTI"
    TRANSFER = "EFT/HAVALE"
    CASH_ON_DELIVERY = "KAPIDAODEME"
    INTERMEDIARY = "ODEMEARACISI"
    OTHER = "DIGER"


@record
class Payment:
    """How and when the buyer paid. `name` is the intermediary's, or what OTHER means."""

    __pydantic_config__ = STRICT

    method: PaymentMethod
    paid_on: Day | None = None
    name: Name | None = None
