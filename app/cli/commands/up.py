"""`faturaflow up`: everything that is configured, on this machine, until it is stopped."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from app import local_kafka
from app.cli.exits import ATTENTION, exit_on
from app.cli.options import AsJson
from app.cli.printing.tables import print_table
from app.operations.supervision.folder import FOLDER, running_state
from app.operations.supervision.report import COLUMNS, REPORT, cells
from app.operations.supervision.roles import Role
from app.operations.supervision.status import status_of
from app.store import StoreError
from app.stream.errors import StreamError

app = typer.Typer(help="Everything that is configured, on this machine, until it is stopped.")

PAGE_PORT: Final = 8601
Folder = Annotated[Path, typer.Option(help="The folder of its logs and its state.")]


@app.callback(invoke_without_command=True)
def up(
    context: typer.Context,
    *,
    folder: Folder = FOLDER,
    port: Annotated[int, typer.Option(min=0, max=65535, help="The health page's port; 0 is a free one.")] = PAGE_PORT,
    demo: Annotated[
        bool, typer.Option("--demo", help="An empty installation of its own, with simulators and a stream of orders.")
    ] = False,
) -> None:
    """Run Kafka (unless one is set), the workers, the read model and the HTTP API; what ends is started again."""
    if context.invoked_subcommand is not None:
        return
    from app.operations.supervision.up import run  # noqa: PLC0415 - aiohttp: the other commands do not wait for it

    with exit_on(local_kafka.StackError, StreamError, StoreError, OSError):
        run(folder, port=port, said=typer.echo, prepare=_demo_in(folder) if demo else tuple)


def _demo_in(folder: Path) -> Callable[[], tuple[Role, ...]]:
    """What is of the testbed is loaded for it alone."""
    from app.testbed.demo.standing import prepare_standing_demo  # noqa: PLC0415

    return lambda: prepare_standing_demo(folder, typer.echo)


@app.command()
def status(*, folder: Folder = FOLDER, as_json: AsJson = False) -> None:
    """Show each process. Exit code 3: something stays down until a person acts."""
    with exit_on(OSError):
        report = status_of(folder)
    if as_json:
        typer.echo(REPORT.dump_json(report).decode())
    else:
        typer.echo(f"Kafka {report.kafka}{f': {report.kafka_health}' if report.kafka_health else ''}")
        if report.problem:
            typer.echo(report.problem)
        print_table(COLUMNS, map(cells, report.processes))
    raise typer.Exit(ATTENTION if report.needs_person else 0)


@app.command()
def retry(*, folder: Folder = FOLDER) -> None:
    """Start at once what waits for a person, or for its next start."""
    from app.operations.supervision.up import RETRY  # noqa: PLC0415 - as above

    with exit_on(OSError):
        os.kill(running_state(folder).supervisor.pid, RETRY)
    typer.echo("What waits is started.")
