"""Testbook's adapter: a provider without a unique reference. For tests and demonstrations only.

Secrets: `api_key`, which opens the books of one company. Options: those of `providers.options`, and

* `look_up: none` for a connection that cannot be asked, `look_up: list` for books that show no reference of ours;
* `numbers: ours` for books that take our numbers instead of counting by themselves;
* `login: session` for books that are opened by a session, of which a company has one at a time;
* `unsigned: draft` for books whose invoices are drafts until a person sends them off there, `unsigned: signature` for
  books in which they wait for a signature, which a person can give through us;
* `answers: buyer` for books that show what the buyer has answered;
* `kinds: both` for books that make e-Arşiv and e-Fatura and have no register, `kinds: corrected` where they refuse the
  wrong one, `kinds: named` where they make the right one and say which it is;
* `steps: three` for books in which an invoice is made out to a contact, and is a draft until it has its e-document.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import quote

from app.domain import exact_json
from app.domain.documents import DEAD, LEGAL, DocumentState, DocumentType
from app.domain.invoice_info.enums import InvoiceType
from providers.base import (
    LOG_OUT,
    Absent,
    Capabilities,
    CodeSent,
    CodeTaken,
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
    SessionLease,
    Step,
    StepInput,
    Unclear,
    Unknown,
)
from providers.base.findings import not_meant
from providers.base.outcomes import not_one
from providers.base.reads import CheckAsked, Checked, CheckState, Subject
from providers.masking import discreet
from providers.options import NUMBERS
from providers.testbook import answers, lists, mapping
from providers.testbook.options import capabilities_of
from providers.testbook.requirements import requirements_of
from providers.transport.http import Deadline, Reply
from providers.transport.rest import OK, Request, RestAdapter, RestApi
from providers.transport.sessions import LOG_OUT_SECONDS, SessionEndedError, UserSession

# Of a cancellation's budget the search for Testbook's id may take this part; the rest is the cancellation's.
FIND_SHARE: Final = 0.4


class TestbookAdapter(RestAdapter):
    """One company's books."""

    __test__ = False  # pytest takes the name for a test's

    CAPABILITIES = Capabilities(
        provider="testbook",
        steps=(Step.INVOICE,),
        document_types=frozenset({DocumentType.SALES_INVOICE}),
        unique_reference=False,
        look_up=LookUp.BY_REFERENCE,
        visibility_seconds=5.0,
        max_call_seconds=20.0,
        quota=Quota(requests=50, seconds=1.0),
        concurrency=8,
        taxpayer_lookup=False,
        poll_until={DocumentType.SALES_INVOICE: DEAD | LEGAL},
        cancels=frozenset({DocumentType.SALES_INVOICE}),
        checks=frozenset({Subject.LOGIN}),
        # Its form has no field for the returned invoice.
        invoice_types=frozenset({InvoiceType.SATIS, InvoiceType.ISTISNA}),
    )
    API = RestApi(
        probe="/",
        options=frozenset({"login", "look_up", "steps", *mapping.SAID, NUMBERS}),
        is_own=answers.is_own,
        is_absence=answers.is_absence,
        requirements=requirements_of,
        request=mapping.request_of,
        buyer=mapping.buyer_in,
        buyer_name="name",
    )

    def __init__(self, settings: ConnectionSettings) -> None:
        super().__init__(settings)
        self.capabilities = capabilities_of(self.capabilities, settings.options)
        self._session = UserSession(self._log_in, self._log_out) if self.capabilities.one_session else None

    def use_sessions(self, lease: SessionLease) -> None:
        if self._session is not None:
            self._session.lease = lease

    async def end_session(self, seconds: float) -> None:
        if self._session is not None:
            await self._session.close(seconds)

    async def close(self) -> None:
        await self.end_session(LOG_OUT_SECONDS)
        await super().close()

    async def exchange(
        self, request: Request, seconds: float, headers: Mapping[str, str] = MappingProxyType({})
    ) -> Reply | NotSent | Unknown:
        if self._session is None:
            return await super().exchange(request, seconds, headers)

        async def call(token: str, left: float) -> Reply | NotSent | Unknown:
            reply = await super(TestbookAdapter, self).exchange(request, left, {**headers, **_bearer(token)})
            if isinstance(reply, Reply) and answers.is_session_over(reply):
                raise SessionEndedError
            return reply

        return await self._session.around(seconds, call)

    async def _log_in(self, seconds: float) -> str | NotSent:
        body = exact_json.dumps({"key": self.account})
        reply = await self.http.send("POST", "/sessions", seconds, body=body)
        return reply if isinstance(reply, NotSent) else answers.session_in(reply)

    async def _log_out(self, token: str, seconds: float) -> object:
        return await self.http.send("DELETE", "/sessions", seconds, headers=_bearer(token), kind=LOG_OUT)

    @discreet
    async def create(self, asked: StepInput, seconds: float) -> Outcome:
        created = partial(answers.created, prepared=asked.prepared)
        match asked.step:
            case Step.CONTACT:
                body = mapping.contact_of(asked.prepared)
                return await self.send("POST", "/contacts", seconds, answers.contact_created, body=body)
            case Step.E_DOCUMENT:
                path = f"{_path(asked.made[Step.INVOICE].reference)}/e-document"
                return await self.send("POST", path, seconds, created)
            case _ if self.capabilities.look_up is LookUp.BY_LIST:
                return await self._register(asked, seconds)
            case _:
                return await self.send("POST", "/invoices", seconds, created, body=mapping.invoice_of(asked))

    @discreet
    async def find_prepared(self, asked: StepInput, seconds: float) -> Finding:
        match asked.step:
            case Step.CONTACT:
                return await self._contact(asked.prepared, seconds)
            case Step.E_DOCUMENT:
                row = await self.read_object(_path(asked.made[Step.INVOICE].reference), seconds)
                return answers.e_document(row, asked.prepared) if isinstance(row, dict) else row
            case _:
                rows = await self._rows(asked.prepared.reference, seconds)
                return answers.found(rows, asked.prepared) if isinstance(rows, list) else rows

    @discreet
    async def candidates(self, asked: StepInput, seconds: float) -> tuple[Done, ...] | Unclear:
        query = mapping.register_query(asked.prepared)
        body = await self.read_object("/register", seconds, query=query)
        return lists.candidates(body, asked.prepared) if isinstance(body, dict) else _unclear(body)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        if self.capabilities.look_up is LookUp.BY_LIST:
            return await self._in_register(issued, seconds)
        rows = await self._rows(issued.reference, seconds)
        return answers.meant(rows, issued) if isinstance(rows, list) else rows

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Absent | Unclear:
        row = await self.read_object(_path(done.reference), seconds)
        if not isinstance(row, dict):
            return row
        return answers.done_in(row, prepared.reference) or Unclear(why=answers.UNREADABLE)

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """Testbook's id is looked for first where it is not known: its references are not unique."""
        deadline = Deadline(seconds)
        identifier = issued.provider_reference or await self._id_of(issued, seconds * FIND_SHARE)
        if not isinstance(identifier, str):
            return identifier
        cancelled = partial(answers.cancelled, issued=issued)
        return await self.send("POST", f"{_path(identifier)}/cancel", deadline.left(), cancelled)

    @discreet
    async def withdraw(self, issued: Issued, seconds: float) -> Outcome:
        """Done when it is not found any more."""
        deadline = Deadline(seconds)
        identifier = issued.provider_reference or await self._id_of(issued, seconds * FIND_SHARE)
        if not isinstance(identifier, str):
            return identifier
        outcome = await self.send("POST", f"{_path(identifier)}/delete", deadline.left(), answers.deleted)
        if outcome is not None:
            return outcome
        if isinstance(await self.read_object(_path(identifier), deadline.left()), Absent):
            return Done(reference=identifier, state=DocumentState.CANCELLED, number=issued.number)
        return Unknown(why="it was taken, and the document is still found")

    @discreet
    async def start_signing(
        self, documents: Sequence[Issued], seconds: float
    ) -> CodeSent | NotSent | Refused | Unknown:
        body = mapping.signing_of(documents)
        return await self.send("POST", "/signings", seconds, answers.code_sent, body=body)

    @discreet
    async def finish_signing(
        self, documents: Sequence[Issued], reference: str, code: str, seconds: float
    ) -> CodeTaken | NotSent | Refused | Unknown:
        body = mapping.signing_of(documents, code=code)
        path = f"/signings/{quote(reference, safe='')}"
        return await self.send("POST", path, seconds, answers.code_taken, body=body)

    @discreet
    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:  # noqa: ARG002 - nothing to compare
        """The login alone: Testbook has no credits, series or register, and does not say whose books they are."""
        match await self.read("/invoices", seconds, query={"reference": ""}):
            case NotSent(needs_owner=True, why=why):
                state, said = CheckState.WRONG, why
            case NotSent(why=why) | Unknown(why=why):
                state, said = CheckState.UNCLEAR, why
            case reply if reply.status == OK:
                state, said = CheckState.FINE, "the key opens books"
            case reply:
                state, said = CheckState.UNCLEAR, reply.excerpt()
        return (Checked(subject=Subject.LOGIN, state=state, said=said),)

    async def _id_of(self, issued: Issued, seconds: float) -> str | NotSent | Refused:
        if self.capabilities.look_up is LookUp.NONE:
            return not_one("this connection cannot be asked")  # later neither: a person cancels it by hand
        match await self.find_issued(issued, seconds):
            case Done(reference=identifier):
                return identifier
            case Unclear(why=why, needs_owner=needs_owner):
                return NotSent(why=why, needs_owner=needs_owner)
            case found:
                return not_meant(found)

    async def _contact(self, prepared: Prepared, seconds: float) -> Finding:
        """One of the buyer's name and number, made by us or not."""
        buyer = mapping.buyer_of(prepared)
        body = await self.read_object("/contacts", seconds, query={"tax_number": str(buyer["tax_number"])})
        return answers.contact_found(body, buyer) if isinstance(body, dict) else body

    async def _register(self, asked: StepInput, seconds: float) -> Outcome:
        """The answer does not say which document was made: it is the one that was not there before."""
        deadline = Deadline(seconds)
        body = mapping.invoice_of(asked)
        outcome = await self.send("POST", "/register", deadline.left(), answers.registered, body=body)
        if outcome is not None:
            return outcome
        listed = await self.candidates(asked, deadline.left())
        new = [each for each in listed if each.reference not in asked.known] if isinstance(listed, tuple) else []
        return new[0] if len(new) == 1 else Unknown(why=f"it was taken, and {len(new)} documents there are new")

    async def _in_register(self, issued: Issued, seconds: float) -> Finding:
        """By Testbook's id where that is known, else by its number among those of its day."""
        if issued.provider_reference:
            row = await self.read_object(_path(issued.provider_reference), seconds)
            return answers.meant([row], issued) if isinstance(row, dict) else row
        day = issued.issue_date.isoformat() if issued.issue_date else ""
        body = await self.read_object("/register", seconds, query={"date": day})
        return lists.numbered(body, issued.number) if isinstance(body, dict) else body

    async def _rows(self, reference: str, seconds: float) -> list[Any] | Absent | Unclear:
        """Everything that has a reference of ours."""
        if self.capabilities.look_up is LookUp.NONE:
            return Unclear(why="this connection cannot be asked")
        body = await self.read_object("/invoices", seconds, query={"reference": reference})
        rows = body.get("invoices") if isinstance(body, dict) else body
        return rows if isinstance(rows, list | Absent | Unclear) else Unclear(why=answers.UNREADABLE)


def _path(identifier: str) -> str:
    return f"/invoices/{quote(identifier, safe='')}"


def _unclear(found: Absent | Unclear) -> Unclear:
    """A register that is not there says nothing of what is in it."""
    return found if isinstance(found, Unclear) else Unclear(why="there is no register")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
