"""Who an order is for, in the interface's words."""

from typing import Annotated, Any, Final

from pydantic import Field

from app.domain.parties import Contact
from app.web.api.wire.model import Code, Name, WireDay, WireModel

_COUNTRY: Final = r"^[A-Z]{2}$"
Country = Annotated[str, Field(pattern=_COUNTRY, examples=["TR"])]
TaxNumber = Annotated[str, Field(pattern=r"^[0-9]{10,11}$", examples=["10000000146"])]
PostalCode = Annotated[str, Field(max_length=16)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2}$", examples=["tr"])]


class PostalAddress(WireModel):
    """An address. `district` is ours: UBL-TR wants one beside the city; without it the city stands for both."""

    salutation: Code | None = None
    title: Code | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    care_of: Name | None = None
    street: Name
    street_number: Code | None = None
    district: Name | None = None
    postal_code: PostalCode | None = None
    postal_place: Name
    country_code: Country = "TR"
    email: Contact | None = None
    phone: Contact | None = None

    def address(self) -> dict[str, Any]:
        """The fields of a domain address."""
        care_of = f"c/o {self.care_of}, " if self.care_of else ""
        number = f" {self.street_number}" if self.street_number else ""
        return {
            "street": f"{care_of}{self.street}{number}",
            "district": self.district or self.postal_place,
            "city": self.postal_place,
            "country": self.country_code,
            **self.given("postal_code"),
        }


class ShipToAddress(PostalAddress):
    """Where the goods go. Checked and not kept: the documents that we make have no place for it."""

    state: Name | None = None


class BillToAddress(PostalAddress):
    """The buyer. `companyName` and `taxOffice` are ours; with a company's name the first and last names are not used.

    `salutation`, `title`, `language`, `birthDate`, `nationality` and `customerGroup` are checked and not kept: no
    invoice needs them.
    """

    company_name: Name | None = None
    tax_identification_number: TaxNumber | None = None
    tax_office: Name | None = None
    language: Language | None = None
    birth_date: WireDay | None = None
    nationality: Country | None = None
    customer_group: Code | None = None

    def buyer(self) -> dict[str, Any]:
        """The fields of a domain buyer; a name that is missing is found missing by the domain."""
        named: dict[str, Any] = {"name": self.company_name} if self.company_name else self._named()
        if self.tax_identification_number:
            named["tax_number"] = self.tax_identification_number
        return {**named, "address": self.address(), **self.given("tax_office", "email", "phone")}

    def _named(self) -> dict[str, Any]:
        first, last = self.first_name, self.last_name
        return {key: name for key, name in (("name", first or last), ("family_name", last if first else None)) if name}
