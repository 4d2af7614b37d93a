"""How a document leaves: as e-Fatura to a registered taxpayer, else as e-Arşiv, or as the provider's only kind."""

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.parties import PLACEHOLDERS
from app.domain.policy import DocumentTypeChoice
from app.issuing.execution.gate import Gate
from app.issuing.execution.taxpayers import TaxpayerRegister, Undecided
from app.issuing.ports import ProviderConnection
from providers.base import Capabilities, Registration


async def choose(
    command: InvoiceCommand, connection: ProviderConnection, taxpayers: TaxpayerRegister, gate: Gate
) -> DocumentType | FieldError | Undecided:
    """The document type of this command at this provider; the register is asked only where it decides."""
    capabilities = connection.adapter.capabilities
    wanted = _without_register(command, capabilities)
    if wanted is None:
        registration = await taxpayers.registration(tax_number_of(command) or "", connection, gate)
        if isinstance(registration, Undecided):
            return registration
        wanted = DocumentType.EFATURA if registration is Registration.REGISTERED else DocumentType.EARSIV
    if wanted in capabilities.document_types:
        return wanted
    message = f"{capabilities.provider} cannot make a document of type {wanted}"
    return FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)


def tax_number_of(command: InvoiceCommand) -> str | None:
    """The buyer's VKN or TCKN; None for a buyer who has none, and so a placeholder."""
    number = command.person.buyer.tax_number if command.person else None
    return None if number in PLACEHOLDERS else number


def _without_register(command: InvoiceCommand, capabilities: Capabilities) -> DocumentType | None:
    types = capabilities.document_types
    choice = command.order.document_type if command.order else DocumentTypeChoice.AUTO
    if types == {DocumentType.SALES_INVOICE}:
        return DocumentType.SALES_INVOICE
    if choice is not DocumentTypeChoice.AUTO:
        return DocumentType(choice.value)
    if not {DocumentType.EARSIV, DocumentType.EFATURA} <= types:
        return next(iter(sorted(types)))
    if not capabilities.taxpayer_lookup or tax_number_of(command) is None:
        return DocumentType.EARSIV
    return None
