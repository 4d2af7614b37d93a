"""QNB's adapter: one account with a user for each product.

Secrets: `username`, `password`, and for e-Fatura `efatura_username`, `efatura_password`. Options: those of
`providers.options`, and those that `docs/providers/qnb-esolutions.md` explains.

Our document id is the UUID and the id of the transaction (`islemId`). QNB takes each of both once: it refuses a repeat
(AE00014, AE00020), or gives the document that it has made. Of an e-Fatura it is the local number, and what QNB says of
a repeated one is not published: a connection with e-Fatura repeats nothing unless its option `repeats` says refused.
"""

from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentType
from providers.base import (
    E_DOCUMENTS,
    UBL_DETAILS,
    UBL_TYPES,
    UNTIL_DELIVERED,
    Absent,
    Capabilities,
    ConnectionSettings,
    Issued,
    LookUp,
    MailTaken,
    NotSent,
    Numbering,
    Quota,
    Refused,
    Step,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, Checked, CheckState, DocumentLink, FileForm, Subject
from providers.masking import discreet
from providers.qnb_esolutions import checks, mapping
from providers.qnb_esolutions.connection import OPTIONS, has_own_user, options_of, services_of
from providers.qnb_esolutions.earsiv import EArsiv
from providers.qnb_esolutions.efatura import EFatura
from providers.qnb_esolutions.requirements import requirements_for
from providers.taxpayers import checked
from providers.transport.http import Deadline
from providers.transport.soap import SoapApi
from providers.transport.two_services import TwoServicesAdapter

# What only the e-Fatura user can ask.
OF_EFATURA_USER: Final = (Subject.CREDITS, Subject.TAXPAYERS)


class QnbAdapter(TwoServicesAdapter):
    """One connection. Without the option `sender_alias` it is one for e-Arşiv alone."""

    earsiv: EArsiv
    efatura: EFatura

    CAPABILITIES = Capabilities(
        provider="qnb-esolutions",
        steps=(Step.INVOICE,),
        document_types=E_DOCUMENTS,
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        # Not published; QNB's "unspecified error" is also its absence, so it has time.
        visibility_seconds=60.0,
        max_call_seconds=30.0,
        # The documentation says five a second, the support 180 a minute.
        quota=Quota(requests=3, seconds=1.0),
        concurrency=3,
        taxpayer_lookup=True,
        takes_ettn=True,
        poll_until=UNTIL_DELIVERED,
        buyer_answers=frozenset({DocumentType.EFATURA}),
        poll_seconds=30.0,
        cancels=frozenset({DocumentType.EARSIV}),
        numbering=Numbering.OURS,
        downloads=frozenset(FileForm),
        links=frozenset({DocumentType.EARSIV}),
        lists=frozenset({DocumentType.EFATURA}),
        checks=frozenset({Subject.LOGIN, Subject.CREDITS, Subject.TAXPAYERS}),
        invoice_types=UBL_TYPES,
        details=UBL_DETAILS,
        # To the address in an e-Arşiv.
        mails_buyer=True,
        # What its service for e-Fatura answers to such a call is not published.
        mails=frozenset({DocumentType.EARSIV}),
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
        self.tax_number = options.tax_number
        self.earsiv = EArsiv(self.services[DocumentType.EARSIV], options)
        self.efatura = EFatura(self.services[DocumentType.EFATURA], options)
        self.list_pages = {DocumentType.EFATURA: self.efatura.list_page}
        if options.sender_alias is None:
            self.capabilities = without_efatura(self.capabilities)
        elif options.refuses_repeats:
            self.capabilities = replace(self.capabilities, unique_reference=True)

    @discreet
    async def send_mail(self, issued: Issued, address: str, seconds: float) -> MailTaken | NotSent | Refused | Unknown:
        return await self.earsiv.send_mail(issued, address, seconds)

    @discreet
    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:
        return await self.earsiv.link(issued, seconds)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The e-Arşiv user by a question for a document that is none, the e-Fatura user by those about the seller.

        Where both are one user, a refused login is not tried again at the other service: QNB blocks users.
        """
        deadline = Deadline(seconds)
        login = await self.check_login(asked.tax_number, deadline.left())
        if Subject.TAXPAYERS not in self.capabilities.checks:
            return (login,)
        if login.state is CheckState.WRONG and not has_own_user(self.settings):
            return (login, *(_not_asked(each, "the login was refused already") for each in OF_EFATURA_USER))
        registration = await self.registration(asked.tax_number, deadline.left())
        if isinstance(registration, Unclear):
            return (login, _not_asked(Subject.CREDITS, registration.why), checked(asked.tax_number, registration))
        credits_left = await self.efatura.credits(checks.KINDS.values(), deadline.left())
        return (login, credits_left, checked(asked.tax_number, registration))


def _not_asked(subject: Subject, why: str) -> Checked:
    return Checked(subject=subject, state=CheckState.NOT_ASKED, said=f"not asked: {why}")


def without_efatura(capabilities: Capabilities) -> Capabilities:
    """The capabilities of an account that has e-Arşiv alone: the register is e-Fatura's, and a repeat is no second."""
    return replace(
        capabilities,
        document_types=frozenset({DocumentType.EARSIV}),
        unique_reference=True,
        taxpayer_lookup=False,
        buyer_answers=frozenset(),
        lists=frozenset(),
        checks=frozenset({Subject.LOGIN}),
    )
