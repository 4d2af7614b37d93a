"""How a document leaves: as e-Fatura to a registered taxpayer, else as e-Arşiv, or as the provider's only kind."""

from enum import Enum
from typing import Protocol

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import ANONYMOUS_TCKN
from app.domain.policy import DocumentTypeChoice
from app.issuing.calls import Silence, bounded
from providers.base import Adapter, Capabilities, Registration, Unclear


class Undecided(Enum):
    """The register was not asked, or did not say. It never decides by its silence."""

    NO_SLOT = "NO_SLOT"
    UNCLEAR = "UNCLEAR"


class Gate(Protocol):
    """Where a call is asked for, begun and told of."""

    def may_call(self) -> bool: ...

    def call(self) -> None: ...

    def heard(self, said: Unclear | Registration) -> None: ...


async def choose(command: InvoiceCommand, adapter: Adapter, gate: Gate) -> DocumentType | FieldError | Undecided:
    """The document type of this command at this provider; the register is asked only where it decides."""
    wanted = _without_register(command, adapter.capabilities) or await _by_register(command, adapter, gate)
    if isinstance(wanted, Undecided) or wanted in adapter.capabilities.document_types:
        return wanted
    message = f"{adapter.capabilities.provider} cannot make a document of type {wanted}"
    return FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)


def _without_register(command: InvoiceCommand, capabilities: Capabilities) -> DocumentType | None:
    types = capabilities.document_types
    choice = command.order.document_type if command.order else DocumentTypeChoice.AUTO
    if types == {DocumentType.SALES_INVOICE}:
        return DocumentType.SALES_INVOICE
    if choice is not DocumentTypeChoice.AUTO:
        return DocumentType(choice.value)
    if not {DocumentType.EARSIV, DocumentType.EFATURA} <= types:
        return next(iter(sorted(types)))
    if not capabilities.taxpayer_lookup or _tax_number(command) is None:
        return DocumentType.EARSIV
    return None


def _tax_number(command: InvoiceCommand) -> str | None:
    number = command.person.buyer.tax_number if command.person else None
    return None if number == ANONYMOUS_TCKN else number


async def _by_register(command: InvoiceCommand, adapter: Adapter, gate: Gate) -> DocumentType | Undecided:
    if not gate.may_call():
        return Undecided.NO_SLOT
    seconds = adapter.capabilities.max_call_seconds
    gate.call()
    registration = await bounded(adapter.registration(_tax_number(command) or "", seconds), seconds)
    said = Unclear(why=registration.why) if isinstance(registration, Silence) else registration
    gate.heard(said)
    match said:
        case Unclear():
            return Undecided.UNCLEAR
        case Registration.REGISTERED:
            return DocumentType.EFATURA
        case Registration.NOT_REGISTERED:
            return DocumentType.EARSIV
