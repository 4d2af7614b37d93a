"""From a checked document to Paraşüt's three requests: the contact, the sales invoice, the e-document.

The names are Paraşüt's, spelt as it spells them. Amounts are in units of the document's currency; prices are without
VAT. Paraşüt computes the sums itself: what they must come to is kept beside the requests, and never sent.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine
from app.documents.model.parties import Customer, country_name, is_company
from app.documents.model.profiles import Profile
from app.domain import exact_json
from app.domain.documents import DocumentType
from app.domain.exact_json import JsonValue
from app.domain.invoice_info.model import InternetSale
from app.domain.money import LIRA
from app.domain.parties import VKN_LENGTH, usable_email, usable_phone
from app.domain.time import legal_date
from providers.formats.objects import Object, present
from providers.preparing import CheckedDocument
from providers.rounding import rules_in, unit_prices

PRODUCTS: Final = "products"
PARASUT_LIRA: Final = "TRL"
TURKEY: Final = "TR"
E_ARCHIVES: Final = "e_archives"
E_INVOICES: Final = "e_invoices"
E_DOCUMENTS: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: E_ARCHIVES,
    DocumentType.EFATURA: E_INVOICES,
}
# The sales invoice of an e-document has a name of its own in each.
RELATIONS: Final[Mapping[str, str]] = {E_ARCHIVES: "sales_invoice", E_INVOICES: "invoice"}
SCENARIOS: Final[Mapping[Profile, str]] = {Profile.TEMELFATURA: "basic", Profile.TICARIFATURA: "commercial"}
BUYER: Final = ("name", "tax_number", "tax_office", "email", "phone", "address", "district", "city", "postal_code")
# Texts of an exemption are sent for these codes alone.
TEXT_WANTED: Final = frozenset({"250", "350"})


def request_of(document: CheckedDocument, options: Mapping[str, str]) -> JsonValue:
    """All that the three steps send, and what the sums must come to."""
    invoice, has_products = document.invoice, options.get(PRODUCTS, "none") != "none"
    prices = unit_prices(invoice.lines, rules_in(options))
    return {
        "contact": _contact(invoice.customer),
        "sales_invoice": {
            "attributes": _sales_invoice(document),
            "details": [
                _detail(line, price, has_products=has_products)
                for line, price in zip(invoice.lines, prices, strict=True)
            ],
        },
        "e_document": {
            "type": E_DOCUMENTS[document.document_type],
            "attributes": _e_document(document),
            "withheld": [line.withholdings[0].code if line.withholdings else None for line in invoice.lines],
        },
        "sums": {
            "before_taxes": invoice.tax_exclusive,
            "vat": invoice.vat,
            "withheld": invoice.withheld,
            "payable": invoice.payable,
        },
    }


def parts_of(request: str) -> dict[str, Any]:
    """The parts of a prepared request."""
    found: dict[str, Any] = exact_json.loads(request)
    return found


def buyer_in(body: Any) -> Object:
    """The buyer's fields of such a request."""
    contact = body["contact"]
    return {name: contact[name] for name in BUYER if name in contact}


def contact_body(request: str) -> str:
    """The body of `POST contacts`."""
    return exact_json.dumps({"data": {"type": "contacts", "attributes": parts_of(request)["contact"]}})


def products_in(request: str) -> dict[str, dict[str, Any]]:
    """The attributes of the products that its lines name, by code."""
    named = [each["product"] for each in parts_of(request)["sales_invoice"]["details"] if each["product"]]
    return {product["code"]: product for product in named}


def product_body(attributes: Mapping[str, JsonValue]) -> str:
    """The body of `POST products`."""
    return exact_json.dumps({"data": {"type": "products", "attributes": dict(attributes)}})


def sales_invoice_body(request: str, contact: str, products: Mapping[str, str]) -> str:
    """The body of `POST sales_invoices`, made out to this contact. `products`: Paraşüt's ids, by code."""
    invoice = parts_of(request)["sales_invoice"]
    details: list[JsonValue] = [_detail_of(each, products) for each in invoice["details"]]
    relations: Object = {
        "contact": {"data": {"id": contact, "type": "contacts"}},
        "details": {"data": details},
    }
    data: Object = {"type": "sales_invoices", "attributes": invoice["attributes"], "relationships": relations}
    return exact_json.dumps({"data": data})


def e_document_body(request: str, sales_invoice: str, details: list[str], mailbox: str | None) -> str:
    """The body of `POST e_archives` or `e_invoices`. `details`: Paraşüt's ids of the lines, in their sequence."""
    asked = parts_of(request)["e_document"]
    withheld: list[JsonValue] = [
        {"detail_id": int(detail), "vat_withholding_code": code}
        for detail, code in zip(details, asked["withheld"], strict=True)
        if code is not None
    ]
    attributes: Object = {
        **({"to": mailbox} if mailbox else {}),
        **asked["attributes"],
        **({"vat_withholding_params": withheld} if withheld else {}),
    }
    of_invoice: Object = {"data": {"id": sales_invoice, "type": "sales_invoices"}}
    relations: Object = {RELATIONS[asked["type"]]: of_invoice}
    return exact_json.dumps({"data": {"type": asked["type"], "attributes": attributes, "relationships": relations}})


def currency_of(currency: str) -> str:
    """Paraşüt's code of a currency."""
    return PARASUT_LIRA if currency == LIRA else currency


def _contact(customer: Customer) -> Object:
    email = usable_email(customer.email)
    return present(
        {
            "name": customer.full_name,
            "account_type": "customer",
            "contact_type": "company" if is_company(customer.tax_number) else "person",
            "tax_number": customer.tax_number,
            "tax_office": customer.tax_office,
            # Contacts are asked for by it: of one address two spellings would be two contacts.
            "email": email.lower() if email else None,
            "phone": usable_phone(customer.phone),
            "address": customer.address.street,
            "district": customer.address.district,
            "city": customer.address.city,
            "postal_code": customer.address.postal_code,
            "country": country_name(customer.address.country),
            "is_abroad": customer.address.country != TURKEY,
        }
    )


def _sales_invoice(document: CheckedDocument) -> Object:
    invoice, customer = document.invoice, document.invoice.customer
    day, order = legal_date(document.issued_at).isoformat(), invoice.info.order_reference
    due = document.order.due_date
    return present(
        {
            "item_type": "invoice",
            "description": _mark(document),
            "issue_date": day,
            "due_date": due.isoformat() if due else day,
            "currency": currency_of(invoice.currency),
            "exchange_rate": invoice.exchange_rate,
            # Paraşüt makes an e-document of both or of neither.
            "order_no": order.value if order else None,
            "order_date": order.issue_date.isoformat() if order else None,
            "billing_address": customer.address.street,
            "billing_postal_code": customer.address.postal_code,
            "billing_phone": usable_phone(customer.phone),
            "tax_office": customer.tax_office,
            "tax_number": customer.tax_number,
            "country": country_name(customer.address.country),
            "city": customer.address.city,
            "district": customer.address.district,
            "is_abroad": customer.address.country != TURKEY,
            "shipment_included": True if invoice.info.is_despatch else None,
            "invoice_note": "\n".join(invoice.notes) or None,
        }
    )


def _mark(document: CheckedDocument) -> str:
    """The internal title, by which the invoice is known again; a type that the order names is shown there too."""
    given, order = document.order.invoice_info, document.invoice.info.order_reference
    kind = given.invoice_type.name if given and given.invoice_type else None
    return " ".join(each for each in (order.value if order else None, kind, document.reference) if each)


def _detail_of(line: Mapping[str, Any], products: Mapping[str, str]) -> Object:
    detail: Object = {"type": "sales_invoice_details", "attributes": line["attributes"]}
    if not line["product"]:
        return detail
    product: Object = {"id": products[line["product"]["code"]], "type": "products"}
    return {**detail, "relationships": {"product": {"data": product}}}


def _detail(line: InvoiceLine, price: Decimal, *, has_products: bool) -> Object:
    """A line's code at the seller is its product's, or goes behind its name."""
    product: Object | None = None
    if has_products and line.sku:
        product = {"name": line.name, "code": line.sku, "vat_rate": line.vat_rate}
    name = f"{line.name} ({line.sku})" if line.sku and product is None else line.name
    return {"attributes": _detail_attributes(line, name, price), "product": product}


def _detail_attributes(line: InvoiceLine, name: str, price: Decimal) -> Object:
    withheld = line.withholdings[0].rate if line.withholdings else None
    return present(
        {
            "description": name,
            "quantity": line.quantity,
            "unit_price": price,
            "vat_rate": line.vat_rate,
            "vat_withholding_rate": withheld,
            "discount_type": "amount" if line.allowance else None,
            "discount_value": line.allowance or None,
        }
    )


def _e_document(document: CheckedDocument) -> Object:
    invoice = document.invoice
    attributes = _exemption(invoice)
    if document.document_type is DocumentType.EFATURA:
        return {"scenario": SCENARIOS[invoice.profile], **attributes}
    sale = invoice.info.internet_info
    return {**(_internet_sale(sale) if sale else {}), **attributes}


def _exemption(invoice: Invoice) -> Object:
    """One reason for the document; `requirements` refuses a second one."""
    found = [tax.exemption for line in invoice.lines for tax in line.taxes if tax.exemption is not None]
    if not found:
        return {}
    text = {"vat_exemption_reason": found[0].text} if found[0].code in TEXT_WANTED else {}
    return {"vat_exemption_reason_code": found[0].code, **text}


def _internet_sale(sale: InternetSale) -> Object:
    number = sale.transporter_register_number
    by_company = number is not None and len(number) == VKN_LENGTH
    shipment = present(
        {
            "title" if by_company else "name": sale.transporter_name,
            "vkn" if by_company else "tckn": number,
            "date": sale.transport_date.isoformat() if sale.transport_date else None,
        }
    )
    return {
        "internet_sale": present(
            {
                "url": sale.web_site,
                "payment_type": sale.payment_method.value,
                "payment_platform": sale.payment_method_name,
                "payment_date": sale.payment_date.isoformat() if sale.payment_date else None,
            }
        ),
        **({"shipment": shipment} if shipment else {}),
    }
