"""A provider that names its documents itself, asked what it has: what is new there, and no other document, is ours."""

from collections.abc import Collection
from typing import Final

from pydantic_core import to_json

from app.issuing.execution.deadline import NoAnswer, bounded
from app.issuing.execution.gate import Gate
from app.issuing.journal.command_facts import CommandFacts, DocumentRef
from app.issuing.ports import Journal, LeaseCheck, ProviderConnection
from providers.base import (
    Absent,
    Capabilities,
    Different,
    Done,
    Finding,
    ListsDocuments,
    LookUp,
    Several,
    Step,
    StepInput,
    Unclear,
)

# A record of what was there before stays small; more documents that look alike are a question of their own.
MOST_BEFORE: Final = 50


def is_listed(step: Step, capabilities: Capabilities) -> bool:
    """Whether this step is looked up by what the provider has; the others hang on what the provider has named."""
    return step is Step.INVOICE and capabilities.look_up is LookUp.BY_LIST


class Listing:
    """What is there that looks like a document of ours, and which of it may be this one."""

    def __init__(self, *, journal: Journal, lease: LeaseCheck) -> None:
        self._journal = journal
        self._lease = lease

    async def candidates(
        self, asked: StepInput, connection: ProviderConnection, gate: Gate
    ) -> tuple[Done, ...] | Different | Unclear:
        """Every document there that looks like this one; the gate learns whether the provider has answered."""
        self._lease.check()
        adapter, seconds = connection.adapter, connection.adapter.capabilities.max_call_seconds
        assert isinstance(adapter, ListsDocuments)
        gate.call()
        listed = await bounded(adapter.candidates(asked, seconds), seconds, tuple | Different | Unclear)
        if isinstance(listed, NoAnswer):
            listed = Unclear(why=listed.why)
        elif isinstance(listed, tuple) and not all(isinstance(each, Done) for each in listed):
            listed = Unclear(why="the adapter listed what is no document")
        gate.record_result(Absent() if isinstance(listed, tuple) else listed)
        return listed

    def compared(
        self, partition: int, command_id: str, listed: tuple[Done, ...], known: frozenset[str] | None
    ) -> Finding:
        """What of the list is new, and no other document's.

        `known`: what was there before; None where that is not known, and then none of the list is surely ours.
        """
        new = [each for each in listed if known is None or each.reference not in known]
        try:
            claimed = self._claimed(partition, command_id, [each.reference for each in new])
        except ValueError:
            return Unclear(why="a command that may have one of them cannot be read")
        ours = tuple(each for each in new if each.reference not in claimed)
        if not ours:
            return Absent()
        return ours[0] if len(ours) == 1 and known is not None else Several(candidates=ours)

    def _claimed(self, partition: int, command_id: str, references: Collection[str]) -> set[str]:
        """Those that another document of the connection is known by.

        Reads the partition: only what is new is asked for. Raises ValueError and NewerFactError for facts that cannot
        be read.
        """
        claimed: set[str] = set()
        if not references:
            return claimed
        ours = self._document(partition, command_id.encode())
        written = [to_json(reference)[1:-1] for reference in references]
        for other in list(self._journal.commands(partition)):
            entry = self._journal.entry(partition, other)
            if any(name in value for value in entry.values() for name in written):
                facts = CommandFacts(command_id=other.decode()).read(entry)
                names = _names_in(facts) & set(references)
                # What ended silently names no document, and its text may hold a short reference by chance.
                if names and _is_another(facts.document, ours):
                    claimed |= names
        return claimed

    def _document(self, partition: int, command_id: bytes) -> DocumentRef:
        return CommandFacts(command_id=command_id.decode()).read(self._journal.entry(partition, command_id)).document


def _is_another(document: DocumentRef, ours: DocumentRef) -> bool:
    """Whether it is another document of the same connection."""
    is_same = (document.business, document.connection) == (ours.business, ours.connection)
    return is_same and document.document_id != ours.document_id


def _names_in(facts: CommandFacts) -> set[str]:
    """What the command's document is known by at the provider."""
    answers = [each.outcome for step in facts.steps.values() for each in step.answers.values()]
    findings = [each.finding for step in facts.steps.values() for each in step.look_ups.values()]
    names = {each.reference for each in (*answers, *findings) if isinstance(each, Done)}
    return names | ({facts.final.reference} if facts.final and facts.final.reference else set())
