"""What a document must have at Sovos beyond GİB's rules: what has no place in its UBL is refused by name."""

from collections.abc import Iterator, Mapping

from app.documents.prepared import Content, Requirements
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from providers.formats.ubl import ubl_requirements
from providers.options import NUMBERS
from providers.preparing import no_place, registered_buyer_errors


def requirements_for(options: Mapping[str, str]) -> Requirements:
    """The requirements of one connection."""

    def requirements_of(content: Content) -> Iterator[FieldError]:
        yield from ubl_requirements(content, options)
        if content.document_type is DocumentType.EFATURA:
            yield from registered_buyer_errors(content.person)
        info = content.order.invoice_info
        if options.get(NUMBERS) == "provider" and info is not None and info.invoice_serie_or_number is not None:
            path, message = "$.order.invoice_info.InvoiceSerieOrNumber", "Sovos numbers from a series that it chooses"
            yield no_place(path, message)

    return requirements_of
