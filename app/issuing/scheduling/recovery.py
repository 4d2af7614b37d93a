"""What the journal leaves to be done: read once, when an epoch begins."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

import structlog

from app.issuing.execution.executor import Executor
from app.issuing.journal.command_facts import NO_OFFSET
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import Admitted, Reported
from app.issuing.journal.keys import ADMITTED_NAME, FINAL_NAME
from app.issuing.ports import ConnectionId, Journal

log = structlog.get_logger(__name__)


class Unfinished(NamedTuple):
    """A document that is not at rest. `commands` with their offsets; a fresh one has nothing but one admission."""

    partition: int
    document_id: str
    connection: ConnectionId
    commands: tuple[tuple[int, bytes], ...]
    is_fresh: bool


def unfinished(journal: Journal, executor: Executor, partitions: Iterable[int]) -> list[Unfinished]:
    """Every document that needs something, oldest command first; of ended commands the leftovers are deleted again.

    Raises NewerFactError.
    """
    found: dict[str, Unfinished] = {}
    for partition in partitions:
        for one in _commands(journal, executor, partition):
            other = found.get(one.document_id)
            found[one.document_id] = (
                one if other is None else one._replace(commands=one.commands + other.commands, is_fresh=False)
            )
    return sorted(found.values(), key=lambda document: min(document.commands))


def _commands(journal: Journal, executor: Executor, partition: int) -> Iterator[Unfinished]:
    for command_id in list(journal.commands(partition)):
        entry = journal.entry(partition, command_id)
        if entry.keys() == {FINAL_NAME}:
            continue
        try:
            known = _known(entry)
        except ValueError as exc:
            log.critical("a command's facts cannot be read", command_id=command_id.decode(), error=type(exc).__name__)
            continue
        if known is None:
            log.error("facts without their command", command_id=command_id.decode())
        elif known.document_id is None or known.business is None or known.connection is None:
            executor.forget(partition, command_id.decode())
        else:
            offset = known.offset if isinstance(known, Admitted) else NO_OFFSET
            commands = ((offset, command_id),)
            connection = ConnectionId(known.business, known.connection)
            yield Unfinished(partition, known.document_id, connection, commands, is_fresh=len(entry) == 1)


def _known(entry: Mapping[bytes, bytes]) -> Admitted | Reported | None:
    """The fact that names the document: the end first, for the rest may be deleted already."""
    for name, kind in ((FINAL_NAME, Reported), (ADMITTED_NAME, Admitted)):
        if name in entry:
            fact = decode(kind.__name__, entry[name])
            assert isinstance(fact, Admitted | Reported)
            return fact
    return None
