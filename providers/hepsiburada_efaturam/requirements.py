"""What Hepsiburada E-Faturam asks beyond a sound invoice."""

from collections.abc import Iterator

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason that is known here. A series is none: without one the default series numbers."""
    info = content.order.invoice_info
    if info is not None and info.template_uuid is not None:
        message = "names a template, and a UBL document brings its own: give it in TemplateBase64String"
        yield FieldError(path="$.order.invoice_info.TemplateUUID", code="TEMPLATE_UUID_UNSUPPORTED", message=message)
    number = content.person.buyer.tax_number if content.person else None
    if content.document_type is DocumentType.EFATURA and (number is None or number in PLACEHOLDERS):
        message = "an e-Fatura goes to a registered taxpayer"
        yield FieldError(path="$.person.buyer.tax_number", code="TAX_NUMBER_REQUIRED", message=message)
