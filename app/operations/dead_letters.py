"""Records that could not be processed: listed, shown, and submitted again through intake."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.operations.context import bootstrap, codec, topics
from app.operations.errors import NotFoundError
from app.stream.clients.producer import write_all
from app.stream.clients.reader import read_topic, record_at
from app.stream.records import InRecord, Record
from app.stream.topics import identities
from app.tracking.deadletters import DeadLetter, Place, dead_letter_of, failed_again
from app.tracking.replays import ReplayRefusedError, replay_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterFilter:
    """Which dead letters are meant; None lets everything through. `topic` is the source's or the dead letter's own."""

    topic: str | None = None
    app: str | None = None
    reason: str | None = None
    since: datetime | None = None

    def __bool__(self) -> bool:
        return any((self.topic, self.app, self.reason, self.since))

    def takes(self, letter: DeadLetter) -> bool:
        """Whether this dead letter is meant."""
        return letter.matches(topic=self.topic, app=self.app, reason=self.reason, since=self.since)

    def topics(self) -> list[str]:
        """The dead-letter topics that can hold what is meant."""
        return [
            each.dead_letters
            for each in identities.apps(topics().prefix).values()
            if self.app in {None, each.name} and self.topic in {None, each.source, each.dead_letters}
        ]

    def records(self) -> Iterator[InRecord]:
        """Every record of those topics, topic by topic. Raises UnavailableError and TopicUnreadableError."""
        for topic in self.topics():
            yield from read_topic(bootstrap(), topic)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedDeadLetter:
    """A dead letter; `failed_again` when it was submitted again and has become another one."""

    letter: DeadLetter
    failed_again: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetterList:
    """The latest of `total` dead letters that fit, the oldest first."""

    latest: Sequence[ListedDeadLetter]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """How many dead letters were submitted again, and how many must not be, by the reason."""

    written: int
    refused: Counter[str]


def list_dead_letters(wanted: DeadLetterFilter, *, limit: int) -> DeadLetterList:
    """The latest `limit` dead letters that fit, without their content. Raises as `DeadLetterFilter.records` does."""
    letters = [dead_letter_of(record) for record in wanted.records()]
    again = failed_again(letters)
    found = sorted(filter(wanted.takes, letters), key=lambda letter: letter.written_at)
    latest = deque(found, maxlen=limit)
    return DeadLetterList(
        latest=[ListedDeadLetter(letter=each, failed_again=str(each.place) in again) for each in latest],
        total=len(found),
    )


def find_dead_letter(place: Place) -> InRecord:
    """The record at this place: it may hold personal data.

    Raises NotFoundError, UnavailableError and TopicUnreadableError.
    """
    if place.topic not in DeadLetterFilter().topics():
        raise NotFoundError(f"{place.topic} is no dead-letter topic of this installation.")
    for record in read_topic(bootstrap(), place.topic):
        if Place.of(record) == place:
            return record
    raise NotFoundError(f"There is no dead letter at {place}.")


def replay_dead_letters(wanted: Place | DeadLetterFilter, *, actor: str, dry_run: bool = False) -> Replayed:
    """Submits one dead letter again, or all that a filter takes; `dry_run` writes none and counts the same.

    They go through intake like everything else. Raises NotFoundError, UnavailableError, TopicUnreadableError and
    SendError.
    """
    dead = [find_dead_letter(wanted)] if isinstance(wanted, Place) else _meant(wanted)
    replays = _Replays(actor)
    written = sum(1 for _ in replays.of(dead)) if dry_run else write_all(bootstrap(), replays.of(dead))
    return Replayed(written=written, refused=replays.refused)


class _Replays:
    """Makes the records to be written, and counts why others may not be."""

    def __init__(self, actor: str) -> None:
        self.refused: Counter[str] = Counter()
        self._actor = actor
        self._topics = topics()
        self._codec = codec()

    def of(self, dead: Iterable[InRecord]) -> Iterator[Record]:
        for record in dead:
            try:
                yield replay_of(record, self._topics, self._codec, actor=self._actor, original=_at)
            except ReplayRefusedError as refused:
                self.refused[str(refused)] += 1


def _at(place: Place) -> InRecord | None:
    return record_at(bootstrap(), place.topic, place.partition, place.offset)


def _meant(wanted: DeadLetterFilter) -> Iterator[InRecord]:
    """What the filter takes, read twice: values may be large, and which ones failed again is known only at the end.

    A replay that failed is a dead letter itself, and is submitted again in place of the one that it was made of.
    """
    letters = [dead_letter_of(record) for record in wanted.records()]
    again = failed_again(letters)
    meant = {letter.place for letter in letters if wanted.takes(letter) and str(letter.place) not in again}
    return (record for record in wanted.records() if Place.of(record) in meant)
