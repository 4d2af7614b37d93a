"""Files in the invoice: eight types are allowed, and a file is what its name says."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from app.documents.invoice_info.rules.faults import fault
from app.domain.errors import FieldError
from app.domain.invoice_info.fields import MOST_BASE64, decoded
from app.domain.invoice_info.model import AdditionalDocument, Attachment, InvoiceInfo
from app.domain.record import record


@record
class FileType:
    """What a file with this extension is called in GİB's list of MIME codes, and how it begins.

    `also` is what the rest of the world calls it, where GİB's list has no such code.
    """

    mime: str
    beginning: bytes
    also: str | None = None


_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_OOXML: Final = "application/vnd.openxmlformats-officedocument"
_POWERPOINT: Final = "application/vnd.ms-powerpoint"
_JPEG: Final = FileType(mime="image/jpeg", beginning=b"\xff\xd8\xff")
FILE_TYPES: Final[Mapping[str, FileType]] = MappingProxyType(
    {
        "doc": FileType(mime="application/msword", beginning=_OLE),
        "docx": FileType(mime=f"{_OOXML}.wordprocessingml.document", beginning=_ZIP),
        "ppt": FileType(mime=_POWERPOINT, beginning=_OLE),
        # GİB's list has a code for documents of this family, and none for presentations.
        "pptx": FileType(mime=_POWERPOINT, beginning=_ZIP, also=f"{_OOXML}.presentationml.presentation"),
        "pdf": FileType(mime="application/pdf", beginning=b"%PDF-"),
        "jpg": _JPEG,
        "jpeg": _JPEG,
        "png": FileType(mime="image/png", beginning=b"\x89PNG\r\n\x1a\n"),
    }
)


def file_types(info: InvoiceInfo) -> Iterator[FieldError]:
    """By the extension, in either case."""
    for path, attachment in _attachments(info):
        if _type_of(attachment) is None:
            message = f"only {', '.join(FILE_TYPES)} may be attached"
            yield fault(f"{path}.FileName", "FILE_TYPE_NOT_ALLOWED", message)


def mime_codes(info: InvoiceInfo) -> Iterator[FieldError]:
    """What belongs to the extension, by GİB's name or, where GİB has none, by the world's."""
    for path, attachment in _attachments(info):
        known = _type_of(attachment)
        if known is not None and attachment.mime_code.lower() not in {known.mime, known.also}:
            yield fault(f"{path}.MimeCode", "MIME_CODE_MISMATCH", f"a file with this name is {known.mime}")


def contents(info: InvoiceInfo) -> Iterator[FieldError]:
    """By the first bytes, so that nothing else travels under an allowed name."""
    for path, attachment in _attachments(info):
        known = _type_of(attachment)
        if known is not None and not decoded(attachment.base64_data).startswith(known.beginning):
            yield fault(f"{path}.Base64Data", "FILE_CONTENT_MISMATCH", "does not begin as a file with this name does")


def all_together(info: InvoiceInfo) -> Iterator[FieldError]:
    """Template and files travel in one record: the bound of one is the bound of all."""
    size = len(info.template_base64_string or "") + sum(len(each.base64_data) for _, each in _attachments(info))
    if size > MOST_BASE64:
        message = f"template and files have {size} characters of base64 together; at most {MOST_BASE64} are taken"
        yield fault("AdditionalDocumentReferences", "ATTACHMENTS_TOO_LARGE", message)


def named_for_gib(attachment: Attachment) -> Attachment:
    """The same file under the MIME code that GİB's list has for it; what no rule takes stays as it is."""
    known = _type_of(attachment)
    foreign = known is not None and attachment.mime_code.lower() == known.also
    return replace(attachment, mime_code=known.mime) if known and foreign else attachment


def _attachments(info: InvoiceInfo) -> Iterator[tuple[str, Attachment]]:
    documents: list[tuple[str, AdditionalDocument]] = [
        (f"AdditionalDocumentReferences[{index}]", each)
        for index, each in enumerate(info.additional_document_references)
    ]
    if info.order_reference_document is not None:
        documents.insert(0, ("OrderReferenceDocument", info.order_reference_document))
    for path, document in documents:
        if document.attachment is not None:
            yield f"{path}.Attachment", document.attachment


def _type_of(attachment: Attachment) -> FileType | None:
    _, dot, extension = attachment.file_name.rpartition(".")
    return FILE_TYPES.get(extension.lower()) if dot else None
