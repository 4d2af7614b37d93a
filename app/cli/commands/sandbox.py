"""`faturaflow sandbox`: the providers' simulators."""

import asyncio
import json
from pathlib import Path
from typing import Annotated, Final

import typer

from app.cli.exits import exit_on
from app.cli.files import write_file
from app.domain.parties import is_tckn, is_vkn
from app.operations.installation.example import COMPANY
from app.testbed.sandbox import applications, as_configuration, as_json, chosen, described
from providers.simulation.server import LOOPBACK, PortInUseError, serve

STANDARD_OUTPUT: Final = Path("-")


def _tax_number(value: str) -> str:
    if not (is_vkn(value) or is_tckn(value)):
        raise typer.BadParameter(
            f"{value!r} is neither a VKN (10 digits) nor a TCKN (11 digits) with right check digits."
        )
    return value


def sandbox(
    *,
    only: Annotated[
        list[str] | None, typer.Option(metavar="PROVIDER", help="This provider; again for another. All real ones.")
    ] = None,
    port: Annotated[
        int, typer.Option(min=0, max=65_000, help="The first one's port; the others have those after it. 0: free ones.")
    ] = 0,
    host: Annotated[str, typer.Option(help="Where they listen; loopback unless they run in a container.")] = LOOPBACK,
    seed: Annotated[int, typer.Option(help="The same seed and calls give the same faults.")] = 0,
    company: Annotated[
        str, typer.Option(callback=_tax_number, help="The tax number of the seller whose logins are shown.")
    ] = COMPANY,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", help="Write addresses and logins to this file; - for standard output instead of text."),
    ] = None,
) -> None:
    """Run the simulators of all providers, or some, until they are stopped; print addresses and logins.

    They forget everything then: the next ones give the same numbers again.
    """

    def show(urls: dict[str, str]) -> None:
        simulators = described(urls, company)
        said = json.dumps(as_json(simulators), ensure_ascii=False)
        if json_file is not None and json_file != STANDARD_OUTPUT:
            write_file(json_file, f"{said}\n".encode())
        typer.echo(said if json_file == STANDARD_OUTPUT else as_configuration(simulators))

    with exit_on(ValueError, PortInUseError, OSError):
        asyncio.run(serve(applications(chosen(only or ()), seed), show, port, host))
