"""DİA's adapter: one company's books. Secrets: `username`, `password`, and `api_key` where DİA has given one.

Options: those of `providers.options`, and those of `options.py`. Two steps, each with keys that DİA gives: the card of
the buyer with the address, and the invoice, which is a record until a person makes it legal in DİA. Where the account
has the name of the service that does it, that is a third step.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from app.documents.prepared import Content
from app.domain.documents import DEAD, LEGAL, UNSIGNED, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.exact_json import JsonValue
from app.domain.invoice_info.enums import InvoiceType
from providers.base import (
    Absent,
    Capabilities,
    ConnectionSettings,
    Done,
    Finding,
    Issued,
    LookUp,
    NotSent,
    Outcome,
    Prepared,
    Quota,
    Refused,
    Step,
    StepInput,
    Unclear,
    Unknown,
    not_sent,
)
from providers.base.findings import not_meant
from providers.base.reads import CheckAsked, Checked, Subject
from providers.dia import answers, checks, login, mapping
from providers.dia.contacts import Contacts
from providers.dia.e_documents import EDocuments
from providers.dia.invoices import TOTAL_UNSEEN, Invoices, Record, differences, of_another_buyer, several
from providers.dia.login import Session
from providers.dia.options import KNOWN, Options, options_of
from providers.dia.products import Catalogue
from providers.dia.requirements import requirements_of
from providers.dia.services import Services
from providers.masking import discreet
from providers.preparing import CheckedDocument, without_email
from providers.transport.http import READ, Deadline, Reply
from providers.transport.rest import Request, RestApi
from providers.transport.rotating import RotatingTokenAdapter

RECORDS: Final = frozenset({DocumentType.SALES_INVOICE})


class DiaAdapter(RotatingTokenAdapter[Session]):
    """One connection."""

    CAPABILITIES = Capabilities(
        provider="dia",
        steps=(Step.CONTACT, Step.INVOICE),
        document_types=RECORDS,
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        visibility_seconds=30.0,
        max_call_seconds=30.0,
        # No limit is published; a client in use keeps to two calls at a time.
        quota=Quota(requests=2, seconds=1.0),
        concurrency=2,
        # Each question costs credits.
        poll_seconds=900.0,
        unsigned_poll_seconds=3600.0,
        taxpayer_lookup=False,
        invoice_types=frozenset({InvoiceType.SATIS, InvoiceType.ISTISNA}),
        one_session=True,
        withdraws=RECORDS,
        checks=frozenset({Subject.LOGIN, Subject.CREDITS}),
        # The invoice has a field for the address that an e-Arşiv is mailed to.
        mails_buyer=True,
    )
    API = RestApi(
        probe=login.PATH,
        options=KNOWN,
        is_own=answers.is_own,
        requirements=lambda _: (),
        request=lambda _, __: {},
        buyer=mapping.buyer_in,
        buyer_name="unvan",
        login=lambda _: {},
        account="username",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings that it cannot work with, KeyError for a missing secret."""
        super().__init__(settings)
        self._chosen = options_of(settings.options)
        self._secrets = {**settings.secrets, "password": settings.secrets["password"]}
        self._user = settings.secrets["username"]
        # One user may have several companies.
        self.account = f"{self._user}/{self._chosen.firm}"
        services = Services(self.send, self._chosen.firm)
        self._services = services
        self._contacts = Contacts(services)
        self._catalogue = Catalogue(services, self._chosen)
        self._invoices = Invoices(services, self._chosen)
        self._e_documents = EDocuments(services, self._invoices)
        self.capabilities = _with(self.capabilities, self._chosen)

    async def renew(self, seconds: float, last: Session | None) -> Session | NotSent:  # noqa: ARG002 - none is renewed by the one before
        return await login.log_in(self.http, self._secrets, seconds, ends_others=self._chosen.ends_others)

    def read_token(self, text: str) -> Session | None:
        return login.session_in(text, self._user)

    async def end_session(self, seconds: float) -> None:
        await self._tokens.end(seconds, self._log_out)

    def shown(self, request: Request, token: Session) -> Request:
        return login.with_session(request, token.token)

    def is_over(self, reply: Reply) -> bool:
        return answers.is_ended(reply)

    async def probe(self, seconds: float) -> bool:
        """By a log-out of no session, which costs nothing."""
        reply = await self.http.send("POST", login.PATH, seconds, body=login.NO_LOG_OUT, kind=READ)
        return isinstance(reply, Reply) and answers.code_in(reply) is not None

    def requirements_of(self, content: Content) -> Iterable[FieldError]:
        return requirements_of(content, self._chosen)

    def request_of(self, document: CheckedDocument) -> JsonValue:
        return mapping.request_of(document if self.capabilities.mails_buyer else without_email(document), self._chosen)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        deadline = Deadline(seconds)
        if asked.step is Step.CONTACT:
            return await self._contacts.make(asked.prepared, deadline)
        if asked.step is Step.E_DOCUMENT and self._chosen.send:
            return await self._e_documents.send(asked, self._chosen.send, deadline)
        outcome = await self._make_invoice(asked, deadline)
        return await self._as_seen(outcome, asked.prepared, deadline) if isinstance(outcome, Done) else outcome

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        deadline = Deadline(seconds)
        if asked.step is Step.CONTACT:
            return await self._contacts.find(asked.prepared, deadline)
        if asked.step is Step.E_DOCUMENT:
            return await self._e_documents.find(asked, deadline)
        prepared = asked.prepared
        period = mapping.parts_of(prepared)["period"]
        records = await self._invoices.under(prepared.reference, period, deadline)
        if isinstance(records, Unclear):
            return records
        if len(records) > 1:
            return several(records)
        return (differences(records[0], prepared) or self._invoices.done_in(records[0])) if records else Absent()

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        found = await self._invoices.meant(issued, Deadline(seconds))
        return self._invoices.done_in(found) if isinstance(found, Record) else found

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        period = mapping.parts_of(prepared)["period"]
        found = await self._invoices.of_key(done.reference, prepared.reference, period, Deadline(seconds))
        if not isinstance(found, Record):
            return Unclear(why="the record is no longer there") if isinstance(found, Absent) and done.number else found
        seen = self._invoices.done_in(found)
        # Its word comes late: what was sent is no draft again without one.
        is_late = isinstance(seen, Done) and seen.state is DocumentState.DRAFT and done.state not in UNSIGNED
        return replace(done, payable=None) if is_late else seen

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """By a service of the account's; without one a person does it in DİA."""
        if self._chosen.cancel is None:
            message = "DİA's service that cancels is not set: the connection's option `efa_cancel`"
            return Refused(errors=(FieldError(path="$", code="CANCELLATION_UNSUPPORTED", message=message),))
        return await self._e_documents.cancel(issued, self._chosen.cancel, Deadline(seconds))

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """Done when it is not found any more; one that has an e-document, whatever is said of that, is not deleted."""
        deadline = Deadline(seconds)
        found = await self._invoices.meant(issued, deadline)
        match found:
            case Unclear():
                return not_sent(found)
            case Record(word=None, is_cancelled=False):
                pass
            case Record():
                message = f"record {found.key} cannot be deleted any more: it is {found.word or 'cancelled'}"
                return Refused(errors=(FieldError(path="$", code="NO_DRAFT", message=message),))
            case _:
                return not_meant(found)
        key: dict[str, JsonValue] = {"key": int(found.key)}
        failed = await self._services.write("scf_fatura_sil", key, found.period, answers.taken, deadline)
        if failed is not None:
            return failed
        if isinstance(await self._invoices.meant(issued, deadline), Absent):
            return Done(reference=found.key, state=DocumentState.CANCELLED)
        return Unknown(why="it was taken, and the record is still found")

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:  # noqa: ARG002 - DİA does not say whose books they are
        return await checks.checked(self._services, self._chosen, Deadline(seconds))

    async def _make_invoice(self, asked: StepInput, deadline: Deadline) -> Outcome:
        """What was refused may have named a card that a person has changed."""
        products = await self._catalogue.of_lines(asked.prepared, deadline)
        if not isinstance(products, list):
            return products
        body = mapping.invoice_for(asked.prepared, asked.made[Step.CONTACT], products)
        made = partial(answers.made, state=self._invoices.unsent)
        period = mapping.parts_of(asked.prepared)["period"]
        outcome = await self._services.write("scf_fatura_ekle", {"kart": body}, period, made, deadline)
        return self._catalogue.refused(asked.prepared, outcome) if isinstance(outcome, Refused) else outcome

    async def _as_seen(self, made: Done, prepared: Prepared, deadline: Deadline) -> Done | Unknown:
        """With its total, which no answer but the list's has: another one is a question before it is legal.

        Unknown where it is made out to another buyer, or there is another record of our reference, so that it is looked
        up, and becomes a question, too.
        """
        period = mapping.parts_of(prepared)["period"]
        found = await self._invoices.under(prepared.reference, period, deadline)
        listed = found if isinstance(found, list) else []
        if len(listed) > 1:
            return Unknown(why=several(listed).detail)
        same = [record for record in listed if record.key == made.reference]
        if same and (different := of_another_buyer(same[0], prepared)):
            return Unknown(why=different.detail)
        done = self._invoices.done_in(same[0]) if same else None
        if not isinstance(done, Done):
            return replace(made, errors=(TOTAL_UNSEEN,))
        return done if done.payable is not None else replace(done, errors=(*done.errors, TOTAL_UNSEEN))

    async def _log_out(self, text: str, seconds: float) -> None:
        session = self.read_token(text)
        if session is not None:
            await login.log_out(self.http, session, seconds)


def _with(usual: Capabilities, chosen: Options) -> Capabilities:
    """What a connection can do: by the words of the account it is followed, by its services sent and cancelled."""
    if not chosen.states:
        return usual
    return replace(
        usual,
        steps=(*usual.steps, Step.E_DOCUMENT) if chosen.send else usual.steps,
        poll_until=MappingProxyType(dict.fromkeys(RECORDS, DEAD | LEGAL)),
        cancels=RECORDS if chosen.cancel else usual.cancels,
    )
