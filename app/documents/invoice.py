"""An invoice as a value: who sells to whom, what, with which tax; every sum closes to the kuruş.

Each line is rounded by itself and the totals are sums of rounded lines: nothing is ever recomputed from a total, so
lines and totals cannot drift apart. All allowances stand on lines.
"""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from app.documents.arithmetic import PricedLine, price_lines
from app.domain.commands import DocumentOrder
from app.domain.parties import ANONYMOUS_TCKN, Address, Person, Seller

ANONYMOUS_NAME: Final = ("Nihai", "Tüketici")
# A consumer who gives no address still stands on the document with a city and a district; the street has none.
NO_STREET: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """The buyer as the document names them; always with a tax number, if need be the anonymous consumer's."""

    name: str
    family_name: str | None
    tax_number: str
    tax_office: str | None
    address: Address
    email: str | None = None
    phone: str | None = None

    @property
    def full_name(self) -> str:
        """A company's title, or a person's first and family names."""
        return f"{self.name} {self.family_name}" if self.family_name else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxSubtotal:
    """The VAT of all lines with one rate and one exemption."""

    rate: Decimal
    exemption_code: str | None
    base: Decimal
    vat: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Amounts are in `currency`, in whole kuruş; `exchange_rate` is lira per unit of it, and None in lira.

    `tax_exclusive` is the base (matrah) after allowances; `payable` is base and VAT, and equals the worth of the
    order's lines to the kuruş.
    """

    seller: Seller
    customer: Customer
    currency: str
    exchange_rate: Decimal | None
    lines: tuple[PricedLine, ...]
    tax_subtotals: tuple[TaxSubtotal, ...]
    allowance: Decimal
    tax_exclusive: Decimal
    vat: Decimal
    payable: Decimal

    @property
    def exemption_codes(self) -> tuple[str, ...]:
        """The reasons for lines without VAT, each once."""
        return tuple(sorted({line.vat_exemption_code for line in self.lines if line.vat_exemption_code}))


def draw_up(order: DocumentOrder, person: Person | None, seller: Seller) -> Invoice:
    """The invoice over these lines. The order must be free of `faults_of`."""
    lines = price_lines(order.lines, prices_include_vat=order.prices_include_vat)
    base = sum((line.base for line in lines), Decimal(0))
    vat = sum((line.vat for line in lines), Decimal(0))
    return Invoice(
        seller=seller,
        customer=_customer(person, seller),
        currency=order.currency,
        exchange_rate=order.exchange_rate,
        lines=lines,
        tax_subtotals=_tax_subtotals(lines),
        allowance=sum((line.allowance for line in lines), Decimal(0)),
        tax_exclusive=base,
        vat=vat,
        payable=base + vat,
    )


def _tax_subtotals(lines: tuple[PricedLine, ...]) -> tuple[TaxSubtotal, ...]:
    groups: dict[tuple[Decimal, str], list[PricedLine]] = {}
    for line in lines:
        groups.setdefault((line.vat_rate, line.vat_exemption_code or ""), []).append(line)
    return tuple(
        TaxSubtotal(
            rate=rate,
            exemption_code=exemption or None,
            base=sum((line.base for line in group), Decimal(0)),
            vat=sum((line.vat for line in group), Decimal(0)),
        )
        for (rate, exemption), group in sorted(groups.items())
    )


def _customer(person: Person | None, seller: Seller) -> Customer:
    if person is None:
        name, family_name = ANONYMOUS_NAME
        address = replace(seller.address, street=NO_STREET, postal_code=None)
        return Customer(name=name, family_name=family_name, tax_number=ANONYMOUS_TCKN, tax_office=None, address=address)
    buyer = person.buyer
    return Customer(
        name=buyer.name,
        family_name=buyer.family_name,
        tax_number=buyer.tax_number or ANONYMOUS_TCKN,
        tax_office=buyer.tax_office,
        address=buyer.address,
        email=buyer.email,
        phone=buyer.phone,
    )
