"""How an order was paid, in the interface's words. Nothing of a card is kept."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Final

from pydantic import Field

from app.domain.payment import PaymentMethod
from app.web.api.wire.model import Code, Name, WireAmount, WireDay, WireModel

_CARDS: Final = ("VISA", "MASTERCARD", "AMERICANEXPRESS", "DINERSCLUB", "DISCOVER", "TROY", "CARD")
_TRANSFERS: Final = ("TRANSFER", "PREPAYMENT", "INSTOREPREPAYMENT", "ARVATODIRECTDEBITSEPA", "GIROPAY", "IDEAL", "EPS")
_ON_DELIVERY: Final = ("CASHONDELIVERY",)
_INTERMEDIARIES: Final = (
    *("AMAZONPAY", "APPLEPAY", "APPLEPAYEXPRESSCHECKOUT", "GOOGLEPAY", "PAYPAL", "BLIK", "BLIKCODEONLY", "BANCONTACT"),
    *(
        "AFTERPAYDIRECTDEBIT",
        "AFTERPAYINSTALLMENTSDIRECTDEBIT",
        "AFTERPAYINSTALLMENTSOPENINVOICE",
        "AFTERPAYOPENINVOICE",
    ),
)
# The report of e-Arşiv has five ways to pay; the name of any other is its description.
_METHODS: Final[Mapping[str, PaymentMethod]] = MappingProxyType(
    {
        **dict.fromkeys(_CARDS, PaymentMethod.CARD),
        **dict.fromkeys(_TRANSFERS, PaymentMethod.TRANSFER),
        **dict.fromkeys(_ON_DELIVERY, PaymentMethod.CASH_ON_DELIVERY),
        **dict.fromkeys(_INTERMEDIARIES, PaymentMethod.INTERMEDIARY),
    }
)
_NAMED: Final = frozenset({PaymentMethod.INTERMEDIARY, PaymentMethod.OTHER})


class Expiration(WireModel):
    """Of a card."""

    year: Annotated[int, Field(strict=True, ge=2000, le=9999)]
    month: Annotated[int, Field(strict=True, ge=1, le=12)]


class PaymentDetails(WireModel):
    """Of these the day of the authorisation and `settlementReference` are kept."""

    card_type: Code | None = None
    card_holder: Name | None = None
    expiration_date: Expiration | None = None
    authorized_amount: WireAmount | None = None
    authorization_date: WireDay | None = None
    transaction_token: Name | None = None
    merchant_account_id: Code | None = None
    settlement_reference: Name | None = None


class PaymentReference(WireModel):
    """How it was paid: one of the interface's names, or any other."""

    payment_method_name: Name
    payment_details: PaymentDetails | None = None

    def payment(self) -> dict[str, Any]:
        """The fields of a domain payment."""
        method = _METHODS.get(self.payment_method_name.replace(" ", "").upper(), PaymentMethod.OTHER)
        found: dict[str, Any] = {"method": method}
        if method in _NAMED:
            found["name"] = self.payment_method_name
        if self.payment_details and self.payment_details.authorization_date:
            found["paid_on"] = self.payment_details.authorization_date
        return found

    def settlement_reference(self) -> str | None:
        """What joins a row of a settlement file to the order."""
        return self.payment_details.settlement_reference if self.payment_details else None
