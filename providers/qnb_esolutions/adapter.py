"""QNB's adapter: one account with a user for each product.

Secrets: `username`, `password`, and for e-Fatura `efatura_username`, `efatura_password`. Options: those of
`providers.options`, and those that `docs/providers/qnb-esolutions.md` explains.

Our document id is the UUID and the id of the transaction (`islemId`). QNB takes each of both once: it refuses a repeat
(AE00014, AE00020), or gives the document that it has made. Of an e-Fatura it is the local number, and what QNB says of
a repeated one is not published: a connection with e-Fatura repeats nothing unless its option `repeats` says refused.
"""

from dataclasses import replace

from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.parties import PLACEHOLDERS
from providers.base import (
    UBL_DETAILS,
    UBL_TYPES,
    Absent,
    Capabilities,
    ConnectionSettings,
    Done,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Numbering,
    Outcome,
    Prepared,
    Quota,
    Registration,
    Step,
    StepInput,
    Unclear,
)
from providers.http import Deadline
from providers.masking import discreet
from providers.qnb_esolutions import mapping
from providers.qnb_esolutions.connection import OPTIONS, has_own_user, options_of, services_of
from providers.qnb_esolutions.earsiv import EArsiv
from providers.qnb_esolutions.efatura import EFatura
from providers.qnb_esolutions.requirements import requirements_for
from providers.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from providers.register import checked
from providers.soap import SoapAdapter, SoapApi
from providers.ubl import summary_of


class QnbAdapter(SoapAdapter):
    """One connection. Without the option `sender_alias` it is one for e-Arşiv alone."""

    CAPABILITIES = Capabilities(
        provider="qnb-esolutions",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.EARSIV, DocumentType.EFATURA}),
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        # Not published; QNB's "unspecified error" is also its absence, so it has time.
        visibility_seconds=60.0,
        max_call_seconds=30.0,
        # The documentation says five a second, the support 180 a minute.
        quota=Quota(requests=3, seconds=1.0),
        concurrency=3,
        taxpayer_lookup=True,
        poll_until={
            DocumentType.EARSIV: DEAD | {DocumentState.ISSUED},
            DocumentType.EFATURA: DEAD | {DocumentState.DELIVERED, DocumentState.ACCEPTED},
        },
        poll_seconds=30.0,
        cancels=frozenset({DocumentType.EARSIV}),
        numbering=Numbering.OURS,
        downloads=frozenset(FileForm),
        checks=frozenset({Subject.LOGIN, Subject.TAXPAYERS}),
        invoice_types=UBL_TYPES,
        details=UBL_DETAILS,
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
        self.earsiv = EArsiv(self.services[DocumentType.EARSIV], options)
        self.efatura = EFatura(self.services[DocumentType.EFATURA], options)
        if options.sender_alias is None:
            self.capabilities = without_efatura(self.capabilities)
        elif options.refuses_repeats:
            self.capabilities = replace(self.capabilities, unique_reference=True)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        prepared, account = asked.prepared, self.earsiv.options.tax_number
        seller = summary_of(prepared.request).seller
        if seller != account:
            why = f"the connection's option tax_number is {account}, and the document is of {seller}"
            return NotSent(why=why, needs_owner=True)
        return await self._product(prepared).create(prepared, seconds)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        return await self._product(asked.prepared).find_prepared(asked.prepared, seconds)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        return await self._product(issued).find_issued(issued, seconds)

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        found = await self._product(prepared).poll(prepared, seconds)
        return found if isinstance(found, Unclear) or found.number else replace(found, number=done.number)

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        return await self.earsiv.cancel(issued, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        return await self._product(issued).download(issued, form, seconds)

    @discreet
    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:
        if tax_number in PLACEHOLDERS:
            return Registration.NOT_REGISTERED
        mailboxes = await self.efatura.mailboxes(tax_number, seconds)
        if isinstance(mailboxes, Unclear):
            return mailboxes
        return Registration.REGISTERED if mailboxes else Registration.NOT_REGISTERED

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The e-Arşiv user by a question for a document that is none, the e-Fatura user by one about the seller.

        Where both are one user, a refused login is not tried again at the other service: QNB blocks users.
        """
        deadline = Deadline(seconds)
        login = await self._login(asked.tax_number, deadline.left())
        if Subject.TAXPAYERS not in self.capabilities.checks:
            return (login,)
        if login.state is CheckState.WRONG and not has_own_user(self.settings):
            said = "not asked: the login was refused already"
            return (login, Checked(subject=Subject.TAXPAYERS, state=CheckState.NOT_ASKED, said=said))
        return (login, checked(asked.tax_number, await self.registration(asked.tax_number, deadline.left())))

    async def _login(self, tax_number: str, seconds: float) -> Checked:
        failure = await self.earsiv.open_account(tax_number, seconds)
        if failure is None:
            return Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=f"e-Arşiv opens for {tax_number}")
        state = CheckState.WRONG if failure.needs_owner else CheckState.UNCLEAR
        return Checked(subject=Subject.LOGIN, state=state, said=failure.why)

    def _product(self, document: Prepared | Issued) -> EArsiv | EFatura:
        return self.earsiv if document.document_type is DocumentType.EARSIV else self.efatura


def without_efatura(capabilities: Capabilities) -> Capabilities:
    """The capabilities of an account that has e-Arşiv alone: the register is e-Fatura's, and a repeat is no second."""
    return replace(
        capabilities,
        document_types=frozenset({DocumentType.EARSIV}),
        unique_reference=True,
        taxpayer_lookup=False,
        checks=frozenset({Subject.LOGIN}),
    )
