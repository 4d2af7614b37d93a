"""BizimHesap's adapter. Secrets: `api_key` (the account's token), and `firm_id` where it is another one.

Options: those of `providers.options`, and those of `options.py`. One call makes a record, and nothing can be asked
about it afterwards: what became of a call without an answer, only a person can see.
"""

from typing import Final

from app.domain.documents import DocumentType
from app.domain.errors import FieldError
from app.domain.invoice_info.enums import InvoiceType
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    Done,
    Issued,
    LinkStore,
    LookUp,
    NotPermittedError,
    NotSent,
    Outcome,
    Quota,
    Refused,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.reads import CheckAsked, Checked, DocumentLink, Subject
from providers.bizimhesap import answers, mapping
from providers.bizimhesap.options import KEY, NAMES, capabilities_of, headers_of
from providers.bizimhesap.requirements import requirements_of
from providers.masking import discreet
from providers.transport.http import Deadline, Reply
from providers.transport.rest import RestAdapter, RestApi

NOT_KEPT: Final = "its address came with the answer to its create alone, and is not kept here"
# What is left of a call's time when its record is made, is not spent to the end: the outcome must still be said.
SHARE_FOR_ITS_LINK: Final = 0.5


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
        links=frozenset({DocumentType.SALES_INVOICE}),
        keeps_links=True,
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
        self._links: LinkStore | None = None
        self.capabilities = capabilities_of(self.capabilities, settings.options)
        self.http.use_login(headers_of(settings.secrets["api_key"], settings.options))
        # Whose books they are. On many accounts it is the token.
        if "firm_id" in settings.secrets:
            self.account = settings.secrets["firm_id"]

    def use_links(self, links: LinkStore) -> None:
        self._links = links

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline = Deadline(seconds)
        body = mapping.with_firm(asked.prepared.request, self.account)
        reply = await self._post("/addinvoice", body, deadline.left())
        if not isinstance(reply, Reply):
            return reply
        outcome = answers.created(reply)
        url = answers.link_in(reply) if isinstance(outcome, Done) else None
        if url is not None and self._links is not None:
            await self._links.keep(asked.prepared.reference, url, deadline.left() * SHARE_FOR_ITS_LINK)
        return outcome

    @discreet
    async def link(self, issued: Issued, seconds: float) -> DocumentLink | Absent | Unclear:  # noqa: ARG002 - nothing is asked there
        """The one of the answer to its create; BizimHesap is not asked, and does not say how long it opens."""
        try:
            url = await self._links.read(issued.reference) if self._links is not None else None
        except NotPermittedError as error:
            return Unclear(why=f"{error}")
        return DocumentLink(url=url, is_permanent=False) if url else Unclear(why=NOT_KEPT)

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
