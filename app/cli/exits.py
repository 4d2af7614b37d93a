"""How a command ends: one sentence on standard error for what is expected, and its exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import typer

from app.cli.printing.tables import safe, sentence_of
from app.operations.errors import OperationError
from app.stream.errors import StartRefusedError
from app.stream.serialization.errors import CodecError

# Exit code of a listing for a monitor: it found what waits for a person.
ATTENTION: Final = 3


@contextmanager
def exit_on(*expected: type[Exception]) -> Iterator[None]:
    """Turns expected errors into one sentence on standard error and exit code 1; a refused start has its own code.

    Expected everywhere: what an operation refuses, and a value that cannot be read or written, for want of the
    registry that its writer had.
    """
    anticipated: tuple[type[Exception], ...] = (OperationError, CodecError, StartRefusedError, *expected)
    try:
        yield
    except anticipated as error:
        typer.echo("\n".join(map(safe, sentence_of(error).splitlines())), err=True)
        raise typer.Exit(int(error.code) if isinstance(error, StartRefusedError) else 1) from error
