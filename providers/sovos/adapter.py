"""Sovos's adapter: one account with an e-Arşiv and an e-Fatura user.

Secrets: `username`, `password`, and `efatura_username`, `efatura_password` where e-Fatura has a user of its own.
Options: those of `providers.options`, and those that `docs/providers/sovos.md` explains.

Our document id is the UUID, the name of the file and the customer's reference (CUST_INV_ID). e-Fatura refuses a
repeated UUID (3011). What e-Arşiv says of one is not published, so none of its refusals is believed of a document that
is, or may be, there.
"""

from dataclasses import replace

from app.domain.documents import DocumentType
from providers import taxpayers
from providers.base import (
    E_DOCUMENTS,
    UBL_DETAILS,
    UBL_TYPES,
    UNTIL_DELIVERED,
    Capabilities,
    ConnectionSettings,
    LookUp,
    Numbering,
    Quota,
    Step,
)
from providers.base.reads import CheckAsked, Checked, FileForm, Subject
from providers.masking import discreet
from providers.sovos import mapping
from providers.sovos.connection import OPTIONS, options_of, services_of
from providers.sovos.earsiv import EArsiv
from providers.sovos.efatura import EFatura
from providers.sovos.requirements import requirements_for
from providers.transport.http import Deadline
from providers.transport.soap import SoapApi
from providers.transport.two_services import TwoServicesAdapter


class SovosAdapter(TwoServicesAdapter):
    """One connection. Without the option `sender_alias` it is one for e-Arşiv alone."""

    CAPABILITIES = Capabilities(
        provider="sovos",
        steps=(Step.INVOICE,),
        document_types=E_DOCUMENTS,
        # e-Fatura refuses a repeat; what e-Arşiv does with one is not published.
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        # Nothing is published.
        visibility_seconds=60.0,
        # A pre-check of the whole document is in the call, and up to two questions behind a refusal.
        max_call_seconds=40.0,
        # There is a limit by address, which is not published (fault 1300); this is a guess on the polite side.
        quota=Quota(requests=5, seconds=1.0),
        concurrency=4,
        taxpayer_lookup=True,
        takes_ettn=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        # Signing takes minutes.
        poll_seconds=30.0,
        cancels=frozenset({DocumentType.EARSIV}),
        # Documents whose number is empty are numbered by Sovos; of e-Arşiv that is a guess.
        numbering=Numbering.OURS,
        invoice_types=UBL_TYPES,
        details=UBL_DETAILS,
        downloads=frozenset(FileForm),
        lists=E_DOCUMENTS,
        checks=frozenset({Subject.LOGIN, Subject.TAXPAYERS}),
        # Where the document says so. What is there to send it once more takes no address.
        mails_buyer=False,
    )
    API = SoapApi(
        services=services_of,
        requirements=requirements_for,
        request=mapping.request_of,
        options=OPTIONS,
        account="username",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(settings)
        options = options_of(settings.options)
        self.capabilities = replace(self.capabilities, unique_reference=options.refuses_repeats)
        self.tax_number = options.tax_number
        self.earsiv = EArsiv(self.services[DocumentType.EARSIV], options)
        self.efatura = EFatura(self.services[DocumentType.EFATURA], options)
        self.list_pages = {DocumentType.EARSIV: self.earsiv.list_page, DocumentType.EFATURA: self.efatura.list_page}
        if options.sender_alias is None:
            self.capabilities = without_efatura(self.capabilities)
        elif not options.has_invoice_status:  # an envelope's state ends at the buyer's door
            self.capabilities = replace(self.capabilities, buyer_answers=frozenset())

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The e-Arşiv user by a question about its own documents, the e-Fatura user by one about the seller."""
        deadline = Deadline(seconds)
        login = await self.check_login(asked.tax_number, deadline.left())
        if Subject.TAXPAYERS not in self.capabilities.checks:
            return (login,)
        registration = await self.registration(asked.tax_number, deadline.left())
        return (login, taxpayers.checked(asked.tax_number, registration))


def without_efatura(capabilities: Capabilities) -> Capabilities:
    """The capabilities of an account that has e-Arşiv alone: the register of taxpayers belongs to e-Fatura."""
    return replace(
        capabilities,
        document_types=frozenset({DocumentType.EARSIV}),
        taxpayer_lookup=False,
        buyer_answers=frozenset(),
        lists=frozenset({DocumentType.EARSIV}),
        checks=frozenset({Subject.LOGIN}),
    )
