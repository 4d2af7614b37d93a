"""Which contact is the buyer's."""

from dataclasses import replace

import pytest

from app.documents.model.parties import Customer
from app.domain.parties import ANONYMOUS_TCKN, Address
from providers.contacts import ContactNames, buyer_key, contact_among

ADDRESS = Address(street="Deneme Cad. 1", district="Kadıköy", city="İstanbul")
COMPANY = Customer(name="Deneme A.Ş.", family_name=None, tax_number="1234567890", tax_office="Kadıköy", address=ADDRESS)
CONSUMER = Customer(
    name="Ayşe",
    family_name="Deneme",
    tax_number=ANONYMOUS_TCKN,
    tax_office=None,
    address=ADDRESS,
    email="ayse@example.test",
)


def names(name: str, tax_number: str | None = None, email: str | None = None) -> ContactNames:
    return ContactNames(name=name, tax_number=tax_number, email=email)


def test_a_buyer_with_a_tax_number_is_that_number_whatever_else_changes() -> None:
    renamed = replace(COMPANY, name="Deneme Ltd. Şti.", email="b@example.test")
    assert buyer_key(COMPANY).identity == buyer_key(renamed).identity
    assert buyer_key(COMPANY).details != buyer_key(renamed).details


@pytest.mark.parametrize("other", [{"email": "b@example.test"}, {"name": "Ali"}], ids=str)
def test_consumers_without_a_number_are_one_by_e_mail_and_name(other: dict[str, str]) -> None:
    assert buyer_key(CONSUMER).identity != buyer_key(replace(CONSUMER, **other)).identity
    assert buyer_key(CONSUMER).identity == buyer_key(replace(CONSUMER, email="AYSE@example.test")).identity
    known = contact_among(
        [(names("İLKIN IŞIK", None, "i@example.test"), 1)], names("ilkın ışık", None, "İ@example.test")
    )
    assert known == 1


def test_a_contact_is_found_by_its_number_and_of_several_the_one_of_the_same_name() -> None:
    rows = [(names("Başka", "1234567890"), 1), (names("DENEME A.Ş.", "1234567890"), 2), (names("Deneme A.Ş."), 3)]
    assert contact_among(rows, names("Deneme A.Ş.", "1234567890")) == 2
    assert contact_among(rows[:1], names("Deneme A.Ş.", "1234567890")) == 1
    assert contact_among(rows[2:], names("Deneme A.Ş.", "1234567890")) is None


def test_a_consumer_is_found_by_e_mail_and_name_and_never_is_somebody_with_a_number() -> None:
    wanted = names("Ayşe Deneme", ANONYMOUS_TCKN, "ayse@example.test")
    rows = [
        (names("Ayşe Deneme", "1234567890", "ayse@example.test"), 1),
        (names("Ayşe Deneme", None, "b@example.test"), 2),
        (names("ayşe  deneme", "", "Ayse@example.test"), 3),
    ]
    assert contact_among(rows, wanted) == 3
    assert contact_among(rows[:2], wanted) is None
