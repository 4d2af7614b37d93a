"""From a checked document to the body of Trendyol's first create calls, e-Arşiv and e-Fatura: amounts in whole kuruş.

`companyId` and `userId` are known when there is a login, and the mailbox of an e-Fatura's buyer when it is asked for:
`completed` puts them in before the body leaves.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from app.documents.model.invoice import Invoice, subtotals
from app.documents.model.lines import ZERO, InvoiceLine, Tax, Withholding
from app.documents.model.profiles import EXPORT_REGISTERED
from app.documents.model.taxes import VAT, tax_name, withholding_name
from app.domain import exact_json
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.invoice_details import Delivery
from app.domain.money import HUNDRED
from providers.base import UnpreparableError
from providers.formats.objects import Object, present
from providers.preparing import CheckedDocument
from providers.trendyol_efaturam import mapping
from providers.trendyol_efaturam.options import LineTotal, Options

# `invoiceTotal` and `totalTaxAmount` are integers of 32 bits.
MOST_KURUS: Final = 2**31 - 1


def body_of(document: CheckedDocument, options: Options) -> Object:
    """The body, without what is only known when it is sent. Raises UnpreparableError for more than it can hold."""
    invoice = document.invoice
    _refuse_too_much(invoice)
    taxes = _total_tax(invoice.tax_subtotals)
    return present(
        {
            "source": options.source,
            **_number(document),
            "localReferenceId": document.reference,
            "xsltCode": options.template,
            "notes": list(invoice.notes) or None,
            "issuedAt": mapping.moment(document.issued_at),
            "deliveryTypeCode": _terms(invoice),
            "recipientInfo": mapping.recipient_of(invoice.customer, invoice.seller),
            "currencyInfo": mapping.currency_of(invoice, document.issued_at, {}),
            "invoiceInfo": _identity(document),
            "invoiceLines": [_line(line, invoice.type, options.line_total) for line in invoice.lines],
            "totalTax": taxes,
            "totalWithholdingTax": _total_withheld(invoice),
            "invoiceTotal": _totals(invoice),
            "orderInfo": mapping.order_of(invoice),
            "deliveryInfo": mapping.delivery_of(invoice),
            "paymentInfo": mapping.payment_of(document),
            "dispatchInfos": _dispatches(invoice),
            **_taken_back(invoice),
        }
    )


def completed(request: str, *, company_id: int, user_id: int, alias: str | None) -> str:
    """The body as it leaves."""
    known = present({"companyId": company_id, "userId": user_id, "targetAlias": alias})
    return exact_json.dumps({**known, **exact_json.loads(request)})


def _refuse_too_much(invoice: Invoice) -> None:
    """Every sum of a document is at most what is before its discounts, or with its taxes."""
    most = max(invoice.line_extension + invoice.allowance, invoice.tax_inclusive)
    if most * HUNDRED > MOST_KURUS:
        message = f"comes to {most}, and Trendyol takes at most {MOST_KURUS / HUNDRED} in one document"
        raise UnpreparableError((FieldError(path="$.order.lines", code="NOT_AT_THIS_PROVIDER", message=message),))


def _number(document: CheckedDocument) -> Object:
    """A series of three characters is the prefix; without one the account has a default."""
    if document.number:
        return {"autoInvoiceId": False}
    return {"autoInvoiceId": True, "prefix": document.invoice.info.invoice_serie_or_number}


def _identity(document: CheckedDocument) -> Object:
    return present(
        {
            "invoiceType": document.invoice.profile.value,
            "invoiceTypeCode": document.invoice.type,
            "invoiceId": document.number,
            "invoiceUuid": document.reference,
        }
    )


def _line(line: InvoiceLine, kind: str | None, convention: LineTotal) -> Object:
    with_vat = convention is LineTotal.WITH_VAT
    return {
        **_of_its_kind(line, kind),
        "itemName": mapping.item_of(line),
        "unitCode": line.unit,
        "quantity": line.quantity,
        "unitPriceAmount": line.unit_price * HUNDRED,
        "totalAmount": _kurus(line.base + line.vat if with_vat else mapping.gross_of(line)),
        "totalDiscountAmount": _kurus(line.allowance),
        "taxableAmount": _kurus(line.base),
        "taxPercent": int(line.vat_rate),
        "taxAmount": _kurus(line.vat),
        "taxName": tax_name(VAT),
        "taxCode": VAT,
        "totalTax": _total_tax(subtotals(line.taxes)),
    }


def _of_its_kind(line: InvoiceLine, kind: str | None) -> Object:
    """What only a line with withheld VAT, of an export, or with a market hall's one mark has."""
    return present(
        {
            "withholdingTax": next(map(_withheld, line.withholdings), None),
            **_delivered(line.delivery, kind),
            "marketplaceSaleTypeInvoiceInfo": {"tagNo": line.marks[0].value} if line.marks else None,
        }
    )


def _withheld(each: Withholding) -> Object:
    return {
        "taxAmount": _kurus(each.amount),
        "percent": int(each.rate),
        "taxTypeCode": each.code,
        "name": withholding_name(each.code),
    }


def _delivered(delivery: Delivery | None, kind: str | None) -> Object:
    """An export-registered line has the buyer's licence and the tariff number, one of a micro-export the latter."""
    if delivery is None:
        return {}
    if kind != EXPORT_REGISTERED:
        return {"microExportRequiredCustomsId": delivery.customs_id}
    registered: Object = {"lineId": delivery.licence_line, "requiredCustomsId": delivery.customs_id}
    return {"exportRegisteredAdditionalInfo": registered}


def _terms(invoice: Invoice) -> str | None:
    """The terms of a micro-export: the same for each line."""
    return next((line.delivery.incoterms for line in invoice.lines if line.delivery), None)


def _total_withheld(invoice: Invoice) -> Object | None:
    listed: list[JsonValue] = list(map(_withheld, invoice.withholding_subtotals))
    return {"totalTaxAmount": _kurus(invoice.withheld), "subWithholdingTaxes": listed} if listed else None


def _total_tax(taxes: Iterable[Tax]) -> Object:
    listed = tuple(taxes)
    return {
        "totalTaxAmount": _kurus(sum((tax.amount for tax in listed), ZERO)),
        "subTotalTaxes": [_subtotal(tax) for tax in listed],
    }


def _subtotal(tax: Tax) -> JsonValue:
    by_piece: Object = {"taxUnitPrice": _kurus(tax.per_unit.amount)} if tax.per_unit else {}
    return {
        "taxableAmount": _kurus(tax.base),
        "taxAmount": _kurus(tax.amount),
        **mapping.kind_of(tax),
        **by_piece,
        "name": tax_name(tax.code),
        **mapping.exemption_of(tax),
    }


def _totals(invoice: Invoice) -> Object:
    return {
        "lineExtensionAmount": _kurus(sum(map(mapping.gross_of, invoice.lines), ZERO)),
        "taxExclusiveAmount": _kurus(invoice.tax_exclusive),
        "taxInclusiveAmount": _kurus(invoice.tax_inclusive),
        "payableAmount": _kurus(invoice.payable),
        "allowanceTotalAmount": _kurus(invoice.allowance),
    }


def _dispatches(invoice: Invoice) -> JsonValue:
    notes = invoice.info.despatch_document_reference
    return [{"dispatchId": each.value, "dispatchDate": each.issue_date.isoformat()} for each in notes] or None


def _taken_back(invoice: Invoice) -> Object:
    """One is an object, several are a list under another name."""
    taken: list[JsonValue] = [
        {"invoiceId": each.invoice_number, "issueDate": each.issue_date.isoformat(), "typeCode": "IADE"}
        for each in invoice.info.return_invoice_info
    ]
    if not taken:
        return {}
    return {"billingReference": taken[0]} if len(taken) == 1 else {"billingReferences": taken}


def _kurus(amount: Decimal) -> int:
    """Amounts of a document are whole kuruş."""
    return int(amount * HUNDRED)
