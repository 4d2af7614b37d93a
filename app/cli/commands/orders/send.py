"""`faturaflow orders send`: order events of a file onto the order topic, and the outcome of each."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.cli.files import content_of
from app.cli.options import AsJson, Wait
from app.cli.printing.outcomes import print_outcome, waiting_for_the_planner
from app.operations import submit
from app.operations.json_values import json_value
from app.operations.order_file import MOST_BYTES, read_events
from app.stream.clients.errors import SendError, TopicUnreadableError


def send(
    file: Annotated[Path, typer.Argument(metavar="FILE|-", help="Order events: a JSON object, an array, JSON lines.")],
    *,
    wait: Wait = submit.OUTCOME_SECONDS,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the events and send none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Submit order events and print each one's outcome. Exit code 1 when one is refused or none answers in time.

    All are checked first: when one could not be read by intake, none is sent.
    """
    with exit_on(SendError, TopicUnreadableError):
        events = read_events(_content(file), "standard input" if str(file) == "-" else str(file))
        with waiting_for_the_planner():
            submitted = [] if dry_run else submit.submit(events, wait)
    if as_json:
        outcomes = [each.outcome and json_value(each.outcome) for each in submitted] or [None] * len(events)
        typer.echo(json.dumps(outcomes, ensure_ascii=False))
    elif dry_run:
        typer.echo(f"{len(events)} events; nothing was sent (dry run).")
    else:
        for each in submitted:
            print_outcome(each)
    missing = wait > 0 and any(each.outcome is None for each in submitted)
    if missing:
        typer.echo(f"Not every event was answered within {wait:g} s: do intake and planner run?", err=True)
    if missing or any(each.is_rejected for each in submitted):
        raise typer.Exit(1)


def _content(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    return content_of(file, MOST_BYTES, "order events")
