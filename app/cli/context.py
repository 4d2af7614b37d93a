"""What every command needs: where Kafka is, what the topics are called, how values are read, and how to fail."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import typer
from pydantic import TypeAdapter

from app import local_kafka
from app.cli.output import safe, sentence_of
from app.settings import settings
from app.stream.serialization.codec import Codec, CodecError
from app.stream.topics.names import Topics

# Exit code of a listing for a monitor: it found what waits for a person.
ATTENTION: Final = 3


class CommandError(Exception):
    """The command cannot do its work: one sentence, and what to do."""


@contextmanager
def exit_on(*expected: type[Exception]) -> Iterator[None]:
    """Turns expected errors into one sentence on standard error and exit code 1.

    Expected everywhere: a value that cannot be read or written, for want of the registry that its writer had.
    """
    anticipated: tuple[type[Exception], ...] = (CommandError, CodecError, *expected)
    try:
        yield
    except anticipated as error:
        typer.echo("\n".join(map(safe, sentence_of(error).splitlines())), err=True)
        raise typer.Exit(1) from error


def bootstrap(given: str | None = None) -> str:
    """Kafka's address: as given, from the settings, or of the embedded stack that is up.

    Raises CommandError when there is none.
    """
    if address := given or settings().bootstrap:
        return address
    known = local_kafka.status(local_kafka.default_folder())
    if known.answering and known.bootstrap:
        return known.bootstrap
    if known.running:
        raise CommandError(f"Kafka runs (pid {known.pid}) and does not answer: see {known.folder}/broker.log.")
    raise CommandError("No Kafka is known: set FATURAFLOW_BOOTSTRAP, or start one with `faturaflow stack up`.")


def topics() -> Topics:
    """The topics' names under the configured prefix."""
    return Topics(settings().topic_prefix)


def codec() -> Codec:
    """Reads and writes values; Avro when a schema registry is configured."""
    known = settings()
    return Codec.connect(known.schema_registry, known.topic_prefix)


def content_of(file: Path, most: int, what: str) -> bytes:
    """The file; of a larger one a byte more than `most`, which is refused by whoever takes it.

    Raises CommandError, which asks for the path of `what`.
    """
    try:
        with file.open("rb") as opened:
            return opened.read(most + 1)
    except OSError as error:
        raise CommandError(f"{file} cannot be read ({error.strerror}): give the path of {what}.") from error


def plain(value: Any, *, exclude_none: bool = False) -> Any:
    """A record as JSON has it: mappings, lists and texts."""
    kind: Any = type(value)
    return _adapter(kind).dump_python(value, mode="json", exclude_none=exclude_none)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    """One for each kind of record: making it takes as long as printing a page of them."""
    return TypeAdapter(kind)
