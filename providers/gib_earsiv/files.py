"""The portal's files: a ZIP with a page and the UBL, under the wrong content type; nothing where it has none."""

import io
import zipfile
import zlib
from typing import Final

from lxml import etree

from providers.base.reads import DocumentFile, FileForm
from providers.formats import elements
from providers.formats.elements import Element
from providers.formats.zips import MOST_BYTES
from providers.gib_earsiv.answers import Shown, amount_in

NAMES: Final = {FileForm.XML: "_f.xml", FileForm.HTML: "_f.html"}


def file_in(content: bytes, form: FileForm, ettn: str) -> bytes | None:
    """The file of this document and form; None where the ZIP is none, or another document's."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(f"{ettn}{NAMES[form]}") as file:
            found = file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, ValueError, EOFError, KeyError, NotImplementedError, RuntimeError, OSError):
        return None
    return found if len(found) <= MOST_BYTES else None


def document_file(content: bytes, form: FileForm, ettn: str) -> DocumentFile | None:
    """The same, as it is given to a person."""
    found = file_in(content, form, ettn)
    return DocumentFile(content=found, media_type=form.media_type) if found else None


def shown_in(xml: bytes) -> Shown | None:
    """What the UBL of a document shows; None for what is none."""
    try:
        root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))
    except (etree.XMLSyntaxError, ValueError):
        return None
    return Shown(
        buyer=_buyer(root),
        currency=elements.text(root, "DocumentCurrencyCode"),
        payable=amount_in(elements.text(root, "LegalMonetaryTotal", "PayableAmount")),
        text="\n".join((note.text or "") for note in elements.children(root, "Note")),
        order=elements.text(root, "OrderReference", "ID") or None,
    )


def _buyer(root: Element) -> str:
    party = elements.child(root, "AccountingCustomerParty", "Party")
    ids = (
        []
        if party is None
        else [elements.child(each, "ID") for each in elements.children(party, "PartyIdentification")]
    )
    named = {each.get("schemeID"): (each.text or "").strip() for each in ids if each is not None}
    return named.get("VKN") or named.get("TCKN") or ""
