"""`ArchiveInvoice.InvoiceInfo`, field by field, in the model's order and, in JSON, with its names.

What an order or a policy decides later may be absent here; `rules.violations` asks for what a whole one must have.
"""

from typing import Annotated, Final

from pydantic import ConfigDict

from app.domain.invoice_info.enums import InvoiceTypeField, Platform, PlatformField, SendingField
from app.domain.invoice_info.fields import (
    Absent,
    Amount,
    Base64,
    Day,
    FileName,
    Listed,
    Moment,
    Percent,
    Rate,
    Text,
    TimeOfDay,
    Uuid,
)
from app.domain.lexical import Flag
from app.domain.money import Currency
from app.domain.payment import PaymentMethod
from app.domain.record import record
from app.domain.text import Note

_CAPITALS: Final = frozenset({"uuid", "is", "id", "kdv", "otv", "okc"})


def model_name(field: str) -> str:
    """`kdv_exemption_reason_code` → `KDVExemptionReasonCode`."""
    return "".join(word.upper() if word in _CAPITALS else word.capitalize() for word in field.split("_"))


MODEL: Final = ConfigDict(extra="forbid", alias_generator=model_name, serialize_by_alias=True)


@record
class TaxExemptionReasons:
    """Codes of GİB's lists, one for VAT (KDV) and one for special consumption tax (ÖTV), for the whole document."""

    __pydantic_config__ = MODEL

    kdv_exemption_reason_code: Text | None = None
    otv_exemption_reason_code: Text | None = None


@record
class DatedReference:
    """A document's number and date."""

    __pydantic_config__ = MODEL

    issue_date: Day
    value: Text


@record
class Attachment:
    """A file; base64 of at most `fields.MOST_BASE64` characters."""

    __pydantic_config__ = MODEL

    base64_data: Base64
    mime_code: Text
    file_name: FileName


@record
class AdditionalDocument:
    """A file or a plain value beside the invoice. Without a date it has the invoice's."""

    __pydantic_config__ = MODEL

    id: Text
    issue_date: Day | None = None
    document_type: Text | None = None
    document_type_code: Text | None = None
    attachment: Attachment | None = None


@record
class ReturnedInvoice:
    """An invoice that this one takes back, in part or whole."""

    __pydantic_config__ = MODEL

    invoice_number: Text
    issue_date: Day


@record
class PaymentTerms:
    """`percent` is the penalty for late payment; `amount` is in the invoice's currency."""

    __pydantic_config__ = MODEL

    percent: Percent | None = None
    amount: Amount | None = None
    note: Note | None = None


@record
class PaymentMeans:
    """`code` is UN/ECE 4461's; UBL-TR has no payment means without it. The account is any, or an IBAN."""

    __pydantic_config__ = MODEL

    code: Text
    channel_code: Text | None = None
    due_date: Day | None = None
    payee_financial_account_id: Text | None = None
    note: Note | None = None


@record
class CashRegisterSlip:
    """The slip of a cash register of the new generation (ÖKC); GİB wants it whole or not at all."""

    __pydantic_config__ = MODEL

    id: Text
    issue_date: Day
    time: TimeOfDay
    z_no: Text
    end_point_id: Text
    document_description: Text


@record
class InternetSale:
    """What the e-Arşiv report asks of an internet sale. Several web sites are separated by semicolons."""

    __pydantic_config__ = MODEL

    web_site: Text
    payment_method: PaymentMethod
    payment_method_name: Text | None = None
    payment_date: Day | None = None
    transporter_name: Text | None = None
    transporter_register_number: Text | None = None
    transport_date: Day | None = None


@record
class InvoiceInfo:
    """One e-Arşiv invoice's head. `uuid` is its ETTN; `exchange_rate` is lira per unit of the currency.

    `issue_date` is a moment, whose date is Turkey's; `invoice_serie_or_number` is a series of three characters, from
    which the provider numbers, or a whole number of sixteen.
    """

    __pydantic_config__ = MODEL

    uuid: Annotated[Uuid | None, Absent] = None
    template_uuid: Annotated[Uuid | None, Absent] = None
    template_base64_string: Annotated[Base64 | None, Absent] = None
    invoice_type: InvoiceTypeField | None = None
    invoice_serie_or_number: Text | None = None
    issue_date: Moment | None = None
    currency_code: Currency | None = None
    exchange_rate: Rate | None = None
    tax_exemption_reason_info: TaxExemptionReasons | None = None
    is_despatch: Flag = False
    sales_platform: PlatformField = Platform.NORMAL
    send_type: SendingField | None = None
    despatch_document_reference: Listed[DatedReference] = ()
    order_reference: DatedReference | None = None
    order_reference_document: AdditionalDocument | None = None
    additional_document_references: Listed[AdditionalDocument] = ()
    return_invoice_info: Listed[ReturnedInvoice] = ()
    payment_terms_info: PaymentTerms | None = None
    payment_means_info: PaymentMeans | None = None
    okc_info: CashRegisterSlip | None = None
    internet_info: InternetSale | None = None
