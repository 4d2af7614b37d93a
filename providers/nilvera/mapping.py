"""From an invoice command to Nilvera's JSON model: `ArchiveInvoice` for e-Arşiv, `EInvoice` for e-Fatura.

The tables follow Nilvera's model, field by field, in its order. None leaves a field out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.documents.drawing import draw_up
from app.documents.faults import LIRA, faults_of
from app.documents.heads import type_of
from app.documents.invoice import Invoice
from app.documents.lines import InvoiceLine
from app.documents.parties import COUNTRY_NAMES, Customer
from app.documents.payment import PAYMENT_MEANS
from app.documents.taxes import VAT
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import Address, Seller
from app.domain.time import ISTANBUL
from providers import exact_json
from providers.base import BusinessFacts, Prepared, Unpreparable
from providers.exact_json import JsonValue
from providers.nilvera import internet
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
    """The request, fixed. Raises Unpreparable with every reason.

    `template` is the UUID of a design at Nilvera; `number` the whole legal number, which otherwise Nilvera gives.
    """
    order = command.order
    if order is None:
        raise ValueError(f"command {command.command_id} carries no order")
    faults = (*faults_of(order, command.person), *requirements_of(order, command.person, facts, document_type))
    if faults:
        raise Unpreparable(faults)
    invoice = draw_up(order, command.person, facts.seller)
    model: Object = {
        "InvoiceInfo": _present(
            {
                **_header(command, order, invoice, document_type, issued_at),
                **({"InvoiceSerieOrNumber": number} if number else {}),
                "TemplateUUID": template,
                **(_archive_header(order, facts) if document_type is DocumentType.EARSIV else {}),
                **_totals(invoice),
            }
        ),
        "CompanyInfo": _company(invoice.seller),
        "CustomerInfo": _customer(invoice.customer),
        "InvoiceLines": [_line(index, line) for index, line in enumerate(invoice.lines, start=1)],
        "Notes": [order.note] if order.note else [],
    }
    return Prepared(
        reference=command.document_id,
        document_type=document_type,
        issued_at=issued_at,
        request=exact_json.dumps({ENVELOPES[document_type]: model}),
        number=number,
    )


def with_alias(request: str, alias: str) -> str:
    """An e-Fatura's request with the buyer's mailbox, which is known only when it is sent."""
    return exact_json.dumps({**exact_json.loads(request), "CustomerAlias": alias})


def _header(
    command: InvoiceCommand, order: DocumentOrder, invoice: Invoice, document_type: DocumentType, issued_at: datetime
) -> Object:
    archive = document_type is DocumentType.EARSIV
    return {
        "UUID": command.document_id,
        "InvoiceType": type_of(invoice.exemption_codes).name,
        "InvoiceProfile": None if archive else order.efatura_profile,
        "InvoiceSerieOrNumber": order.earsiv_series if archive else order.efatura_series,
        "IssueDate": _local(issued_at),
        "CurrencyCode": invoice.currency,
        "ExchangeRate": None if invoice.currency == LIRA else invoice.exchange_rate,
        "OrderReference": {"IssueDate": order.order_date.isoformat(), "Value": command.order_reference},
        "TaxExemptionReasonInfo": (
            {"KDVExemptionReasonCode": invoice.exemption_codes[0]} if invoice.exemption_codes else None
        ),
        "PaymentMeansInfo": _payment_means(order),
    }


def _archive_header(order: DocumentOrder, facts: BusinessFacts) -> Object:
    """How the document is sent, and the internet sale that the e-Arşiv report asks for."""
    sale = internet.sale(order, facts.carriers)
    return {
        "SalesPlatform": "NORMAL" if sale is None else "INTERNET",
        "SendType": "ELEKTRONIK",
        "InternetInfo": None if sale is None else _present(sale),
    }


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
            "Phone": customer.phone,
            "Mail": customer.email,
        }
    )


def _address(address: Address) -> Object:
    return {
        "Address": address.street,
        "District": address.district,
        "City": address.city,
        "Country": COUNTRY_NAMES.get(address.country, address.country),
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


def _payment_means(order: DocumentOrder) -> Object | None:
    code = PAYMENT_MEANS.get(order.payment.method) if order.payment else None
    if code is None or order.due_date is None:
        return None
    return {"Code": code, "DueDate": order.due_date.isoformat()}


def _local(moment: datetime) -> str:
    """Nilvera reads the date of the document off this, so it must be Turkey's and carry no offset to convert."""
    return moment.astimezone(ISTANBUL).replace(tzinfo=None).isoformat(timespec="seconds")


def _present(fields: Mapping[str, JsonValue]) -> Object:
    return {name: value for name, value in fields.items() if value is not None}
