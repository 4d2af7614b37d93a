"""`faturaflow documents`: what the status topic tells of each document, and what a person wants done with one."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from app.cli import asking
from app.cli.context import ATTENTION, CommandError, bootstrap, codec, exit_on, plain, topics
from app.cli.output import moment, print_table, safe, write_file
from app.documents.from_order.pricing import price_lines
from app.domain.commands import DocumentOrder, InvoiceCommand
from app.domain.documents import DEAD, INVOICING, Attention, DocumentState, DocumentStatus
from app.domain.identity import connection_key
from app.domain.orders import DocumentApproved, DocumentCancellationRequested, RerouteRequested
from app.domain.parties import Person
from app.operations.submit import OUTCOME_SECONDS, Actor, Wait, Why, act
from app.settings import settings
from app.store import Store, StoreError
from app.stream.clients.errors import SourceError
from app.stream.clients.reader import TopicUnreadableError, read_topic
from app.stream.topics import identities
from app.tracking.documents import TrackedDocument, track
from providers.reads import FileForm

app = typer.Typer(help="Documents as their status events tell them.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
DocumentId = Annotated[str, typer.Argument(help="The document's id, or an unmistakable beginning of it.")]
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
    value: dict[str, Any] = plain(status)
    return value


@app.command("list")
def list_documents(
    *,
    business: Annotated[str | None, typer.Option(help="Only this business.")] = None,
    order: Annotated[str | None, typer.Option(help="Only this order reference.")] = None,
    state: Annotated[DocumentState | None, typer.Option(help="Only this legal state.")] = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Only what waits for a person; exit code 3 when there is any.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest changed.")] = 50,
    json_output: AsJson = False,
) -> None:
    """List documents with their latest state."""
    with exit_on(TopicUnreadableError):
        found = [
            document.latest
            for document in documents().values()
            if document.matches(business=business, order=order, state=state, attention=attention)
        ]
    latest = sorted(found, key=lambda status: status.occurred_at)[-limit:]
    if json_output:
        typer.echo(json.dumps([as_json(status) for status in latest], ensure_ascii=False))
    else:
        typer.echo(f"{len(latest)} of {len(found)} documents")
        print_table(
            ("document", "business", "order", "state", "attention", "type", "number", "since"), map(_row, latest)
        )
    if attention and found:
        raise typer.Exit(ATTENTION)


def _row(latest: DocumentStatus) -> tuple[str, ...]:
    return (
        *(latest.document_id[:SHORT], latest.business, latest.order_reference, latest.state, latest.attention or ""),
        *(latest.document_type or "", latest.number or "", moment(latest.occurred_at)),
    )


@app.command()
def show(document_id: DocumentId, *, json_output: AsJson = False) -> None:
    """Show one document's whole history, with errors and evidence."""
    with exit_on(TopicUnreadableError):
        document = find(document_id)
        content = content_of_document(document.latest)
    if json_output:
        shown = {**as_json(document.latest), **content, "history": [as_json(each) for each in document.history]}
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        print_document(document, content)


@app.command()
def download(
    document_id: DocumentId,
    *,
    form: Annotated[FileForm, typer.Option("--as", help="As what.")] = FileForm.PDF,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; else the document's number.")
    ] = None,
) -> None:
    """Fetch a document's file from its provider."""
    with exit_on(TopicUnreadableError, StoreError, OSError):
        latest = find(document_id).latest
        with Store.open(settings()) as store:
            content = asking.file_of(store, latest, form)
        file = output or Path(f"{latest.number}.{form}")
        write_file(file, content)
    typer.echo(f"{file}: {len(content)} bytes of {latest.provider}'s {form} of {latest.number}")


def content_of_document(latest: DocumentStatus) -> dict[str, str]:
    """Amount, currency and buyer, by the command that asked for the document; empty when the topic has lost it.

    Raises TopicUnreadableError.
    """
    read, topic = codec(), topics().commands(latest.provider)
    for record in read_topic(bootstrap(), topic):
        if record.value is None or record.key != connection_key(latest.business, latest.provider).encode():
            continue
        command = read.read(InvoiceCommand, record.value)
        if command.document_id == latest.document_id and command.order is not None:
            return _content(command.order, command.person)
    return {}


def _content(order: DocumentOrder, person: Person | None) -> dict[str, str]:
    lines = price_lines(order.lines, prices_include_vat=order.prices_include_vat)
    payable = sum((line.base + sum(tax.amount for tax in line.taxes) for line in lines), Decimal(0))
    buyer = person.buyer if person else None
    name = " ".join(filter(None, (buyer.name, buyer.family_name))) if buyer else "the final consumer"
    number = {"buyer_tax_number": buyer.tax_number} if buyer and buyer.tax_number else {}
    return {"amount": f"{payable:.2f}", "currency": order.currency, "buyer": name, **number}


def print_document(document: TrackedDocument, content: Mapping[str, str]) -> None:
    """The document and its history, for a person."""
    latest = document.latest
    facts = {
        "document": latest.document_id,
        "order": f"{latest.business}/{latest.order_reference}",
        "lines": ", ".join(latest.lines),
        "state": f"{latest.state}{f' ({latest.attention})' if latest.attention else ''}",
        "provider": latest.provider,
        "type": latest.document_type or "not decided yet",
        "number": latest.number or "not yet",
        "ETTN": latest.ettn or "not yet",
        "issued on": f"{latest.issue_date}" if latest.issue_date else "not yet",
        **{name.replace("_", " "): said for name, said in content.items()},
    }
    for name, said in facts.items():
        typer.echo(safe(f"{name:<17} {said}"))
    for status in document.history:
        attention = f" {status.attention}" if status.attention else ""
        typer.echo(f"  {status.sequence:>3}  {moment(status.occurred_at)}  {status.state}{attention}")
        for error in status.errors:
            typer.echo(safe(f"       {error.path} {error.code}: {error.message}"))
        for evidence in status.evidence:
            typer.echo(safe(f"       {moment(evidence.at)} {evidence.what} {evidence.detail}"))


@app.command()
def approve(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """Let a planned document go, and print what the planner answers."""
    with exit_on(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        act(latest, DocumentApproved(document_id=latest.document_id), actor=actor, why=why, wait=wait)


@app.command()
def cancel(
    document_id: DocumentId,
    *,
    reason: Annotated[str, typer.Option(help="Why: the provider may be given it, and it stands in the order's log.")],
    actor: Actor,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Cancel an issued document at its provider, or withdraw one that is not issued yet."""
    with exit_on(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        act(latest, cancellation_of(latest, reason), actor=actor, why=None, wait=wait)


@app.command()
def reroute(
    document_id: DocumentId,
    *,
    to: Annotated[str, typer.Option(help="The provider that is to issue it; the business needs a connection to it.")],
    actor: Actor,
    why: Why = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Let another provider issue what is not issued yet."""
    with exit_on(TopicUnreadableError, SourceError):
        latest = find(document_id).latest
        act(latest, reroute_of(latest, to), actor=actor, why=why, wait=wait)


def cancellation_of(latest: DocumentStatus, reason: str) -> DocumentCancellationRequested:
    """The event that asks for it. Raises CommandError where it is plain already that it would be refused."""
    if latest.state in DEAD and latest.attention is not Attention.NEEDS_REVIEW:
        raise CommandError(f"Document {latest.document_id} is {latest.state}: there is nothing left to cancel.")
    if latest.state in INVOICING - {DocumentState.ISSUED, DocumentState.CANCEL_PENDING}:
        raise CommandError(
            f"Document {latest.document_id} is {latest.state} and can no longer be cancelled here: settle it with the "
            "buyer at the provider."
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
