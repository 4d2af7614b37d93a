"""What Nilvera's model asks beyond a sound invoice; what is missing here would come back as a refusal."""

import re
from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from providers.preparing import no_place, one_exemption, registered_buyer_errors

# 351 (other), 2xx (partial), 3xx (full), and 7xx (export-registered). Others need fields this model does not fill.
SALE_EXEMPTION: Final = re.compile(r"[237][0-9]{2}")
# What a market hall names a delivery by.
MARK: Final = "KUNYENO"


def requirements_of(content: Content) -> tuple[FieldError, ...]:
    """Every reason why Nilvera would refuse this document; empty when it has none that is known here."""
    order, document_type = content.order, content.document_type
    efatura_only = (*registered_buyer_errors(content.person), *_archive_only(order))
    return (
        *_series_errors(order, document_type),
        *_exemption_errors(content.exemption_codes),
        *_mark_errors(order),
        *(efatura_only if document_type is DocumentType.EFATURA else ()),
    )


def _series_errors(order: DocumentOrder, document_type: DocumentType) -> Iterator[FieldError]:
    name = "earsiv_series" if document_type is DocumentType.EARSIV else "efatura_series"
    if getattr(order, name) is None:
        yield FieldError(
            path=f"$.order.{name}",
            code="SERIES_REQUIRED",
            message=f"Nilvera numbers from a series of three characters, and the business has none for {document_type}",
        )


def _exemption_errors(codes: tuple[str, ...]) -> Iterator[FieldError]:
    for code in codes:
        if not SALE_EXEMPTION.fullmatch(code):
            yield FieldError(
                path="$.order.lines", code="VAT_EXEMPTION_UNSUPPORTED", message=f"{code} is no exemption of a sale"
            )
    yield from one_exemption(codes, "Nilvera's model")


def _mark_errors(order: DocumentOrder) -> Iterator[FieldError]:
    for index, line in enumerate(order.lines):
        marks = line.details.marks if line.details else ()
        if len(marks) > 1 or any(mark.scheme != MARK for mark in marks):
            yield no_place(
                f"$.order.lines[{index}].details.marks", f"a line of Nilvera's model has one mark, of the scheme {MARK}"
            )


def _archive_only(order: DocumentOrder) -> Iterator[FieldError]:
    """Nilvera's model of an e-Fatura has no field for it, and left out it would be a delivery without its note."""
    if order.invoice_info is not None and order.invoice_info.is_despatch:
        message = "Nilvera's e-Fatura cannot serve as the delivery note (irsaliye yerine geçer)"
        yield FieldError(path="$.order.invoice_info.ISDespatch", code="NOT_IN_EFATURA", message=message)
