"""Buyers, addresses and Turkish tax numbers."""

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field
from stdnum.tr import vkn

from app.domain.record import record
from app.domain.text import STRICT, Name, Website, one_line, printable

# The TCKN that the law has a seller write for a consumer who gives none. It fails the check digits by intention.
ANONYMOUS_TCKN: Final = "11111111111"
# What practice writes for a buyer without a Turkish number: the consumer, a person abroad, a company abroad.
PLACEHOLDERS: Final = frozenset({ANONYMOUS_TCKN, "22222222222", "2222222222"})
_EMAIL: Final = r"[^@\s]+@[^@\s]+"
# One mailbox as mail servers take it (RFC 5321's Dot-string, and a domain with a dot): no name, no list, no quotes.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAILBOX: Final = re.compile(rf"(?=.{{3,254}}\Z)(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")
_PHONE: Final = r"[0-9+() /.-]{1,32}"
Email = Annotated[str, Field(max_length=254, pattern=f"^{_EMAIL}$"), AfterValidator(printable)]
Phone = Annotated[str, Field(pattern=f"^{_PHONE}$")]
# A buyer's, as it was typed. No law asks for it, so its shape never keeps an order from its invoice (decision 37).
Contact = Annotated[str, Field(max_length=254), AfterValidator(one_line)]
VKN_LENGTH: Final = 10
TCKN_LENGTH: Final = 11


def is_vkn(tax_number: str) -> bool:
    """A company's tax number (Vergi Kimlik Numarası): ten digits with a right check digit."""
    return len(tax_number) == VKN_LENGTH and bool(vkn.is_valid(tax_number))


def is_tckn(tax_number: str) -> bool:
    """A person's identity number (T.C. Kimlik Numarası), or the anonymous consumer's.

    Written out, because nearly every order has one: python-stdnum takes four times as long for the same answer.
    """
    if tax_number == ANONYMOUS_TCKN:
        return True
    if len(tax_number) != TCKN_LENGTH or not (tax_number.isascii() and tax_number.isdigit()) or tax_number[0] == "0":
        return False
    digits = [*map(int, tax_number)]
    odd, even = sum(digits[0:9:2]), sum(digits[1:9:2])
    tenth = (-3 * odd - even) % 10
    return digits[9:] == [tenth, (odd + even + tenth) % 10]


def usable_email(contact: str | None) -> str | None:
    """The contact, where mail can be sent to it."""
    return contact if contact is not None and re.fullmatch(_EMAIL, contact) else None


def is_mailbox(text: str) -> bool:
    """Whether a mail can be sent to it: stricter than what a buyer's contact may look like."""
    return _MAILBOX.fullmatch(text) is not None


def hidden_email(address: str) -> str:
    """The address as it may be shown and kept: `a***@example.test`."""
    name, _, domain = address.rpartition("@")
    return f"{name[:1]}***@{domain}"


def hidden_tax_number(number: str) -> str:
    """A person's number as it may be shown in a list: `123•••••456`; a company's is public, and whole."""
    return f"{number[:3]}•••••{number[-3:]}" if len(number) == TCKN_LENGTH else number


def usable_phone(contact: str | None) -> str | None:
    """The contact, where it is written as telephone numbers are."""
    return contact if contact is not None and re.fullmatch(_PHONE, contact) else None


@record
class Address:
    """A postal address in UBL-TR's cut: district and city are mandatory there."""

    __pydantic_config__ = STRICT

    street: Name
    district: Name
    city: Name
    postal_code: Annotated[str, Field(max_length=16), AfterValidator(one_line)] | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "TR"


@record
class Buyer:
    """Who the document is made out to. `name` is a company's title, or a person's first names."""

    __pydantic_config__ = STRICT

    name: Name
    family_name: Name | None = None
    tax_number: Annotated[str, Field(pattern=r"^[0-9]{10,11}$")] | None = None
    tax_office: Name | None = None
    address: Address
    email: Contact | None = None
    phone: Contact | None = None


@record
class Person:
    """Every personal field of an order event, in one place, so that it can be encrypted and forgotten as one."""

    __pydantic_config__ = STRICT

    buyer: Buyer


@record
class Seller:
    """The business as its documents name it."""

    __pydantic_config__ = STRICT

    name: Name
    tax_number: Annotated[str, Field(pattern=r"^[0-9]{10,11}$")]
    tax_office: Name
    address: Address
    email: Email | None = None
    phone: Phone | None = None
    website: Website | None = None


@record
class Carrier:
    """A carrier in the business's registry: e-Arşiv wants its tax number beside its name."""

    __pydantic_config__ = STRICT

    name: Name
    tax_number: Annotated[str, Field(pattern=r"^[0-9]{10,11}$")]


@record
class BusinessFacts:
    """What a document needs of the business that issues it: how it appears there, and the carriers in its registry."""

    seller: Seller
    carriers: tuple[Carrier, ...] = ()
