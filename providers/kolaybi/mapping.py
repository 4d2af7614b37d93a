"""From a checked document to KolayBi's requests, in one body that is fixed once.

::

    {"contact": {…}, "products": [{"code": "SKU-1", "name": "…"}], "invoice": {…}, "prefix": "ABC"}

`contact` is the body of `POST /associates`, `products` what the lines sell, and `invoice` the body of `POST /invoices`
without the ids that KolayBi gives.
Amounts are texts in the document's currency; prices are without VAT. Names are those of the wire.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name, is_company
from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import InternetSale
from app.domain.money import LIRA
from app.domain.parties import PLACEHOLDERS, usable_email, usable_phone
from app.domain.payment import PaymentMethod
from app.domain.time import legal_date
from providers.base import Done, Prepared
from providers.contacts import CODE_LENGTH
from providers.formats import notes
from providers.formats.objects import Object, present
from providers.kolaybi.options import Options
from providers.preparing import CheckedDocument
from providers.rounding import computed_from, unit_prices

PAYMENTS: Final[Mapping[PaymentMethod, str]] = {
    PaymentMethod.CARD: "credit-card",
    PaymentMethod.TRANSFER: "bank-transfer",
    PaymentMethod.CASH_ON_DELIVERY: "pay-at-door",
    PaymentMethod.INTERMEDIARY: "payment-platform",
}
SALE: Final = "sale_invoice"
RETURN: Final = "sale_return_invoice"
# Both names have two characters at the least, and a company's name is two names here.
SHORTEST: Final = 2
NO_SURNAME: Final = "--"
# The name of a contact is the id of the associate and that of its address.
BETWEEN: Final = "/"


def request_of(document: CheckedDocument, options: Options) -> JsonValue:
    """All of them."""
    prefix = document.invoice.info.invoice_serie_or_number if options.sends_prefix else None
    return present(
        {
            "contact": _contact(document),
            "invoice": _invoice(document, options),
            "products": [present({"code": line.sku, "name": line.name}) for line in document.invoice.lines],
            "prefix": prefix,
        }
    )


def parts_of(prepared: Prepared) -> dict[str, Any]:
    """What was fixed."""
    parts: dict[str, Any] = exact_json.loads(prepared.request)
    return parts


def invoice_for(prepared: Prepared, contact: Done, products: Sequence[int]) -> Object:
    """The body of `POST /invoices`, with the ids that KolayBi has given."""
    invoice: dict[str, Any] = parts_of(prepared)["invoice"]
    associate, address = map(int, contact.reference.split(BETWEEN))
    items = [{"product_id": product, **each} for product, each in zip(products, invoice["items"], strict=True)]
    return {"contact_id": associate, "address_id": address, **invoice, "items": items}


def e_document_for(prepared: Prepared, invoice: Done) -> Object:
    """The body of `POST /invoices/e-document/create`."""
    return present({"document_id": int(invoice.reference), "prefix": parts_of(prepared).get("prefix")})


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a body, with the name as one; the country is no secret, and a word of many sentences."""
    contact = body["contact"]
    address = {name: value for name, value in contact["addresses"][0].items() if name in {"address", "postal_code"}}
    whole = f"{contact['name']} {contact['surname']}".removesuffix(f" {NO_SURNAME}")
    names = ("name", "surname", "identity_no", "email", "phone")
    return {"title": whole, **{name: contact[name] for name in names if name in contact}, **address}


def _contact(document: CheckedDocument) -> Object:
    """A consumer without a number of one's own has a code of ours, by which alone one of thousands is found."""
    customer = document.invoice.customer
    name, surname = _names(customer)
    is_nameless = customer.tax_number in PLACEHOLDERS
    return present(
        {
            "name": name,
            "surname": surname,
            "identity_no": customer.tax_number,
            "code": f"C-{document.buyer.identity[:CODE_LENGTH]}" if is_nameless else None,
            "is_corporate": is_company(customer.tax_number),
            "associate_type": "customer",
            "tax_office": customer.tax_office,
            "email": usable_email(customer.email),
            "phone": usable_phone(customer.phone),
            "addresses": [_address(customer)],
        }
    )


def _names(customer: Customer) -> tuple[str, str]:
    """The last words of a name are its surname, as many as have two characters together."""
    if customer.family_name and len(customer.family_name) >= SHORTEST:
        return customer.name, customer.family_name
    words = customer.full_name.split()
    for place in range(len(words) - 1, 0, -1):
        name, surname = " ".join(words[:place]), " ".join(words[place:])
        if min(len(name), len(surname)) >= SHORTEST:
            return name, surname
    return customer.full_name.ljust(SHORTEST, "-"), NO_SURNAME


def _address(customer: Customer) -> Object:
    address = customer.address
    return present(
        {
            "address": address.street,
            "district": address.district,
            "city": address.city,
            "postal_code": address.postal_code,
            "country": country_name(address.country),
            "address_type": "invoice",
        }
    )


def _invoice(document: CheckedDocument, options: Options) -> Object:
    invoice, info = document.invoice, document.invoice.info
    is_return = info.invoice_type is InvoiceType.IADE
    prices = unit_prices(invoice.lines, options.rules)
    due = (info.payment_means_info.due_date if info.payment_means_info else None) or document.order.due_date
    return present(
        {
            "order_date": legal_date(document.issued_at).isoformat(),
            "due_date": due.isoformat() if due else None,
            "currency": invoice.currency.lower() if options.lower_currency else invoice.currency,
            "exchange_rate": None if invoice.currency == LIRA else f"{invoice.exchange_rate:f}",
            "type": RETURN if is_return else SALE,
            "document_type": invoice.type,
            "document_scenario": _scenario(document, options),
            "vat_exemption_reason_code": next(iter(invoice.exemption_codes), None),
            "description": _text(document),
            "receiver_email": usable_email(invoice.customer.email),
            "shipment_include": info.is_despatch or None,
            "subtotal_correction_amount": _correction(invoice, prices, options),
            **_references(info),
            **(_sale(info.internet_info) if info.internet_info else {}),
            "items": list(map(_item, invoice.lines, prices)),
        }
    )


def _correction(invoice: Invoice, prices: Sequence[Decimal], options: Options) -> str | None:
    """What no prices come to, by the first rule that is thought to be KolayBi's."""
    computed = options.rules[0](computed_from(invoice.lines, prices))
    is_sent = options.corrects_rounding and invoice.payable != computed
    return f"{invoice.payable - computed:.2f}" if is_sent else None


def _scenario(document: CheckedDocument, options: Options) -> str | None:
    """Without one KolayBi decides by the buyer: it makes the right kind, and says which it was."""
    is_left_to_it = document.document_type is DocumentType.EARSIV and not options.sends_scenario
    return None if is_left_to_it else document.invoice.profile.value


def _text(document: CheckedDocument) -> str:
    info = document.invoice.info
    despatches = [
        each
        for reference in info.despatch_document_reference
        for each in notes.line("İrsaliye", reference.value, notes.day(reference.issue_date))
    ]
    return "\n".join([*document.invoice.notes, *notes.of_header(info), *despatches, notes.mark_line(document)])


def _references(info: InvoiceInfo) -> Object:
    order = info.order_reference
    returned: list[JsonValue] = [
        {"serial_no": each.invoice_number, "issue_date": each.issue_date.isoformat()}
        for each in info.return_invoice_info
    ]
    return {
        "order_reference": {"serial_no": order.value, "issue_date": order.issue_date.isoformat()} if order else None,
        "return_invoice_references": returned or None,
    }


def _sale(sale: InternetSale) -> Object:
    number = sale.transporter_register_number
    carrier = "carrier_company" if number is not None and is_company(number) else "carrier_person"
    shipment = present(
        {
            carrier: sale.transporter_name,
            "carrier_company_tax_number": number,
            "carrier_date": sale.transport_date.isoformat() if sale.transport_date else None,
        }
    )
    return {
        "internet_sale": present(
            {
                "url": sale.web_site,
                "payment_type": PAYMENTS[sale.payment_method],
                "payment_platform": sale.payment_method_name,
                "payment_date": sale.payment_date.isoformat() if sale.payment_date else None,
            }
        ),
        "internet_sale_shipment": shipment or None,
    }


def _item(line: InvoiceLine, price: Decimal) -> Object:
    """A line's code at the seller has no field of its own, and goes behind its name."""
    return present(
        {
            "quantity": f"{line.quantity:f}",
            "unit_price": f"{price:f}",
            "vat_rate": int(line.vat_rate),
            "description": f"{line.name} ({line.sku})" if line.sku else line.name,
            "discount_amount": f"{line.allowance:.2f}" if line.allowance else None,
            "exemption_code": line.vat_exemption_code,
        }
    )
