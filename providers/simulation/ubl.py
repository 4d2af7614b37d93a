"""A UBL invoice as a provider reads it: head, parties, lines and sums, and what is wrong with them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final

from lxml import etree

from providers.formats.elements import Element, child, children, local_name, text
from providers.simulation.files import html_page, pdf_page
from providers.simulation.record import BookedBuyer, BookedLine, Booking, Fate

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
KURUS: Final = Decimal("0.01")
HUNDRED: Final = Decimal(100)
TAX_IDS: Final = frozenset({"VKN", "TCKN"})


class BadUblError(Exception):
    """The document cannot be taken; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentInvoice:
    """One invoice as it was sent; `number` is empty where it has none. `references`: value by DocumentTypeCode."""

    root: Element = field(repr=False)
    uuid: str
    number: str
    profile: str
    type: str
    issue_date: str
    seller: str
    buyer: BookedBuyer
    order_reference: str | None
    currency: str
    lines: tuple[BookedLine, ...]
    tax_exclusive: Decimal
    payable: Decimal
    notes: tuple[str, ...]
    references: dict[str, str]

    @property
    def buyer_email(self) -> str:
        """Empty where it has none."""
        return text(self.root, "AccountingCustomerParty", "Party", "Contact", "ElectronicMail")

    def xml(self, number: str) -> bytes:
        """The document under the number that it got; a real one would be signed."""
        (identifier,) = self.root.iterchildren(f"{{{CBC}}}ID")
        identifier.text = number
        return etree.tostring(self.root, xml_declaration=True, encoding="UTF-8")

    def text(self) -> str:
        """The document as it was sent."""
        return etree.tostring(self.root, encoding="unicode")

    def rows(self, number: str) -> Sequence[str]:
        """What a page of it says."""
        return (
            f"{self.profile} {number}",
            f"ETTN {self.uuid}",
            f"{self.type}, {self.issue_date}",
            f"Satıcı {self.seller}",
            f"Sayın {self.buyer.name}, {self.buyer.tax_number}",
            *(f"{line.name}: {line.quantity}, {line.amount} + KDV {line.vat}" for line in self.lines),
            f"Ödenecek tutar {self.payable} {self.currency}",
            *self.notes,
        )

    def html(self, number: str) -> bytes:
        """Its page as HTML."""
        return html_page(number, self.rows(number)).encode()

    def pdf(self, number: str) -> bytes:
        """Its page as PDF."""
        return pdf_page(self.rows(number))


def sent_invoice(content: bytes) -> SentInvoice:
    """Reads it. Raises BadUblError for what is no invoice, lacks what every invoice has, or does not add up."""
    root = _root(content)
    for path in ("UUID", "IssueDate", "ProfileID", "InvoiceTypeCode", "DocumentCurrencyCode", "Signature/ID"):
        if not text(root, *path.split("/")):
            raise BadUblError(f"{path} is missing")
    customer = _needed(root, "AccountingCustomerParty", "Party")
    invoice = SentInvoice(
        root=root,
        uuid=text(root, "UUID").lower(),
        number=text(root, "ID"),
        profile=text(root, "ProfileID"),
        type=text(root, "InvoiceTypeCode"),
        issue_date=text(root, "IssueDate"),
        seller=_tax_number(_needed(root, "AccountingSupplierParty", "Party")),
        buyer=BookedBuyer(name=_name(customer), tax_number=_tax_number(customer), address=_address(customer)),
        order_reference=text(root, "OrderReference", "ID") or None,
        currency=text(root, "DocumentCurrencyCode"),
        lines=tuple(map(_line, children(root, "InvoiceLine"))),
        tax_exclusive=_amount(root, "LegalMonetaryTotal", "TaxExclusiveAmount"),
        payable=_amount(root, "LegalMonetaryTotal", "PayableAmount"),
        notes=tuple(note.text or "" for note in children(root, "Note")),
        references=dict(_references(root)),
    )
    _add_up(invoice)
    return invoice


def _root(content: bytes) -> Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise BadUblError(f"it is no XML: {error}") from error
    if root.getroottree().docinfo.internalDTD is not None or root.tag != f"{{{INVOICE}}}Invoice":
        raise BadUblError(f"the root is {local_name(root)}, not a UBL invoice")
    return root


def _needed(root: Element, *path: str) -> Element:
    found = child(root, *path)
    if found is None:
        raise BadUblError(f"{'/'.join(path)} is missing")
    return found


def _tax_number(party: Element) -> str:
    for each in children(party, "PartyIdentification"):
        identifier = child(each, "ID")
        if identifier is not None and identifier.get("schemeID") in TAX_IDS:
            return (identifier.text or "").strip()
    raise BadUblError("a party has neither VKN nor TCKN")


def _name(party: Element) -> str:
    person = f"{text(party, 'Person', 'FirstName')} {text(party, 'Person', 'FamilyName')}".strip()
    return text(party, "PartyName", "Name") or person


def _address(party: Element) -> str:
    names = ("StreetName", "CitySubdivisionName", "CityName")
    return ", ".join(text(party, "PostalAddress", name) for name in names)


def _amount(element: Element, *path: str) -> Decimal:
    written = text(element, *path)
    try:
        return Decimal(written)
    except InvalidOperation as error:
        raise BadUblError(f"{'/'.join(path)} is {written!r}, and no amount") from error


def _line(line: Element) -> BookedLine:
    quantity = _amount(line, "InvoicedQuantity")
    return BookedLine(
        name=text(line, "Item", "Name"),
        quantity=quantity,
        amount=_amount(line, "LineExtensionAmount"),
        vat=_amount(line, "TaxTotal", "TaxAmount"),
    )


def _references(root: Element) -> Iterator[tuple[str, str]]:
    for reference in children(root, "AdditionalDocumentReference"):
        yield text(reference, "DocumentTypeCode") or text(reference, "ID"), text(reference, "ID")


def _add_up(invoice: SentInvoice) -> None:
    """Lines to their total, each rate's tax to its base, and base and taxes to what is paid."""
    if not invoice.lines:
        raise BadUblError("there are no lines")
    root = invoice.root
    total = _amount(root, "LegalMonetaryTotal", "LineExtensionAmount")
    if sum(line.amount for line in invoice.lines) != total:
        raise BadUblError(f"the lines do not come to LineExtensionAmount {total}")
    taxes = sum((_amount(each, "TaxAmount") for each in children(root, "TaxTotal")), Decimal(0))
    if invoice.tax_exclusive + taxes != invoice.payable:
        raise BadUblError(f"{invoice.tax_exclusive} and taxes of {taxes} do not come to {invoice.payable}")
    for each in (subtotal for tax in children(root, "TaxTotal") for subtotal in children(tax, "TaxSubtotal")):
        base, rate, amount = _amount(each, "TaxableAmount"), _amount(each, "Percent"), _amount(each, "TaxAmount")
        computed = (base * rate / HUNDRED).quantize(KURUS, ROUND_HALF_UP)
        # Lines are rounded by themselves: each may be off by half a kuruş.
        if abs(computed - amount) > KURUS * len(invoice.lines):
            raise BadUblError(f"{rate} % of {base} is not {amount}")
        if not amount and not text(each, "TaxCategory", "TaxExemptionReasonCode"):
            raise BadUblError("tax that comes to nothing needs a reason")


def booking_of(invoice: SentInvoice, *, company: str, document_type: str, number: str, fate: Fate) -> Booking:
    """What a provider keeps of an invoice that it has taken; its UUID is its id."""
    return Booking(
        id=invoice.uuid,
        reference=invoice.uuid,
        number=number,
        company=company,
        document_type=document_type,
        order_reference=invoice.order_reference,
        issue_date=invoice.issue_date,
        buyer=invoice.buyer,
        payable=invoice.payable,
        currency=invoice.currency,
        lines=invoice.lines,
        booked_at=fate.booked_at,
        visible_at=fate.visible_at,
        decided_at=fate.decided_at,
        fails=fate.fails,
        ettn=invoice.uuid,
        shows_answer=invoice.profile == "TICARIFATURA",
        content=invoice.text(),
    )
