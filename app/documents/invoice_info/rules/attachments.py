"""Files in the invoice: eight types are allowed, and a file is what its name says."""

from collections.abc import Iterator

from app.documents.invoice_info.rules.errors import error_at
from app.documents.model.attachments import FILE_TYPES, type_of
from app.domain.errors import FieldError
from app.domain.invoice_info.fields import MOST_BASE64, decoded
from app.domain.invoice_info.model import AdditionalDocument, Attachment, InvoiceInfo


def file_types(info: InvoiceInfo) -> Iterator[FieldError]:
    """By the extension, in either case."""
    for path, attachment in _attachments(info):
        if type_of(attachment) is None:
            message = f"only {', '.join(FILE_TYPES)} may be attached"
            yield error_at(f"{path}.FileName", "FILE_TYPE_NOT_ALLOWED", message)


def mime_codes(info: InvoiceInfo) -> Iterator[FieldError]:
    """What belongs to the extension, by GİB's name or, where GİB has none, by the world's."""
    for path, attachment in _attachments(info):
        known = type_of(attachment)
        if known is not None and attachment.mime_code.lower() not in {known.mime, known.also}:
            yield error_at(f"{path}.MimeCode", "MIME_CODE_MISMATCH", f"a file with this name is {known.mime}")


def contents(info: InvoiceInfo) -> Iterator[FieldError]:
    """By the first bytes, so that nothing else travels under an allowed name."""
    for path, attachment in _attachments(info):
        known = type_of(attachment)
        if known is not None and not decoded(attachment.base64_data).startswith(known.beginning):
            yield error_at(
                f"{path}.Base64Data", "FILE_CONTENT_MISMATCH", "does not begin as a file with this name does"
            )


def all_together(info: InvoiceInfo) -> Iterator[FieldError]:
    """Template and files travel in one record: the bound of one is the bound of all."""
    size = len(info.template_base64_string or "") + sum(len(each.base64_data) for _, each in _attachments(info))
    if size > MOST_BASE64:
        message = f"template and files have {size} characters of base64 together; at most {MOST_BASE64} are taken"
        yield error_at("AdditionalDocumentReferences", "ATTACHMENTS_TOO_LARGE", message)


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
