"""`faturaflow sandbox`: a provider's simulator, on loopback."""

import asyncio
from typing import Annotated

import typer

from app.cli.context import told
from providers.registry import provider
from providers.simulation.server import serve


def sandbox(
    name: Annotated[str, typer.Argument(help="The provider to simulate.")],
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free port and prints it.")] = 0,
    seed: Annotated[int, typer.Option(help="The same seed and calls give the same faults.")] = 0,
) -> None:
    """Run a provider's simulator until it is stopped."""
    with told(ValueError):
        application = provider(name).simulate(seed)
    asyncio.run(serve(application, port))
