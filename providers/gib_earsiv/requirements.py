"""What the portal's form has no field for; nothing of an order is left out without a word."""

from collections.abc import Iterator
from typing import Final

from app.documents.prepared import Content
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.model import model_name
from app.domain.orders import OrderLine
from providers.preparing import no_place

# The units of the form's list.
UNITS: Final = frozenset({
    "DAY", "MON", "ANN", "HUR", "D61", "D62", "C62", "PA", "BX", "MGM", "GRM", "KGM", "LTR", "TNE", "NT", "GT", "MMT",
    "CMT", "MTR", "KTM", "MLT", "MMQ", "CMK", "CMQ", "MTK", "MTQ", "KJO", "CLT", "CT", "KWH", "MWH", "CCT", "D30",
    "D40", "LPA", "B32", "NCL", "PR", "R9", "SET", "T3", "Q37", "Q39", "J39", "G52", "DZN", "DMK", "DMT", "HAR", "LM",
})  # fmt: skip
# The form's taxes beside VAT; each has a rate there.
TAXES: Final = frozenset({
    "0021", "0061", "0071", "9077", "0073", "0074", "0075", "0076", "0077", "1047", "1048", "4080", "4081", "9021",
    "8001", "8002", "4071", "8006", "8007", "8008", "0003", "0011", "9040", "9944", "0059",
})  # fmt: skip
# The form has VAT on other taxes than GİB's list: with these it would come to another total.
OTHERWISE_TAXED: Final = frozenset({"8004", "8005", "4171"})
NOWHERE: Final = (
    "uuid",
    "template_uuid",
    "template_base64_string",
    "invoice_serie_or_number",
    "order_reference_document",
    "additional_document_references",
)


def requirements_of(content: Content) -> Iterator[FieldError]:
    """Every reason why the portal's form cannot be this document."""
    for index, line in enumerate(content.order.lines):
        yield from _of_a_line(f"$.order.lines[{index}]", line)
    if content.exemption_codes:
        message = "how the portal takes the reason of a line without VAT is not known: issue it there by hand"
        given = content.order.invoice_info is not None and content.order.invoice_info.tax_exemption_reason_info
        path = "$.order.invoice_info.TaxExemptionReasonInfo" if given else "$.order.lines"
        yield FieldError(path=path, code="VAT_EXEMPTION_UNSUPPORTED", message=message)
    if content.order.invoice_info is not None:
        yield from _of_the_info(content.order.invoice_info)


def _of_a_line(path: str, line: OrderLine) -> Iterator[FieldError]:
    if line.unit not in UNITS:
        message = f"the portal's list has no unit {line.unit}"
        yield FieldError(path=f"{path}.unit", code="UNIT_UNKNOWN", message=message)
    for index, tax in enumerate(line.details.taxes if line.details else ()):
        if tax.code not in TAXES:
            words = "would come to another total" if tax.code in OTHERWISE_TAXED else "is not in the list"
            yield no_place(f"{path}.details.taxes[{index}].code", f"the tax {tax.code} {words} of the portal")
        if tax.per_unit is not None or tax.exemption_code is not None:
            yield no_place(f"{path}.details.taxes[{index}]", "the portal's form takes a tax by its rate alone")


def _of_the_info(info: InvoiceInfo) -> Iterator[FieldError]:
    for name in NOWHERE:
        if getattr(info, name):
            yield _nowhere(name, "the portal's form has no field for it")
    if info.tax_exemption_reason_info and info.tax_exemption_reason_info.otv_exemption_reason_code:
        yield _nowhere("tax_exemption_reason_info", "the portal's form has no field for the reason of ÖTV")
    if len(info.despatch_document_reference) > 1:
        yield _nowhere("despatch_document_reference", "the portal's form takes one")


def _nowhere(name: str, message: str) -> FieldError:
    return FieldError(path=f"$.order.invoice_info.{model_name(name)}", code="NOT_IN_PORTAL", message=message)
