"""What the portal's form has no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name

# The units of the form's list.
UNITS: Final = frozenset({
    "DAY", "MON", "ANN", "HUR", "D61", "D62", "C62", "PA", "BX", "MGM", "GRM", "KGM", "LTR", "TNE", "NT", "GT", "MMT",
    "CMT", "MTR", "KTM", "MLT", "MMQ", "CMK", "CMQ", "MTK", "MTQ", "KJO", "CLT", "CT", "KWH", "MWH", "CCT", "D30",
    "D40", "LPA", "B32", "NCL", "PR", "R9", "SET", "T3", "Q37", "Q39", "J39", "G52", "DZN", "DMK", "DMT", "HAR", "LM",
})  # fmt: skip
NOWHERE: Final = (
    "template_uuid",
    "template_base64_string",
    "invoice_serie_or_number",
    "order_reference_document",
    "additional_document_references",
)


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason why the portal's form cannot be this document."""
    for index, line in enumerate(content.order.lines):
        if line.unit not in UNITS:
            message = f"the portal's list has no unit {line.unit}"
            yield FieldError(path=f"$.order.lines[{index}].unit", code="UNIT_UNKNOWN", message=message)
    if content.exemption_codes:
        message = "how the portal takes the reason of a line without VAT is not known: issue it there by hand"
        given = content.order.invoice_info is not None and content.order.invoice_info.tax_exemption_reason_info
        path = "$.order.invoice_info.TaxExemptionReasonInfo" if given else "$.order.lines"
        yield FieldError(path=path, code="VAT_EXEMPTION_UNSUPPORTED", message=message)
    if content.order.invoice_info is not None:
        yield from _of_the_info(content.order.invoice_info)


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield _nowhere(name, "the portal's form has no field for it")
    if len(info.despatch_document_reference) > 1:
        yield _nowhere("despatch_document_reference", "the portal's form takes one")


def _nowhere(name: str, message: str) -> FieldError:
    return FieldError(path=f"$.order.invoice_info.{model_name(name)}", code="NOT_IN_PORTAL", message=message)
