"""What of an answer is a document's file: known by how it begins, and by whose it is."""

import base64
import binascii
from collections.abc import Iterable
from typing import Final

from providers.base.reads import DocumentFile, FileForm

PDF_MAGIC: Final = b"%PDF-"
MARKUP: Final = b"<"
BOM: Final = b"\xef\xbb\xbf"


def file_among(readings: Iterable[bytes], form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID, in the first of these readings that is one; None where none is.

    A PDF is known by its first bytes; XML and HTML also by the UUID, which a page of a gateway's would lack.
    """
    for content in readings:
        if form is FileForm.PDF and content.startswith(PDF_MAGIC):
            return DocumentFile(content=content, media_type=form.media_type)
        start = content.removeprefix(BOM).lstrip()
        if form is not FileForm.PDF and start.startswith(MARKUP) and reference.lower().encode() in content.lower():
            return DocumentFile(content=content, media_type=form.media_type)
    return None


def decoded(text: bytes) -> list[bytes]:
    """What is in the base64, however its lines are broken; nothing where it is none."""
    try:
        return [base64.b64decode(b"".join(text.split()), validate=True)]
    except binascii.Error:
        return []
