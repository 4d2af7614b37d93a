"""How it is paid, and the slip of the cash register."""

from collections.abc import Iterator

from stdnum import iban

from app.documents.codelists import codes
from app.documents.invoice_info.rules.faults import fault
from app.domain.errors import FieldError
from app.domain.invoice_info.model import InvoiceInfo


def known_means(info: InvoiceInfo) -> Iterator[FieldError]:
    """The schematron's part of UN/ECE 4461; the channel is free text in UBL-TR."""
    if info.payment_means_info is not None and info.payment_means_info.code not in codes("payment_means"):
        message = "is no payment means that GİB takes: 48 is a card, 42 a transfer, 10 cash, ZZZ anything else"
        yield fault("PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN", message)


def account_is_an_iban(info: InvoiceInfo) -> Iterator[FieldError]:
    """The model says IBAN, and the check digits cost nothing; no profile of e-Arşiv asks for it."""
    account = info.payment_means_info.payee_financial_account_id if info.payment_means_info else None
    if account is not None and not (account.isalnum() and account == account.upper() and iban.is_valid(account)):
        message = "is no IBAN with right check digits, in capital letters and without spaces"
        yield fault("PaymentMeansInfo.PayeeFinancialAccountID", "IBAN_INVALID", message)


def known_slip(info: InvoiceInfo) -> Iterator[FieldError]:
    """The schematron's list of slips."""
    known = codes("okc_receipt_types")
    if info.okc_info is not None and info.okc_info.document_description not in known:
        message = f"is no type of slip that GİB knows: {', '.join(known)}"
        yield fault("OKCInfo.DocumentDescription", "OKC_SLIP_UNKNOWN", message)
