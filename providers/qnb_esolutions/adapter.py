"""QNB's adapter. Secrets: `username`, `password`. Options: see `docs/providers/qnb-esolutions.md`.

Our document id is the UUID and the id of the transaction (`islemId`). QNB takes each of both once: it refuses a repeat
(AE00014, AE00020), or gives the document that it has made.
"""

from dataclasses import replace

from app.domain.documents import DEAD, DocumentState, DocumentType
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
    Step,
    StepInput,
    Unclear,
)
from providers.masking import discreet
from providers.qnb_esolutions import mapping
from providers.qnb_esolutions.connection import OPTIONS, options_of, services_of
from providers.qnb_esolutions.earsiv import EArsiv
from providers.qnb_esolutions.requirements import requirements_for
from providers.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from providers.soap import SoapAdapter, SoapApi
from providers.ubl import summary_of


class QnbAdapter(SoapAdapter):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="qnb-esolutions",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.EARSIV}),
        unique_reference=True,
        look_up=LookUp.BY_REFERENCE,
        # Not published; QNB's "unspecified error" is also its absence, so it has time.
        visibility_seconds=60.0,
        max_call_seconds=30.0,
        # The documentation says five a second, the support 180 a minute.
        quota=Quota(requests=3, seconds=1.0),
        concurrency=3,
        taxpayer_lookup=False,
        poll_until={DocumentType.EARSIV: DEAD | {DocumentState.ISSUED}},
        poll_seconds=30.0,
        cancels=frozenset({DocumentType.EARSIV}),
        numbering=Numbering.OURS,
        downloads=frozenset(FileForm),
        checks=frozenset({Subject.LOGIN}),
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
        self.earsiv = EArsiv(self.services[DocumentType.EARSIV], options_of(settings.options))

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        prepared, account = asked.prepared, self.earsiv.options.tax_number
        seller = summary_of(prepared.request).seller
        if seller != account:
            why = f"the connection's option tax_number is {account}, and the document is of {seller}"
            return NotSent(why=why, needs_owner=True)
        return await self.earsiv.create(prepared, seconds)

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        return await self.earsiv.find_prepared(asked.prepared, seconds)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        return await self.earsiv.find_issued(issued, seconds)

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        found = await self.earsiv.poll(prepared, seconds)
        return found if isinstance(found, Unclear) or found.number else replace(found, number=done.number)

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        return await self.earsiv.cancel(issued, seconds)

    @discreet
    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:
        return await self.earsiv.download(issued, form, seconds)

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:
        """The e-Arşiv user, by a question for a document that is none."""
        failure = await self.earsiv.open_account(asked.tax_number, seconds)
        if failure is None:
            said = f"e-Arşiv opens for {asked.tax_number}"
            return (Checked(subject=Subject.LOGIN, state=CheckState.FINE, said=said),)
        state = CheckState.WRONG if failure.needs_owner else CheckState.UNCLEAR
        return (Checked(subject=Subject.LOGIN, state=state, said=failure.why),)
