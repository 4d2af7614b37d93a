"""Whether an invoice is read from its XML as it was built: the last gate before the XML leaves the house.

Rules and checker look at what is in the XML. Only reading it back shows what is not in it: a field that the writer
leaves out, and a total that is right and of another line.
"""

from collections.abc import Iterator
from dataclasses import replace

from app.documents.model.invoice import Invoice
from app.documents.ubl.reading.elements import UnreadableError
from app.documents.ubl.reading.whole import parse
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo


def read_back_errors(invoice: Invoice, xml: bytes) -> Iterator[FieldError]:
    """Empty when `xml`, built of the invoice in any dialect and with any template, is read as this invoice.

    The facts of the e-Arşiv report are left out: what of them is in the XML depends on the dialect.
    """
    try:
        found = parse(xml)
    except UnreadableError as error:
        yield FieldError(path="$", code="NOT_READ_BACK", message=f"its XML cannot be read back: {error}")
        return
    if replace(found, info=_comparable(found.info)) != replace(invoice, info=_comparable(invoice.info)):
        yield FieldError(path="$", code="READ_BACK_DIFFERS", message="its XML is read back as another invoice")


def _comparable(info: InvoiceInfo) -> InvoiceInfo:
    nothing = InvoiceInfo()
    return replace(
        info,
        template_base64_string=None,
        send_type=None,
        sales_platform=nothing.sales_platform,
        internet_info=None,
    )
