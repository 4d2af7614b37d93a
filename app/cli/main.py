"""`faturaflow`: everything that a person types. A command's modules are loaded when it is used."""

import os
import re
import signal
import sys
from collections.abc import Iterable
from importlib import import_module, metadata
from io import TextIOWrapper
from typing import Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

from app.cli.printing.tables import safe, sentence_of

# Each command's module is `app.cli.commands.<name>`, with - for _; it holds a Typer called `app`, or a function of the
# command's name. The sentence is the module's own help, repeated so that `--help` need not import every module; a test
# compares.
COMMANDS: Final = {
    "up": "Everything that is configured, on this machine, until it is stopped.",
    "demo": "Start everything, stream orders while the providers misbehave, and reconcile it all. Exit 0: it balances.",
    "chaos": "Kill, freeze, starve and cut off a whole installation, then check every order. Exit 0: no promise was "
    "broken.",
    "bench": "Measure the product on this machine; leave it alone meanwhile.",
    "doctor": "Look for everything that the demo and the tests need. Exit code 1 when something required is missing.",
    "sandbox": "Run the simulators of all providers, or some, until they are stopped; print addresses and logins.",
    "stack": "A real Kafka for development and tests, without Docker.",
    "topics": "Kafka's topics as they must be.",
    "config": "What each business has decided: policies, series, carriers, connections.",
    "connections": "Logins at providers.",
    "worker": "Run one stage of the flow.",
    "web": "Serve the HTTP API and the screen until it is stopped.",
    "webhooks": "Other systems that are told what happens, by webhooks.",
    "keys": "Subscription keys of the HTTP API.",
    "users": "People who use the screen.",
    "orders": "Orders: send, import or make up some, and see what became of each.",
    "documents": "Documents: the state of each, by its status events.",
    "invoice-info": "The header of an e-Arşiv invoice: ArchiveInvoice.InvoiceInfo in JSON.",
    "review": "Documents whose outcome only a person can decide.",
    "numbers": "The legal numbers that we give.",
    "prove": "Print the evidence that exactly one document exists. Exit 0: it is proven; 3: it is not.",
    "reconcile": "Compare a provider's list of a day with our documents. Exit 0: they agree; 3: they do not, or it is "
    "not known.",
    "what-if": "Replay the order log in memory under other policies, and print what would be otherwise.",
    "rebuild": "Rebuild from the topics what a database has lost.",
    "dlq": "Dead letters: records that could not be processed.",
    "ubl": "UBL-TR invoices as files.",
    "templates": "Templates (XSLT 1.0) that invoices are shown with.",
}


# Exit code of what cannot be a command: Typer's own.
NOT_UNDERSTOOD: Final = 2
# What Python makes of bytes that are no text.
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def load(name: str) -> TyperCommand | TyperGroup:
    """The command of this name, with its module imported."""
    function = name.replace("-", "_")
    module = import_module(f"app.cli.commands.{function}")
    found = getattr(module, "app", None)
    if found is not None:
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(getattr(module, function))
    command = typer.main.get_command(alone)
    assert isinstance(command, TyperCommand)
    return command


class CommandsOnUse(TyperGroup):
    """Lists its commands without importing any; imports the one that is used."""

    def __init__(self, **attributes: Any) -> None:
        listed = {name: TyperCommand(name=name, help=sentence) for name, sentence in COMMANDS.items()}
        super().__init__(**{**attributes, "commands": listed})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Typer's resolution, which finds or refuses the name; then the command itself."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, load(name) if name else listed, rest


app = typer.Typer(
    cls=CommandsOnUse,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"faturaflow {metadata.version('faturaflow')}")
        raise typer.Exit


@app.callback()
def faturaflow(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", "-V", callback=lambda value: _version(wanted=value), is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Exactly one legal Turkish e-invoice for every set of order lines."""


def main() -> None:
    """Runs what was typed; an expected error is one sentence and exit code 1, Ctrl-C is 130."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Turkish letters still gets its text
    signal.signal(signal.SIGINT, signal.default_int_handler)
    _refuse_undecodable([*sys.argv[1:], os.environ.get("FATURAFLOW_ACTOR", "")])
    try:
        app()
    except Exception as error:
        if not _is_for_a_person(error):
            raise
        typer.echo(sentence_of(error), err=True)
        sys.exit(1)


def _refuse_undecodable(typed: Iterable[str]) -> None:
    """What is not in the terminal's encoding can be in no record and no store; a file may be called so."""
    for text in typed:
        if _SURROGATE.search(text) and not os.path.lexists(text):
            typer.echo(
                f"{safe(text)} is not in the encoding of this terminal, {sys.getfilesystemencoding()}.", err=True
            )
            sys.exit(NOT_UNDERSTOOD)


def _is_for_a_person(error: Exception) -> bool:
    """Whether its message is for a person; anything else is a defect of ours and keeps its traceback."""
    from app.settings import SettingsInvalidError  # noqa: PLC0415 - pydantic takes a fifth of a second

    return isinstance(error, SettingsInvalidError | OSError)


if __name__ == "__main__":
    main()
