"""`faturaflow demo`: the whole installation on this machine, 600 orders, and books that must balance."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from app import local_kafka
from app.cli.exits import exit_on
from app.cli.files import write_file
from app.settings import settings
from app.stream.clients.errors import SourceError
from app.stream.clients.reader import TopicUnreadableError
from app.testbed.demo.expected import story
from app.testbed.demo.reconciliation import Books
from app.testbed.demo.run import Performance, Standing
from app.testbed.installation.installation import Stage, standing_stage
from app.testbed.installation.processes import ProcessFailedError

FOLDER: Final = Path(".faturaflow")
# What the demonstration is there to show; a run in which one of them never happened has shown less.
SHOWN: Final = {
    "issued": "a document was issued",
    "duplicates_answered": "a repeat was answered with the document that existed",
    "refused": "an event was refused with its errors",
    "held_then_released": "an event waited for its order and was released by it",
    "looked_up_then_adopted": "a lost answer was looked up and the document adopted",
    "in_review": "a document waits for a person's decision",
    "rejected_by_provider": "a provider refused a document",
}


def demo(
    *,
    orders: Annotated[int, typer.Option(min=2, max=20_000, help="How many orders; half of them real ones.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same made-up orders and faults.")] = 7,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the books to this file.")] = None,
    keep: Annotated[bool, typer.Option(help="Leave everything running for a look.")] = False,
) -> None:
    """Start everything, stream orders while the providers misbehave, and check the books. Exit 0: they balance."""
    console, began = Console(), time.monotonic()
    folder = FOLDER / f"demo-{int(time.time())}"
    folder.mkdir(parents=True)
    with exit_on(ProcessFailedError, local_kafka.StackError, SourceError, TopicUnreadableError):
        console.print("Starting Kafka, the simulators and the workers ...")
        with standing_stage(folder, settings().bootstrap, seed, keep=keep) as (stage, processes):
            console.print(f"Kafka at {stage.bootstrap}, topics under {stage.topics.prefix}, logs in {folder / 'logs'}")
            with _display(console) as show:
                performance = Performance(
                    stage=stage, processes=processes, story=story(orders, seed, datetime.now(UTC)), show=show, keep=keep
                )
                books = performance.run()
            seconds = time.monotonic() - began
            _summary(console, books, seconds)
            if json_file is not None:
                content = json.dumps({**books.as_dict(), "seconds": round(seconds, 1)}, indent=2) + "\n"
                write_file(json_file, content.encode())
            if keep:
                _where_to_look(console, stage)
    raise typer.Exit(0 if books.balanced else 1)


@contextmanager
def _display(console: Console) -> Iterator[Callable[[Standing], None]]:
    """Two bars and the counts behind them, while the run goes on."""
    bars = Progress(TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), console=console)
    sent, answered = bars.add_task("events sent", total=None), bars.add_task("events answered", total=None)
    settled = bars.add_task("documents settled", total=None)
    with Live(bars, console=console, refresh_per_second=4) as live:

        def show(standing: Standing) -> None:
            progress = standing.progress
            bars.update(sent, total=standing.events, completed=standing.sent)
            bars.update(answered, total=standing.events, completed=progress.answered)
            bars.update(settled, total=len(progress.documents) or None, completed=progress.settled)
            counts = "  ".join(f"{name} {count}" for name, count in sorted(progress.counts().items()))
            live.update(Group(bars, f"[dim]{counts}[/dim]"))

        yield show


def _summary(console: Console, books: Books, seconds: float) -> None:
    table = Table(title="What upstream sent, what we answered, what the providers made", show_header=False)
    rows = {
        "orders in": books.orders,
        "events in": books.events,
        "documents": books.documents,
        "  issued": books.issued,
        "  refused by a provider": books.rejected_by_provider,
        "  in review": books.in_review,
        "  looked up, then adopted": books.looked_up_then_adopted,
        "repeats answered": books.duplicates_answered,
        "events refused": books.refused,
        "events held": books.held,
        "  held, then released": books.held_then_released,
        "  still held": books.still_held,
        "lost": books.lost,
        "double": books.double,
        "wrong content": books.wrong,
        "gaps in a status sequence": books.gaps,
    }
    console.print()
    for name, value in (*rows.items(), *((f"state {state}", n) for state, n in sorted(books.states.items()))):
        table.add_row(name, str(value))
    console.print(table)
    for field, sentence in SHOWN.items():
        if not getattr(books, field):
            console.print(f"[yellow]This run did not show that {sentence}.[/yellow]")
    for finding in books.findings:
        console.print(f"[red]{finding}[/red]")
    verdict = "[green]The books balance[/green]" if books.balanced else "[red]The books do not balance[/red]"
    console.print(f"{verdict} after {seconds:.0f} s.")


def _where_to_look(console: Console, stage: Stage) -> None:
    """What a person needs to look into the run: the same environment that the workers have."""
    names = ("FATURAFLOW_BOOTSTRAP", "FATURAFLOW_TOPIC_PREFIX", "FATURAFLOW_DATABASE", "FATURAFLOW_SECRET_KEY")
    console.print("Everything is left running. In another terminal:")
    for name in names:
        console.print(f"  export {name}={stage.environment[name]}", soft_wrap=True, highlight=False)
    console.print("  faturaflow documents list; faturaflow review list")
    console.print(f"Logs: {stage.folder / 'logs'}. End the processes by their ids:")
    console.print("  kill " + " ".join(map(str, stage.processes)), soft_wrap=True, highlight=False)
