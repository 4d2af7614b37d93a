"""The signature's parts that GİB asks for; its cryptography is not verified."""

from collections.abc import Iterator
from typing import Final

from app.documents.checking.document import Document
from app.documents.checking.findings import Fault, Rule
from app.documents.safe_input.tree import EXT, Element, aggregates, content, leaf, leaves
from app.domain.parties import TCKN_LENGTH, VKN_LENGTH

DS: Final = "{http://www.w3.org/2000/09/xmldsig#}"
XADES: Final = "{http://uri.etsi.org/01903/v1.3.2#}"
SIGNED: Final = f"{DS}Object/{XADES}QualifyingProperties/{XADES}SignedProperties/{XADES}SignedSignatureProperties"
# What a signature has, and what to call it.
PARTS: Final = {
    f"{DS}SignedInfo/{DS}Reference/{DS}Transforms": "SignedInfo/Reference/Transforms",
    f"{DS}KeyInfo/{DS}X509Data": "KeyInfo/X509Data",
    f"{SIGNED}/{XADES}SigningTime": "SigningTime",
    f"{SIGNED}/{XADES}SigningCertificate": "SigningCertificate",
}
BROKEN_METHOD: Final = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"


def signatories(document: Document) -> Iterator[Fault]:
    """An invoice has at most one cac:Signature, by a signatory with a tax number."""
    found = aggregates(document.root, "Signature")
    for each in found[1:]:
        yield Fault(each, "SIGNATURE_COUNT", "An invoice has one cac:Signature.")
    for each in found:
        identifier = leaf(each, "ID")
        of_scheme = identifier is not None and identifier.get("schemeID") == "VKN_TCKN"
        if not of_scheme or len(content(identifier)) not in {VKN_LENGTH, TCKN_LENGTH}:
            message = "The ID of cac:Signature is of scheme VKN_TCKN, with 10 or 11 characters."
            yield Fault(each, "SIGNATURE_ID", message)
        schemes = {one.get("schemeID") for one in leaves(each, "SignatoryParty/PartyIdentification/ID")}
        if schemes.isdisjoint({"VKN", "TCKN"}):
            yield Fault(each, "SIGNATORY_ID", "SignatoryParty has an id of scheme VKN or TCKN.")


def signatures(document: Document) -> Iterator[Fault]:
    """A signature has its parts, signs the whole document once, and not by a method that is broken."""
    where = f"{EXT}UBLExtensions/{EXT}UBLExtension/{EXT}ExtensionContent/{DS}Signature"
    for signature in document.root.findall(where):
        yield from _parts(signature)
        yield from _certificates(signature)
        references = signature.findall(f"{DS}SignedInfo/{DS}Reference")
        if sum(1 for each in references if each.get("URI") == "") != 1:
            yield Fault(signature, "SIGNATURE_INCOMPLETE", "One Reference signs the whole document: URI is empty.")
        for each in signature.findall(f"{DS}SignedInfo/{DS}Reference/{DS}Transforms"):
            if len(each.findall(f"{DS}Transform")) > 1:
                yield Fault(each, "SIGNATURE_TRANSFORMS", "Transforms has at most one Transform.")
        method = signature.find(f"{DS}SignedInfo/{DS}SignatureMethod")
        if method is None or method.get("Algorithm", BROKEN_METHOD) == BROKEN_METHOD:
            yield Fault(signature, "SIGNATURE_METHOD", f"The signature's method is missing, or is {BROKEN_METHOD}.")


def _parts(signature: Element) -> Iterator[Fault]:
    for path, name in PARTS.items():
        if signature.find(path) is None:
            yield Fault(signature, "SIGNATURE_INCOMPLETE", f"The signature has no {name}.")


def _certificates(signature: Element) -> Iterator[Fault]:
    for data in signature.findall(f"{DS}KeyInfo/{DS}X509Data"):
        if data.find(f"{DS}X509Certificate") is None:
            yield Fault(data, "SIGNATURE_INCOMPLETE", "X509Data has no X509Certificate.")
        subject = data.find(f"{DS}X509SubjectName")
        if subject is not None and not content(subject):
            yield Fault(subject, "SIGNATURE_INCOMPLETE", "X509SubjectName is empty.")


RULES: Final[tuple[Rule, ...]] = (signatories, signatures)
