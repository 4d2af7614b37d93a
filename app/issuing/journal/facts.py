"""The journal's facts: written once, never changed; a command's state is what they say together.

Key: `command id ␟ step ␟ fact ␟ id`, joined by U+001F. The step is empty for facts of the whole command. The id is
`n-writer`, with the writer's random process id, wherever two workers could write different things; it is the
review's revision, or the report's label, where whoever writes writes the same.
"""

import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final, NamedTuple

from pydantic import PlainSerializer, PlainValidator, TypeAdapter, ValidationError
from pydantic_core import from_json

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import Attention, DocumentState
from app.domain.identity import SEPARATOR
from app.domain.numbers import Ended
from app.domain.orders import ReviewAnswer
from app.domain.policy import RULES_VERSION
from app.domain.text import STRICT
from providers.base import (
    Absent,
    Different,
    Done,
    Finding,
    NotSent,
    Outcome,
    Prepared,
    Refused,
    Step,
    Unclear,
    Unknown,
)

KEY_SEPARATOR: Final = SEPARATOR.encode()
Headers = tuple[tuple[str, bytes], ...]


class NewerFactError(Exception):
    """A newer release has written this: a worker that does not know all of it must not decide by the rest."""


# Nobody has promised that a header is text; this reads any bytes, and gives them back.
_HEADER_TEXT: Final = "latin-1"
# Ends a command: everything else that stands about it may be forgotten.
FINAL: Final = "FINAL"


def _tagged(*classes: type) -> tuple[PlainValidator, PlainSerializer]:
    """Writes a union's member with its name: `{"is": "NotSent", …}`. The members alone look too much alike."""
    adapters: dict[str, TypeAdapter[object]] = {cls.__name__: TypeAdapter(cls) for cls in classes}

    def read(value: object) -> object:
        if not isinstance(value, dict):
            return value
        name = value["is"]
        if name not in adapters:
            raise NewerFactError(f"this release knows no {name}")
        try:
            return adapters[name].validate_python({k: v for k, v in value.items() if k != "is"})
        except ValidationError as error:
            raise _fault(name, error) from None

    def write(value: object) -> dict[str, object]:
        name = type(value).__name__
        body = adapters[name].dump_python(value, mode="json", exclude_defaults=True, warnings="error")
        return {"is": name, **body}

    return PlainValidator(read), PlainSerializer(write)


StoredOutcome = Annotated[Outcome, *_tagged(NotSent, Refused, Unknown, Done)]
StoredFinding = Annotated[Finding, *_tagged(Done, Absent, Different, Unclear)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A command has come in. `command` is its JSON, compressed; the rest is what the queue needs without reading it.

    `offset` is the record's offset: within a connection's partition it is the order in which the planner asked.
    `doubtful_since`: the journal was lost, so nobody knows what was done for this command before this time.
    `handed_on`: the record's headers that go with whatever it leads to, byte for byte as Latin-1.
    """

    __pydantic_config__ = STRICT

    action: Action
    business: str
    order_reference: str
    document_id: str
    offset: int
    command: bytes
    doubtful_since: datetime | None = None
    handed_on: tuple[tuple[str, str], ...] = ()

    @property
    def headers(self) -> Headers:
        """What of the record's headers goes with whatever it leads to."""
        return tuple((name, value.encode(_HEADER_TEXT)) for name, value in self.handed_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    """Whom a call has reached: the provider's address, and a keyed hash of what names the account there."""

    __pydantic_config__ = STRICT

    address: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempting:
    """Somebody may be calling until the deadline, and the provider may be at work for a while longer.

    `account`: None where it is not known, which is never the same as another.
    """

    __pydantic_config__ = STRICT

    started: datetime
    deadline: datetime
    prepared: str
    account: ProviderAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What one attempt came to. `prepared` names the request that it answers.

    `earlier`: how many attempts before it surely did not leave either, the first of them at `unsent_since`; their own
    facts are forgotten once this one is written.
    """

    __pydantic_config__ = STRICT

    at: datetime
    prepared: str
    outcome: StoredOutcome
    earlier: int = 0
    unsent_since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What the provider said when asked for our reference, after the attempts in `covers`. `account`: who was asked."""

    __pydantic_config__ = STRICT

    began: datetime
    at: datetime
    covers: tuple[str, ...]
    finding: StoredFinding
    account: ProviderAccount | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """A person's decision on one revision of a review. The first counts."""

    __pydantic_config__ = STRICT

    at: datetime
    revision: int
    decision: ReviewAnswer
    number: str | None = None
    ettn: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """A legal state that was seen by following the document after its creation."""

    __pydantic_config__ = STRICT

    at: datetime
    done: Done


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn:
    """Nothing was sent, and from here on nothing will be. `by` is the withdrawing command."""

    __pydantic_config__ = STRICT

    at: datetime
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The order's log has it. Its label is the key's id.

    A review's report carries what it was raised for (`covers` names the facts in question), the last one carries
    what is needed to notice, after everything else is forgotten, that a second document has appeared, and the number
    that we gave.
    """

    __pydantic_config__ = STRICT

    at: datetime
    state: DocumentState | None = None
    attention: Attention | None = None
    revision: int = 0
    covers: tuple[str, ...] = ()
    reference: str | None = None
    document_id: str | None = None
    business: str | None = None
    order_reference: str | None = None
    number: Ended | None = None


Fact = Admitted | Prepared | Attempting | Answered | LookedUp | Reviewed | Observed | Withdrawn | Reported
FACTS: Final = (Admitted, Prepared, Attempting, Answered, LookedUp, Reviewed, Observed, Withdrawn, Reported)
_KINDS: Final[dict[str, type[Fact]]] = {fact.__name__: fact for fact in FACTS}
_ADAPTERS: Final[dict[str, TypeAdapter[Fact]]] = {name: TypeAdapter(fact) for name, fact in _KINDS.items()}
# These fields are whole documents: they stand behind the fact's JSON line, compressed.
_BODIES: Final = {Admitted.__name__: "command", Prepared.__name__: "request"}
_COMMAND: Final = TypeAdapter(InvoiceCommand)
# Pydantic's words for a field, or a value of a list of words, that it does not know.
_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument", "enum"})
# Half the time of zlib's own choice for two hundredths more bytes; a window of 4 KiB holds most documents whole.
_LEVEL: Final = 1
_WINDOW_BITS: Final = 12


class FactName(NamedTuple):
    """A fact's key without the command."""

    step: Step | None
    kind: str
    id: str

    def __str__(self) -> str:
        return SEPARATOR.join((self.step or "", self.kind, self.id))

    @classmethod
    def parse(cls, text: str) -> "FactName":
        step, kind, identifier = text.split(SEPARATOR)
        return cls(Step(step) if step else None, kind, identifier)


def name_of(fact: type[Fact], identifier: str = "", step: Step | None = None) -> FactName:
    """The name under which a fact of this kind is written."""
    return FactName(step, fact.__name__, identifier)


def journal_key(command_id: str, name: FactName) -> bytes:
    """The journal's key; the command's id comes first, so that the journal can give all facts of a command."""
    return f"{command_id}{SEPARATOR}{name}".encode()


FINAL_NAME: Final = str(name_of(Reported, FINAL)).encode()
ADMITTED_NAME: Final = str(name_of(Admitted)).encode()


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
        fault = _fault(kind, error)
    raise fault  # outside: an exception beside it would carry the fact's content into a traceback


def _decoded(kind: str, value: bytes) -> Fact:
    field = _BODIES.get(kind)
    if field is None:
        return _ADAPTERS[kind].validate_json(value)
    line, _, body = value.partition(b"\n")
    document = body if kind == Admitted.__name__ else zlib.decompress(body).decode()
    return _ADAPTERS[kind].validate_python({**from_json(line), field: document})


def _fault(what: str, error: ValidationError) -> NewerFactError | ValueError:
    unknown = [e for e in error.errors(include_url=False, include_input=False) if e["type"] in _UNKNOWN]
    if unknown:
        path = ".".join(map(str, unknown[0]["loc"]))
        return NewerFactError(f"this release knows {what} without {path}")
    return ValueError(f"not a {what}: {error.error_count()} faults")


def admitted(
    command: InvoiceCommand, offset: int, doubtful_since: datetime | None = None, headers: Headers = ()
) -> Admitted:
    """The fact that takes a command in. `headers`: those of its record that are handed on."""
    return Admitted(
        action=command.action,
        business=command.business,
        order_reference=command.order_reference,
        document_id=command.document_id,
        offset=offset,
        command=_compressed(_COMMAND.dump_json(command)),
        doubtful_since=doubtful_since,
        handed_on=tuple((name, value.decode(_HEADER_TEXT)) for name, value in headers),
    )


def command_of(fact: Admitted) -> InvoiceCommand:
    """The command that was taken in. Raises NewerFactError where a newer release has taken it in."""
    try:
        command = _COMMAND.validate_json(zlib.decompress(fact.command))
        fault: NewerFactError | ValueError | None = None
    except ValidationError as error:
        fault = _fault("a command", error)
    if fault is not None:
        raise fault
    if command.rules_version > RULES_VERSION:
        raise NewerFactError(
            f"the command has rules version {command.rules_version}; this release knows {RULES_VERSION}"
        )
    return command


def _compressed(document: bytes) -> bytes:
    return zlib.compress(document, _LEVEL, wbits=_WINDOW_BITS)


def number_of(identifier: str) -> int:
    """The n of an id `n-writer`."""
    return int(identifier.partition("-")[0])
