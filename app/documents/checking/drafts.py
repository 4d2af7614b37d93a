"""A draft as GİB's rules can judge it: with placeholders where the signer will write."""

from copy import deepcopy
from typing import Final

from lxml import etree

from app.documents.safe_input.tree import CAC, CBC, EXT, Element, aggregates, content, leaves, text

PLACEHOLDER: Final = "{urn:faturaflow:draft}placeholder"
# What a person reads who opens the file.
UNSIGNED: Final = "unsigned draft: the signer writes here"
DS_SIGNATURE: Final = "{http://www.w3.org/2000/09/xmldsig#}Signature"
# The schema has `Signature` before the parties.
_AFTER_SIGNATURE: Final = CAC + "AccountingSupplierParty"


def is_signed(root: Element) -> bool:
    """An XML signature is in the extensions."""
    return root.find(f"{EXT}UBLExtensions//{DS_SIGNATURE}") is not None


def with_placeholders(root: Element) -> Element:
    """A copy with something in the extension and with a `cac:Signature` by the seller, where either is missing."""
    draft = deepcopy(root)
    fill_placeholders(draft)
    return draft


def fill_placeholders(draft: Element) -> None:
    """Puts them into the document itself: the signer replaces them."""
    _extension(draft)
    if not aggregates(draft, "Signature"):
        _signature(draft)


def _extension(draft: Element) -> None:
    extensions = draft.find(EXT + "UBLExtensions")
    if extensions is None:
        extensions = etree.Element(EXT + "UBLExtensions")
        draft.insert(0, extensions)
    extension = extensions.find(EXT + "UBLExtension")
    if extension is None:
        extension = etree.SubElement(extensions, EXT + "UBLExtension")
    inside = extension.find(EXT + "ExtensionContent")
    if inside is None:
        inside = etree.SubElement(extension, EXT + "ExtensionContent")
    if not len(inside):
        etree.SubElement(inside, PLACEHOLDER).text = UNSIGNED


def _signature(draft: Element) -> None:
    supplier = draft.find(_AFTER_SIGNATURE)
    if supplier is None:
        return
    ids = leaves(supplier, "Party/PartyIdentification/ID")
    seller = next((each for each in ids if each.get("schemeID") in {"VKN", "TCKN"}), None)
    signature = etree.Element(CAC + "Signature")
    supplier.addprevious(signature)
    etree.SubElement(signature, CBC + "ID", schemeID="VKN_TCKN").text = content(seller)
    party = etree.SubElement(signature, CAC + "SignatoryParty")
    identification = etree.SubElement(party, CAC + "PartyIdentification")
    scheme = "VKN" if seller is None else str(seller.get("schemeID"))
    etree.SubElement(identification, CBC + "ID", schemeID=scheme).text = content(seller)
    address = next(iter(aggregates(supplier, "Party/PostalAddress")), None)
    if address is not None:
        party.append(deepcopy(address))
    attachment = etree.SubElement(signature, CAC + "DigitalSignatureAttachment")
    reference = etree.SubElement(attachment, CAC + "ExternalReference")
    etree.SubElement(reference, CBC + "URI").text = f"#Signature_{text(draft, 'ID')}"
