"""How old a list from the read model is."""

from datetime import UTC, datetime

import typer

from app.operations.read_model import why_stale


def print_staleness() -> None:
    """One sentence on standard error where the read model is not up to date. Raises StoreUnavailableError."""
    if (sentence := why_stale(datetime.now(UTC))) is not None:
        typer.echo(sentence, err=True)
