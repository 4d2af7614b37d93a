"""The register of e-Fatura taxpayers, as every provider that answers for it is taken."""

from collections.abc import Sequence
from typing import Final

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from providers.base import NotSent, Refused, Registration, Unclear
from providers.base.reads import Checked, CheckState, Subject, of_failure

# Where a buyer has several mailboxes, the default one is meant for senders who know no better.
DEFAULT_MAILBOX: Final = "urn:mail:defaultpk"


def preferred_mailbox(mailboxes: Sequence[str]) -> str:
    """The default one, else the first."""
    return next((box for box in mailboxes if box.startswith(DEFAULT_MAILBOX)), mailboxes[0])


def not_registered() -> Refused:
    """An e-Fatura whose buyer has no mailbox: nothing was sent, and an e-Arşiv is right."""
    error = FieldError(path="$.person.buyer.tax_number", code="BUYER_NOT_REGISTERED", message="is no e-Fatura user")
    return Refused(errors=(error,), instead=DocumentType.EARSIV)


def no_answer(why: str) -> NotSent:
    """The mailbox is not known, so nothing was sent."""
    return NotSent(why=f"the register of taxpayers gave no answer: {why}")


def checked(tax_number: str, said: Registration | Unclear) -> Checked:
    """What asking the register for the seller came to; to be registered or not is both fine."""
    if isinstance(said, Unclear):
        return of_failure(Subject.TAXPAYERS, said)
    found = "an e-Fatura user" if said is Registration.REGISTERED else "no e-Fatura user"
    return Checked(subject=Subject.TAXPAYERS, state=CheckState.FINE, said=f"{tax_number} is {found}")
