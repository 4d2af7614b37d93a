"""`faturaflow stack`: the development broker, up, down and status."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from app import local_kafka
from app.cli.exits import exit_on
from app.cli.options import AsJson
from app.local_kafka.jars import DOWNLOAD_MEGABYTES
from app.local_kafka.jars import Progress as JarProgress

app = typer.Typer(help="A real Kafka for development and tests, without Docker.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option(help="The stack's folder; FATURAFLOW_STACK_DIR or .faturaflow/stack when not given."),
]
Timeout = Annotated[float, typer.Option(min=1.0, help="Seconds to wait for the broker.")]


@app.command()
def up(folder: Folder = None, *, as_json: AsJson = False, timeout: Timeout = local_kafka.UP_TIMEOUT_SECONDS) -> None:
    """Start Kafka, or find the one that runs already."""
    with exit_on(local_kafka.StackError, OSError), _progress() as progress:
        running = local_kafka.up(folder or local_kafka.default_folder(), timeout=timeout, progress=progress)
    verb = "is up" if running.started else "was up already"
    _print(asdict(running), f"Kafka {verb} at {running.bootstrap} (pid {running.pid}, {running.folder})", as_json)


@app.command()
def down(folder: Folder = None, *, as_json: AsJson = False) -> None:
    """Stop Kafka; its data stays."""
    where = (folder or local_kafka.default_folder()).absolute()
    with exit_on(local_kafka.StackError, OSError):
        stopped = local_kafka.down(where)
    sentence = f"Kafka is down; its data stays in {where}" if stopped else f"No Kafka of ours was running in {where}"
    _print({"folder": where, "stopped": stopped}, sentence, as_json)


@app.command()
def status(folder: Folder = None, *, as_json: AsJson = False) -> None:
    """Print whether Kafka runs and answers. Exit code 0 either way."""
    with exit_on(local_kafka.StackError, OSError):
        known = local_kafka.status(folder or local_kafka.default_folder())
    _print(asdict(known), _in_words(known), as_json)


def _in_words(known: local_kafka.StackStatus) -> str:
    if known.answering:
        return f"Kafka {known.version} answers at {known.bootstrap} (pid {known.pid}, {known.folder})"
    if known.running:
        return f"Kafka runs (pid {known.pid}) and does not answer at {known.bootstrap}: see {known.folder}/broker.log"
    return f"Kafka is down in {known.folder}: start it with `faturaflow stack up`"


def _print(value: dict[str, Any], sentence: str, as_json: bool) -> None:
    typer.echo(json.dumps(value, default=str, ensure_ascii=False) if as_json else sentence)


@contextmanager
def _progress() -> Iterator[JarProgress]:
    """Show a bar (one line where there is no terminal) from the first report on: a start from the cache shows none."""
    what = f"Downloading Kafka (about {DOWNLOAD_MEGABYTES} MB, once)"
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_interactive)
    task = bar.add_task(what)

    def report(at_hand: int, in_all: int) -> None:
        if bar.disable and at_hand == 0:
            console.print(what)
        bar.start()
        bar.update(task, completed=at_hand, total=in_all)

    try:
        yield report
    finally:
        if bar.live.is_started:
            bar.stop()
