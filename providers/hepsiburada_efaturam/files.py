"""The files of its answers: `Data` is base64 of a PDF or of the signed XML, `Html` is a page."""

from collections.abc import Mapping
from typing import Final

from providers.base.reads import DocumentFile, FileForm
from providers.formats.files import decoded, file_among
from providers.hepsiburada_efaturam.answers import field

ACTIONS: Final[Mapping[FileForm, str]] = {
    FileForm.PDF: "GetOutboxInvoicePdf",
    FileForm.XML: "GetOutboxInvoiceData",
    FileForm.HTML: "GetOutboxInvoiceView",
}


def file_in(value: object, form: FileForm, reference: str) -> DocumentFile | None:
    """The file of the document with this UUID; None when what came is no such file."""
    content = field(value, "Html" if form is FileForm.HTML else "Data")
    if not isinstance(content, str):
        return None
    text = content.encode(errors="replace")
    return file_among([text, *decoded(text)], form, reference)
