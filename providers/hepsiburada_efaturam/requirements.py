"""What Hepsiburada E-Faturam asks beyond a sound invoice."""

from collections.abc import Iterator

from app.documents.prepared import Content
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS
from providers.formats.ubl import template_requirements


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason that is known here. A series is none: without one the default series numbers."""
    yield from template_requirements(content)
    number = content.person.buyer.tax_number if content.person else None
    if content.document_type is DocumentType.EFATURA and (number is None or number in PLACEHOLDERS):
        message = "an e-Fatura goes to a registered taxpayer"
        yield FieldError(path="$.person.buyer.tax_number", code="TAX_NUMBER_REQUIRED", message=message)
