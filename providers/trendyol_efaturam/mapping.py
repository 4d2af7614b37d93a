"""What the two versions of Trendyol's create calls have in common: the buyer, the payment, the delivery, the moments.

Names are those of the wire. `mapping_v1` and `mapping_v2` have the rest.
"""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any, Final

from app.documents.model.invoice import Invoice
from app.documents.model.lines import InvoiceLine, Tax
from app.documents.model.parties import Customer, first_and_family, is_company, named_for_ubl
from app.documents.model.payment import OTHER_MEANS
from app.documents.model.taxes import VAT
from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentType
from app.domain.invoice_info.model import InternetSale
from app.domain.money import LIRA
from app.domain.parties import Address, Seller, usable_email
from app.domain.payment import Payment, PaymentMethod
from app.domain.time import ISTANBUL, legal_date
from providers.formats.objects import Object, present
from providers.preparing import CheckedDocument

MEANS: Final[Mapping[PaymentMethod, str]] = {
    PaymentMethod.CARD: "CREDIT_CARD",
    PaymentMethod.TRANSFER: "EFT",
    PaymentMethod.CASH_ON_DELIVERY: "ON_DELIVERY",
    PaymentMethod.INTERMEDIARY: "MEDIATOR",
    PaymentMethod.OTHER: "OTHER",
}
# Codes of UN/ECE 4461 that have one of these words.
MEANS_BY_CODE: Final[Mapping[str, str]] = {"48": "CREDIT_CARD", "42": "EFT", "10": "ON_DELIVERY", OTHER_MEANS: "OTHER"}
# GİB's codes of the taxes that have a `taxType`. PASTURE_FUND has one, too, but is withheld (`requirements`).
TAX_TYPES: Final[Mapping[str, str]] = {
    VAT: "KDV",
    "0071": "OTV_1",
    "9077": "OTV_2",
    "0073": "OTV_3",
    "0075": "OTV_3A",
    "0076": "OTV_3B",
    "0077": "OTV_3C",
    "0074": "OTV_4",
    "0059": "KONAKLAMA",
    "4080": "OIV",
    "1047": "STAMP_TAX",
    "8004": "TRT_SHARE",
    "8001": "STOCK_REGISTRATION_FEE",
}
SHORTEST: Final = 2
LONGEST_ADDRESS: Final = 255
POSTAL_CODE_LENGTH: Final = 5
PHONE: Final = re.compile(r"\+?[0-9]{7,15}")
# A surname has two characters at the least; of a person with one name nothing is known to put there.
NO_SURNAME: Final = "--"
# At noon it is the same day in Greenwich and in Istanbul.
NOON: Final = time(12, tzinfo=ISTANBUL)


def recipient_of(customer: Customer, seller: Seller) -> Object:
    """`recipientInfo` of v1, `receiverInfo` of v2. A contact that it would not take is left out."""
    named, address = named_for_ubl(customer), customer.address
    surname = named.family_name if len(named.family_name or "") >= SHORTEST else NO_SURNAME
    return present(
        {
            "taxId": named.tax_number,
            "countryCode": address.country,
            "city": address.city,
            "district": address.district,
            **_street_of(address),
            "phone": _phone(customer.phone),
            "email": _email(customer, seller),
            "name": named.name,
            "surname": None if is_company(named.tax_number) else surname,
            "taxOffice": named.tax_office if len(named.tax_office or "") >= SHORTEST else None,
        }
    )


def _street_of(address: Address) -> Object:
    """A postal code of another length than Turkey's goes with the street; a street of one character is none."""
    street, code = address.street, address.postal_code or ""
    if len(code) == POSTAL_CODE_LENGTH:
        return {"address": street, "postalCode": code}
    whole = f"{street} {code}".rstrip()
    street = whole if len(whole) <= LONGEST_ADDRESS else street
    return {"address": street if len(street) >= SHORTEST else None}


def _phone(contact: str | None) -> str | None:
    digits = re.sub(r"[\s()./-]", "", contact or "")
    return digits if PHONE.fullmatch(digits) else None


def _email(customer: Customer, seller: Seller) -> str | None:
    """Never the seller's own, which is refused, and is no contact of the buyer's."""
    email = usable_email(customer.email)
    return None if email is None or email.casefold() == (seller.email or "").casefold() else email


def buyer_in(body: Any) -> Object:
    """The buyer's fields of a request; the country is no secret, and a word of many sentences."""
    buyer = body.get("recipientInfo") or body["receiverInfo"]
    full = f"{buyer['name']} {buyer.get('surname', '')}".strip()
    return {**{name: value for name, value in buyer.items() if name != "countryCode"}, "fullName": full}


def currency_of(invoice: Invoice, issued_at: datetime, in_lira: Object) -> Object:
    """`currencyInfo`; `in_lira` is what it has beside the currency where there is no exchange."""
    if invoice.currency == LIRA:
        return {"currency": LIRA, "hasExchange": False, **in_lira}
    return {
        "currency": invoice.currency,
        "hasExchange": True,
        "calculationRate": invoice.exchange_rate,
        "sourceCurrency": invoice.currency,
        "targetCurrency": LIRA,
        "exchangeDate": legal_date(issued_at).isoformat(),
    }


def payment_of(document: CheckedDocument) -> Object | None:
    """`paymentInfo`: of an internet sale with its web site, of any other without one."""
    order = document.order
    given = order.invoice_info.payment_means_info if order.invoice_info else None
    fields = present(
        {
            **(_sold(document.invoice.info.internet_info) or _paid(order.payment)),
            "paymentDueDate": _noon(given.due_date if given else order.due_date),
            "paymentMeans": _means_word(document),
            "instructionNote": given.note if given else None,
        }
    )
    return fields or None


def _sold(sale: InternetSale | None) -> Object:
    if sale is None:
        return {}
    paid_on = _noon(sale.payment_date)
    return {"purchaseUrl": sale.web_site, "paymentAgentName": sale.payment_method_name, "paymentDate": paid_on}


def _paid(payment: Payment | None) -> Object:
    return {"paymentAgentName": payment.name, "paymentDate": _noon(payment.paid_on)} if payment else {}


def _noon(day: date | None) -> str | None:
    return moment(datetime.combine(day, NOON)) if day else None


def _means_word(document: CheckedDocument) -> str | None:
    order = document.order
    given = order.invoice_info.payment_means_info if order.invoice_info else None
    sold = means_in(order, document.document_type)
    if sold is None and given is not None:
        return MEANS_BY_CODE[given.code]
    return sold or (MEANS[order.payment.method] if order.payment else None)


def means_in(order: DocumentOrder, document_type: DocumentType) -> str | None:
    """How the internet sale was paid, in Trendyol's word; None where there is none."""
    if document_type is not DocumentType.EARSIV:
        return None
    sale = order.invoice_info.internet_info if order.invoice_info else None
    if sale is not None:
        return MEANS[sale.payment_method]
    return MEANS[order.payment.method] if order.website and order.payment else None


def delivery_of(invoice: Invoice) -> Object | None:
    """`deliveryInfo`: who brings the goods of an internet sale; None where nothing travels."""
    sale = invoice.info.internet_info
    if sale is None or sale.transporter_register_number is None:
        return None
    number, name = sale.transporter_register_number, sale.transporter_name or ""
    first, family = (name, None) if is_company(number) else first_and_family(name)
    return present(
        {
            "carrierTaxId": number,
            "carrierName": first,
            "carrierSurname": family,
            "sentAt": _day(sale.transport_date),
        }
    )


def order_of(invoice: Invoice) -> Object | None:
    """`orderInfo`."""
    order = invoice.info.order_reference
    return {"orderId": order.value, "orderDate": order.issue_date.isoformat()} if order else None


def exemption_of(tax: Tax) -> Object:
    """Why a subtotal has no tax; its code is a number on the wire."""
    if tax.exemption is None:
        return {}
    return {"taxExemptionReason": tax.exemption.text, "taxExemptionReasonCode": int(tax.exemption.code)}


def kind_of(tax: Tax) -> Object:
    """Which tax it is, and its rate; one by piece has none."""
    return present({"taxType": TAX_TYPES[tax.code], "percent": None if tax.rate is None else int(tax.rate)})


def item_of(line: InvoiceLine) -> str:
    """The models have no field for the seller's own code, so that it is said with the name."""
    return f"{line.name} ({line.sku})" if line.sku else line.name


def moment(instant: datetime) -> str:
    """`yyyy-MM-ddTHH:mm:ss.fffZ`, in UTC."""
    utc = instant.astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03}Z"


def gross_of(line: InvoiceLine) -> Decimal:
    """What the line comes to before its discount, without VAT."""
    return line.base + line.allowance


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
