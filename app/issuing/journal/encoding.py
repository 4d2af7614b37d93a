"""How the journal keeps a fact: a JSON line, then its document, if it has one, compressed."""

import zlib
from datetime import datetime
from typing import Final

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from app.domain.commands import InvoiceCommand
from app.domain.policy import RULES_VERSION
from app.issuing.journal.errors import NewerFactError, read_error
from app.issuing.journal.facts import FACTS, HEADER_TEXT, Admitted, Fact, Headers
from providers.base import Prepared

_ADAPTERS: Final[dict[str, TypeAdapter[Fact]]] = {fact.__name__: TypeAdapter(fact) for fact in FACTS}
# These fields are whole documents: they follow the fact's JSON line, compressed.
_BODIES: Final = {Admitted.__name__: "command", Prepared.__name__: "request"}
_COMMAND: Final = TypeAdapter(InvoiceCommand)
# Half the time of zlib's own choice for two hundredths more bytes; a window of 4 KiB holds most documents whole.
_LEVEL: Final = 1
_WINDOW_BITS: Final = 12


def encode(fact: Fact) -> bytes:
    """The fact as the journal keeps it: a JSON line, then its document, if it has one, compressed.

    Raises ValueError or KeyError for values of a type that `decode` would not take: what is written must be read again.
    """
    name = type(fact).__name__
    field = _BODIES.get(name)
    unwritten = {field} if field else None
    line = _ADAPTERS[name].dump_json(fact, exclude=unwritten, exclude_defaults=True, warnings="error")
    if isinstance(fact, Admitted):
        return line + b"\n" + fact.command
    if isinstance(fact, Prepared):
        return line + b"\n" + _compressed(fact.request.encode())
    return line


def decode(kind: str, value: bytes) -> Fact:
    """The inverse of `encode`. Raises NewerFactError for what this release does not know, ValueError for no fact."""
    if kind not in _ADAPTERS:
        raise NewerFactError(f"this release knows no fact {kind}")
    try:
        return _decoded(kind, value)
    except ValidationError as error:
        unread = read_error(kind, error)
    raise unread  # outside: an exception beside it would carry the fact's content into a traceback


def _decoded(kind: str, value: bytes) -> Fact:
    field = _BODIES.get(kind)
    if field is None:
        return _ADAPTERS[kind].validate_json(value)
    line, _, body = value.partition(b"\n")
    document = body if kind == Admitted.__name__ else zlib.decompress(body).decode()
    return _ADAPTERS[kind].validate_python({**from_json(line), field: document})


def admitted(
    command: InvoiceCommand, offset: int, doubtful_since: datetime | None = None, headers: Headers = ()
) -> Admitted:
    """The fact that takes a command in. `offset`: its record's. `headers`: those of its record that are handed on.

    `doubtful_since`: the journal was lost then; what was done for the command before is not known.
    """
    return Admitted(
        action=command.action,
        business=command.business,
        connection=command.connection,
        order_reference=command.order_reference,
        document_id=command.document_id,
        offset=offset,
        command=_compressed(_COMMAND.dump_json(command)),
        doubtful_since=doubtful_since,
        handed_on=tuple((name, value.decode(HEADER_TEXT)) for name, value in headers),
        draft_first=command.draft_first,
    )


def command_of(fact: Admitted) -> InvoiceCommand:
    """The command that was taken in. Raises NewerFactError where a newer release has taken it in."""
    try:
        command = _COMMAND.validate_json(zlib.decompress(fact.command))
        unread: NewerFactError | ValueError | None = None
    except ValidationError as error:
        unread = read_error("a command", error)
    if unread is not None:
        raise unread
    if command.rules_version > RULES_VERSION:
        raise NewerFactError(
            f"the command has rules version {command.rules_version}; this release knows {RULES_VERSION}"
        )
    return command


def _compressed(document: bytes) -> bytes:
    return zlib.compress(document, _LEVEL, wbits=_WINDOW_BITS)
