"""The files of Nilvera's answers: a PDF as base64 in a JSON string, XML and HTML as text, in a JSON string or not.

Clients in use have met each of these forms.
"""

import base64
import binascii
import json
from typing import Final

from providers.http import Reply
from providers.reads import DocumentFile, FileForm

PDF_MAGIC: Final = b"%PDF-"
MARKUP: Final = b"<"
BOM: Final = b"\xef\xbb\xbf"


def file_in(reply: Reply, form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID; None when what came is no such file.

    A PDF is known by its first bytes; XML and HTML also by the UUID, which a page of a gateway's would lack.
    """
    for content in _readings(reply.body):
        if form is FileForm.PDF and content.startswith(PDF_MAGIC):
            return DocumentFile(content=content, media_type=form.media_type)
        start = content.removeprefix(BOM).lstrip()
        if form is not FileForm.PDF and start.startswith(MARKUP) and reference.lower().encode() in content.lower():
            return DocumentFile(content=content, media_type=form.media_type)
    return None


def _readings(body: bytes) -> list[bytes]:
    """The body as it is, out of its JSON string, and out of base64."""
    text = _json_text(body)
    # Half a character, which JSON can write, is in no file.
    inner = text.encode(errors="replace") if text is not None else body
    return [body, inner, *_decoded(inner)]


def _json_text(body: bytes) -> str | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None


def _decoded(text: bytes) -> list[bytes]:
    try:
        return [base64.b64decode(b"".join(text.split()), validate=True)]
    except binascii.Error:
        return []
