"""One order's log, folded under rules. Pure: the planner's own fold, with what it causes kept as values."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from app.domain import identity
from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentProgressed, DocumentState, DocumentType, Intent
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome
from app.domain.policy import DocumentTypeChoice, Policy
from app.planning.batch import fold_batch
from app.planning.effects import Effects
from app.planning.planned_document import PlannedDocument
from app.planning.state import OrderState
from app.stream.records import InRecord, Record
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import NewerRecordError, RegistryUnavailableError

# What is in the log of one order: each record with its event, or with why that cannot be read.
Decoded = LoggedEvent | Exception
# One entry, so that the fold asks for the state that is kept here.
_ENTRY: Final[Mapping[bytes, bytes]] = {b"": b""}
_ISSUE: Final = Action.ISSUE
# What says nothing about one record, and ends the replay.
_OF_ALL: Final = (NewerRecordError, RegistryUnavailableError)
# A command by what it is for, whichever connection it went to.
_Asked = tuple[str, Action, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOtherwise:
    """A document as rules make it. `asked_by`: the event that released it; None while it waits for an approval.

    `document_type`: what its policy asks for; `issued_as`: what the provider has said.
    """

    document_id: str
    intent: Intent
    attempt: int
    lines: tuple[str, ...]
    provider: str
    connection: str
    document_type: DocumentTypeChoice
    earsiv_series: str | None
    efatura_series: str | None
    efatura_profile: str
    draft_first: bool
    asked_by: str | None
    asked_by_type: str | None
    state: DocumentState
    issued_as: DocumentType | None


class _Known:
    """Stands for a table of the planner's that has one order, or nothing."""

    def __init__(self, entries: Mapping[bytes, bytes]) -> None:
        self._entries = entries

    def entry(self, partition: int, entity: bytes) -> Mapping[bytes, bytes]:
        del partition, entity
        return self._entries


@dataclass(slots=True)
class Replay:
    """An order while its log is folded; `poisoned` are the codes of what could not be folded."""

    state: OrderState | None = None
    commands: dict[_Asked, InvoiceCommand] = field(default_factory=dict)
    outcomes: dict[str, OrderOutcome] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    poisoned: list[str] = field(default_factory=list)

    def take(self, record: InRecord, found: Decoded) -> None:
        """Folds one record."""
        if not isinstance(found, Exception):
            self.types[found.event_id] = found.body.type
        batch = fold_batch(
            [record],
            _Known(_ENTRY if self.state else {}),
            _Known({}),
            read=lambda _: _event(found),
            newest=lambda _: self.state,
            write=self._keep,
        )
        (change,) = batch.orders.values()
        self.state = change.state
        self.poisoned += [each.code for each in batch.poisoned]

    def _keep(self, _record: InRecord, effects: Effects) -> Iterable[Record]:
        for command in effects.commands:
            self.commands.setdefault((command.document_id, command.action, command.revision), command)
        self.outcomes.update((outcome.event_id, outcome) for outcome in effects.outcomes)
        return ()

    def documents(self) -> dict[str, PlannedOtherwise]:
        """By id, in the sequence in which they were planned."""
        known = self.state.documents if self.state else {}
        return {name: self._planned(document) for name, document in known.items()}

    def _planned(self, document: PlannedDocument) -> PlannedOtherwise:
        policy, command = document.policy, self._issue_of(document.document_id)
        return PlannedOtherwise(
            document_id=document.document_id,
            intent=document.intent,
            attempt=document.attempt,
            lines=document.lines,
            provider=policy.provider,
            connection=policy.connection_name,
            document_type=command.order.document_type if command and command.order else policy.document_type,
            earsiv_series=policy.earsiv_series,
            efatura_series=policy.efatura_series,
            efatura_profile=policy.efatura_profile,
            draft_first=policy.draft_first,
            asked_by=command.caused_by if command else None,
            asked_by_type=self.types.get(command.caused_by) if command else None,
            state=document.state,
            issued_as=document.document_type,
        )

    def _issue_of(self, document_id: str) -> InvoiceCommand | None:
        asked = (each for (name, action, _), each in self.commands.items() if (name, action) == (document_id, _ISSUE))
        return next(asked, None)


def decoded(read: Codec, record: InRecord) -> Decoded:
    """The event of a record of the order log, or why it cannot be read, as the planner has it: it freezes its order.

    Raises NewerRecordError and RegistryUnavailableError, which say nothing about one record.
    """
    try:
        return read.read(LoggedEvent, record.value)
    except _OF_ALL:
        raise
    except Exception as fault:  # noqa: BLE001 - whatever it is
        return fault


def _event(found: Decoded) -> LoggedEvent:
    if isinstance(found, Exception):
        raise found
    return found


def other_policy(event: LoggedEvent, policy: Policy) -> LoggedEvent:
    """The event as intake would have stamped it; a move keeps its target."""
    known = event.policy
    if known is None:
        return event
    moves = event.body.type == "RerouteRequested"
    return replace(event, policy=policy.at(known.connection_name, known.provider) if moves else policy)


def other_progress(event: LoggedEvent, was: Replay, would: Replay) -> LoggedEvent | None:
    """An issuer's report as it would be about the document under the other rules; None where that was not sent out.

    What the other connection's provider would have said is not known: it is taken to say the same.
    """
    body = event.body
    if not isinstance(body, DocumentProgressed):
        return event
    document = would.state.documents.get(body.document_id) if would.state else None
    if document is None or not document.released:
        return None
    asked = next((name for name, each in was.commands.items() if each.command_id == body.command_id), None)
    if asked is None:
        return event
    _, action, revision = asked
    command_id = identity.command_id(body.document_id, document.policy.connection_name, action, revision)
    return replace(event, body=replace(body, command_id=command_id))
