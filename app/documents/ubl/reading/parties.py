"""Seller, buyer and the others out of their elements."""

from collections.abc import Mapping
from functools import cache
from typing import Final

from app.documents.codelists import rows
from app.documents.model.parties import NO_STREET, Customer, ForeignBuyer, TaxRepresentative
from app.documents.safe_input.tree import Element, aggregates, content, leaves
from app.documents.ubl.reading.elements import code, day, needed, one, raw, text, unreadable
from app.domain.invoice_details import Identification
from app.domain.parties import Address, Seller
from app.domain.text import folded

_TAX_SCHEMES: Final = frozenset({"VKN", "TCKN"})


def read_seller(root: Element) -> tuple[Seller, tuple[Identification, ...]]:
    """The seller, and its ids beside the tax number."""
    party = needed(root, "AccountingSupplierParty/Party")
    tax_number, others = _ids(party)
    seller = Seller(
        name=raw(party, "PartyName/Name") or _full_name(party),
        tax_number=tax_number,
        tax_office=_tax_office(party) or "",
        address=read_address(needed(party, "PostalAddress")),
        email=raw(party, "Contact/ElectronicMail"),
        phone=raw(party, "Contact/Telephone"),
        website=raw(party, "WebsiteURI"),
    )
    return seller, others


def _full_name(party: Element) -> str:
    first, family = text(party, "Person/FirstName"), raw(party, "Person/FamilyName")
    return first if family in {None, NO_STREET} else f"{first} {family}"


def read_customer(root: Element) -> tuple[Customer, tuple[Identification, ...]]:
    """The buyer, and its ids beside the tax number."""
    party = needed(root, "AccountingCustomerParty/Party")
    tax_number, others = _ids(party)
    person = one(party, "Person") if _scheme(party) == "TCKN" else None
    customer = Customer(
        name=text(party, "PartyName/Name") if person is None else text(person, "FirstName"),
        family_name=None if person is None else text(person, "FamilyName"),
        tax_number=tax_number,
        tax_office=_tax_office(party),
        address=read_address(needed(party, "PostalAddress")),
        email=raw(party, "Contact/ElectronicMail"),
        phone=raw(party, "Contact/Telephone"),
    )
    return customer, others


def _tax_office(party: Element) -> str | None:
    return raw(party, "PartyTaxScheme/TaxScheme/Name")


def _scheme(party: Element) -> str:
    schemes = [each.get("schemeID", "") for each in leaves(party, "PartyIdentification/ID")]
    return next((each for each in schemes if each in _TAX_SCHEMES), "")


def _ids(party: Element) -> tuple[str, tuple[Identification, ...]]:
    found = [(each.get("schemeID", ""), content(each)) for each in leaves(party, "PartyIdentification/ID")]
    tax_numbers = [value for scheme, value in found if scheme in _TAX_SCHEMES]
    if len(tax_numbers) != 1:
        raise unreadable(party, "PARTY_ID_COUNT", "has not exactly one VKN or TCKN")
    others = tuple(Identification(scheme=s, value=value) for s, value in found if s not in _TAX_SCHEMES)
    return tax_numbers[0], others


def tax_number_of(party: Element) -> str | None:
    """VKN or TCKN, where there is one."""
    ids = leaves(party, "PartyIdentification/ID")
    return next((content(each) for each in ids if each.get("schemeID") in _TAX_SCHEMES), None)


def read_address(element: Element) -> Address:
    """Street, district and city; what UBL has beside them is not part of an address here."""
    return Address(
        street=raw(element, "StreetName") or NO_STREET,
        district=raw(element, "CitySubdivisionName") or "",
        city=raw(element, "CityName") or "",
        postal_code=raw(element, "PostalZone"),
        country=_country(element),
    )


def _country(element: Element) -> str:
    written = code(element, "Country/IdentificationCode")
    if written is not None:
        return written
    name = code(element, "Country/Name") or ""
    found = _codes_by_name().get(folded(name), name)
    if len(found) != len("TR"):
        raise unreadable(element, "COUNTRY_UNKNOWN", "names a country whose code is not known here")
    return found


@cache
def _codes_by_name() -> Mapping[str, str]:
    return {folded(name): row["code"] for row in rows("countries") for name in (row["name_tr"], row["name_en"])}


def read_foreign_buyer(root: Element) -> ForeignBuyer | None:
    """Who really buys, where the customer is customs."""
    party = one(root, "BuyerCustomerParty/Party")
    if party is None:
        return None
    types = [content(e) for e in leaves(party, "PartyIdentification/ID") if e.get("schemeID") == "PARTYTYPE"]
    person = one(party, "Person")
    return ForeignBuyer(
        party_type=types[0] if types else "",
        name=text(party, "PartyName/Name") if person is None else text(person, "FirstName"),
        family_name=None if person is None else text(person, "FamilyName"),
        address=read_address(needed(party, "PostalAddress")),
        company_id=raw(party, "PartyLegalEntity/CompanyID"),
        nationality=None if person is None else code(person, "NationalityID"),
        passport=None if person is None else raw(person, "IdentityDocumentReference/ID"),
        passport_date=None if person is None else day(person, "IdentityDocumentReference/IssueDate"),
    )


def read_tax_representative(root: Element) -> TaxRepresentative | None:
    """The agent of a tax-free sale."""
    found = aggregates(root, "TaxRepresentativeParty")
    if not found:
        return None
    party = found[0]
    ids = {each.get("schemeID"): content(each) for each in leaves(party, "PartyIdentification/ID")}
    return TaxRepresentative(
        name=text(party, "PartyName/Name"),
        tax_number=ids.get("ARACIKURUMVKN", ""),
        label=ids.get("ARACIKURUMETIKET", ""),
        address=read_address(needed(party, "PostalAddress")),
    )
