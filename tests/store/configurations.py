"""Artificial businesses for the tests of the store."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from app.domain.documents import DocumentType
from app.domain.parties import Address, Carrier, Seller
from app.domain.policy import Policy, Trigger
from app.store import BusinessConfiguration, Login, Series

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
SHOP = "ORNEK-MAGAZA"
PROVIDER = "nilvera"
SECRET = "a-secret-that-nobody-may-find"

POLICY = Policy(provider=PROVIDER, trigger=Trigger.SHIPMENT, earsiv_series="ORN")
SELLER = Seller(
    name="Örnek Mağazacılık A.Ş.",
    tax_number="1234567890",
    tax_office="Örnek",
    address=Address(street="Deneme Sokak 1", district="Merkez", city="Ankara"),
)
LOGIN = Login(base_url="https://provider.invalid", secrets={"api_key": SECRET}, options={"concurrency": "2"})


def business(code: str = SHOP, **others: Any) -> BusinessConfiguration:
    """A business with one of everything; `others` says otherwise."""
    usual = BusinessConfiguration(
        code=code,
        seller=SELLER,
        policy=POLICY,
        series=(Series(name="ORN", document_type=DocumentType.EARSIV),),
        carriers=(Carrier(name="Örnek Kargo", tax_number="1111111114"),),
        connections={PROVIDER: LOGIN},
    )
    return replace(usual, **others)


def with_login(**others: Any) -> BusinessConfiguration:
    """The usual business whose one login differs."""
    return business(connections={PROVIDER: replace(LOGIN, **others)})
