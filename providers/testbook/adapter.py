"""Testbook's adapter: a provider without a unique reference. For tests and demonstrations only.

Secrets: `api_key`. Options: those of `providers.options`, and `look_up: none` for a connection that cannot be asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

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
from providers.http import Http, Reply, classify, unclear
from providers.options import TUNABLE, refuse_unknown, tuned
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
)
STATES: Final[Mapping[str, DocumentState]] = {
    "pending": DocumentState.PROCESSING,
    "booked": DocumentState.ISSUED,
    "failed": DocumentState.REJECTED,
}
BOOKING_FAILED: Final = FieldError(path="$", code="BOOKING_FAILED", message="Testbook took the document and failed it")
CREATED: Final = 201
FOUND: Final = 200
REFUSED: Final = 422


class TestbookAdapter:
    """One company's books."""

    __test__ = False  # pytest takes the name for a test's

    def __init__(self, settings: ConnectionSettings) -> None:
        """Raises ValueError for settings it cannot work with, KeyError for a missing `api_key`."""
        refuse_unknown(settings.options, TUNABLE | {"look_up"})
        self._capabilities = replace(tuned(CAPABILITIES, settings.options), look_up=_look_up(settings.options))
        self._http = Http(settings.base_url, {"Authorization": f"Bearer {settings.secrets['api_key']}"})

    @property
    def capabilities(self) -> Capabilities:
        return self._capabilities

    def ask(self, permit: Permit) -> None:
        self._http.permit = permit

    async def registration(self, tax_number: str, seconds: float) -> Registration | Unclear:  # noqa: ARG002 - the protocol's
        """Testbook knows nobody; its documents are of one kind only."""
        return Unclear(why="Testbook has no register")

    def prepare(
        self, command: InvoiceCommand, facts: BusinessFacts, document_type: DocumentType, issued_at: datetime
    ) -> Prepared:
        return mapping.prepare(command, facts, document_type, issued_at)

    async def create(self, step: Step, prepared: Prepared, seconds: float) -> Outcome:  # noqa: ARG002 - there is one step
        reply = await self._http.send("POST", "/invoices", seconds, body=prepared.request)
        if not isinstance(reply, Reply):
            return reply
        return classify(reply) or _created(reply, prepared)

    async def look_up(self, step: Step, prepared: Prepared, seconds: float) -> Finding:  # noqa: ARG002 - there is one step
        if self._capabilities.look_up is LookUp.NONE:
            return Unclear(why="this connection cannot be asked")
        reply = await self._http.read("/invoices", seconds, query={"reference": prepared.reference})
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        body = reply.json()
        rows = body.get("invoices") if isinstance(body, dict) and reply.status == FOUND else None
        if not isinstance(rows, list):
            return Unclear(why=reply.excerpt())
        return _found(rows, prepared)

    async def follow(self, prepared: Prepared, done: Done, seconds: float) -> Done | Unclear:
        reply = await self._http.read(f"/invoices/{done.reference}", seconds)
        if isinstance(reply, NotSent | Unknown):
            return unclear(reply)
        row = reply.json() if reply.status == FOUND else None
        return _done(row, prepared) or Unclear(why=reply.excerpt())

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
        return _done(body, prepared) or Unknown(why=reply.excerpt())
    if reply.status == REFUSED and isinstance(body, dict) and body.get("errors"):
        return Refused(errors=tuple(_error(error) for error in body["errors"]))
    return Unknown(why=reply.excerpt())


def _error(error: Mapping[str, Any]) -> FieldError:
    return FieldError(path=f"$.{error['field']}", code=error["code"], message=error["message"])


def _found(rows: list[Any], prepared: Prepared) -> Finding:
    if not rows:
        return Absent()
    if len(rows) > 1:
        return Different(detail=f"{len(rows)} documents stand under {prepared.reference}")
    done = _done(rows[0], prepared)
    if done is None:
        return Unclear(why=f"a row that cannot be read: {rows[0]!r}")
    return _difference(rows[0], prepared) or done


def _difference(row: Mapping[str, Any], prepared: Prepared) -> Different | None:
    asked = exact_json.loads(prepared.request)
    expected = {
        "reference": asked["reference"],
        "currency": asked["currency"],
        "buyer_tax_number": asked["buyer"]["tax_number"],
        "total": asked["total"],
    }
    found = {**row, "total": _decimal(row.get("total"))}
    different = [name for name, value in expected.items() if found.get(name) != value]
    if not different:
        return None
    return Different(detail="; ".join(f"{name} is {found.get(name)}, not {expected[name]}" for name in different))


def _done(row: Any, prepared: Prepared) -> Done | None:
    """None for a row that is not a document of ours in a known state."""
    if not isinstance(row, dict) or row.get("reference") != prepared.reference or not row.get("id"):
        return None
    state = STATES.get(row.get("state", ""))
    if state is None:
        return None
    errors = (BOOKING_FAILED,) if state is DocumentState.REJECTED else ()
    return Done(reference=row["id"], state=state, number=row.get("number"), errors=errors)


def _decimal(value: object) -> Decimal | None:
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None
