"""Commands in: read, written down, handed to the scheduler. Nothing here waits for a provider."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.commands import InvoiceCommand
from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.facts import Admitted
from app.issuing.journal.keys import journal_key, name_of
from app.issuing.ports import Journal
from app.issuing.scheduling.scheduler import Scheduler
from app.stream.records import MEBIBYTE, MOST_BYTES, InRecord
from app.stream.serialization.headers import propagated

# Compressed, and with room for the rest of its fact. No command of one order comes near it.
MOST_COMMAND_BYTES: Final = MOST_BYTES - MEBIBYTE // 16


class UnreadableCommandError(ValueError):
    """A record that is no command that this issuer can keep; it goes to the dead letters with its original bytes."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRecord:
    """A record that could not be read, and why."""

    record: InRecord
    error: UnreadableCommandError


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The commands of a batch that are not known yet, and what could not be read."""

    commands: tuple[tuple[int, str, Admitted], ...]
    dead_letters: tuple[RejectedRecord, ...]


# Raises ValueError, with a message that carries nothing of the record.
Read = Callable[[bytes], InvoiceCommand]


def read_batch(
    records: Sequence[InRecord],
    journal: Journal,
    read: Read,
    provider: str,
    *,
    journal_lost_at: datetime | None = None,
    ends: Mapping[int, int] | None = None,
) -> Admission:
    """Sorts a batch. A command that the journal knows, in whatever state, is a redelivery and is left out.

    `journal_lost_at`: the journal began anew then; whatever was commanded before is looked up before it is sent.
    `ends`: partition → where the topic ended by then; without one every command may be older. No clock decides it.
    """
    commands: dict[str, tuple[int, str, Admitted]] = {}
    rejected: list[RejectedRecord] = []
    for record in records:
        try:
            command = _command(record, read, provider)
            command_id = command.command_id
            if command_id not in commands and not journal.entry(record.partition, command_id.encode()):
                since = None if _is_newer(record, ends) else journal_lost_at
                commands[command_id] = (record.partition, command_id, _admitted(command, record, since))
        except UnreadableCommandError as error:
            rejected.append(RejectedRecord(record=record, error=error))
    return Admission(commands=tuple(commands.values()), dead_letters=tuple(rejected))


def _is_newer(record: InRecord, ends: Mapping[int, int] | None) -> bool:
    """Whether it was appended after the journal had begun anew."""
    return ends is not None and record.partition in ends and record.offset >= ends[record.partition]


def _command(record: InRecord, read: Read, provider: str) -> InvoiceCommand:
    if record.value is None:
        raise UnreadableCommandError("NO_VALUE", "a command has a value")
    try:
        command = read(record.value)
    except ValueError as exc:
        raise UnreadableCommandError("NOT_A_COMMAND", str(exc)) from exc
    if command.provider != provider:
        raise UnreadableCommandError("OTHER_PROVIDER", f"a command for {command.provider} in the topic of {provider}")
    return command


def _admitted(command: InvoiceCommand, record: InRecord, doubtful_since: datetime | None) -> Admitted:
    fact = admitted(command, record.offset, doubtful_since, propagated(record.headers))
    if len(fact.command) > MOST_COMMAND_BYTES:
        raise UnreadableCommandError("TOO_LARGE", "the journal would not take it")
    return fact


async def admit(admission: Admission, journal: Journal, scheduler: Scheduler) -> None:
    """Durable first, then worked for. Raises OwnershipLost: then the batch comes to the partitions' new owner."""
    await journal.put_all(
        [
            (partition, journal_key(command_id, name_of(Admitted)), encode(fact))
            for partition, command_id, fact in admission.commands
        ]
    )
    for partition, command_id, fact in admission.commands:
        scheduler.admit(partition, command_id.encode(), fact)
