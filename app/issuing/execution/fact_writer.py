"""A worker's facts in the journal: each under an id that no other worker uses."""

import uuid
from itertools import count

from app.domain.commands import InvoiceCommand
from app.issuing.journal.encoding import command_of, decode, encode
from app.issuing.journal.facts import Admitted, Fact
from app.issuing.journal.keys import ADMITTED_NAME, FINAL_NAME, KEY_SEPARATOR, journal_key, name_of
from app.issuing.ports import Journal
from providers.base import Step


class FactWriter:
    """Writes, reads and deletes facts in the name of one worker."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._worker = uuid.uuid4().hex[:8]
        self._numbers = count(1)

    async def write(
        self,
        partition: int,
        command_id: str,
        fact: Fact,
        identifier: str = "",
        step: Step | None = None,
        *,
        force: bool = False,
    ) -> None:
        """Returns when the fact is durable.

        `identifier`: the id of the fact's key; empty for facts that a command has once. `force`: for facts that are
        true whichever worker owns the partition. Raises OwnershipLost, and RecordTooLargeError.
        """
        key = journal_key(command_id, name_of(type(fact), identifier, step))
        await self._journal.put(partition, key, encode(fact), force=force)

    def id_of(self, number: int) -> str:
        """The id of this worker's attempt or request of this number."""
        return f"{number}-{self._worker}"

    def next_id(self) -> str:
        """An id for what is not counted by its command: look-ups and observed states."""
        return self.id_of(next(self._numbers))

    def knows(self, partition: int, command_id: str) -> bool:
        """Whether the command's admission is here; not where the partition was handed over, or the command ended."""
        return ADMITTED_NAME in self._journal.entry(partition, command_id.encode())

    def command(self, partition: int, command_id: str) -> InvoiceCommand:
        """The command as it was taken in. Raises KeyError where it is not known."""
        fact = decode(Admitted.__name__, self._journal.entry(partition, command_id.encode())[ADMITTED_NAME])
        assert isinstance(fact, Admitted)
        return command_of(fact)

    def forget_all_but_the_last(self, partition: int, command_id: str) -> None:
        """Leaves of a finished command its last fact."""
        key = command_id.encode()
        rests = [rest for rest in self._journal.entry(partition, key) if rest != FINAL_NAME]
        self._journal.forget_all([(partition, key + KEY_SEPARATOR + rest) for rest in rests])
