"""BizimHesap's adapter. Secrets: `api_key` (the account's token), and `firm_id` where it is another one.

Options: those of `providers.options`, and those of `options.py`. One call makes a record, and nothing can be asked
about it afterwards: what became of a call without an answer, only a person can see.
"""

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from providers.base import (
    Capabilities,
    ConnectionSettings,
    Issued,
    LookUp,
    NotSent,
    Outcome,
    Quota,
    Refused,
    Step,
    StepInput,
    Unknown,
)
from providers.base.reads import CheckAsked, Checked, Subject
from providers.bizimhesap import answers, mapping
from providers.bizimhesap.options import KEY, NAMES, capabilities_of, headers_of
from providers.bizimhesap.requirements import requirements_of
from providers.masking import discreet
from providers.transport.http import Reply
from providers.transport.rest import RestAdapter, RestApi


class BizimHesapAdapter(RestAdapter):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="bizimhesap",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.SALES_INVOICE}),
        unique_reference=False,
        look_up=LookUp.NONE,
        visibility_seconds=5.0,
        max_call_seconds=30.0,
        # No limit is published, and one client keeps to ten an hour. What a request too many is answered by is not
        # known either: it would be a question for a person.
        quota=Quota(requests=1, seconds=360.0),
        requests_in_a_call=1,
        concurrency=1,
        taxpayer_lookup=False,
        invoice_types=frozenset({InvoiceType.SATIS}),
        checks=frozenset({Subject.LOGIN}),
    )
    API = RestApi(
        probe="/warehouses",
        options=NAMES,
        is_own=answers.is_own,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="title",
        login=lambda secrets: {"Token": secrets["api_key"]},
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self.capabilities = capabilities_of(self.capabilities, settings.options)
        self.http.use_login(headers_of(settings.secrets["api_key"], settings.options))
        # Whose books they are. On many accounts it is the token.
        if "firm_id" in settings.secrets:
            self.account = settings.secrets["firm_id"]

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        body = mapping.with_firm(asked.prepared.request, self.account)
        reply = await self._post("/addinvoice", body, seconds)
        return answers.created(reply) if isinstance(reply, Reply) else reply

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """Deletes the record. What that does to a document at GİB is not known: it is for records alone."""
        guid = issued.provider_reference
        if guid is None:
            message = "a record is deleted by BizimHesap's own id, which is not known here"
            return Refused(errors=(FieldError(path="$", code="NOT_ONE_DOCUMENT", message=message),))
        reply = await self._post("/cancelinvoice", mapping.cancellation_of(issued, self.account), seconds)
        return answers.cancelled(reply, guid) if isinstance(reply, Reply) else reply

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:  # noqa: ARG002 - it does not say whose books they are
        reply = await self.http.send("GET", self.API.probe, seconds)
        said = self._classified(reply) if isinstance(reply, Reply) else reply
        return (answers.checked(said, has_key=KEY in self.options),)

    async def _post(self, path: str, body: str, seconds: float) -> Reply | NotSent | Unknown:
        reply = await self.http.send("POST", path, seconds, body=body)
        return self._classified(reply) if isinstance(reply, Reply) else reply

    def _classified(self, reply: Reply) -> Reply | NotSent | Unknown:
        """The same, where its status does not mean the same everywhere."""
        return answers.firewalled(reply) or self.http.classify(reply) or reply
