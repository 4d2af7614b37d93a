"""From a checked document to the body of `POST /addinvoice`, in the spelling of the documentation's sample.

The sums are ours: BizimHesap's documentation does not say that it computes any. `unitPrice` is without VAT, and
`discount` is an amount. The body is kept without the `firmId`, which is a login.
"""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name
from app.domain import exact_json
from app.domain.exact_json import JsonValue
from app.domain.money import to_kurus
from app.domain.parties import PLACEHOLDERS, usable_email, usable_phone
from app.domain.time import ISTANBUL
from providers.base import Issued
from providers.bizimhesap.options import AMOUNTS
from providers.contacts import buyer_key
from providers.formats import notes
from providers.formats.objects import Object
from providers.preparing import CheckedDocument

SALE: Final = 3
# Not the code of ISO 4217.
LIRA: Final = "TL"
TURKEY: Final = "TR"


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:
    """The body, without the login. `invoiceNo` is our reference, by which a person finds the record."""
    invoice = document.invoice
    lines = [_line(line) for line in invoice.lines]
    gross = sum((line["grossPrice"] for line in lines), Decimal(0))
    amounts = {
        "gross": gross,
        "discount": sum((line["discount"] for line in lines), Decimal(0)),
        "net": invoice.tax_exclusive,
        "tax": invoice.vat,
        "total": invoice.payable,
    }
    body: Object = {
        "invoiceNo": document.reference,
        "invoiceType": SALE,
        "note": _note(document),
        "dates": _dates(document),
        "customer": _customer(invoice.customer),
        "amounts": {"currency": LIRA, **_written(amounts, options)},
        "details": [_written(line, options) for line in lines],
    }
    return body


def with_firm(request: str, firm_id: str) -> str:
    """The body as it is sent."""
    return exact_json.dumps({"firmId": firm_id, **exact_json.loads(request)})


def cancellation_of(issued: Issued, firm_id: str) -> str:
    """The body of `POST /cancelinvoice`."""
    return exact_json.dumps({"FirmId": firm_id, "Guid": issued.provider_reference or ""})


def buyer_in(body: Any) -> Object:
    """The buyer's fields of such a body."""
    return dict(body["customer"])


def _note(document: CheckedDocument) -> str:
    """What the record has no field for, and last our order and reference, by which a person finds it."""
    info, own = document.invoice.info, document.invoice.notes
    sale = notes.of_sale(info.internet_info) if info.internet_info else ()
    order = info.order_reference
    of_order = notes.line("Sipariş", order.value, notes.day(order.issue_date)) if order else ()
    return "\n".join([*own, *notes.of_header(info), *sale, *of_order, notes.mark_line(document)])


def _dates(document: CheckedDocument) -> Object:
    issued = document.issued_at.astimezone(ISTANBUL)
    due, delivered = document.order.due_date, document.order.dispatch_date
    return {
        "invoiceDate": _moment(issued),
        "dueDate": _moment(_start_of(due)) if due else _moment(issued),
        **({"deliveryDate": _moment(_start_of(delivered))} if delivered else {}),
    }


def _start_of(value: date) -> datetime:
    return datetime.combine(value, time(), ISTANBUL)


def _moment(value: datetime) -> str:
    return value.isoformat(timespec="milliseconds")


def _customer(customer: Customer) -> Object:
    """Its id is the same for every order of one buyer: another one would be another card in the merchant's books."""
    number, address = customer.tax_number, customer.address
    country = None if address.country == TURKEY else country_name(address.country)
    places = (address.street, address.postal_code, address.district, address.city, country)
    return {
        "customerId": buyer_key(customer).identity if number in PLACEHOLDERS else number,
        "title": customer.full_name,
        "taxOffice": customer.tax_office or "",
        "taxNo": number,
        "email": usable_email(customer.email) or "",
        "phone": usable_phone(customer.phone) or "",
        "address": " ".join(place for place in places if place),
    }


def _line(line: InvoiceLine) -> dict[str, Any]:
    """Its product is named by the seller's code, else by its name, so that equal lines are of one card."""
    discount = line.allowance - line.charge
    return {
        "productId": line.sku or line.name,
        "productName": line.name,
        "note": ", ".join(dict.fromkeys(each.reason for each in line.allowances if each.reason)),
        "barcode": "",
        "taxRate": line.vat_rate,
        "quantity": line.quantity,
        "unitPrice": line.unit_price,
        "grossPrice": line.base + discount,
        "discount": discount,
        "net": line.base,
        "tax": line.vat,
        "total": line.base + line.vat,
    }


def _written(fields: Mapping[str, Any], options: Mapping[str, str]) -> Object:
    """Amounts with two decimals at the least and a dot, without a separator of thousands; a quantity as a number."""
    texts = options.get(AMOUNTS) != "number"
    return {
        name: _amount(value, texts=texts) if isinstance(value, Decimal) and name != "quantity" else value
        for name, value in fields.items()
    }


def _amount(value: Decimal, *, texts: bool) -> JsonValue:
    short = to_kurus(value)
    exact = short if short == value else value.normalize()
    return f"{exact:f}" if texts else exact
