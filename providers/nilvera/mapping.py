"""From an invoice command to Nilvera's JSON model: `ArchiveInvoice` for e-Arşiv, `EInvoice` for e-Fatura.

The tables follow Nilvera's model, field by field, in its order. None leaves a field out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name
from app.documents.model.payment import PAYMENT_MEANS
from app.documents.model.profiles import Profile
from app.documents.model.taxes import VAT
from app.documents.prepared import DocumentErrors, prepare_invoice
from app.domain import exact_json
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.invoice_info import fields_of
from app.domain.invoice_info.model import PaymentMeans
from app.domain.parties import Address, BusinessFacts, Seller, usable_email, usable_phone
from app.domain.time import ISTANBUL
from providers.base import Prepared, UnpreparableError, order_of
from providers.nilvera.requirements import requirements_of

Object = dict[str, JsonValue]

ENVELOPES: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: "ArchiveInvoice",
    DocumentType.EFATURA: "EInvoice",
}


def prepare(
    command: InvoiceCommand,
    facts: BusinessFacts,
    document_type: DocumentType,
    issued_at: datetime,
    *,
    template: str | None = None,
    number: str | None = None,
) -> Prepared:
    """The request, fixed. Raises UnpreparableError with every reason.

    `template` is the UUID of one stored at Nilvera; `number` the whole legal number, which otherwise Nilvera gives.
    """
    order = order_of(command, issued_at)
    invoice = prepare_invoice(command, facts, document_type, issued_at, number, requirements=requirements_of)
    if isinstance(invoice, DocumentErrors):
        raise UnpreparableError(invoice.errors)
    model: Object = {
        "InvoiceInfo": {**_header(invoice, order, issued_at, template), **_totals(invoice)},
        "CompanyInfo": _company(invoice.seller),
        "CustomerInfo": _customer(invoice.customer),
        "InvoiceLines": [_line(index, line) for index, line in enumerate(invoice.lines, start=1)],
        "Notes": list(invoice.notes),
    }
    return Prepared(
        reference=command.document_id,
        document_type=document_type,
        issued_at=issued_at,
        request=exact_json.dumps({ENVELOPES[document_type]: model}),
        number=number,
    )


def buyer_of(request: str) -> dict[str, JsonValue]:
    """The buyer's fields as they were sent; empty for what is no request of ours."""
    try:
        bodies = list(exact_json.loads(request).values())
        customer = bodies[0]["CustomerInfo"]
    except (ValueError, AttributeError, LookupError, TypeError):
        return {}
    return customer if isinstance(customer, dict) else {}


def with_alias(request: str, alias: str) -> str:
    """An e-Fatura's request with the buyer's mailbox, which is known only when it is sent."""
    return exact_json.dumps({**exact_json.loads(request), "CustomerAlias": alias})


def _header(invoice: Invoice, order: DocumentOrder, issued_at: datetime, template: str | None) -> Object:
    """The header in Nilvera's names, which are InvoiceInfo's own, with what only its API has.

    `template` is the connection's, and the order's own goes before it.
    """
    header, given = invoice.info, order.invoice_info
    if given is None or given.payment_means_info is None:
        header = replace(header, payment_means_info=_payment_means(order))
    if header.template_uuid is None and header.template_base64_string is None:
        header = replace(header, template_uuid=template)
    fields = {**fields_of(header), "IssueDate": _local(issued_at)}
    if invoice.profile is Profile.EARSIVFATURA:
        return fields
    del fields["SalesPlatform"]  # an e-Fatura has none, and the model always says one
    return {**fields, "InvoiceProfile": invoice.profile.value}


def _totals(invoice: Invoice) -> Object:
    return {
        "LineExtensionAmount": invoice.tax_exclusive,
        **{
            f"GeneralKDV{subtotal.rate:.0f}Total": subtotal.amount
            for subtotal in invoice.tax_subtotals
            # the model has a total for these rates only
            if subtotal.code == VAT and subtotal.rate in {1, 8, 10, 18, 20}
        },
        "GeneralAllowanceTotal": invoice.allowance,
        "PayableAmount": invoice.payable,
        "KdvTotal": invoice.vat,
    }


def _company(seller: Seller) -> Object:
    return _present(
        {
            "TaxNumber": seller.tax_number,
            "Name": seller.name,
            "TaxOffice": seller.tax_office,
            **_address(seller.address),
            "Phone": seller.phone,
            "Mail": seller.email,
            "WebSite": seller.website,
        }
    )


def _customer(customer: Customer) -> Object:
    return _present(
        {
            "TaxNumber": customer.tax_number,
            "Name": customer.full_name,
            "TaxOffice": customer.tax_office,
            **_address(customer.address),
            "Phone": usable_phone(customer.phone),
            "Mail": usable_email(customer.email),
        }
    )


def _address(address: Address) -> Object:
    return {
        "Address": address.street,
        "District": address.district,
        "City": address.city,
        "Country": country_name(address.country),
        "PostalCode": address.postal_code,
    }


def _line(index: int, line: InvoiceLine) -> Object:
    return _present(
        {
            "Index": str(index),
            "SellerCode": line.sku,
            "Name": line.name,
            "Quantity": line.quantity,
            "UnitType": line.unit,
            "Price": line.unit_price,
            "AllowanceTotal": line.allowance,
            "KDVPercent": line.vat_rate,
            "KDVTotal": line.vat,
        }
    )


def _payment_means(order: DocumentOrder) -> PaymentMeans | None:
    """What follows from the order, where Nilvera's list of codes has it and there is a day."""
    code = PAYMENT_MEANS.get(order.payment.method) if order.payment else None
    return PaymentMeans(code=code, due_date=order.due_date) if code and order.due_date else None


def _local(moment: datetime) -> str:
    """Nilvera reads the date of the document off this, so it must be Turkey's and carry no offset to convert."""
    return moment.astimezone(ISTANBUL).replace(tzinfo=None).isoformat(timespec="seconds")


def _present(fields: Mapping[str, JsonValue]) -> Object:
    return {name: value for name, value in fields.items() if value is not None}
