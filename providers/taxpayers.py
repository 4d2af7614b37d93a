"""The register of e-Fatura taxpayers, as every provider that answers for it is taken.

A buyer's `mailboxes` are the aliases under which it gets e-Fatura: none of one that is not registered, and Unclear
where the register gave no answer.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Final

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS
from providers.base import NotSent, Refused, Registration, Unclear
from providers.base.reads import Checked, CheckState, Subject, of_failure

# Where a buyer has several mailboxes, the default one is meant for senders who know no better.
DEFAULT_MAILBOX: Final = "urn:mail:defaultpk"
# Of an e-Fatura's budget the look-up of its mailbox may take this part; the rest is the sending's.
MAILBOX_SHARE: Final = 0.4
RIGHT_TYPE: Final[Mapping[Registration, DocumentType]] = {
    Registration.REGISTERED: DocumentType.EFATURA,
    Registration.NOT_REGISTERED: DocumentType.EARSIV,
}


def mailbox_in(mailboxes: Sequence[str] | Unclear) -> str | NotSent | Refused:
    """The one to send an e-Fatura to: the default one, else the first.

    Refused for a buyer without one: nothing was sent, and an e-Arşiv is right. NotSent where none is known.
    """
    if isinstance(mailboxes, Unclear):
        why = f"the register of taxpayers gave no answer: {mailboxes.why}"
        return NotSent(why=why, retry_after=mailboxes.retry_after, needs_owner=mailboxes.needs_owner)
    if not mailboxes:
        error = FieldError(path="$.person.buyer.tax_number", code="BUYER_NOT_REGISTERED", message="is no e-Fatura user")
        return Refused(errors=(error,), instead=DocumentType.EARSIV)
    return next((box for box in mailboxes if box.startswith(DEFAULT_MAILBOX)), mailboxes[0])


async def registration(
    tax_number: str, seconds: float, mailboxes: Callable[[str, float], Awaitable[Sequence[str] | Unclear]]
) -> Registration | Unclear:
    """Whether this buyer gets e-Fatura; a placeholder is in no register, and is not asked for."""
    if tax_number in PLACEHOLDERS:
        return Registration.NOT_REGISTERED
    return registration_in(await mailboxes(tax_number, seconds))


def registration_in(mailboxes: Sequence[str] | Unclear) -> Registration | Unclear:
    """Whether the buyer gets e-Fatura."""
    if isinstance(mailboxes, Unclear):
        return mailboxes
    return Registration.REGISTERED if mailboxes else Registration.NOT_REGISTERED


def checked(tax_number: str, said: Registration | Unclear) -> Checked:
    """What asking the register for the seller came to; to be registered or not is both fine."""
    if isinstance(said, Unclear):
        return of_failure(Subject.TAXPAYERS, said)
    found = "an e-Fatura user" if said is Registration.REGISTERED else "no e-Fatura user"
    return Checked(subject=Subject.TAXPAYERS, state=CheckState.FINE, said=f"{tax_number} is {found}")
