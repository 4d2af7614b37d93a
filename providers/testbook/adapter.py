"""Testbook's adapter: a provider without a unique reference. For tests and demonstrations only.

Secrets: `api_key`. Options: those of `providers.options`, `look_up: none` for a connection that cannot be asked, and
`numbers: ours` for books that take our numbers instead of counting by themselves.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from app.domain.commands import InvoiceCommand
from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.parties import BusinessFacts
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
    Permit,
    Prepared,
    Quota,
    Refused,
    Registration,
    Step,
    Unclear,
    Unknown,
)
from providers.http import Deadline, Http, Reply, unclear
from providers.masking import Mask, discreet, personal
from providers.options import TUNABLE, numbering, refuse_unknown, tuned
from providers.reads import CheckAsked, Checked, CheckState, DocumentFile, FileForm, Subject
from providers.testbook import answers, mapping

CAPABILITIES: Final = Capabilities(
    provider="testbook",
    steps=(Step.INVOICE,),
    document_types=frozenset({DocumentType.SALES_INVOICE}),
    unique_reference=False,
    look_up=LookUp.BY_REFERENCE,
    settle_seconds=5.0,
    max_call_seconds=20.0,
    quota=Quota(requests=50, seconds=1.0),
    concurrency=8,
    taxpayer_lookup=False,
    poll_until={DocumentType.SALES_INVOICE: DEAD | {DocumentState.ISSUED}},
    cancels=frozenset({DocumentType.SALES_INVOICE}),
    checks=frozenset({Subject.LOGIN}),
)
# Of a cancellation's budget the search for Testbook's id may take this part; the rest is the cancellation's.
FIND_SHARE: Final = 0.4


class TestbookAdapter:
    """One company's books."""

    __test__ = False  # pytest takes the name for a test's
    CAPABILITIES: Final = CAPABILITIES

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings it cannot work with, KeyError for a missing `api_key`."""
        refuse_unknown(settings.options, TUNABLE | {"look_up", "numbers"})
        self._capabilities = replace(
            tuned(CAPABILITIES, settings.options),
            look_up=_look_up(settings.options),
            numbering=numbering(settings.options),
        )
        self._account = settings.secrets["api_key"]
        headers = {"Authorization": f"Bearer {self._account}"}
        self._http = Http(settings.base_url, headers, is_own=answers.is_own, secrets=settings.secrets.values())

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def account(self) -> str:
        """A key opens the books of one company."""
        return self._account

    def use_permit(self, permit: Permit) -> None:
        self._http.permit = permit

    def mask_for(self, document: Prepared | Issued | None) -> Mask:
        buyer = mapping.buyer_of(document.request) if isinstance(document, Prepared) else {}
        return personal(buyer.values(), names=[buyer.get("name")])

    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:  # noqa: ARG002 - the protocol's
        """Testbook knows nobody; its documents are of one kind only."""
        return Unclear(why="Testbook has no register")

    def prepare(
        self,
        command: InvoiceCommand,
        facts: BusinessFacts,
        document_type: DocumentType,
        issued_at: datetime,
        number: str | None = None,
    ) -> Prepared:
        return mapping.prepare(command, facts, document_type, issued_at, number)

    @discreet
    async def create(self, step: Step, prepared: Prepared, seconds: float) -> Outcome:  # noqa: ARG002 - there is one step
        reply = await self._http.send("POST", "/invoices", seconds, body=prepared.request)
        if not isinstance(reply, Reply):
            return reply
        return self._http.classify(reply) or answers.created(reply, prepared)

    @discreet
    async def find_prepared(self, step: Step, prepared: Prepared, seconds: float) -> Finding:  # noqa: ARG002 - there is one step
        rows = await self._rows(prepared.reference, seconds)
        return rows if isinstance(rows, Unclear) else answers.found(rows, prepared)

    @discreet
    async def poll(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        reply = await self._http.read(f"/invoices/{quote(done.reference, safe='')}", seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        row = reply.json() if reply.status == answers.FOUND else None
        return answers.done_in(row, prepared.reference) or Unclear(why=reply.excerpt())

    @discreet
    async def cancel(self, issued: Issued, seconds: float) -> Outcome:
        """Testbook's id is looked for first where it is not known: its references are not unique."""
        deadline = Deadline(seconds)
        identifier = issued.provider_reference or await self._id_of(issued, seconds * FIND_SHARE)
        if not isinstance(identifier, str):
            return identifier
        reply = await self._http.send("POST", f"/invoices/{quote(identifier, safe='')}/cancel", deadline.left())
        if not isinstance(reply, Reply):
            return reply
        return self._http.classify(reply) or answers.cancelled(reply, issued)

    @discreet
    async def find_issued(self, issued: Issued, seconds: float) -> Finding:
        rows = await self._rows(issued.reference, seconds)
        return rows if isinstance(rows, Unclear) else answers.meant(rows, issued)

    async def _id_of(self, issued: Issued, seconds: float) -> str | NotSent | Refused:
        if self._capabilities.look_up is LookUp.NONE:
            return _not_one("this connection cannot be asked")  # later neither: a person cancels it by hand
        match await self.find_issued(issued, seconds):
            case Done(reference=identifier):
                return identifier
            case Unclear(why=why, needs_owner=needs_owner):
                return NotSent(why=why, needs_owner=needs_owner)
            case found:
                return _not_one(type(found).__name__)

    async def _rows(self, reference: str, seconds: float) -> list[Any] | Unclear:
        """Everything that stands under a reference of ours."""
        if self._capabilities.look_up is LookUp.NONE:
            return Unclear(why="this connection cannot be asked")
        reply = await self._http.read("/invoices", seconds, query={"reference": reference})
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        body = reply.json()
        rows = body.get("invoices") if isinstance(body, dict) and reply.status == answers.FOUND else None
        return rows if isinstance(rows, list) else Unclear(why=reply.excerpt())

    async def download(self, issued: Issued, form: FileForm, seconds: float) -> DocumentFile | Absent | Unclear:  # noqa: ARG002 - the protocol's
        """Testbook keeps amounts and no documents."""
        return Unclear(why="Testbook has no files of its documents")

    async def check(self, asked: CheckAsked, seconds: float) -> tuple[Checked, ...]:  # noqa: ARG002 - nothing to compare
        """The login alone: Testbook has no credits, series or register, and does not say whose books they are."""
        reply = await self._http.read("/invoices", seconds, query={"reference": ""})
        match reply:
            case NotSent(needs_owner=True, why=why):
                state, said = CheckState.WRONG, why
            case NotSent(why=why) | Unknown(why=why):
                state, said = CheckState.UNCLEAR, why
            case Reply(status=200):
                state, said = CheckState.FINE, "the key opens books"
            case _:
                state, said = CheckState.UNCLEAR, reply.excerpt()
        return (Checked(subject=Subject.LOGIN, state=state, said=said),)

    async def probe(self, seconds: float) -> bool:
        return await self._http.answers("/", seconds)

    async def close(self) -> None:
        await self._http.close()


def _look_up(options: Mapping[str, str]) -> LookUp:
    match options.get("look_up"):
        case None:
            return LookUp.BY_REFERENCE
        case "none":
            return LookUp.NONE
        case other:
            raise ValueError(f"option look_up must be none or left out, not {other!r}")


def _not_one(why: str) -> Refused:
    message = f"which document is meant is not to be told: {why}"
    return Refused(errors=(FieldError(path="$", code="NOT_ONE_DOCUMENT", message=message),))
