"""What can be wrong with an InvoiceInfo that reads: each rule is a function, and `violations` asks all of them."""

from collections.abc import Callable, Iterator
from typing import Final

from app.documents.invoice_info.rules import attachments, exemptions, header, internet, payment, references
from app.documents.invoice_info.rules.circumstances import Circumstances
from app.domain.errors import FieldError
from app.domain.invoice_info.model import InvoiceInfo

__all__ = ["Circumstances", "violations"]

Rule = Callable[[InvoiceInfo], Iterator[FieldError]]

# They hold of a header that is not whole yet too: nothing that is filled in later makes it right.
RULES_OF_THE_FIELDS: Final[tuple[Rule, ...]] = (
    header.no_cancellation,
    header.series_or_number,
    header.year_of_the_number,
    header.known_currency,
    header.one_template,
    header.template_is_a_safe_xslt,
    references.despatch_notes_or_none,
    references.returned_invoices,
    references.returned_numbers,
    attachments.file_types,
    attachments.mime_codes,
    attachments.contents,
    attachments.all_together,
    payment.known_means,
    payment.account_is_no_wrong_iban,
    payment.known_slip,
    internet.only_an_internet_sale_is_told,
    internet.internet_sale_is_sent_electronically,
    internet.web_sites,
    internet.transporter_number,
)
RULES_OF_A_WHOLE_HEADER: Final[tuple[Rule, ...]] = (
    header.exchange_rate,
    references.document_of_an_order,
    references.returned_before,
    internet.internet_sale_is_told,
    internet.name_of_the_payment,
    internet.day_of_the_payment,
)
# These need what no field says.
RULES_OF_CIRCUMSTANCE: Final[tuple[Callable[[InvoiceInfo, Circumstances], Iterator[FieldError]], ...]] = (
    header.what_every_invoice_has,
    header.not_in_the_future,
    exemptions.reason_of_its_type,
    exemptions.known_vat_reason,
    exemptions.known_sct_reason,
    exemptions.reason_for_no_vat,
    references.documents_of_sgk,
    internet.transporter,
)


def violations(info: InvoiceInfo, circumstances: Circumstances) -> tuple[FieldError, ...]:
    """Everything that keeps this from being a legal e-Arşiv invoice's header, in one list; empty when nothing does.

    What lines and parties must have besides (withholding, customs ids, check digits of buyers) is not asked here.
    """
    return (
        *(fault for rule in (*RULES_OF_THE_FIELDS, *RULES_OF_A_WHOLE_HEADER) for fault in rule(info)),
        *(fault for each in RULES_OF_CIRCUMSTANCE for fault in each(info, circumstances)),
    )
