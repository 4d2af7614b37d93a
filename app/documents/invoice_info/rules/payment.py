"""How it is paid, and the slip of the cash register."""

from collections.abc import Iterator

from app.documents.codelists import codes
from app.documents.invoice_info.rules.errors import error_at
from app.documents.model.payment import is_wrong_iban
from app.domain.errors import FieldError
from app.domain.invoice_info.model import InvoiceInfo


def known_means(info: InvoiceInfo) -> Iterator[FieldError]:
    """The schematron's part of UN/ECE 4461; the channel is free text in UBL-TR."""
    if info.payment_means_info is not None and info.payment_means_info.code not in codes("payment_means"):
        message = "is no payment means that GİB takes: 48 is a card, 42 a transfer, 10 cash, ZZZ anything else"
        yield error_at("PaymentMeansInfo.Code", "PAYMENT_MEANS_UNKNOWN", message)


def account_is_no_wrong_iban(info: InvoiceInfo) -> Iterator[FieldError]:
    """Any account is taken; what has the shape of an IBAN has its check digits, as a bank would ask for them."""
    account = info.payment_means_info.payee_financial_account_id if info.payment_means_info else None
    if account is not None and is_wrong_iban(account):
        message = "looks like an IBAN, but its length or its check digits are wrong"
        yield error_at("PaymentMeansInfo.PayeeFinancialAccountID", "IBAN_INVALID", message)


def known_slip(info: InvoiceInfo) -> Iterator[FieldError]:
    """The schematron's list of slips."""
    known = codes("okc_receipt_types")
    if info.okc_info is not None and info.okc_info.document_description not in known:
        message = f"is no type of slip that GİB knows: {', '.join(known)}"
        yield error_at("OKCInfo.DocumentDescription", "OKC_SLIP_UNKNOWN", message)
