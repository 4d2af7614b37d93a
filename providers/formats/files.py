"""What of an answer is a document's file: known by how it begins, and by whose it is."""

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Final

from app.documents.safe_input.xml import UnsafeXmlError, parse_xml
from providers.base.reads import DocumentFile, FileForm

PDF_MAGIC: Final = b"%PDF-"
MARKUP: Final = b"<"
BOM: Final = b"\xef\xbb\xbf"


def file_among(readings: Iterable[bytes], form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID, in the first of these readings that is one; None where none is.

    A PDF is known by its first bytes, XML by its element with the UUID, HTML by the UUID in its text: in an address
    alone it may be a gateway's page about the request.
    """
    for content in readings:
        if form is FileForm.PDF and content.startswith(PDF_MAGIC):
            return DocumentFile(content=content, media_type=form.media_type)
        if form is FileForm.XML and _is_xml_of(content, reference):
            return DocumentFile(content=content, media_type=form.media_type)
        if form is FileForm.HTML and _is_page_of(content, reference):
            return DocumentFile(content=content, media_type=form.media_type)
    return None


def _is_xml_of(content: bytes, reference: str) -> bool:
    if not _markup(content):
        return False
    try:
        root = parse_xml(_markup(content))
    except UnsafeXmlError:
        return False
    return any((each.text or "").strip().lower() == reference.lower() for each in root.iter("{*}UUID"))


def _is_page_of(content: bytes, reference: str) -> bool:
    in_text = rb"(?<![/=])" + re.escape(reference.lower().encode()) + rb"(?!/)"
    return re.search(in_text, _markup(content).lower()) is not None


def _markup(content: bytes) -> bytes:
    """From its first letter on; empty where that is another one than markup begins with."""
    start = content.removeprefix(BOM).lstrip()
    return start if start.startswith(MARKUP) else b""


def decoded(text: bytes) -> list[bytes]:
    """What is in the base64, however its lines are broken; nothing where it is none."""
    try:
        return [base64.b64decode(b"".join(text.split()), validate=True)]
    except binascii.Error:
        return []
