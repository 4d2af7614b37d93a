"""Files in an invoice: the eight types that may be attached, and what GİB calls each of them."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Final

from app.domain.invoice_info.model import Attachment
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


def type_of(attachment: Attachment) -> FileType | None:
    """What its name says it is, by the extension; None for a type that may not be attached."""
    _, dot, extension = attachment.file_name.rpartition(".")
    return FILE_TYPES.get(extension.lower()) if dot else None


def named_for_gib(attachment: Attachment) -> Attachment:
    """The same file under the MIME code that GİB's list has for it; what no rule takes stays as it is."""
    known = type_of(attachment)
    foreign = known is not None and attachment.mime_code.lower() == known.also
    return replace(attachment, mime_code=known.mime) if known and foreign else attachment
