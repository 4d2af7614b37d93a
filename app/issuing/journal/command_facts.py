"""Everything the journal knows of one command, read into values; and all commands of one document."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NamedTuple

from app.domain.commands import Action
from app.domain.documents import DocumentType
from app.domain.numbers import NUMBER
from app.domain.orders import ReviewAnswer
from app.issuing.journal.encoding import decode
from app.issuing.journal.facts import (
    FINAL,
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
from app.issuing.journal.keys import FactName, name_of, number_of
from providers.base import Done, NotSent, Prepared, Refused, Step, Unknown

# "It is not there", and "look again".
NOT_ENDING: Final = frozenset({ReviewAnswer.CONFIRM_ABSENT, ReviewAnswer.LOOK_AGAIN})
# Facts of a command whose admission is not known: they cannot be put into the planner's order.
NO_OFFSET: Final = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFacts:
    """What happened in one step, by attempt id or look-up id.

    `is_to_be_seen_again`: a person has changed something there since it was last looked at.
    """

    attempts: dict[str, Attempting] = field(default_factory=dict)
    answers: dict[str, Answered] = field(default_factory=dict)
    look_ups: dict[str, LookedUp] = field(default_factory=dict)
    is_to_be_seen_again: bool = False

    def names(self, step: Step) -> Iterator[str]:
        """The names of all these facts, as a review's report lists them."""
        for kind, ids in ((Attempting, self.attempts), (Answered, self.answers), (LookedUp, self.look_ups)):
            yield from (str(name_of(kind, identifier, step)) for identifier in sorted(ids))

    @property
    def surely_made_nothing(self) -> bool:
        """Whether every attempt was answered, and each answer says that nothing was made."""
        return all(
            attempt in self.answers and isinstance(self.answers[attempt].outcome, NotSent | Refused)
            for attempt in (*self.attempts, *self.answers)
        )

    def next_number(self) -> int:
        """The n of a new attempt: no attempt id is ever used twice."""
        return 1 + max((number_of(i) for i in (*self.attempts, *self.answers)), default=0)

    def without(self, step: Step, resolved: frozenset[str]) -> "StepFacts":
        """The same without what a person has resolved, and without a doubt that came in about it later."""
        if not resolved:
            return self

        def counts(kind: type[Attempting | Answered | LookedUp], identifier: str) -> bool:
            return str(name_of(kind, identifier, step)) not in resolved

        return StepFacts(
            attempts={i: fact for i, fact in self.attempts.items() if counts(Attempting, i)},
            answers={
                i: fact
                for i, fact in self.answers.items()
                if counts(Answered, i) and (counts(Attempting, i) or not isinstance(fact.outcome, Unknown))
            },
            look_ups={i: fact for i, fact in self.look_ups.items() if counts(LookedUp, i)},
        )

    def looked_at_again(self, step: Step, seen_before: frozenset[str]) -> "StepFacts":
        """The same without the look-ups from before a person said to look again."""
        if not any(name in seen_before for name in self.names(step)):
            return self
        later = {i: fact for i, fact in self.look_ups.items() if str(name_of(LookedUp, i, step)) not in seen_before}
        return replace(self, look_ups=later, is_to_be_seen_again=not later)


class DocumentRef(NamedTuple):
    """The document that a command is for."""

    document_id: str
    business: str
    connection: str
    order_reference: str


@dataclass(slots=True, kw_only=True)
class CommandFacts:
    """The facts of one command, in no order: several workers may have written them."""

    command_id: str
    admitted: Admitted | None = None
    prepared: dict[str, Prepared] = field(default_factory=dict)
    steps: dict[Step, StepFacts] = field(default_factory=dict)
    reviewed: dict[int, Reviewed] = field(default_factory=dict)
    observed: dict[str, Observed] = field(default_factory=dict)
    withdrawn: Withdrawn | None = None
    reported: dict[str, Reported] = field(default_factory=dict)
    _read: set[bytes] = field(default_factory=set, repr=False, compare=False)

    def read(self, entry: Mapping[bytes, bytes]) -> "CommandFacts":
        """Reads what is new in a journal entry: the rest of each key → its value. What was read never changes.

        Raises ValueError or KeyError for facts that this version does not know.
        """
        for rest, value in entry.items():
            if rest not in self._read:
                name = FactName.parse(rest.decode())
                self.file(name, decode(name.kind, value))
                self._read.add(rest)
        return self

    def file(self, name: FactName, fact: Fact) -> None:
        """Puts one fact where it belongs."""
        match fact:
            case Admitted():
                self.admitted = fact
            case Prepared():
                self.prepared[name.id] = fact
            case Attempting():
                self._facts_of(name).attempts[name.id] = fact
            case Answered():
                self._facts_of(name).answers[name.id] = fact
            case LookedUp():
                self._facts_of(name).look_ups[name.id] = fact
            case Reviewed():
                self.reviewed[fact.revision] = fact
            case Observed():
                self.observed[name.id] = fact
            case Withdrawn():
                self.withdrawn = fact
            case Reported():
                self.reported[name.id] = fact

    def _facts_of(self, name: FactName) -> StepFacts:
        if name.step is None:
            raise ValueError(f"a {name.kind} without a step: the journal holds a fact that this version does not know")
        if name.step not in self.steps:
            self.steps[name.step] = StepFacts()
        return self.steps[name.step]

    @property
    def final(self) -> Reported | None:
        return self.reported.get(FINAL)

    @property
    def document(self) -> "DocumentRef":
        """The document; after the end its last fact still knows. Raises ValueError when no fact does."""
        known = self.admitted or self.final
        if known is None or not (known.document_id and known.business and known.connection and known.order_reference):
            raise ValueError(f"no fact of command {self.command_id} names its document")
        return DocumentRef(known.document_id, known.business, known.connection, known.order_reference)

    @property
    def offset(self) -> int:
        return self.admitted.offset if self.admitted else NO_OFFSET

    @property
    def is_cancellation(self) -> bool:
        """Whether its command is to cancel the document; after the end, late facts still show it."""
        if self.admitted is not None:
            return self.admitted.action is Action.CANCEL
        return Step.CANCELLATION in self.steps

    @property
    def last_review(self) -> Reviewed | None:
        """The last review that ends the command. Others only resolve what was in question."""
        if not self.reviewed:
            return None
        final = [r for r in self.reviewed.values() if r.decision not in NOT_ENDING]
        return max(final, key=lambda review: review.revision, default=None)

    def counting(self, step: Step) -> StepFacts:
        """What happened in a step and still counts."""
        step_facts = self.steps.get(step) or StepFacts()
        if not self.reviewed:
            return step_facts
        resolved, seen_before = self._resolved(again=False), self._resolved(again=True)
        return step_facts.without(step, resolved).looked_at_again(step, seen_before)

    def _resolved(self, *, again: bool) -> frozenset[str]:
        """The facts that were in question when a person said to look `again`, or anything else."""
        looks = {r.revision for r in self.reviewed.values() if r.decision is ReviewAnswer.LOOK_AGAIN}
        chosen = looks if again else self.reviewed.keys() - looks
        return frozenset(name for fact in self.reported.values() if fact.revision in chosen for name in fact.covers)

    @property
    def request(self) -> Prepared | None:
        """The request that is asked for now; its document type is the provider's word, where it has said one."""
        prepared_id = self.current_prepared()
        if prepared_id is None:
            return None
        said = self._said_type()
        return replace(self.prepared[prepared_id], document_type=said) if said else self.prepared[prepared_id]

    @property
    def brought_ettn(self) -> str | None:
        """The ETTN that the order has brought: the document's name at its provider, also where only a person saw it."""
        bearer = self.request or (self.final and self.final.number)
        return next((each for each in bearer.brought if not NUMBER.fullmatch(each)), None) if bearer else None

    def _said_type(self) -> DocumentType | None:
        """As which kind the provider has last said that it made the document."""
        seen: list[tuple[datetime, object]] = [(o.at, o.done) for o in self.observed.values()]
        for of_step in self.steps.values():
            seen += [(answer.at, answer.outcome) for answer in of_step.answers.values()]
            seen += [(look_up.at, look_up.finding) for look_up in of_step.look_ups.values()]
        said = [(at, done.document_type) for at, done in seen if isinstance(done, Done) and done.document_type]
        return max(said, default=(None, None))[1]

    def current_prepared(self) -> str | None:
        """The request that is asked for now: of the newest revision, the one that was attempted first.

        Two workers may have prepared the same revision; the one whose request went out is the one that counts.
        """
        if len(self.prepared) <= 1:
            return next(iter(self.prepared), None)
        attempted = {a.prepared for of_step in self.steps.values() for a in of_step.attempts.values()}
        known = sorted(self.prepared, key=lambda i: (-number_of(i), i not in attempted, i))
        return known[0] if known else None


def in_order(commands: Iterable[CommandFacts], action: Action) -> list[CommandFacts]:
    """The commands of one action, as the planner asked for them."""
    chosen = [d for d in commands if d.admitted is not None and d.admitted.action is action]
    return chosen if len(chosen) <= 1 else sorted(chosen, key=lambda d: (d.offset, d.command_id))
