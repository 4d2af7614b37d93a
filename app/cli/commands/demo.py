"""`faturaflow demo`: the whole installation on this machine, 600 orders, and a reconciliation that must balance."""

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
from app.cli.printing.tables import count_lines
from app.settings import settings
from app.stream.clients.errors import SendError, TopicUnreadableError
from app.testbed.demo.expected import demo_orders
from app.testbed.demo.reconciliation import Reconciliation
from app.testbed.demo.run import DemoProgress, DemoRun
from app.testbed.installation.businesses import STANDARD, Business, businesses_at
from app.testbed.installation.installation import Installation, running_installation
from app.testbed.installation.processes import ProcessFailedError
from providers.registry import PROVIDERS

FOLDER: Final = Path(".faturaflow")
# No worker is to be replaced here, and many that start at once on a busy machine are not to lose their sessions.
PATIENCE: Final = {"FATURAFLOW_SESSION_TIMEOUT": "30", "FATURAFLOW_REBALANCE_TIMEOUT": "60"}
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
    providers: Annotated[
        str | None, typer.Option(metavar="NAMES", help="all, or names between commas: businesses at these providers.")
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the totals to this file.")] = None,
    keep: Annotated[bool, typer.Option(help="Leave everything running for a look.")] = False,
) -> None:
    """Start everything, stream orders while the providers misbehave, and reconcile it all. Exit 0: it balances."""
    console, began = Console(), time.monotonic()
    with exit_on(ValueError):
        members = _members(providers)
    folder = FOLDER / f"demo-{int(time.time())}"
    folder.mkdir(parents=True)
    with exit_on(ProcessFailedError, local_kafka.StackError, SendError, TopicUnreadableError):
        console.print("Starting Kafka, the simulators and the workers ...")
        started = running_installation(
            folder, settings().bootstrap, seed, keep=keep, members=members, settings=PATIENCE
        )
        with started as installation:
            prefix = installation.topics.prefix
            console.print(f"Kafka at {installation.bootstrap}, topics under {prefix}\nLogs in {folder / 'logs'}")
            with _display(console) as show:
                upstream = demo_orders(orders, seed, datetime.now(UTC), members)
                found = DemoRun(installation=installation, orders=upstream, show=show, keep=keep).run()
            seconds = time.monotonic() - began
            _print_summary(console, found, seconds)
            if json_file is not None:
                content = json.dumps({**found.as_dict(), "seconds": round(seconds, 1)}, indent=2) + "\n"
                write_file(json_file, content.encode())
            if keep:
                _where_to_look(console, installation)
    raise typer.Exit(0 if found.balanced else 1)


def _members(providers: str | None) -> tuple[Business, ...]:
    """Raises ValueError for a name that no provider has."""
    if providers is None:
        return STANDARD
    return businesses_at(list(PROVIDERS) if providers == "all" else providers.replace(",", " ").split())


@contextmanager
def _display(console: Console) -> Iterator[Callable[[DemoProgress], None]]:
    """Three bars, and below them the counts by verdict, state and attention, while the run goes on."""
    bars = Progress(TextColumn("{task.description:<20}"), BarColumn(), MofNCompleteColumn(), console=console)
    sent, answered = bars.add_task("events sent", total=None), bars.add_task("events answered", total=None)
    finished = bars.add_task("documents finished", total=None)
    with Live(bars, console=console, refresh_per_second=4) as live:

        def show(reached: DemoProgress) -> None:
            progress = reached.watched
            bars.update(sent, total=reached.events, completed=reached.sent)
            bars.update(answered, total=reached.events, completed=progress.answered)
            bars.update(finished, total=len(progress.documents) or None, completed=progress.finished)
            live.update(Group(bars, f"[dim]{count_lines(progress.counts())}[/dim]"))

        yield show


def _print_summary(console: Console, found: Reconciliation, seconds: float) -> None:
    table = Table(title="Sent, answered and made", show_header=False)
    rows = {
        "orders in": found.orders,
        "events in": found.events,
        "documents": found.documents,
        "  issued": found.issued,
        "  refused by a provider": found.rejected_by_provider,
        "  in review": found.in_review,
        "  waiting for a signature": found.unsigned,
        "  looked up, then adopted": found.looked_up_then_adopted,
        "repeats answered": found.duplicates_answered,
        "events refused": found.refused,
        "events held": found.held,
        "  held, then released": found.held_then_released,
        "  still held": found.still_held,
        "lost": found.lost,
        "double": found.double,
        "wrong content": found.wrong,
        "gaps in a status sequence": found.gaps,
    }
    console.print()
    counted = {f"documents {state}": n for state, n in sorted(found.states.items())}
    made = {f"made by {provider}": n for provider, n in sorted(found.at_providers.items())}
    for name, value in (rows | counted | made).items():
        table.add_row(name, str(value))
    console.print(table)
    for field, sentence in SHOWN.items():
        if not getattr(found, field):
            console.print(f"[yellow]This run did not show that {sentence}.[/yellow]")
    for discrepancy in found.discrepancies:
        console.print(f"[red]{discrepancy}[/red]")
    verdict = "[green]Everything balances[/green]" if found.balanced else "[red]It does not balance[/red]"
    console.print(f"{verdict} after {seconds:.0f} s.")


def _where_to_look(console: Console, installation: Installation) -> None:
    """What a person needs to look into the run: the same environment that the workers have."""
    names = ("FATURAFLOW_BOOTSTRAP", "FATURAFLOW_TOPIC_PREFIX", "FATURAFLOW_DATABASE", "FATURAFLOW_SECRET_KEY")
    console.print("Everything is left running. In another terminal:")
    for name in names:
        console.print(f"  export {name}={installation.environment[name]}", soft_wrap=True, highlight=False)
    console.print("  faturaflow documents list; faturaflow review list")
    console.print(f"Logs: {installation.folder / 'logs'}. End the processes by their ids:")
    console.print(
        "  kill " + " ".join(str(process.popen.pid) for process in installation.processes.running),
        soft_wrap=True,
        highlight=False,
    )
