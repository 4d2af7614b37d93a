"""What became of submitted events, for a person; and the exit code that follows."""

import sys
from contextlib import AbstractContextManager, nullcontext

import typer
from rich.console import Console

from app.cli.printing.tables import safe
from app.operations.submit import SubmittedEvent


def waiting_for_the_planner() -> AbstractContextManager[object]:
    """Says on a terminal what a command waits for, as long as it does."""
    if not sys.stderr.isatty():
        return nullcontext()
    return Console(stderr=True).status("Waiting for the planner's answer")


def print_outcome(submitted: SubmittedEvent) -> None:
    """One event and what it was answered, with every error and document."""
    event, outcome = submitted.event, submitted.outcome
    what = f"{event.order_reference} {event.body.type}"
    if outcome is None:
        shown = f"`faturaflow orders show {event.order_reference}`"
        typer.echo(f"{what}: no outcome yet; do intake and planner run? {shown} shows it when it comes")
        return
    reason = f" {outcome.reason}" if outcome.reason else ""
    typer.echo(safe(f"{what}: {outcome.verdict}{reason}"))
    for error in outcome.errors:
        typer.echo(safe(f"  {error.path} {error.code}: {error.message}"))
    for document in outcome.documents:
        number = f" {document.number}" if document.number else ""
        typer.echo(safe(f"  document {document.document_id} {document.state}{number} at {document.provider}"))


def end_with_outcome(submitted: SubmittedEvent, *, wait: float) -> None:
    """Prints the outcome; exit code 1 when the event is refused, or `wait` seconds brought no answer."""
    print_outcome(submitted)
    if wait and (submitted.outcome is None or submitted.is_rejected):
        raise typer.Exit(1)
