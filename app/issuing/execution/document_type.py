"""How a document leaves: as e-Fatura to a registered taxpayer, else as e-Arşiv, or as the provider's only kind."""

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.issuing.decisions.type_choice import Asked, tax_number_of, type_or_asked
from app.issuing.execution.gate import Gate
from app.issuing.execution.taxpayers import TaxpayerRegister, Undecided
from app.issuing.ports import ProviderConnection
from providers.base import Registration


async def choose(
    command: InvoiceCommand, connection: ProviderConnection, taxpayers: TaxpayerRegister, gate: Gate
) -> DocumentType | FieldError | Undecided:
    """The document type of this command at this provider; a register is asked only where it decides."""
    capabilities = connection.adapter.capabilities
    wanted = type_or_asked(command, capabilities, has_other_register=bool(connection.registers))
    if isinstance(wanted, Asked):
        registration = await _registration(wanted, command, connection, taxpayers, gate)
        if isinstance(registration, Undecided):
            return registration
        wanted = DocumentType.EFATURA if registration is Registration.REGISTERED else DocumentType.EARSIV
    if wanted in capabilities.document_types:
        return wanted
    message = f"{capabilities.provider} cannot make a document of type {wanted}"
    return FieldError(path="$.order.document_type", code="DOCUMENT_TYPE_UNSUPPORTED", message=message)


async def _registration(
    asked: Asked, command: InvoiceCommand, connection: ProviderConnection, taxpayers: TaxpayerRegister, gate: Gate
) -> Registration | Undecided:
    number = tax_number_of(command) or ""
    match asked:
        case Asked.REGISTER_HERE:
            return await taxpayers.registration(number, connection, gate)
        case Asked.REGISTER_ELSEWHERE:
            return await taxpayers.registration_elsewhere(number, command.business, connection)
        case Asked.NO_ONE:  # since it was decided, the business has lost its other register
            return Undecided.UNCLEAR
