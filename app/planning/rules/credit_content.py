"""What a document that takes back is made from: the content of the invoice that had the lines, with what is left of it.

UBL-TR's type of both a return and a lowered price is IADE, which names the invoice by number and day.
"""

from dataclasses import replace

from app.domain.commands import DocumentOrder
from app.domain.credited_lines import credited_line
from app.domain.document_info import REASON
from app.domain.invoice_info import InvoiceInfo
from app.domain.invoice_info.enums import InvoiceType
from app.domain.invoice_info.model import ReturnedInvoice
from app.domain.invoice_types import needs_of, reason_of
from app.domain.order_checks import reason_errors
from app.planning.planned_document import PlannedDocument
from app.planning.rules.invoice_info import with_info
from app.planning.state import Credit


def credit_order(
    content: DocumentOrder, credit: Credit, original: PlannedDocument, document: PlannedDocument
) -> DocumentOrder:
    """The command's content for a document over this credit. `content` is that of its invoice.

    Its buyer, its currency and its rate are the invoice's; its connection and its series are those of its own policy.
    It has nothing of the shipment and the payment.
    """
    of_reference = {line.line_reference: line for line in content.lines}
    lines = tuple(credited_line(of_reference[each.line_reference], each) for each in credit.lines)
    details = content.details and replace(content.details, accounting_cost=None, period=None)
    policy = document.policy
    changed = replace(
        content,
        intent=credit.intent,
        lines=lines,
        details=details,
        document_type=policy.document_type,
        earsiv_series=policy.earsiv_series,
        efatura_series=policy.efatura_series,
        issue_date_days_back=policy.issue_date_days_back,
        payment=None,
        website=None,
        note=None,
        carrier=None,
        shipment_reference=None,
        invoice_reference=None,
        dispatch_date=None,
        due_date=None,
        tracking_code=None,
    )
    return with_info(changed, credit_info(changed, original), None)


def credit_info(content: DocumentOrder, original: PlannedDocument) -> InvoiceInfo:
    """Its type, the invoice that it takes back, and the invoice's reason where one of these lines has it.

    Raises LookupError where the invoice has no number or no day.
    """
    if original.number is None or original.issue_date is None:
        raise LookupError(f"document {original.document_id} has no number or no day of issue")
    reason = reason_of(content.invoice_info)
    is_taken = content.invoice_info is not None and not any(reason_errors(reason, content, content.lines, REASON))
    withheld = InvoiceType.TEVKIFAT in needs_of(content.lines, reason)
    return InvoiceInfo(
        invoice_type=InvoiceType.TEVKIFATIADE if withheld else InvoiceType.IADE,
        return_invoice_info=(ReturnedInvoice(invoice_number=original.number, issue_date=original.issue_date),),
        tax_exemption_reason_info=content.invoice_info.tax_exemption_reason_info
        if content.invoice_info and is_taken
        else None,
    )
