"""UBL documents for the providers that take XML: made and checked, told apart, and masked. The same for all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Final

from lxml import etree

from app.documents.checked_ubl import checked_ubl
from app.documents.checking import Mode
from app.documents.prepared import Content, DocumentErrors
from app.documents.safe_input.tree import CBC, Element, aggregates, content, decimal, leaves, text
from app.documents.safe_input.xml import UnsafeXmlError, parse
from app.documents.ubl.dialect import Dialect, ReportFacts
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info.model import AdditionalDocument
from providers.base import Different, UnpreparableError
from providers.masking import Mask, personal
from providers.preparing import CheckedDocument

# The option that says where a provider reads an internet sale in the UBL; GİB defines no place for it.
INTERNET_SALE: Final = "internet_sale"
BUYER: Final = "AccountingCustomerParty/Party"
# A country and a kind of number are no secrets, and words of many sentences.
_NAMES: Final = ("PartyName/Name", "Person/FirstName", "Person/FamilyName")
_PERSONAL: Final = (
    *_NAMES, "PartyIdentification/ID", "PostalAddress/StreetName", "PostalAddress/CitySubdivisionName",
    "PostalAddress/CityName", "PostalAddress/PostalZone", "Contact/Telephone", "Contact/ElectronicMail",
)  # fmt: skip
_PLACES: Final = {each.value: each for each in ReportFacts if each is not ReportFacts.NONE}


def dialect_of(options: Mapping[str, str]) -> Dialect:
    """Where the facts of the e-Arşiv report go. Raises ValueError for a place that is not known."""
    place = options.get(INTERNET_SALE)
    if place is None:
        return Dialect(report=ReportFacts.NONE)
    if place not in _PLACES:
        raise ValueError(f"option {INTERNET_SALE} must be one of {', '.join(sorted(_PLACES))}, not {place!r}")
    return Dialect(report=_PLACES[place])


def ubl_requirements(content: Content, options: Mapping[str, str]) -> Iterator[FieldError]:
    """What cannot be written into the XML, by name: an internet sale without a place, a template that is elsewhere."""
    info = content.order.invoice_info
    is_sale = content.order.website is not None or (info is not None and info.internet_info is not None)
    if is_sale and content.document_type is DocumentType.EARSIV and INTERNET_SALE not in options:
        message = (
            "it is not published where an internet sale is written for this provider: ask it, and set the connection's "
            f"option {INTERNET_SALE} ({', '.join(sorted(_PLACES))})"
        )
        yield FieldError(path="$.order.website", code="INTERNET_SALE_PLACE_UNKNOWN", message=message)
    yield from template_requirements(content)


def template_requirements(content: Content) -> Iterator[FieldError]:
    """A UBL document brings its template with it."""
    info = content.order.invoice_info
    if info is not None and info.template_uuid is not None:
        message = "names a template, and a UBL document brings its own: give it in TemplateBase64String"
        yield FieldError(path="$.order.invoice_info.TemplateUUID", code="TEMPLATE_UUID_UNSUPPORTED", message=message)


def xml_of(
    document: CheckedDocument,
    *,
    mode: Mode,
    dialect: Dialect,
    unnumbered: str,
    references: tuple[AdditionalDocument, ...] = (),
    notes: tuple[str, ...] = (),
) -> str:
    """The document's XML, checked by every layer, with the provider's own references and notes.

    `unnumbered`: its `cbc:ID` where the provider gives the number. Raises UnpreparableError with everything that is
    wrong.
    """
    xml = checked_ubl(document.invoice, mode=mode, dialect=dialect, references=references, notes=notes)
    if isinstance(xml, DocumentErrors):
        raise UnpreparableError(xml.errors)
    return xml.decode() if document.number else _renumbered(xml, unnumbered)


def _renumbered(xml: bytes, number: str) -> str:
    """What is checked has a number that only looks like one; it is not sent."""
    root = parse(xml)
    (identifier,) = root.iterchildren(CBC + "ID")
    identifier.text = number
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8").decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class UblSummary:
    """What tells one document from another: identity first, then kind, parties and sums."""

    uuid: str
    number: str
    order_reference: str
    profile: str
    type: str
    issue_date: str
    seller: str
    buyer: str
    currency: str
    tax_exclusive: Decimal | None
    payable: Decimal | None


def summary_of(xml: bytes | str) -> UblSummary:
    """The summary of a UBL invoice, signed or not. Raises ValueError for what may not be read or is none."""
    root = parse(xml.encode() if isinstance(xml, str) else xml)
    return UblSummary(
        uuid=text(root, "UUID").lower(),
        number=text(root, "ID"),
        order_reference=text(root, "OrderReference/ID"),
        profile=text(root, "ProfileID"),
        type=text(root, "InvoiceTypeCode"),
        issue_date=text(root, "IssueDate"),
        seller=_tax_number(root, "AccountingSupplierParty/Party"),
        buyer=_tax_number(root, BUYER),
        currency=text(root, "DocumentCurrencyCode"),
        tax_exclusive=decimal(text(root, "LegalMonetaryTotal/TaxExclusiveAmount")),
        payable=decimal(text(root, "LegalMonetaryTotal/PayableAmount")),
    )


def compared(found: UblSummary, sent: UblSummary, number: str | None) -> Different | None:
    """None when what was found is the document that was sent. `number`: ours, where we number."""
    expected = {each.name: getattr(sent, each.name) for each in fields(UblSummary) if each.name != "number"}
    expected |= {"number": number} if number else {}
    different = [(name, value) for name, value in expected.items() if getattr(found, name) != value]
    if not different:
        return None
    return Different(detail="; ".join(f"{name} is {getattr(found, name)}, not {value}" for name, value in different))


def mask_of(request: str | None) -> Mask:
    """The mask of the buyer's fields in a document; of the personal forms alone, where there is none."""
    try:
        root = parse(request.encode()) if request else None
    except UnsafeXmlError:
        root = None
    parties = aggregates(root, BUYER) if root is not None else []
    said = {path: [content(each) for party in parties for each in leaves(party, path)] for path in _PERSONAL}
    names = [name for path in _NAMES for name in said[path]]
    return personal([*(value for values in said.values() for value in values), " ".join(names)], names=names)


def _tax_number(root: Element, path: str) -> str:
    """The VKN or TCKN of a party."""
    ids = leaves(root, f"{path}/PartyIdentification/ID")
    return next((content(each) for each in ids if each.get("schemeID") in {"VKN", "TCKN"}), "")
