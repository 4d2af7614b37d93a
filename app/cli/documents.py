"""`faturaflow documents`: what the status topic tells of each document, and what a person wants done with one."""

import json
from typing import Annotated, Any, Final

import typer
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from app.cli.acts import Actor, Why, append
from app.cli.context import CommandError, bootstrap, codec, told, topics
from app.domain.documents import DEAD, INVOICING, DocumentState, DocumentStatus
from app.domain.orders import DocumentApproved, DocumentCancellationRequested, RerouteRequested
from app.sources.errors import SourceError
from app.stream import identities
from app.stream.reader import TopicUnreadableError, read_topic
from app.tracking.documents import TrackedDocument, track

app = typer.Typer(help="Documents as their status events tell them.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DocumentId = Annotated[str, typer.Argument(help="The document's id, or an unmistakable beginning of it.")]
_STATUS = TypeAdapter(DocumentStatus)
# Enough of an id to be unmistakable among millions, and to leave room for the rest of the line.
SHORT: Final = 13


def documents() -> dict[str, TrackedDocument]:
    """Every document that the status topic tells of."""
    read = codec()
    records = read_topic(bootstrap(), topics().document_status)
    return track(read.read(DocumentStatus, record.value) for record in records if record.value is not None)


def find(beginning: str) -> TrackedDocument:
    """The one document whose id begins like this. Raises CommandError for none and for several."""
    found = [document for document_id, document in documents().items() if document_id.startswith(beginning)]
    if len(found) != 1:
        raise CommandError(f"{len(found) or 'No'} documents have an id that begins with {beginning!r}.")
    return found[0]


def as_json(status: DocumentStatus) -> dict[str, Any]:
    """A status event as JSON has it."""
    value: dict[str, Any] = _STATUS.dump_python(status, mode="json")
    return value


@app.command("list")
def list_documents(
    *,
    business: Annotated[str | None, typer.Option(help="Only this business.")] = None,
    order: Annotated[str | None, typer.Option(help="Only this order reference.")] = None,
    state: Annotated[DocumentState | None, typer.Option(help="Only this legal state.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest told.")] = 50,
    json_output: AsJson = False,
) -> None:
    """List documents with their latest state."""
    with told(TopicUnreadableError):
        found = [d for d in documents().values() if d.matches(business=business, order=order, state=state)]
    show = found[-limit:]
    if json_output:
        typer.echo(json.dumps([as_json(document.latest) for document in show], ensure_ascii=False))
        return
    table = Table(title=f"{len(show)} of {len(found)} documents")
    for column in ("document", "business", "order", "state", "attention", "type", "number"):
        table.add_column(column, overflow="fold")
    for latest in (document.latest for document in show):
        table.add_row(
            latest.document_id[:SHORT],
            latest.business,
            latest.order_reference,
            latest.state,
            latest.attention or "",
            latest.document_type or "",
            latest.number or "",
        )
    Console().print(table)


@app.command()
def show(document_id: DocumentId, *, json_output: AsJson = False) -> None:
    """Show one document's whole history, with errors and evidence."""
    with told(TopicUnreadableError):
        document = find(document_id)
    if json_output:
        typer.echo(json.dumps([as_json(status) for status in document.history], ensure_ascii=False))
        return
    print_document(document)


def print_document(document: TrackedDocument) -> None:
    """The document and its history, for a person."""
    latest, console = document.latest, Console()
    console.print(f"document {latest.document_id} of order {latest.business}/{latest.order_reference}")
    console.print(f"lines {', '.join(latest.lines)} at {latest.provider}; number {latest.number or 'not yet'}")
    for status in document.history:
        attention = f" [{status.attention}]" if status.attention else ""
        console.print(
            f"  {status.sequence:>3}  {status.occurred_at:%Y-%m-%d %H:%M:%S}  {status.state}{attention}", markup=False
        )
        for error in status.errors:
            console.print(f"       {error.path} {error.code}: {error.message}", markup=False)
        for evidence in status.evidence:
            console.print(f"       {evidence.at:%H:%M:%S} {evidence.what} {evidence.detail}", markup=False)


@app.command()
def approve(document_id: DocumentId, *, actor: Actor, why: Why = None) -> None:
    """Let a planned document go."""
    with told(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        append(latest, DocumentApproved(document_id=latest.document_id), actor=actor, why=why)
    typer.echo(f"Approved {latest.document_id}; `faturaflow documents show` tells what comes of it.")


@app.command()
def cancel(
    document_id: DocumentId,
    *,
    reason: Annotated[str, typer.Option(help="Why: the provider may be told, and it stands in the order's log.")],
    actor: Actor,
) -> None:
    """Cancel an issued document at its provider, or withdraw one that is not issued yet."""
    with told(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        append(latest, cancellation_of(latest, reason), actor=actor, why=None)
    typer.echo(
        f"Asked for the cancellation of {latest.document_id}; `faturaflow documents show` tells what comes of it."
    )


@app.command()
def reroute(
    document_id: DocumentId,
    *,
    to: Annotated[str, typer.Option(help="The provider that is to issue it; the business needs a connection to it.")],
    actor: Actor,
    why: Why = None,
) -> None:
    """Let another provider issue what is not issued yet."""
    with told(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        append(latest, reroute_of(latest, to), actor=actor, why=why)
    typer.echo(f"Asked to move {latest.document_id} to {to}; `faturaflow documents list` tells what comes of it.")


def cancellation_of(latest: DocumentStatus, reason: str) -> DocumentCancellationRequested:
    """The event that asks for it. Raises CommandError where it is plain already that it would be refused."""
    if latest.state in DEAD:
        raise CommandError(f"Document {latest.document_id} is {latest.state}: there is nothing left to cancel.")
    if latest.state in INVOICING - {DocumentState.ISSUED, DocumentState.CANCEL_PENDING}:
        raise CommandError(
            f"Document {latest.document_id} is {latest.state} and can no longer be cancelled: issue a return instead."
        )
    if not reason.strip():
        raise CommandError("A cancellation needs its reason: say it with --reason.")
    return DocumentCancellationRequested(document_id=latest.document_id, reason=reason)


def reroute_of(latest: DocumentStatus, provider: str) -> RerouteRequested:
    """The event that asks for it. Raises CommandError where it is plain already that it would be refused."""
    if provider not in identities.PROVIDERS:
        raise CommandError(f"There is no provider {provider!r}: choose one of {', '.join(identities.PROVIDERS)}.")
    if latest.state in INVOICING:
        raise CommandError(
            f"Document {latest.document_id} is {latest.state} at {latest.provider}: cancel it first, then request the "
            "invoice again."
        )
    if latest.state in DEAD:
        raise CommandError(f"Document {latest.document_id} is {latest.state}: request the invoice again instead.")
    if provider == latest.provider:
        raise CommandError(f"Document {latest.document_id} is at {provider} already: choose another provider.")
    return RerouteRequested(document_id=latest.document_id, provider=provider)
