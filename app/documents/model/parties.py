"""The parties of a document beside its seller."""

from dataclasses import replace
from typing import Annotated, Final

from pydantic import Field

from app.documents.codelists import codes
from app.domain.lexical import Day
from app.domain.parties import ANONYMOUS_TCKN, VKN_LENGTH, Address, Person, Seller
from app.domain.record import record
from app.domain.text import STRICT, Name

ANONYMOUS_NAME: Final = ("Nihai", "Tüketici")
# A consumer without an address still has a city and a district on the document; the street has none.
NO_STREET: Final = "-"


@record
class Customer:
    """The buyer as the document names them; always with a tax number, if need be the anonymous consumer's.

    A company (VKN) has its title in `name` alone, a person (TCKN) first and family names.
    """

    name: str
    family_name: str | None
    tax_number: str
    tax_office: str | None
    address: Address
    email: str | None = None
    phone: str | None = None

    @property
    def full_name(self) -> str:
        """A company's title, or a person's first and family names."""
        return f"{self.name} {self.family_name}" if self.family_name else self.name


@record
class ForeignBuyer:
    """Who really buys where the customer is the customs office. `party_type` is EXPORT or TAXFREE.

    A person has a `family_name`, and as a tourist nationality and passport; a company its number at home.
    """

    __pydantic_config__ = STRICT

    party_type: Annotated[str, Field(pattern=r"^(EXPORT|TAXFREE)$")]
    name: Name
    family_name: Name | None = None
    address: Address
    company_id: Name | None = None
    nationality: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    passport: Name | None = None
    passport_date: Day | None = None


@record
class TaxRepresentative:
    """The agent who pays the tax back to a tourist: its VKN, and its address in the system (etiket)."""

    __pydantic_config__ = STRICT

    name: Name
    tax_number: Annotated[str, Field(pattern=r"^[0-9]{10}$")]
    label: Name
    address: Address


def country_name(code: str) -> str:
    """The Turkish name of a country by its ISO code, as documents have it; the code where GİB's list has none."""
    known = codes("countries").get(code)
    return known["name_tr"] if known else code


def customer_of(person: Person | None, seller: Seller) -> Customer:
    """The buyer of an order; without one it is the final consumer, in the seller's town."""
    if person is None:
        name, family_name = ANONYMOUS_NAME
        address = replace(seller.address, street=NO_STREET, postal_code=None)
        return Customer(name=name, family_name=family_name, tax_number=ANONYMOUS_TCKN, tax_office=None, address=address)
    buyer = person.buyer
    return Customer(
        name=buyer.name,
        family_name=buyer.family_name,
        tax_number=buyer.tax_number or ANONYMOUS_TCKN,
        tax_office=buyer.tax_office,
        address=buyer.address,
        email=buyer.email or None,
        phone=buyer.phone or None,
    )


def is_company(tax_number: str) -> bool:
    """A VKN; every other number is a person's."""
    return len(tax_number) == VKN_LENGTH


def first_and_family(name: str) -> tuple[str, str]:
    """A person's full name in the two parts that UBL-TR wants where there is a TCKN; the last word is the family's."""
    first, _, family = name.strip().rpartition(" ")
    return (first.rstrip(), family) if first else (name, NO_STREET)


def named_for_ubl(customer: Customer) -> Customer:
    """The same, with its name in the parts that its tax number asks for."""
    if is_company(customer.tax_number):
        return replace(customer, name=customer.full_name, family_name=None) if customer.family_name else customer
    if customer.family_name:
        return customer
    first, family = first_and_family(customer.name)
    return replace(customer, name=first, family_name=family)
