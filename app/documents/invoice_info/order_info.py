"""What the InvoiceInfo of an order may say, whatever is filled in later: nothing that its lines cannot carry."""

from collections.abc import Iterator
from dataclasses import replace

from app.documents.invoice_info.rules import RULES_OF_THE_FIELDS
from app.documents.invoice_info.rules.errors import ROOT, error_at
from app.domain.errors import FieldError
from app.domain.invoice_info import InvoiceInfo


def order_info_errors(info: InvoiceInfo) -> tuple[FieldError, ...]:
    """Everything that is wrong with it whatever is filled in later, in one list, with the paths of a whole document."""
    return (
        *_sct_reason(info),
        *_returns_without_a_type(info),
        *(found for rule in RULES_OF_THE_FIELDS for found in rule(info)),
    )


def _sct_reason(info: InvoiceInfo) -> Iterator[FieldError]:
    """Each tax of an order's line has its own reason, so that the document's is none."""
    reasons = info.tax_exemption_reason_info
    if reasons is not None and reasons.otv_exemption_reason_code is not None:
        message = "is given with the tax that it is for: details.taxes[].exemption_code of the order's line"
        yield error_at("TaxExemptionReasonInfo.OTVExemptionReasonCode", "REASON_OF_NO_LINE", message)


def _returns_without_a_type(info: InvoiceInfo) -> Iterator[FieldError]:
    """A type that follows from an order's lines is a sale's or an exemption's, and neither takes an invoice back."""
    if info.invoice_type is None and info.return_invoice_info:
        message = "names invoices that are taken back, and no InvoiceType says that this is a return: give IADE"
        yield error_at("ReturnInvoiceInfo", "RETURN_INVOICE_NOT_ALLOWED", message)


def under(root: str, error: FieldError) -> FieldError:
    """The same error, its path below that of the InvoiceInfo: `$.body.invoice_info`."""
    return replace(error, path=error.path.replace(ROOT, root, 1))
