"""`faturaflow`: everything that a person types."""

import sys

import typer

from app.cli import (
    bench,
    chaos,
    config,
    connections,
    demo,
    dlq,
    documents,
    invoice_info,
    numbers,
    orders,
    rebuild,
    review,
    sandbox,
    stack,
    templates,
    topics,
    ubl,
    worker,
)
from app.cli.doctor import doctor
from app.settings import SettingsInvalidError

app = typer.Typer(
    help="Exactly one legal Turkish e-invoice for every set of order lines.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(demo.demo)
app.command()(chaos.chaos)
app.command()(bench.bench)
app.command()(doctor)
app.command()(sandbox.sandbox)
app.add_typer(stack.app, name="stack")
app.add_typer(topics.app, name="topics")
app.add_typer(config.app, name="config")
app.add_typer(connections.app, name="connections")
app.add_typer(worker.app, name="worker")
app.add_typer(orders.app, name="orders")
app.add_typer(documents.app, name="documents")
app.add_typer(invoice_info.app, name="invoice-info")
app.add_typer(review.app, name="review")
app.add_typer(numbers.app, name="numbers")
app.add_typer(rebuild.app, name="rebuild")
app.add_typer(dlq.app, name="dlq")
app.add_typer(ubl.app, name="ubl")
app.add_typer(templates.app, name="templates")


def main() -> None:
    """The entry point of the installed command."""
    try:
        app()
    except SettingsInvalidError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
