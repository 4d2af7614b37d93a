"""An invoice as a value: who sells to whom, what, with which tax; every sum closes to the kuruş.

Each line is rounded by itself and the totals are sums of rounded lines: nothing is ever recomputed from a total, so
lines and totals cannot drift apart.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.documents.model.lines import ZERO, AllowanceCharge, Exemption, InvoiceLine, Tax, Withholding
from app.documents.model.parties import Customer, ForeignBuyer, TaxRepresentative
from app.documents.model.profiles import EXPORT_REGISTERED, SPECIAL_BASE, FurtherType, Profile
from app.documents.model.taxes import VAT, Role
from app.domain.invoice_details import Identification, Period, PerUnit
from app.domain.invoice_info.model import DatedReference, InvoiceInfo
from app.domain.money import LIRA
from app.domain.parties import Seller


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """Amounts are in the header's currency, in whole kuruş.

    `info` is the header; its InvoiceType is absent where `further_type` says the type. `allowances` are the document's
    own, and `tax_adjustments` what they change in each tax, with its sign: the lines' taxes stay what they are.
    `special_base_in_price`: VAT on a special base (OZELMATRAH) is in the price already, as in GİB's sample.
    `vat_deferred`: the VAT of an export-registered sale is not part of what is payable.
    `accounting_cost` is SGK's; `charging_report` the ESU report of a charged vehicle (a GUID).
    """

    info: InvoiceInfo
    profile: Profile = Profile.EARSIVFATURA
    further_type: FurtherType | None = None
    seller: Seller
    seller_ids: tuple[Identification, ...] = ()
    customer: Customer
    customer_ids: tuple[Identification, ...] = ()
    foreign_buyer: ForeignBuyer | None = None
    tax_representative: TaxRepresentative | None = None
    lines: tuple[InvoiceLine, ...]
    notes: tuple[str, ...] = ()
    allowances: tuple[AllowanceCharge, ...] = ()
    tax_adjustments: tuple[Tax, ...] = ()
    accounting_cost: str | None = None
    period: Period | None = None
    charging_report: str | None = None
    investment_certificate: DatedReference | None = None
    special_base_in_price: bool = True
    vat_deferred: bool = False
    rounding: Decimal = ZERO

    @property
    def type(self) -> str | None:
        """UBL-TR's InvoiceTypeCode, whichever list it is of; None where it is not given."""
        if self.further_type is not None:
            return self.further_type.value
        return self.info.invoice_type.name if self.info.invoice_type else None

    @property
    def currency(self) -> str:
        """The currency of every amount."""
        return self.info.currency_code or LIRA

    @property
    def exchange_rate(self) -> Decimal | None:
        """Lira per unit of the currency; None in lira."""
        return self.info.exchange_rate or None

    @property
    def exemption_codes(self) -> tuple[str, ...]:
        """The reasons for lines without VAT, each once."""
        return tuple(sorted({code for line in self.lines if (code := line.vat_exemption_code)}))

    @property
    def tax_subtotals(self) -> tuple[Tax, ...]:
        """Per tax, rate and exemption, what the lines and the document's own allowances come to."""
        return subtotals((*(tax for line in self.lines for tax in line.taxes), *self.tax_adjustments))

    @property
    def withholding_subtotals(self) -> tuple[Withholding, ...]:
        """Per kind of withholding and rate, what the lines come to."""
        groups: dict[tuple[str, Decimal], list[Withholding]] = {}
        for each in (withheld for line in self.lines for withheld in line.withholdings):
            groups.setdefault((each.code, each.rate), []).append(each)
        return tuple(
            Withholding(code=code, rate=rate, base=_sum(e.base for e in group), amount=_sum(e.amount for e in group))
            for (code, rate), group in sorted(groups.items())
        )

    @property
    def line_extension(self) -> Decimal:
        """What the lines come to, after their own allowances and charges."""
        return _sum(line.base for line in self.lines)

    @property
    def allowance(self) -> Decimal:
        """All allowances, the lines' and the document's."""
        return _sum(each.amount for each in self._allowances() if not each.is_charge)

    @property
    def charge(self) -> Decimal:
        """All charges, the lines' and the document's."""
        return _sum(each.amount for each in self._allowances() if each.is_charge)

    @property
    def tax_exclusive(self) -> Decimal:
        """The base (matrah), after all allowances and charges."""
        return self.line_extension + _sum(each.amount if each.is_charge else -each.amount for each in self.allowances)

    @property
    def vat(self) -> Decimal:
        """VAT, whole: also what is withheld, and what is shown and not added."""
        return _sum(each.amount for each in self._taxes() if each.code == VAT)

    @property
    def withheld(self) -> Decimal:
        """The VAT that the buyer pays to the state himself."""
        return _sum(line.withheld for line in self.lines)

    @property
    def tax_inclusive(self) -> Decimal:
        """The base and the taxes that are added to it."""
        return self.tax_exclusive + _sum(each.amount for each in self._taxes() if self._raises_the_price(each))

    @property
    def payable(self) -> Decimal:
        """What is to be paid: base and taxes, less everything withheld or deferred."""
        deducted = _sum(each.amount for each in self._taxes() if each.counted and each.role is Role.WITHHELD)
        deferred = self.vat if self.vat_deferred and self.type == EXPORT_REGISTERED else ZERO
        return self.tax_inclusive - self.withheld - deducted - deferred + self.rounding

    def _raises_the_price(self, tax: Tax) -> bool:
        in_price = self.type == SPECIAL_BASE and self.special_base_in_price and tax.exemption is not None
        return counts(tax) and not (in_price and tax.code == VAT)

    def _taxes(self) -> Iterator[Tax]:
        for line in self.lines:
            yield from line.taxes
        yield from self.tax_adjustments

    def _allowances(self) -> Iterator[AllowanceCharge]:
        for line in self.lines:
            yield from line.allowances
        yield from self.allowances


def counts(tax: Tax) -> bool:
    """It is part of the total of taxes: computed to be added, and none that is withheld."""
    return tax.counted and tax.role is not Role.WITHHELD


def subtotals(taxes: Iterable[Tax]) -> tuple[Tax, ...]:
    """The taxes of the same code, rate, exemption and unit together, sorted by them."""
    groups: dict[tuple[str, Decimal | None, Exemption | None, PerUnit | None, bool], list[Tax]] = {}
    for each in taxes:
        key = (each.code, each.rate, each.exemption, each.per_unit, each.counted)
        groups.setdefault(key, []).append(each)
    together = (
        replace(group[0], base=_sum(e.base for e in group), amount=_sum(e.amount for e in group))
        for group in groups.values()
    )
    return tuple(sorted(together, key=_order))


def _order(tax: Tax) -> tuple[str, Decimal, str, str, Decimal, str, bool]:
    exemption, unit = tax.exemption, tax.per_unit
    of_exemption = (exemption.code, exemption.text) if exemption else ("", "")
    return (
        tax.code, ZERO if tax.rate is None else tax.rate, *of_exemption,
        unit.amount if unit else ZERO, unit.unit if unit else "", tax.counted,
    )  # fmt: skip


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
