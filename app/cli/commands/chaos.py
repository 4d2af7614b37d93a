"""`faturaflow chaos`: a whole installation under seeded faults, and an independent check of what became of it."""

import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from confluent_kafka import KafkaException
from rich.console import Console
from rich.live import Live
from rich.table import Table

from app import local_kafka
from app.cli.exits import exit_on
from app.cli.files import write_file
from app.cli.printing.tables import count_lines
from app.domain.time import ISTANBUL
from app.stream.clients.errors import DeliveryFailedError, SendError, TopicUnreadableError
from app.testbed.chaos.phases import ChaosProgress
from app.testbed.chaos.plan import RunPlan
from app.testbed.chaos.run import run
from app.testbed.chaos.summary import RunSummary, replay_command
from app.testbed.chaos.variants import Variant, variants_of
from app.testbed.installation.processes import ProcessFailedError

FOLDER: Final = Path(".faturaflow")
# More than a reader looks at; the file has them all.
MOST_SENTENCES: Final = 40
ONLY_IN_THE_FILE: Final = frozenset({"injected", "defects", "replay"})


def chaos(
    *,
    seconds: Annotated[float, typer.Option(min=10, max=24 * 3600, help="How long faults strike.")] = 60.0,
    seed: Annotated[int, typer.Option(help="The same seed and day give the same orders and faults.")] = 1,
    variants: Annotated[
        list[Variant] | None, typer.Option("--with", help="These variants instead of the seed's; again for another.")
    ] = None,
    plain: Annotated[bool, typer.Option(help="None of the variants that the seed has.")] = False,
    day: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The orders' date; today.")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the summary to this file.")] = None,
    keep: Annotated[bool, typer.Option(help="Keep the run's folder also when all is well.")] = False,
) -> None:
    """Kill, freeze, starve and cut off a whole installation, then check every order. Exit 0: no promise was broken."""
    console = Console()
    chosen = frozenset(variants or ()) if variants or plain else variants_of(seed)
    plan = RunPlan(seconds=seconds, seed=seed, day=(day or datetime.now(ISTANBUL)).date(), variants=chosen)
    folder = FOLDER / f"chaos-{int(time.time())}"
    folder.mkdir(parents=True)
    console.print(f"Starting a Kafka of its own, the simulators and the workers; logs in {folder / 'logs'} ...")
    with exit_on(
        ProcessFailedError, local_kafka.StackError, SendError, TopicUnreadableError, DeliveryFailedError, KafkaException
    ):
        summary = _run(folder, plan, console)
    if json_file is not None:
        write_file(json_file, (json.dumps(summary.as_dict(), indent=2, ensure_ascii=False) + "\n").encode())
    _print_summary(console, summary)
    if not summary.ok:
        _where_it_is_kept(console, folder, plan)
    elif not keep:
        shutil.rmtree(folder)
    raise typer.Exit(0 if summary.ok else 1)


def _run(folder: Path, plan: RunPlan, console: Console) -> RunSummary:
    try:
        with _display(console) as show:
            return run(folder, plan, show)
    except Exception:
        _where_it_is_kept(console, folder, plan)
        raise


def _where_it_is_kept(console: Console, folder: Path, plan: RunPlan) -> None:
    again = replay_command(plan.seconds, plan.seed, plan.day.isoformat(), plan.variants)
    console.print(f"Everything is kept in {folder}. The same run again:\n  {again}", soft_wrap=True, highlight=False)


@contextmanager
def _display(console: Console) -> Iterator[Callable[[ChaosProgress], None]]:
    """Where the run is, the counts by verdict, state and attention, and the faults so far."""
    with Live("", console=console, refresh_per_second=4) as live:

        def show(progress: ChaosProgress) -> None:
            faults = " ".join(f"{name} {count}" for name, count in sorted(progress.faults.items()))
            live.update(
                f"{progress.phase} {progress.at:.0f} s  sent {progress.sent} (upstream {progress.upstream})\n"
                f"{count_lines(progress.counts)}\n[dim]{faults}[/dim]"
            )

        yield show


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {count}" for key, count in value.items())
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _print_summary(console: Console, summary: RunSummary) -> None:
    table = Table(title="Faults, and what became of the orders", show_header=False)
    for name, value in summary.as_dict().items():
        if name in ONLY_IN_THE_FILE:
            continue
        table.add_row(name, _shown(value))
    console.print(table)
    for sentence in summary.sentences[:MOST_SENTENCES]:
        console.print(f"[red]{sentence}[/red]", soft_wrap=True)
    if len(summary.sentences) > MOST_SENTENCES:
        console.print(f"... and {len(summary.sentences) - MOST_SENTENCES} more: --json writes all of them")
    console.print("[green]Every promise was kept[/green]" if summary.ok else "[red]Not OK[/red]")
