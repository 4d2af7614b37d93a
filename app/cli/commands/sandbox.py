"""`faturaflow sandbox`: a provider's simulator."""

import asyncio
import errno
from typing import Annotated

import typer

from app.cli.exits import exit_on
from app.operations.errors import UnavailableError
from providers.registry import provider
from providers.simulation.server import LOOPBACK, serve


def sandbox(
    name: Annotated[str, typer.Argument(help="The provider to simulate.")],
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port and prints it.")] = 0,
    host: Annotated[str, typer.Option(help="Where it listens; loopback unless it runs in a container.")] = LOOPBACK,
    seed: Annotated[int, typer.Option(help="The same seed and calls give the same faults.")] = 0,
) -> None:
    """Run a provider's simulator until it is stopped.

    It forgets everything then: the next one gives the same numbers again.
    """
    with exit_on(ValueError):
        application = provider(name).simulate(seed)
        try:
            asyncio.run(serve(application, port, host))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise UnavailableError(f"Port {port} is in use: choose another with --port.") from error
