"""An invoice as it is written down: quantities, prices and rates; every amount is calculated from them."""

from decimal import Decimal
from typing import Annotated, Final

from pydantic import AfterValidator, ConfigDict, Field

from app.documents.model.parties import ForeignBuyer, TaxRepresentative
from app.documents.model.profiles import FurtherType, Profile
from app.documents.model.taxes import VAT
from app.documents.ubl.dialect import DEFAULT, DespatchAs, Dialect, ReportFacts, TaxTotalAs
from app.domain.invoice_details import (
    Delivery,
    Goods,
    Identification,
    NotNegative,
    Period,
    PerUnit,
    ShortCode,
    TaxCode,
    WithheldVat,
)
from app.domain.invoice_info.model import DatedReference, InvoiceInfo
from app.domain.lexical import NUMBER, Flag
from app.domain.money import Amount, Quantity, Rate
from app.domain.orders import MOST_LINES, LineKind
from app.domain.parties import Buyer, Seller
from app.domain.record import record
from app.domain.text import STRICT, Code, Name, Note, Reference, name

_GUID: Final = r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
MOST_ALLOWANCES: Final = 50
MOST_TAXES: Final = 10
Unit = Annotated[str, Field(pattern=r"^[A-Z0-9]{2,3}$")]


@record
class AllowanceEntry:
    """Taken off the line's amount, or added to it: an amount in the currency, or a percentage of quantity x price."""

    __pydantic_config__ = STRICT

    is_charge: Flag = False
    amount: Annotated[Amount, Field(gt=0, decimal_places=2)] | None = None
    percent: Annotated[Rate, Field(gt=0)] | None = None
    reason: Name | None = None


@record
class TaxEntry:
    """A tax; VAT unless `code` says another.

    `base` is a special one; else it is the line's, and VAT's has the taxes in it that GİB's list puts there. `added` is
    False for what is shown and not paid (investment incentives).
    """

    __pydantic_config__ = STRICT

    code: TaxCode = VAT
    rate: Rate | None = None
    exemption_code: ShortCode | None = None
    exemption_text: Name | None = None
    base: Annotated[NotNegative, Field(decimal_places=2)] | None = None
    per_unit: PerUnit | None = None
    added: Flag = True


@record
class LineEntry:
    """One line; the price is without VAT. `kind` separates goods, which a carrier brings, from everything else."""

    __pydantic_config__ = STRICT

    name: Name
    quantity: Annotated[Quantity, Field(gt=0)]
    unit: Unit = "C62"
    unit_price: Annotated[Amount, Field(ge=0)]
    taxes: Annotated[tuple[TaxEntry, ...], Field(min_length=1, max_length=MOST_TAXES)]
    allowances: Annotated[tuple[AllowanceEntry, ...], Field(max_length=MOST_ALLOWANCES)] = ()
    withholding: WithheldVat | None = None
    kind: LineKind = LineKind.GOODS
    line_reference: Reference | None = None
    sku: Code | None = None
    note: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(name)] | None = None
    marks: Annotated[tuple[Identification, ...], Field(max_length=200)] = ()
    goods: Goods | None = None
    delivery: Delivery | None = None


@record
class DocumentAllowanceEntry:
    """Taken off the document, spread over its VAT rates; or added to it, with the VAT rate of what is charged."""

    __pydantic_config__ = STRICT

    is_charge: Flag = False
    amount: Annotated[Amount, Field(gt=0, decimal_places=2)]
    reason: Name | None = None
    vat_rate: Rate | None = None
    exemption_code: ShortCode | None = None


@record
class ArchiveInvoice:
    """The place of the header in the model."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    info: Annotated[InvoiceInfo, Field(alias="InvoiceInfo")]


@record
class DialectEntry:
    """How the provider reads what UBL-TR leaves open."""

    __pydantic_config__ = STRICT

    report: ReportFacts = DEFAULT.report
    despatch: DespatchAs = DEFAULT.despatch
    tax_total: TaxTotalAs = DEFAULT.tax_total

    def dialect(self) -> Dialect:
        """The same as a value of the builder's."""
        return Dialect(report=self.report, despatch=self.despatch, tax_total=self.tax_total)


@record
class InvoiceEntry:
    """A whole invoice. Without a buyer it is the final consumer's; the header is InvoiceInfo, in the model's names."""

    __pydantic_config__ = STRICT

    archive_invoice: Annotated[ArchiveInvoice, Field(alias="ArchiveInvoice")]
    profile: Profile = Profile.EARSIVFATURA
    further_type: FurtherType | None = None
    seller: Seller
    seller_ids: Annotated[tuple[Identification, ...], Field(max_length=20)] = ()
    buyer: Buyer | None = None
    buyer_ids: Annotated[tuple[Identification, ...], Field(max_length=20)] = ()
    foreign_buyer: ForeignBuyer | None = None
    tax_representative: TaxRepresentative | None = None
    lines: Annotated[tuple[LineEntry, ...], Field(min_length=1, max_length=MOST_LINES)]
    allowances: Annotated[tuple[DocumentAllowanceEntry, ...], Field(max_length=MOST_ALLOWANCES)] = ()
    notes: Annotated[tuple[Note, ...], Field(max_length=200)] = ()
    accounting_cost: Name | None = None
    period: Period | None = None
    charging_report: Annotated[str, Field(pattern=_GUID)] | None = None
    investment_certificate: DatedReference | None = None
    special_base_in_price: Flag = True
    vat_deferred: Flag = False
    rounding: Annotated[Decimal, Field(gt=-1, lt=1, max_digits=3, decimal_places=2), NUMBER] = Decimal(0)
    dialect: DialectEntry = DialectEntry()
