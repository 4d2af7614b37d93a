"""What can be wrong with an InvoiceInfo that reads: each rule is a function, and `violations` asks all of them."""

from collections.abc import Callable, Iterator
from typing import Final

from app.documents.invoice_info.model import InvoiceInfo
from app.documents.invoice_info.rules import attachments, exemptions, header, internet, payment, references
from app.documents.invoice_info.rules.circumstances import Circumstances
from app.domain.errors import FieldError

__all__ = ["Circumstances", "violations"]

RULES: Final[tuple[Callable[[InvoiceInfo], Iterator[FieldError]], ...]] = (
    header.no_cancellation,
    header.series_or_number,
    header.year_of_the_number,
    header.known_currency,
    header.exchange_rate,
    header.one_template,
    header.template_is_an_xslt,
    exemptions.reason_of_its_type,
    references.despatch_notes_or_none,
    references.despatch_numbers,
    references.document_of_an_order,
    references.returned_invoices,
    references.returned_numbers,
    references.returned_before,
    references.documents_of_sgk,
    attachments.file_types,
    attachments.mime_codes,
    attachments.contents,
    attachments.all_together,
    payment.known_means,
    payment.account_is_an_iban,
    payment.known_slip,
    internet.internet_sale_is_told,
    internet.internet_sale_is_sent_electronically,
    internet.web_sites,
    internet.name_of_the_payment,
    internet.day_of_the_payment,
    internet.transporter_number,
)
# These need what no field says.
RULES_OF_CIRCUMSTANCE: Final[tuple[Callable[[InvoiceInfo, Circumstances], Iterator[FieldError]], ...]] = (
    header.what_every_invoice_has,
    header.not_in_the_future,
    exemptions.known_vat_reason,
    exemptions.known_sct_reason,
    exemptions.reason_for_no_vat,
    internet.transporter,
)


def violations(info: InvoiceInfo, circumstances: Circumstances) -> tuple[FieldError, ...]:
    """Everything that keeps this from being a legal e-Arşiv invoice's head, in one list; empty when nothing does.

    What lines and parties must have besides (withholding, customs ids, check digits of buyers) is not asked here.
    """
    return (
        *(fault for rule in RULES for fault in rule(info)),
        *(fault for each in RULES_OF_CIRCUMSTANCE for fault in each(info, circumstances)),
    )
