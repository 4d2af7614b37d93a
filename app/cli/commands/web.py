"""`faturaflow web`: the HTTP API and the screen as one process, until SIGTERM."""

import typer

from app.cli.exits import exit_on
from app.settings import settings
from app.store import StoreError
from app.stream.errors import StreamError


def web() -> None:
    """Serve the HTTP API and the screen until it is stopped."""
    from app.web.server import run  # noqa: PLC0415 - aiohttp: no other command waits for it

    with exit_on(StoreError, StreamError, OSError):
        run(settings(), _print)


def _print(address: str) -> None:
    typer.echo(f"The API answers at {address}.")
    typer.echo(f"The screen is at {address}/screen.")
