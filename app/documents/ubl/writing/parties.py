"""Seller, buyer and the other parties of an invoice."""

from collections.abc import Iterable

from app.documents.model.invoice import Invoice
from app.documents.model.parties import (
    Customer,
    ForeignBuyer,
    TaxRepresentative,
    country_name,
    first_and_family,
    is_company,
)
from app.documents.safe_input.tree import Element
from app.documents.ubl.writing.elements import aggregate, day, identified, leaf, optional
from app.domain.invoice_details import Identification
from app.domain.parties import Address, Seller


def write_seller(root: Element, invoice: Invoice, website: str | None) -> None:
    """`website` is the shop's, where the dialect has it here; else the seller's own."""
    seller = invoice.seller
    party = aggregate(aggregate(root, "AccountingSupplierParty"), "Party")
    optional(party, "WebsiteURI", website or seller.website)
    _ids(party, seller.tax_number, invoice.seller_ids)
    first, family = (None, None) if is_company(seller.tax_number) else first_and_family(seller.name)
    _named(party, seller, seller.name if first is None else None)
    if first is not None and family is not None:
        _person(party, first, family)


def write_customer(root: Element, invoice: Invoice) -> None:
    """The buyer; for an export the customs office."""
    customer = invoice.customer
    party = aggregate(aggregate(root, "AccountingCustomerParty"), "Party")
    _ids(party, customer.tax_number, invoice.customer_ids)
    _named(party, customer, customer.name if is_company(customer.tax_number) else None)
    if not is_company(customer.tax_number):
        _person(party, customer.name, customer.family_name or "")


def _ids(party: Element, tax_number: str, further: Iterable[Identification]) -> None:
    write_tax_number(party, tax_number)
    for each in further:
        identified(aggregate(party, "PartyIdentification"), each.scheme, each.value)


def write_tax_number(party: Element, tax_number: str) -> None:
    """VKN or TCKN by its length."""
    identified(aggregate(party, "PartyIdentification"), "VKN" if is_company(tax_number) else "TCKN", tax_number)


def _named(party: Element, who: Seller | Customer, title: str | None) -> None:
    if title is not None:
        leaf(aggregate(party, "PartyName"), "Name", title)
    write_address(party, who.address)
    if who.tax_office is not None:
        leaf(aggregate(aggregate(party, "PartyTaxScheme"), "TaxScheme"), "Name", who.tax_office)
    if who.phone is not None or who.email is not None:
        contact = aggregate(party, "Contact")
        optional(contact, "Telephone", who.phone)
        optional(contact, "ElectronicMail", who.email)


def write_address(parent: Element, address: Address, name: str = "PostalAddress") -> None:
    """District, city and country are mandatory in UBL-TR."""
    written = aggregate(parent, name)
    leaf(written, "StreetName", address.street)
    leaf(written, "CitySubdivisionName", address.district)
    leaf(written, "CityName", address.city)
    optional(written, "PostalZone", address.postal_code)
    country = aggregate(written, "Country")
    leaf(country, "IdentificationCode", address.country)
    leaf(country, "Name", country_name(address.country))


def _person(party: Element, first: str, family: str) -> Element:
    person = aggregate(party, "Person")
    leaf(person, "FirstName", first)
    leaf(person, "FamilyName", family)
    return person


def write_foreign_buyer(root: Element, buyer: ForeignBuyer) -> None:
    """Who really buys, where the customer is customs."""
    party = aggregate(aggregate(root, "BuyerCustomerParty"), "Party")
    identified(aggregate(party, "PartyIdentification"), "PARTYTYPE", buyer.party_type)
    if buyer.family_name is None:
        leaf(aggregate(party, "PartyName"), "Name", buyer.name)
        write_address(party, buyer.address)
        legal = aggregate(party, "PartyLegalEntity")
        leaf(legal, "RegistrationName", buyer.name)
        optional(legal, "CompanyID", buyer.company_id)
        return
    write_address(party, buyer.address)
    person = _person(party, buyer.name, buyer.family_name)
    optional(person, "NationalityID", buyer.nationality)
    if buyer.passport is not None:
        passport = aggregate(person, "IdentityDocumentReference")
        leaf(passport, "ID", buyer.passport)
        day(passport, "IssueDate", buyer.passport_date)


def write_tax_representative(root: Element, agent: TaxRepresentative) -> None:
    """The agent of a tax-free sale."""
    party = aggregate(root, "TaxRepresentativeParty")
    identified(aggregate(party, "PartyIdentification"), "ARACIKURUMVKN", agent.tax_number)
    identified(aggregate(party, "PartyIdentification"), "ARACIKURUMETIKET", agent.label)
    leaf(aggregate(party, "PartyName"), "Name", agent.name)
    write_address(party, agent.address)
