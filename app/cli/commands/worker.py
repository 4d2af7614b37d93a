"""`faturaflow worker`: one stage as one process, until SIGTERM. Exit codes: see `app/stream/ownership/exits.py`."""

from pathlib import Path
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.operations.workers import health as worker_health
from app.operations.workers import stages
from app.store.errors import StoreError
from app.stream.errors import StreamSettingsError

app = typer.Typer(help="Run one stage of the flow.", no_args_is_help=True)

AllowFreshGroup = Annotated[
    bool, typer.Option(help="Start although offsets and changelogs contradict each other. Only after a disaster.")
]


@app.command()
def intake(*, allow_fresh_group: AllowFreshGroup = False) -> None:
    """Take submitted orders in."""
    with exit_on(StreamSettingsError, StoreError):
        stages.start(stages.intake(allow_fresh_group=allow_fresh_group))


@app.command()
def planner(*, allow_fresh_group: AllowFreshGroup = False) -> None:
    """Fold each order's log."""
    with exit_on(StreamSettingsError):
        stages.start(stages.planner(allow_fresh_group=allow_fresh_group))


@app.command()
def issuer(
    provider: Annotated[str, typer.Argument(help="The provider whose commands are carried out.")],
    *,
    allow_fresh_group: AllowFreshGroup = False,
) -> None:
    """Carry out the commands for one provider."""
    with exit_on(StreamSettingsError, StoreError, ValueError):
        stages.start(stages.issuer(provider, allow_fresh_group=allow_fresh_group))


@app.command("tracking")
def keep_read_model() -> None:
    """Keep the read model that listings and the HTTP API show. One for each installation."""
    from app.operations.workers.tracking import run_tracking  # noqa: PLC0415 - no other stage needs a database driver

    with exit_on(StreamSettingsError, StoreError):
        run_tracking()


@app.command("webhooks")
def send_webhooks(*, allow_fresh_group: AllowFreshGroup = False) -> None:
    """Tell other systems what happens, by webhooks. One for each installation."""
    from app.operations.workers.webhooks import run_webhooks  # noqa: PLC0415 - no other stage calls receivers

    with exit_on(StreamSettingsError, StoreError):
        run_webhooks(allow_fresh_group=allow_fresh_group)


@app.command("reconciliation")
def compare_days() -> None:
    """Compare each provider's list of the day before with our documents, once a day. One for each installation."""
    from app.operations.workers.reconciliation import run_reconciliation  # noqa: PLC0415 - no other stage asks so

    with exit_on(StoreError):
        run_reconciliation()


@app.command("alerts")
def tell_people(
    *,
    folder: Annotated[
        Path | None, typer.Option(help="Where `faturaflow up` runs, if not where it does usually.")
    ] = None,
) -> None:
    """Tell people by mail what needs them: each thing once, and all of it once a day. One for each installation."""
    from app.operations.alerts.worker import run_alerts  # noqa: PLC0415 - no other stage mails

    with exit_on(StoreError):
        run_alerts(folder)


@app.command()
def health(*, live: Annotated[bool, typer.Option("--live", help="Ask only whether it lives.")] = False) -> None:
    """Ask this machine's worker whether it is ready: exit code 0, or 1 and why not. For an exec probe."""
    with exit_on(OSError):
        typer.echo(worker_health.probe("/live" if live else "/ready"))
