"""What an issuer's journal has of one document: every fact that its changelog still holds, as it was written."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from app.domain import identity
from app.domain.commands import Action
from app.domain.time import from_millis
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import (
    Admitted,
    Answered,
    Attempting,
    Fact,
    LookedUp,
    Observed,
    Reported,
    Reviewed,
    Withdrawn,
)
from app.issuing.journal.keys import KEY_SEPARATOR, FactName
from app.stream.records import InRecord
from providers.base import Absent, Done, NotSent, Prepared, Refused, Step

# More commands of one kind than any document has had; those of which the admission is known are found beyond it.
MOST_REVISIONS: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalFact:
    """One fact. `written` is the broker's time, `said` a line for a person.

    `is_forgotten`: the issuer has deleted it after the command's end, and the changelog has not dropped it yet.
    """

    command_id: str
    kind: str
    step: Step | None
    identifier: str
    written: datetime
    partition: int
    offset: int
    said: str
    is_forgotten: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentJournal:
    """The facts of a document's commands in the sequence in which they were written, and the same by command."""

    facts: tuple[JournalFact, ...]
    commands: tuple[CommandFacts, ...]

    @property
    def is_whole(self) -> bool:
        """Whether the admission of an ISSUE command is there, and with it what came of it."""
        return any(_is_issue(command) for command in self.commands)

    @property
    def was_lost(self) -> datetime | None:
        """Since when it is not known what was done before, where the journal was lost once."""
        return next(
            (c.admitted.doubtful_since for c in self.commands if c.admitted and c.admitted.doubtful_since), None
        )

    @property
    def possible_makers(self) -> tuple[str, ...]:
        """The attempts at the invoice that may have made one: all but those that surely made nothing."""
        return tuple(
            attempt
            for command in self.commands
            for step, facts in command.steps.items()
            if step is Step.INVOICE
            for attempt in {**facts.attempts, **facts.answers}
            if attempt not in facts.answers or not isinstance(facts.answers[attempt].outcome, NotSent | Refused)
        )

    @property
    def open_attempts(self) -> tuple[str, ...]:
        """The attempts without a clear answer that no look-up has found, of commands that have not ended."""
        return tuple(each for command in self.commands if command.final is None for each in _open(command))

    @property
    def made(self) -> frozenset[str]:
        """The provider's names for what attempts at the invoice have made, by its answers."""
        steps = (facts for command in self.commands for step, facts in command.steps.items() if step is Step.INVOICE)
        outcomes = (answer.outcome for facts in steps for answer in facts.answers.values())
        return frozenset(outcome.reference for outcome in outcomes if isinstance(outcome, Done))


def _is_issue(command: CommandFacts) -> bool:
    return command.admitted is not None and command.admitted.action is Action.ISSUE


def _open(command: CommandFacts) -> Iterator[str]:
    for facts in command.steps.values():
        found = {name for look in facts.look_ups.values() if isinstance(look.finding, Done) for name in look.covers}
        for attempt in facts.attempts:
            answer = facts.answers.get(attempt)
            is_clear = answer is not None and isinstance(answer.outcome, Done | NotSent | Refused)
            if not is_clear and attempt not in found:
                yield attempt


def command_ids(document_id: str, connection: str) -> dict[str, str]:
    """The ids that the document's commands have, each with what it is derived from."""
    return {
        identity.command_id(document_id, connection, action, revision): f"{action} {revision}"
        for action in Action
        for revision in range(MOST_REVISIONS + 1)
    }


def journal_of(changelog: Iterable[InRecord], document_id: str, connection: str) -> DocumentJournal:
    """All that the changelog has of the document. Raises ValueError or KeyError for facts of another release."""
    known = set(command_ids(document_id, connection))
    facts: dict[tuple[int, bytes], JournalFact] = {}
    commands: dict[str, CommandFacts] = {}
    for record in changelog:
        command, _, rest = (record.key or b"").partition(KEY_SEPARATOR)
        command_id = command.decode(errors="replace")
        if not command_id or not rest:  # a partition's founding record
            continue
        place = record.partition, record.key or b""
        if record.value is None:
            if place in facts:
                facts[place] = replace(facts[place], is_forgotten=True)
        elif command_id in known or document_id.encode() in record.value:
            known.add(command_id)
            name = FactName.parse(rest.decode())
            fact = decode(name.kind, record.value)
            commands.setdefault(command_id, CommandFacts(command_id=command_id)).file(name, fact)
            facts[place] = _as_shown(record, command_id, name, fact)
    ordered = sorted(facts.values(), key=lambda each: (each.written, each.partition, each.offset))
    return DocumentJournal(facts=tuple(ordered), commands=tuple(commands.values()))


def _as_shown(record: InRecord, command_id: str, name: FactName, fact: Fact) -> JournalFact:
    return JournalFact(
        command_id=command_id,
        kind=name.kind,
        step=name.step,
        identifier=name.id,
        written=from_millis(record.timestamp_ms),
        partition=record.partition,
        offset=record.offset,
        said=said_of(fact),
    )


def said_of(fact: Fact) -> str:
    """What a fact says, in one line, without the document's content."""
    said = ""
    match fact:
        case Admitted():
            doubt = f"; what was done before {fact.doubtful_since} is not known"
            said = f"{fact.action} at offset {fact.offset}{doubt if fact.doubtful_since else ''}"
        case Prepared():
            said = f"{fact.document_type} with reference {fact.reference}, number {fact.number or 'not ours to give'}"
        case Attempting():
            said = f"from {fact.started} to {fact.deadline} at the latest"
        case Answered():
            said = words_of(fact.outcome)
        case LookedUp():
            said = f"for {', '.join(fact.covers)}: {words_of(fact.finding)}"
        case Observed():
            said = words_of(fact.done or Absent())
        case Reviewed():
            said = " ".join(filter(None, (fact.decision, fact.number, fact.ettn, f"by {fact.actor}")))
        case Withdrawn():
            said = f"by {fact.by}"
        case Reported():
            said = " ".join(filter(None, (fact.state, fact.attention)))
    return said


def words_of(answer: object) -> str:
    """A provider's answer as it was classified, with its own words."""
    words = [str(getattr(answer, name, None) or "") for name in ("state", "why", "detail", "number", "reference")]
    words += [error.message for error in getattr(answer, "errors", ())]
    return " ".join((type(answer).__name__, *filter(None, words)))
