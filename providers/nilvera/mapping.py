"""From a checked document to Nilvera's JSON model: `ArchiveInvoice` for e-Arşiv, `EInvoice` for e-Fatura.

The tables follow Nilvera's model, field by field, in its order. None leaves a field out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name
from app.documents.model.payment import PAYMENT_MEANS
from app.documents.model.profiles import Profile
from app.documents.model.taxes import VAT
from app.domain import exact_json
from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.invoice_details import Identification
from app.domain.invoice_info import fields_of
from app.domain.invoice_info.model import PaymentMeans
from app.domain.parties import Address, Seller, usable_email, usable_phone
from app.domain.time import ISTANBUL
from providers.formats.objects import Object, present
from providers.options import mails_buyer
from providers.preparing import CheckedDocument, without_email

# Nilvera's code of withheld VAT; its reason is GİB's code of the withholding.
WITHHELD_VAT: Final = "9015"

ENVELOPES: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: "ArchiveInvoice",
    DocumentType.EFATURA: "EInvoice",
}


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:
    """The model in its envelope. Option `template` is the UUID of one that is stored at Nilvera."""
    if not mails_buyer(options, default=True):
        document = without_email(document)
    invoice = document.invoice
    model: Object = {
        "InvoiceInfo": {**_header(document, options.get("template")), **_details(invoice), **_totals(invoice)},
        "CompanyInfo": {**_company(invoice.seller), **_ids(invoice.seller_ids)},
        "CustomerInfo": {**_customer(invoice.customer), **_ids(invoice.customer_ids)},
        "InvoiceLines": [_line(index, line) for index, line in enumerate(invoice.lines, start=1)],
        "Notes": list(invoice.notes),
    }
    return {ENVELOPES[document.document_type]: model}


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a request; the country is no secret, and a word of many sentences."""
    (model,) = (part for name, part in body.items() if name in ENVELOPES.values())
    return {name: value for name, value in model["CustomerInfo"].items() if name != "Country"}


def with_alias(request: str, alias: str) -> str:
    """An e-Fatura's request with the buyer's mailbox, which is known only when it is sent."""
    return exact_json.dumps({**exact_json.loads(request), "CustomerAlias": alias})


def _header(document: CheckedDocument, template: str | None) -> Object:
    """The header in Nilvera's names, which are InvoiceInfo's own, with what only its API has.

    `template` is the connection's, and the order's own goes before it.
    """
    header, profile, given = document.invoice.info, document.invoice.profile, document.order.invoice_info
    if given is None or given.payment_means_info is None:
        header = replace(header, payment_means_info=_payment_means(document.order))
    if header.template_uuid is None and header.template_base64_string is None:
        header = replace(header, template_uuid=template)
    fields = {**fields_of(header), "IssueDate": _local(document.issued_at)}
    if profile is Profile.EARSIVFATURA:
        return fields
    del fields["SalesPlatform"]  # an e-Fatura has none, and the model always has one
    return {**fields, "InvoiceProfile": profile.value}


def _details(invoice: Invoice) -> Object:
    period = invoice.period
    return present(
        {
            "AccountingCost": invoice.accounting_cost,
            "InvoicePeriod": present(
                {
                    "StartDate": period.start_date.isoformat(),
                    "StartTime": period.start_time,
                    "EndDate": period.end_date.isoformat(),
                    "EndTime": period.end_time,
                }
            )
            if period
            else None,
        }
    )


def _ids(ids: Sequence[Identification]) -> Object:
    found: list[JsonValue] = [{"SchemeID": each.scheme, "Value": each.value} for each in ids]
    return {"PartyIdentifications": found} if found else {}


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
    return present(
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
    return present(
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
    return present(
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
            "Taxes": _taxes(line) or None,
            "AdditionalItemIdentification": _mark(line),
        }
    )


def _mark(line: InvoiceLine) -> Object | None:
    """A market hall's; of any other kind or number `requirements` refuses the order."""
    return {"TagNumber": line.marks[0].value} if line.marks else None


def _taxes(line: InvoiceLine) -> list[JsonValue]:
    """The taxes beside VAT, and what is withheld of VAT: a tax of its own whose reason is the kind of delivery."""
    others: list[JsonValue] = [
        present({"TaxCode": tax.code, "Total": tax.amount, "Percent": tax.rate, "ReasonCode": tax.exemption_code})
        for tax in line.taxes
        if tax.code != VAT
    ]
    withheld: list[JsonValue] = [
        {"TaxCode": WITHHELD_VAT, "Total": each.amount, "Percent": each.rate, "ReasonCode": each.code}
        for each in line.withholdings
    ]
    return [*others, *withheld]


def _payment_means(order: DocumentOrder) -> PaymentMeans | None:
    """What follows from the order, where Nilvera's list of codes has it and there is a day."""
    code = PAYMENT_MEANS.get(order.payment.method) if order.payment else None
    return PaymentMeans(code=code, due_date=order.due_date) if code and order.due_date else None


def _local(moment: datetime) -> str:
    """Nilvera reads the date of the document off this, so it must be Turkey's and carry no offset to convert."""
    return moment.astimezone(ISTANBUL).replace(tzinfo=None).isoformat(timespec="seconds")
