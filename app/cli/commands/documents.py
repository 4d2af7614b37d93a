"""`faturaflow documents`: what became of each document, and what a person wants done with one."""

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from app.cli.commands.document_sums import count, sum_vat
from app.cli.exits import ATTENTION, exit_on
from app.cli.files import write_file
from app.cli.options import Actor, AsJson, DocumentId, Wait, Why
from app.cli.printing.documents import (
    INTENT_WORDS,
    SHORT,
    content_as_json,
    intent_in_words,
    mail_line,
    mailing_as_json,
    print_document,
)
from app.cli.printing.outcomes import end_with_outcome, waiting_for_the_planner
from app.cli.printing.staleness import print_staleness
from app.cli.printing.tables import print_table, safe, safe_json, short_moment, without_empty
from app.documents.rendering import RenderingError
from app.documents.safe_input.xml import UnsafeXmlError
from app.domain.documents import DocumentState, DocumentStatus, Intent
from app.operations import document_acts, document_files, documents, marking
from app.operations.document_files import FileOrigin
from app.operations.json_values import json_value
from app.operations.mail.sending import send_document
from app.operations.preview import preview_document
from app.operations.retrying import retry_document
from app.operations.signing import finish_signing, start_signing
from app.operations.submit import OUTCOME_SECONDS
from app.operations.ubl import PageFormat
from app.store import MailOutcome, StoreError
from app.stream.clients.errors import SendError, TopicUnreadableError
from providers.base.reads import FileForm

app = typer.Typer(help="Documents: the state of each, by its status events.", no_args_is_help=True)
app.command()(count)
app.command("sum-vat")(sum_vat)


@app.command("list")
def list_documents(
    *,
    business: Annotated[str | None, typer.Option(help="Only this business.")] = None,
    order: Annotated[str | None, typer.Option(help="Only this order reference.")] = None,
    state: Annotated[DocumentState | None, typer.Option(help="Only this legal state.")] = None,
    intent: Annotated[Intent | None, typer.Option(help="Only invoices, returns or price differences.")] = None,
    attention: Annotated[
        bool, typer.Option("--attention", help="Only what waits for a person; exit code 3 when there is any.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest changed.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List documents with their latest state."""
    with exit_on(StoreError, TopicUnreadableError):
        print_staleness()
        found = documents.list_documents(
            business=business, order=order, state=state, intent=intent, attention=attention, limit=limit
        )
    if as_json:
        typer.echo(json.dumps(list(map(json_value, found.latest)), ensure_ascii=False))
    else:
        shops = {latest.business for latest in found.latest}
        whose = f" of {shops.pop()}" if len(shops) == 1 else ""
        typer.echo(safe(f"{len(found.latest)} of {found.total} documents{whose}"))
        columns = ("document", "business", "order", "is", "at", "state", "attention", "number", "since")
        print_table(*without_empty(columns, [_row(latest, is_named=not whose) for latest in found.latest]))
        for latest in found.latest:
            if attention and (hint := documents.hint_of(latest)):
                typer.echo(f"{latest.document_id[:SHORT]}: {hint}")
    if attention and found.total:
        raise typer.Exit(ATTENTION)


def _row(latest: DocumentStatus, *, is_named: bool) -> tuple[str, ...]:
    """`is_named`: whether the business is in the row, because there are several."""
    provider, name = latest.provider, latest.connection
    at = provider if name == provider else f"{name} ({provider})"
    business = latest.business if is_named else ""
    words = intent_in_words(latest)
    is_plain = words == INTENT_WORDS[Intent.INVOICE]
    where = (latest.document_id[:SHORT], business, latest.order_reference, "" if is_plain else words, at)
    return (*where, latest.state, latest.attention or "", latest.number or "", short_moment(latest.occurred_at))


@app.command()
def show(document_id: DocumentId, *, as_json: AsJson = False) -> None:
    """Show one document's whole history, with errors and evidence."""
    with exit_on(StoreError, TopicUnreadableError):
        found = documents.show_document(document_id)
    if as_json:
        history = list(map(json_value, found.document.history))
        about = {**content_as_json(found.content), **mailing_as_json(found.mailing)}
        shown = {**json_value(found.document.latest), **about, "history": history}
        typer.echo(json.dumps(shown, ensure_ascii=False))
    else:
        print_document(found)


@app.command()
def download(
    document_id: DocumentId,
    *,
    form: Annotated[FileForm, typer.Option("--as", help="As what.")] = FileForm.PDF,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; else the document's number.")
    ] = None,
    ours: Annotated[
        bool, typer.Option("--ours", help="Not the provider's file, but ours, made again from the order.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fetch a document's file from its provider. Where it gives none of the form, the file is ours, and said to be."""
    with exit_on(TopicUnreadableError, StoreError, RenderingError, UnsafeXmlError, OSError):
        found = document_files.download_document(document_id, form, ours=ours)
        is_ours = found.origin is not FileOrigin.PROVIDER
        file = output or Path(documents.file_name(f"{found.document.number}{'-ours' if is_ours else ''}", form))
        write_file(file, found.content)
    if found.said:
        typer.echo(safe(found.said), err=True)
    latest, size = found.document, len(found.content)
    if as_json:
        shown = {"file": f"{file}", "bytes": size, "form": form, "origin": found.origin, "said": found.said}
        typer.echo(safe_json({"document_id": latest.document_id, "number": latest.number, **shown}))
    else:
        whose = "our" if is_ours else f"{latest.provider}'s"
        typer.echo(safe(f"{file}: {size} bytes of {whose} {form} of {latest.number}"))


@app.command()
def preview(
    document_id: DocumentId,
    *,
    form: Annotated[PageFormat, typer.Option("--as", help="As what.")] = PageFormat.PDF,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to; else the document's id.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Draw the page of a document that is not legal yet, with its totals. It says that it is a preview."""
    with exit_on(TopicUnreadableError, StoreError, RenderingError, UnsafeXmlError, OSError):
        found = preview_document(document_id, form)
        file = output or Path(f"{found.document.document_id}-preview.{form}")
        write_file(file, found.content)
    totals = {"payable": f"{found.payable}", "vat": f"{found.vat}", "currency": found.currency}
    if as_json:
        shown = {"file": f"{file}", "document_type": found.document_type, **totals}
        typer.echo(safe_json({"document_id": found.document.document_id, **shown}))
    else:
        drawn = f"{file}: a preview as {found.document_type}, no legal document"
        typer.echo(safe(f"{drawn}; {found.payable} {found.currency}, of it {found.vat} VAT"))


@app.command()
def link(document_id: DocumentId, *, as_json: AsJson = False) -> None:
    """Print an address that shows the document to everybody who has it, without a login. It is written nowhere else."""
    with exit_on(TopicUnreadableError, StoreError):
        found = document_files.link_document(document_id)
    latest = found.document
    if as_json:
        shown = {"document_id": latest.document_id, "number": latest.number, "url": found.link.url}
        typer.echo(safe_json({**shown, "is_permanent": found.link.is_permanent}))
        return
    typer.echo(safe(found.link.url))
    if not found.link.is_permanent:
        typer.echo(f"{latest.provider} does not say how long it opens.", err=True)


@app.command()
def send(
    document_id: DocumentId,
    *,
    email: Annotated[list[str], typer.Option(metavar="ADDRESS", help="To whom; may be repeated.")],
    actor: Actor,
    why: Why = None,
) -> None:
    """Send a legal document by e-mail: by its provider where that mails documents, else by your own mail server."""
    with exit_on(TopicUnreadableError, StoreError):
        sent = send_document(document_id, email, actor=actor, why=why)
    for mail in sent:
        typer.echo(safe(mail_line(mail)))
    if len(sent) < len(set(map(str.strip, email))) or any(mail.outcome is not MailOutcome.SENT for mail in sent):
        raise typer.Exit(1)


@app.command()
def approve(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """Release a document that waits for approval, and print the planner's outcome."""
    with exit_on(TopicUnreadableError, SendError), waiting_for_the_planner():
        submitted = document_acts.approve_document(document_id, actor=actor, why=why, wait=wait)
    end_with_outcome(submitted, wait=wait)


@app.command()
def retry(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """Try a document again now that waits for a person: its connection, or the question about it."""
    with exit_on(TopicUnreadableError, SendError, StoreError), waiting_for_the_planner():
        submitted = retry_document(document_id, actor=actor, why=why, wait=wait)
    if submitted is None:
        typer.echo("Its connection is tried again; all that waits for it goes on within seconds.")
    else:
        end_with_outcome(submitted, wait=wait)


@app.command()
def mark_issued(
    document_id: DocumentId,
    *,
    number: Annotated[str, typer.Option(help="Its legal number, as GİB writes it.")],
    ettn: Annotated[str | None, typer.Option(help="Its ETTN.")] = None,
    day: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Its day of issue.")] = None,
    correct: Annotated[
        bool, typer.Option("--correct", help="It was recorded with a mistyped number, and has this one.")
    ] = False,
    actor: Actor,
    why: Why = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Record that a document was made legal where its provider cannot say so: in its panel, or elsewhere by hand."""
    with exit_on(TopicUnreadableError, SendError, StoreError), waiting_for_the_planner():
        submitted = marking.mark_issued(
            document_id,
            number,
            ettn=ettn,
            issue_date=day.date() if day else None,
            correct=correct,
            actor=actor,
            why=why,
            wait=wait,
        )
    end_with_outcome(submitted, wait=wait)


@app.command()
def mark_deleted(document_id: DocumentId, *, actor: Actor, why: Why = None, wait: Wait = OUTCOME_SECONDS) -> None:
    """Record that a document which was to be taken back was deleted where its provider cannot show that it is gone."""
    with exit_on(TopicUnreadableError, SendError), waiting_for_the_planner():
        submitted = marking.mark_deleted(document_id, actor=actor, why=why, wait=wait)
    end_with_outcome(submitted, wait=wait)


@app.command()
def cancel(
    document_id: DocumentId,
    *,
    reason: Annotated[str, typer.Option(help="Why: the provider may be given it, and it is kept in the order's log.")],
    actor: Actor,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Cancel an issued document at its provider, or withdraw one that is not issued yet."""
    with exit_on(TopicUnreadableError, SendError), waiting_for_the_planner():
        submitted = document_acts.cancel_document(document_id, reason, actor=actor, wait=wait)
    end_with_outcome(submitted, wait=wait)


@app.command()
def sign(
    document_ids: Annotated[list[str], typer.Argument(metavar="DOCUMENT…", help="Their ids, or beginnings of them.")],
    *,
    signing: Annotated[str | None, typer.Option(help="The signing that the code is for, as it was printed.")] = None,
    code: Annotated[str | None, typer.Option(help="The code that has come by telephone; it is kept nowhere.")] = None,
    actor: Actor,
    why: Why = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Sign documents at their provider; without a code it sends one by telephone, which a terminal then asks for."""
    if (signing is None) is not (code is None):
        raise typer.BadParameter("--signing and --code belong together")
    with exit_on(TopicUnreadableError, SendError, StoreError):
        if code is None or signing is None:
            signing, code = _started(document_ids)
        if code is not None:
            states = finish_signing(document_ids, signing, code, actor=actor, why=why, wait=wait)
            for document_id, state in states.items():
                typer.echo(safe(f"{document_id}: {state} at its provider"))
            typer.echo("Its state here follows within minutes.")


def _started(document_ids: list[str]) -> tuple[str, str | None]:
    """The signing that was started, and the code, if a person at the terminal has typed it."""
    started = start_signing(document_ids)
    to = f" to {started.to}" if started.to else ""
    typer.echo(safe(f"{started.documents[0].provider} has sent a code{to}; signing {started.reference}"))
    if not sys.stdin.isatty():
        typer.echo(f"Give it with the same documents and --signing {started.reference} --code CODE.")
        return started.reference, None
    return started.reference, str(typer.prompt("Code", hide_input=True))


@app.command()
def reroute(
    document_id: DocumentId,
    *,
    to: Annotated[str, typer.Option(help="The connection that is to issue it, by its name.")],
    actor: Actor,
    why: Why = None,
    wait: Wait = OUTCOME_SECONDS,
) -> None:
    """Let another connection, at another provider or not, issue what is not issued yet."""
    with exit_on(TopicUnreadableError, SendError), waiting_for_the_planner():
        submitted = document_acts.reroute_document(document_id, to, actor=actor, why=why, wait=wait)
    end_with_outcome(submitted, wait=wait)
