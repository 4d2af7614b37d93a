"""Testbook's adapter: a provider without a unique reference. For tests and demonstrations only.

Secrets: `api_key`. Options: those of `providers.options`, `look_up: none` for a connection that cannot be asked, and
`numbers: ours` for books that take our numbers instead of counting by themselves.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from urllib.parse import quote

from app.domain.commands import InvoiceCommand
from app.domain.documents import DEAD, DocumentState, DocumentType
from app.domain.errors import FieldError
from providers import exact_json
from providers.base import (
    Absent,
    BusinessFacts,
    Capabilities,
    ConnectionSettings,
    Different,
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
    seen,
)
from providers.http import Deadline, Http, Reply, unclear
from providers.masking import Mask, discreet, personal
from providers.options import TUNABLE, numbering, refuse_unknown, tuned
from providers.testbook import mapping

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
    follow_until={DocumentType.SALES_INVOICE: DEAD | {DocumentState.ISSUED}},
    cancels=frozenset({DocumentType.SALES_INVOICE}),
)
STATES: Final[Mapping[str, DocumentState]] = {
    "pending": DocumentState.PROCESSING,
    "booked": DocumentState.ISSUED,
    "failed": DocumentState.REJECTED,
    "cancelled": DocumentState.CANCELLED,
}
UNREADABLE: Final = "a row that is not a document in a known state, with an id and a number that are texts"
BOOKING_FAILED: Final = FieldError(path="$", code="BOOKING_FAILED", message="Testbook took the document and failed it")
# Of a cancellation's budget the search for Testbook's id may take this part; the rest is the cancellation's.
FIND_SHARE: Final = 0.4
FORM: Final = ("field", "code", "message")
CREATED: Final = 201
FOUND: Final = 200
REFUSED: Final = 422
CONFLICT: Final = 409


class TestbookAdapter:
    """One company's books."""

    __test__ = False  # pytest takes the name for a test's

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
        self._http = Http(settings.base_url, headers, is_own=_is_own, secrets=settings.secrets.values())

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    @property
    def account(self) -> str:
        """A key opens the books of one company."""
        return self._account

    def ask(self, permit: Permit) -> None:
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
        return self._http.classify(reply) or _created(reply, prepared)

    @discreet
    async def look_up(self, step: Step, prepared: Prepared, seconds: float) -> Finding:  # noqa: ARG002 - there is one step
        rows = await self._rows(prepared.reference, seconds)
        return rows if isinstance(rows, Unclear) else _found(rows, prepared)

    @discreet
    async def follow(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        reply = await self._http.read(f"/invoices/{quote(done.reference, safe='')}", seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        row = reply.json() if reply.status == FOUND else None
        return _done(row, prepared.reference) or Unclear(why=reply.excerpt())

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
        return self._http.classify(reply) or _cancelled(reply, issued)

    @discreet
    async def find(self, issued: Issued, seconds: float) -> Finding:
        rows = await self._rows(issued.reference, seconds)
        return rows if isinstance(rows, Unclear) else _meant(rows, issued)

    async def _id_of(self, issued: Issued, seconds: float) -> str | NotSent | Refused:
        match await self.find(issued, seconds):
            case Done(reference=identifier):
                return identifier
            case Unclear(why=why, needs_owner=needs_owner):
                return NotSent(why=why, needs_owner=needs_owner)
            case found:
                message = f"which document is meant is not to be told: {type(found).__name__}"
                return Refused(errors=(FieldError(path="$", code="NOT_ONE_DOCUMENT", message=message),))

    async def _rows(self, reference: str, seconds: float) -> list[Any] | Unclear:
        """Everything that stands under a reference of ours."""
        if self._capabilities.look_up is LookUp.NONE:
            return Unclear(why="this connection cannot be asked")
        reply = await self._http.read("/invoices", seconds, query={"reference": reference})
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        body = reply.json()
        rows = body.get("invoices") if isinstance(body, dict) and reply.status == FOUND else None
        return rows if isinstance(rows, list) else Unclear(why=reply.excerpt())

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


def _created(reply: Reply, prepared: Prepared) -> Outcome:
    body = reply.json()
    if reply.status == CREATED:
        return _done(body, prepared.reference) or Unknown(why=reply.excerpt())
    return _refused(reply, REFUSED) or Unknown(why=reply.excerpt())


def _cancelled(reply: Reply, issued: Issued) -> Outcome:
    done = _done(reply.json(), issued.reference) if reply.status == FOUND else None
    if done is not None and done.state is DocumentState.CANCELLED:
        return done
    return _refused(reply, CONFLICT) or Unknown(why=reply.excerpt())


def _refused(reply: Reply, status: int) -> Refused | None:
    errors = _errors_in(reply) if reply.status == status else ()
    return Refused(errors=errors) if errors else None


def _is_own(reply: Reply) -> bool:
    """Whether Testbook itself has written this refusal."""
    return bool(_errors_in(reply))


def _errors_in(reply: Reply) -> tuple[FieldError, ...]:
    """All of them, in Testbook's own form; none when one of them is not in it."""
    body = reply.json()
    listed = body.get("errors") if isinstance(body, dict) else None
    errors = [_error(error) for error in (listed if isinstance(listed, list) else [])]
    return tuple(error for error in errors if error) if all(errors) else ()


def _error(error: Any) -> FieldError | None:
    said = [error.get(name) for name in FORM] if isinstance(error, dict) else []
    texts = [text for text in said if isinstance(text, str)]
    return FieldError(path=f"$.{texts[0]}", code=texts[1], message=texts[2]) if len(texts) == len(FORM) else None


def _found(rows: list[Any], prepared: Prepared) -> Finding:
    if not rows:
        return Absent()
    if len(rows) > 1:
        return Different(detail=f"{len(rows)} documents stand under {prepared.reference}")
    done = _done(rows[0], prepared.reference)
    if done is None:
        return Unclear(why=UNREADABLE)
    return _difference(rows[0], prepared) or done


def _meant(rows: list[Any], issued: Issued) -> Finding:
    """The document with the number, or Testbook's id, that was told when it was issued; else the only one there is."""
    found = [_done(row, issued.reference) for row in rows]
    known = [done for done in found if done is not None]
    if len(known) != len(found):
        return Unclear(why=UNREADABLE)
    same = [d for d in known if issued.number == d.number or issued.provider_reference == d.reference]
    if len(same) == 1:
        return same[0]
    if len(known) == 1 and issued.number is None:
        return known[0]
    return Different(detail=f"{len(known)} documents stand under {issued.reference}") if known else Absent()


def _difference(row: Mapping[str, Any], prepared: Prepared) -> Different | None:
    asked = exact_json.loads(prepared.request)
    expected = {
        "reference": asked["reference"],
        "currency": asked["currency"],
        "buyer_tax_number": asked["buyer"]["tax_number"],
        "total": asked["total"],
    }
    expected |= {"number": prepared.number} if prepared.number else {}
    found = {**row, "total": _decimal(row.get("total"))}
    different = [name for name, value in expected.items() if found.get(name) != value]
    if not different:
        return None
    return Different(detail="; ".join(f"{name} is {found.get(name)}, not {expected[name]}" for name in different))


def _done(row: Any, reference: str) -> Done | None:
    """None for a row that is not this document of ours in a known state."""
    if not isinstance(row, dict) or row.get("reference") != reference:
        return None
    state = STATES.get(str(row.get("state")))
    if state is None:
        return None
    errors = (BOOKING_FAILED,) if state is DocumentState.REJECTED else ()
    return seen(reference=row.get("id"), state=state, number=row.get("number"), errors=errors)


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
