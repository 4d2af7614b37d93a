"""An invoice command and its business, plainly artificial, with right check digits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.commands import Action, DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType, Intent
from app.domain.identity import derived
from app.domain.orders import OrderLine, OrderType
from app.domain.parties import Address, BusinessFacts, Buyer, Carrier, Person, Seller
from app.domain.payment import Payment, PaymentMethod
from app.domain.policy import DocumentTypeChoice
from providers.base import Adapter, ConnectionSettings, Prepared
from providers.registry import provider

SELLER_VKN = "1111111114"
REGISTERED_VKN = "2000000002"
UNREGISTERED_VKN = "3000000003"
TCKN = "10000000078"
# 00:30 in Istanbul on the second of May; still the first in Greenwich.
ISSUED_AT = datetime(2026, 5, 1, 21, 30, tzinfo=UTC)

ADDRESS = Address(street="Deneme Sokak 1", district="Kadıköy", city="İstanbul", postal_code="34710")
SELLER = Seller(name="Deneme Ticaret A.Ş.", tax_number=SELLER_VKN, tax_office="Kadıköy", address=ADDRESS)
CARRIER = Carrier(name="Deneme Kargo", tax_number="9876543217")
FACTS = BusinessFacts(seller=SELLER, carriers=(CARRIER,))
CONSUMER = Person(
    buyer=Buyer(name="Ayşe", family_name="Örnek", tax_number=TCKN, address=ADDRESS, email="ayse@example.test")
)
TAXPAYER = Person(
    buyer=Buyer(name="Örnek Sanayi Ltd. Şti.", tax_number=REGISTERED_VKN, tax_office="Şişli", address=ADDRESS)
)
LINE = OrderLine(
    line_reference="L1", name="Çay bardağı", quantity=Decimal(3), unit_price=Decimal("40.00"), vat_rate=Decimal(20)
)


def document_order(**changes: Any) -> DocumentOrder:
    """Three tea glasses for 120 lira, sold on the web, shipped; with what a test changes."""
    order = DocumentOrder(
        intent=Intent.INVOICE,
        order_date=date(2026, 4, 30),
        order_type=OrderType.PHYSICAL_GOODS,
        currency="TRY",
        exchange_rate=None,
        prices_include_vat=True,
        lines=(LINE,),
        payment=Payment(method=PaymentMethod.CARD, paid_on=date(2026, 4, 30)),
        website="shop.example",
        note="Teşekkürler",
        carrier="Deneme Kargo",
        shipment_reference="S-1",
        invoice_reference=None,
        dispatch_date=date(2026, 5, 2),
        due_date=None,
        tracking_code=None,
        document_type=DocumentTypeChoice.AUTO,
        earsiv_series="ABC",
        efatura_series="EFA",
        efatura_profile="TEMELFATURA",
    )
    return replace(order, **changes)


def command(name: str = "first", person: Person | None = CONSUMER, **changes: Any) -> InvoiceCommand:
    """A command for a document of its own: another `name` is another document."""
    return InvoiceCommand(
        command_id=derived("command", name),
        action=Action.ISSUE,
        revision=1,
        document_id=derived("document", name),
        business="shop",
        order_reference=f"ORDER-{name}",
        provider="nilvera",
        connection="nilvera",
        occurred_at=ISSUED_AT,
        caused_by=derived("event", name),
        order=document_order(**changes),
        person=person,
    )


# A login of any kind.
SECRETS = {
    "api_key": "a key",
    "channel": "a channel",
    "username": "seller",
    "email": "api@example.test",
    "password": "a key",
    "client_id": "a client",
    "client_secret": "a client's key",
}
# What a provider's connections must say.
NEEDED_OPTIONS: Mapping[str, Mapping[str, str]] = {
    "dia": {
        "firma_kodu": "34",
        "donem_kodu": "2026=1 2027=2",
        "sube_key": "101",
        "depo_key": "202",
        "products": "general",
        "product": "GENEL",
    },
    "parasut": {"company_id": SELLER_VKN},
    "qnb-esolutions": {"tax_number": SELLER_VKN, "erp_code": "ERP1"},
    "sovos": {"tax_number": SELLER_VKN, "sender_alias": f"urn:mail:defaultgb@{SELLER_VKN}.example"},
}


def connected(name: str, **options: str) -> Adapter:
    """An adapter of this provider that has asked nothing yet."""
    needed = NEEDED_OPTIONS.get(name, {})
    settings = ConnectionSettings(base_url="https://api.example", secrets=SECRETS, options={**needed, **options})
    return provider(name).connect(settings)


def prepared_by(
    name: str,
    made: InvoiceCommand,
    document_type: DocumentType,
    facts: BusinessFacts = FACTS,
    *,
    number: str | None = None,
    **options: str,
) -> Prepared:
    """The request of this provider's adapter at `ISSUED_AT`; nothing is sent."""
    return connected(name, **options).prepare(made, facts, document_type, ISSUED_AT, number)
