"""A line of an invoice as a value: what was sold, what was taken off and added, and which taxes are on it."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import Field

from app.documents.codelists.reasons import text_of
from app.documents.model.taxes import VAT, Role, role_of
from app.domain.invoice_details import Delivery, Goods, Identification, NotNegative, PerUnit
from app.domain.lexical import NUMBER
from app.domain.record import record
from app.domain.text import STRICT, Name

ZERO: Final = Decimal(0)


@record
class AllowanceCharge:
    """What is taken off a line or a document, or added to it. `factor` x `base` is `amount`, where both are given."""

    __pydantic_config__ = STRICT

    is_charge: bool = False
    amount: NotNegative
    reason: Name | None = None
    factor: Annotated[Decimal, Field(ge=0, max_digits=12, decimal_places=8, allow_inf_nan=False), NUMBER] | None = None
    base: NotNegative | None = None


@record
class Exemption:
    """Why there is no tax, or one on another base: a code of GİB's lists and its text."""

    code: str
    text: str


def exemption(code: str | None) -> Exemption | None:
    """A reason with GİB's text; one that no list has gets its code as text, and another rule reports it."""
    return None if code is None else Exemption(code=code, text=text_of(code) or code)


@record
class Tax:
    """A tax of a line, or of all lines with the same rate and exemption.

    `base` is what it is on, `amount` what it comes to in kuruş. `counted` is False for a tax that is computed and
    shown, but not added (CalculationSequenceNumeric -1).
    """

    code: str
    rate: Decimal | None
    base: Decimal
    amount: Decimal
    exemption: Exemption | None = None
    per_unit: PerUnit | None = None
    counted: bool = True

    @property
    def exemption_code(self) -> str | None:
        """The code of its exemption."""
        return self.exemption.code if self.exemption else None

    @property
    def role(self) -> Role:
        """What it does to the base of VAT and to what is to be paid."""
        return role_of(self.code)


@record
class Withholding:
    """The part of a line's VAT (`base`) that the buyer pays to the state himself; `rate` is its percentage."""

    code: str
    rate: Decimal
    base: Decimal
    amount: Decimal


@record
class InvoiceLine:
    """`unit_price` x `quantity`, rounded to kuruş, less allowances and with charges, is exactly `base`."""

    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    base: Decimal
    taxes: tuple[Tax, ...]
    line_reference: str | None = None
    sku: str | None = None
    note: str | None = None
    allowances: tuple[AllowanceCharge, ...] = ()
    withholdings: tuple[Withholding, ...] = ()
    marks: tuple[Identification, ...] = ()
    goods: Goods | None = None
    delivery: Delivery | None = None

    @property
    def allowance(self) -> Decimal:
        """What was taken off, as a positive amount."""
        return sum((each.amount for each in self.allowances if not each.is_charge), ZERO)

    @property
    def charge(self) -> Decimal:
        """What was added."""
        return sum((each.amount for each in self.allowances if each.is_charge), ZERO)

    @property
    def withheld(self) -> Decimal:
        """The VAT that the buyer does not pay to the seller."""
        return sum((each.amount for each in self.withholdings), ZERO)

    @property
    def vat(self) -> Decimal:
        """The line's VAT, whole."""
        return sum((each.amount for each in self.taxes if each.code == VAT), ZERO)

    @property
    def vat_rate(self) -> Decimal:
        """The rate of its VAT in percent; 0 where it bears none."""
        return next((each.rate or ZERO for each in self.taxes if each.code == VAT), ZERO)

    @property
    def vat_exemption_code(self) -> str | None:
        """Why it bears no VAT."""
        return next((each.exemption_code for each in self.taxes if each.code == VAT and each.exemption), None)
