"""What a document must have at QNB beyond GİB's rules: what has no place in its UBL is refused by name."""

from collections.abc import Iterator, Mapping

from app.documents.prepared import Content, Requirements
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from providers.formats.ubl import ubl_requirements
from providers.options import NUMBERS
from providers.preparing import registered_buyer_errors
from providers.qnb_esolutions.mapping import SERIES_LENGTH


def requirements_for(options: Mapping[str, str]) -> Requirements:
    """The requirements of one connection."""

    def requirements_of(content: Content) -> Iterator[FieldError]:
        yield from ubl_requirements(content, options)
        if content.document_type is DocumentType.EFATURA:
            yield from registered_buyer_errors(content.person)
        if options.get(NUMBERS) == "provider" and len(content.order.earsiv_series or "") != SERIES_LENGTH:
            message = "QNB numbers from a series of three characters, and the policy names none"
            yield FieldError(path="$.order.earsiv_series", code="SERIES_REQUIRED", message=message)

    return requirements_of
