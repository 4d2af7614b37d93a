"""Numbers, dates, tax numbers and accounts: the check digits and the years that GİB's schematron does not look at."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Mode, Rule, Severity
from app.documents.codelists import codes
from app.documents.model.payment import is_wrong_iban
from app.documents.safe_input.tree import (
    CAC,
    CBC,
    Element,
    aggregates,
    content,
    date_of,
    elements,
    leaf,
    leaves,
    local_name,
    shows_nothing,
    text,
)
from app.domain.parties import PLACEHOLDERS, TCKN_LENGTH, VKN_LENGTH, is_tckn, is_vkn

# Three characters of the series, the year, nine digits of the counter.
NUMBER: Final = re.compile(r"[A-Z0-9]{3}(20[0-9]{2})([0-9]{9})", re.ASCII)
UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", re.ASCII)
TIME: Final = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
FIRST_DATE: Final = date(2005, 1, 1)
PARTIES: Final = ("AccountingSupplierParty", "AccountingCustomerParty")
# Identities of GİB's samples, of integrators' test environments and of textbooks; some have right check digits.
TEST_IDENTITIES: Final = frozenset(
    {"10000000146", "12345678901", "1234567890", "1288331521", "3333333304", "3333333888", "9876543210"}
)


def document_number(document: Document) -> Iterator[Fault]:
    """The number has the legal form, the year of its issue, and a counter that starts at 1."""
    element = leaf(document.root, "ID")
    written = content(element)
    if element is None or not written:
        return
    match = NUMBER.fullmatch(written)
    if match is None:
        yield Fault(element, "NUMBER_PATTERN", f"{written!r} is not 3 capitals or digits, the year, 9 digits.")
        return
    yield from _counted(element, match)
    if match[1] != text(document.root, "IssueDate")[:4]:
        yield Fault(
            element, "NUMBER_YEAR", f"{written} counts in {match[1]}, issued {text(document.root, 'IssueDate')}."
        )


def _counted(element: Element, match: re.Match[str]) -> Iterator[Fault]:
    if not int(match[2]):
        yield Fault(element, "NUMBER_COUNTER", f"{match[0]} has the counter 0; the first of a year and series is 1.")


def universal_id(document: Document) -> Iterator[Fault]:
    """The ETTN is a UUID."""
    element = leaf(document.root, "UUID")
    if element is not None and content(element) and not UUID.fullmatch(content(element)):
        yield Fault(element, "UUID_PATTERN", f"{content(element)!r} is no UUID of 8-4-4-4-12 hexadecimal digits.")


def readable_dates(document: Document) -> Iterator[Fault]:
    """Every date is one, a date of issue is never empty, and the time of issue is one."""
    for element in elements(document.root):
        if not local_name(element).endswith("Date") or not str(element.tag).startswith(CBC):
            continue
        written = content(element)
        if date_of(written) is None and (written or element.tag == CBC + "IssueDate"):
            yield Fault(element, "DATE_UNREADABLE", f"{written!r} is no date; write it like 2026-01-31.")
    time = leaf(document.root, "IssueTime")
    if time is None:
        message = "IssueTime is missing: GİB's guides expect it, and no rule of GİB's asks for it."
        yield Fault(document.root, "TIME_MISSING", message, Severity.WARNING)
    elif not TIME.fullmatch(content(time)):
        yield Fault(time, "TIME_UNREADABLE", f"{content(time)!r} is no time; write it like 14:42:00.")


def issue_date(document: Document) -> Iterator[Fault]:
    """The invoice and what it refers to are issued after 2004 and not in the future, as Turkey's calendar has it."""
    for element in document.root.iter(CBC + "IssueDate"):
        issued = date_of(content(element))
        if issued is not None and issued < FIRST_DATE:
            yield Fault(element, "ISSUE_DATE_EARLY", f"{issued} is before {FIRST_DATE}.")
        if issued is not None and issued > document.today:
            yield Fault(element, "ISSUE_DATE_FUTURE", f"{issued} is after today, {document.today} in Turkey.")


def party_ids(document: Document) -> Iterator[Fault]:
    """Seller and buyer have exactly one VKN or TCKN, and only ids of known schemes."""
    for name in PARTIES:
        for party in aggregates(document.root, f"{name}/Party"):
            ids = leaves(party, "PartyIdentification/ID")
            schemes = [each.get("schemeID", "") for each in ids]
            if sum(scheme in {"VKN", "TCKN"} for scheme in schemes) != 1:
                yield Fault(party, "PARTY_ID_COUNT", "A party has exactly one id of scheme VKN or TCKN.")
            for element, scheme in zip(ids, schemes, strict=True):
                if scheme not in codes("party_id_schemes"):
                    yield Fault(element, "PARTY_ID_SCHEME", f"{scheme!r} is no scheme of GİB's list.")


def party_names(document: Document) -> Iterator[Fault]:
    """A company has its title, a person first and family names."""
    for name in PARTIES:
        for party in aggregates(document.root, f"{name}/Party"):
            schemes = {each.get("schemeID") for each in leaves(party, "PartyIdentification/ID")}
            if "VKN" in schemes and shows_nothing(text(party, "PartyName/Name")):
                yield Fault(party, "PARTY_NAME", "A party with a VKN has its title in PartyName/Name.")
            names = ("Person/FirstName", "Person/FamilyName")
            if "TCKN" in schemes and any(shows_nothing(text(party, name)) for name in names):
                yield Fault(party, "PERSON_NAME", "A party with a TCKN has Person/FirstName and Person/FamilyName.")


def supplier_tax_office(document: Document) -> Iterator[Fault]:
    """The seller's tax office is expected, though no rule enforces it."""
    for party in aggregates(document.root, "AccountingSupplierParty/Party"):
        if not text(party, "PartyTaxScheme/TaxScheme/Name"):
            yield Fault(
                party, "TAX_OFFICE", "The seller's tax office (PartyTaxScheme/TaxScheme/Name) is missing.",
                Severity.WARNING,
            )  # fmt: skip


def tax_numbers(document: Document) -> Iterator[Fault]:
    """Every VKN and TCKN has its length, only digits, and right check digits; a placeholder is only where it may be."""
    for element in _tax_numbers(document.root):
        yield from tax_number_faults(document, element, content(element), element.get("schemeID", ""))


def tax_number_faults(document: Document, element: Element, written: str, scheme: str) -> Iterator[Fault]:
    """What is wrong with the one in the element: a VKN, a TCKN, or either of them (VKN_TCKN)."""
    if written in PLACEHOLDERS:
        yield from _placeholder(document, element, written)
    else:
        yield from _tax_number(document, element, written, scheme)


def _tax_numbers(root: Element) -> Iterator[Element]:
    """All of them; of others than seller and buyer an empty one says nothing."""
    of_parties = {each for name in PARTIES for each in leaves(root, f"{name}/Party/PartyIdentification/ID")}
    for element in root.iter(CBC + "ID"):
        if element.get("schemeID") in {"VKN", "TCKN", "VKN_TCKN"} and (content(element) or element in of_parties):
            yield element


def _placeholder(document: Document, element: Element, written: str) -> Iterator[Fault]:
    of_buyer = any(each.tag == CAC + "AccountingCustomerParty" for each in element.iterancestors())
    if document.profile != "EARSIVFATURA" or not of_buyer:
        yield Fault(element, "PLACEHOLDER_TAX_NUMBER", f"{written} is only for the buyer of an EARSIVFATURA.")


def _tax_number(document: Document, element: Element, written: str, scheme: str) -> Iterator[Fault]:
    lengths = {"VKN": (VKN_LENGTH,), "TCKN": (TCKN_LENGTH,)}.get(scheme, (VKN_LENGTH, TCKN_LENGTH))
    if len(written) not in lengths or not (written.isascii() and written.isdigit()):
        digits = " or ".join(str(length) for length in lengths)
        yield Fault(element, "TAX_NUMBER_FORM", f"{written!r} is no {scheme}: it has {digits} digits.")
    elif document.mode is Mode.PRODUCTION and _of_tests(written):
        yield Fault(element, "TEST_IDENTITY", f"{written} is an identity of tests; production issues to nobody by it.")
    elif not (is_vkn(written) if len(written) == VKN_LENGTH else is_tckn(written)):
        severity = Severity.ERROR if document.mode is Mode.PRODUCTION else Severity.WARNING
        kind = "VKN" if len(written) == VKN_LENGTH else "TCKN"
        yield Fault(element, f"{kind}_CHECK_DIGIT", f"The check digits of {written} are wrong.", severity)


def _of_tests(written: str) -> bool:
    return written in TEST_IDENTITIES or len(set(written)) == 1


def bank_accounts(document: Document) -> Iterator[Fault]:
    """An account that has the shape of an IBAN is a right one."""
    for element in leaves(document.root, "PaymentMeans/PayeeFinancialAccount/ID"):
        if is_wrong_iban(content(element)):
            message = f"{content(element)} is no valid IBAN: length or check digits are wrong."
            yield Fault(element, "IBAN_CHECK_DIGIT", message)


RULES: Final[tuple[Rule, ...]] = (
    document_number,
    universal_id,
    readable_dates,
    issue_date,
    party_ids,
    party_names,
    supplier_tax_office,
    tax_numbers,
    bank_accounts,
)
