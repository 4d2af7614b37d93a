"""The files that the simulated service gives: the document that was sent, with the number that it got."""

from lxml import etree

from providers.formats.elements import Element
from providers.hepsiburada_efaturam.simulator.invoices import CBC, amount, children, tax_number_of, text, title_of
from providers.hepsiburada_efaturam.simulator.outbox import Document
from providers.simulation.files import html_page, pdf_page

# What comes before the number in UBL.
BEFORE_THE_NUMBER = frozenset({"ublextensions", "ublversionid", "customizationid", "profileid"})


def xml_of(document: Document) -> bytes:
    """The UBL document with its number and profile, unsigned."""
    root = etree.fromstring(etree.tostring(document.sent.document))
    _set(root, "ProfileID", document.profile)
    _set(root, "ID", document.booking.number)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def html_of(document: Document) -> str:
    """A page that can be read, and nothing more."""
    return html_page(document.booking.number, _rows(document))


def pdf_of(document: Document) -> bytes:
    """One page, in a font that every reader has."""
    return pdf_page(_rows(document))


def _set(root: Element, name: str, value: str) -> None:
    found = next(children(root, name), None)
    if found is None:
        found = etree.Element(f"{{{CBC}}}{name}")
        place = sum(etree.QName(each).localname.lower() in BEFORE_THE_NUMBER for each in root)
        root.insert(place, found)
    found.text = value


def _rows(document: Document) -> list[str]:
    sent = document.sent
    parties = [sent.party(role) for role in ("AccountingSupplierParty", "AccountingCustomerParty")]
    return [
        f"{document.profile} {document.booking.number}",
        f"ETTN {sent.uuid}",
        f"{sent.text('InvoiceTypeCode')}, {sent.text('IssueDate')} {sent.text('IssueTime')}",
        *(f"{title_of(party)}, {tax_number_of(party)}" for party in parties),
        *(f"{text(each, 'Item', 'Name')}: {amount(each, 'LineExtensionAmount')}" for each in sent.lines()),
        f"Ödenecek tutar {document.booking.payable} {document.booking.currency}",
        *((each.text or "") for each in children(sent.document, "Note")),
    ]
