"""Which kind of document a command is for, or who is to be asked for it. Pure: nothing here guesses."""

from enum import Enum
from typing import Final

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.parties import PLACEHOLDERS
from app.domain.policy import DocumentTypeChoice
from providers.base import E_DOCUMENTS, Capabilities

UNDECIDED: Final = (
    "The document type is AUTO, and nothing answers whether this buyer is registered for e-Fatura: the provider has no "
    "register. Connect the business to one that has, or set the connection's option unknown_buyer."
)


class Asked(Enum):
    """Whose answer decides. NO_ONE: the document waits for its business's owner."""

    REGISTER_HERE = "REGISTER_HERE"
    REGISTER_ELSEWHERE = "REGISTER_ELSEWHERE"
    NO_ONE = "NO_ONE"


def type_or_asked(
    command: InvoiceCommand, capabilities: Capabilities, *, has_other_register: bool
) -> DocumentType | Asked:
    """The document type where it is certain, or chosen by its owner; else whose answer decides it.

    `has_other_register`: the business is connected to another provider that answers who is registered.
    """
    types = capabilities.document_types
    choice = command.order.document_type if command.order else DocumentTypeChoice.AUTO
    if types == {DocumentType.SALES_INVOICE}:
        return DocumentType.SALES_INVOICE
    if choice is not DocumentTypeChoice.AUTO:
        return DocumentType(choice.value)
    if not types >= E_DOCUMENTS:
        return next(iter(sorted(types)))
    if tax_number_of(command) is None:  # who is registered has one
        return DocumentType.EARSIV
    return _of_numbered_buyer(capabilities, has_other_register=has_other_register)


def _of_numbered_buyer(capabilities: Capabilities, *, has_other_register: bool) -> DocumentType | Asked:
    """A register first; then the provider's own word, which is heard by asking for one kind; then the owner's."""
    if capabilities.taxpayer_lookup:
        return Asked.REGISTER_HERE
    if has_other_register:
        return Asked.REGISTER_ELSEWHERE
    if capabilities.corrects_type:
        return DocumentType.EARSIV
    return capabilities.unknown_buyer or Asked.NO_ONE


def needs_other_register(capabilities: Capabilities) -> bool:
    """Whether a connection like this asks the business's others who is registered."""
    return capabilities.document_types >= E_DOCUMENTS and not capabilities.taxpayer_lookup


def tax_number_of(command: InvoiceCommand) -> str | None:
    """The buyer's VKN or TCKN; None for a buyer who has none, and so a placeholder."""
    number = command.person.buyer.tax_number if command.person else None
    return None if number in PLACEHOLDERS else number
