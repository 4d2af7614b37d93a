"""From a checked document to the body of Trendyol's second create call of an e-Arşiv: amounts as decimals.

It is known from clients alone, one of which uses it in production. It has no known place for a series, a number of
ours, a design, despatch notes, and what an invoice takes back.
"""

from collections.abc import Iterable

from app.documents.model.invoice import Invoice, subtotals
from app.documents.model.lines import ZERO, InvoiceLine, Tax
from app.domain.exact_json import JsonValue
from providers.formats.objects import Object, present
from providers.preparing import CheckedDocument
from providers.trendyol_efaturam import mapping
from providers.trendyol_efaturam.options import Options

# What the other body has not: by it a body that was prepared earlier is known.
IDENTITY = "invoiceIdentification"


def body_of(document: CheckedDocument, options: Options) -> Object:
    """The body, whole: the token says whose it is."""
    invoice = document.invoice
    return present(
        {
            "source": options.source,
            "localReferenceId": document.reference,
            "notes": list(invoice.notes) or None,
            IDENTITY: _identity(document),
            "receiverInfo": mapping.recipient_of(invoice.customer, invoice.seller),
            "invoiceLines": list(map(_line, invoice.lines)),
            "totalTax": _total_tax(invoice.tax_subtotals),
            "invoiceTotal": _totals(invoice),
            "references": {"orderInfo": mapping.order_of(invoice)},
            "currencyInfo": mapping.currency_of(invoice, document.issued_at, {"calculationRate": 0}),
            "paymentInfo": mapping.payment_of(document),
            "deliveryInfo": mapping.delivery_of(invoice),
        }
    )


def _identity(document: CheckedDocument) -> Object:
    return {
        "invoiceType": document.invoice.profile.value,
        "invoiceTypeCode": document.invoice.type,
        "autoInvoiceId": True,
        "invoiceUuid": document.reference,
        "issuedAt": mapping.moment(document.issued_at),
    }


def _line(line: InvoiceLine) -> JsonValue:
    return {
        "itemName": mapping.item_of(line),
        "unitCode": line.unit,
        "quantity": line.quantity,
        "unitPriceAmount": line.unit_price,
        "subtotal": mapping.gross_of(line),
        "totalAmount": line.base,
        "totalDiscountAmount": line.allowance,
        "totalTax": _total_tax(subtotals(line.taxes)),
    }


def _total_tax(taxes: Iterable[Tax]) -> Object:
    listed = tuple(taxes)
    return {
        "totalTaxAmount": sum((tax.amount for tax in listed), ZERO),
        "subTotalTaxes": [_subtotal(tax) for tax in listed],
    }


def _subtotal(tax: Tax) -> JsonValue:
    return {
        "taxableAmount": tax.base,
        "taxAmount": tax.amount,
        **mapping.kind_of(tax),
        **mapping.exemption_of(tax),
    }


def _totals(invoice: Invoice) -> Object:
    return {
        "totalRawPrice": sum(map(mapping.gross_of, invoice.lines), ZERO),
        "totalSubtotal": invoice.tax_exclusive,
        "totalAmount": invoice.tax_inclusive,
        "totalDiscountAmount": invoice.allowance,
        "payableAmount": invoice.payable,
    }
