"""The files of Nilvera's answers: a PDF as base64 in a JSON string, XML and HTML as text, in a JSON string or not.

Clients in use have met each of these forms.
"""

import json

from providers.base.reads import DocumentFile, FileForm
from providers.formats.files import decoded, file_among
from providers.transport.http import Reply


def file_in(reply: Reply, form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID; None when what came is no such file."""
    return file_among(_readings(reply.body), form, reference)


def _readings(body: bytes) -> list[bytes]:
    """The body as it is, out of its JSON string, and out of base64."""
    text = _json_text(body)
    # Half a character, which JSON can write, is in no file.
    inner = text.encode(errors="replace") if text is not None else body
    return [body, inner, *decoded(inner)]


def _json_text(body: bytes) -> str | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None
