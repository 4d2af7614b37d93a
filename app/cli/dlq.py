"""`faturaflow dlq`: records that could not be processed; where they came from, why, and a way back through intake."""

import json
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from app.cli.context import CommandError, bootstrap, codec, exit_on, topics
from app.cli.documents import AsJson
from app.cli.output import moment, print_table, safe
from app.domain.time import ISTANBUL
from app.operations.submit import Actor
from app.stream.clients.reader import TopicUnreadableError, read_topic, record_at
from app.stream.clients.writer import NotWritten, write_all
from app.stream.records import InRecord, Record
from app.stream.topics import identities
from app.tracking.deadletters import DeadLetter, Place, dead_letter_of, failed_again
from app.tracking.replays import ReplayRefused, replay_of

app = typer.Typer(help="Dead letters: records that could not be processed.", no_args_is_help=True)

# Enough to see what kind of record it is; the whole one may have 8 MiB.
FIRST_BYTES: Final = 2000


def _place(text: str) -> Place:
    try:
        return Place.parse(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: a place is TOPIC:PARTITION:OFFSET, as `dlq list` prints it.") from None


def _moment(text: str) -> datetime:
    try:
        said = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: a date or time like 2026-11-21 or 2026-11-21T09:30.") from None
    return said if said.tzinfo else said.replace(tzinfo=ISTANBUL)


OnlyTopic = Annotated[str | None, typer.Option("--topic", help="Only of this topic: the source's or its own name.")]
OnlyApp = Annotated[str | None, typer.Option("--app", help="Only of this app, as in planner.")]
OnlyReason = Annotated[str | None, typer.Option("--reason", help="Only with this reason, as in NOT_JSON.")]
Since = Annotated[
    datetime | None, typer.Option("--since", parser=_moment, help="Only from then on, in Turkish time unless it says.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which dead letters are meant; None lets everything through."""

    topic: str | None
    app: str | None
    reason: str | None
    since: datetime | None

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
        """Every record of those topics, topic by topic."""
        for topic in self.topics():
            yield from read_topic(bootstrap(), topic)


@app.command("list")
def list_dead_letters(
    *,
    topic: OnlyTopic = None,
    only_app: OnlyApp = None,
    reason: OnlyReason = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    json_output: AsJson = False,
) -> None:
    """List dead letters: where from, why and how often. Nothing of their content is shown."""
    wanted = Filter(topic=topic, app=only_app, reason=reason, since=since)
    with exit_on(TopicUnreadableError):
        letters = [dead_letter_of(record) for record in wanted.records()]
    again = failed_again(letters)
    found = sorted(filter(wanted.takes, letters), key=lambda letter: letter.written_at)
    latest = deque(found, maxlen=limit)
    if json_output:
        typer.echo(json.dumps([_as_json(letter, again) for letter in latest], ensure_ascii=False))
    else:
        _print_list(latest, again, of=len(found))


@app.command()
def show(
    place: Annotated[Place, typer.Argument(parser=_place, metavar="TOPIC:PARTITION:OFFSET")],
    *,
    value: Annotated[bool, typer.Option("--value", help="Also its key, its headers and how it begins.")] = False,
    json_output: AsJson = False,
) -> None:
    """Show one dead letter. Its content may hold personal data: it is shown only with --value."""
    with exit_on(TopicUnreadableError):
        record = _find(place)
    shown = _as_json(dead_letter_of(record), frozenset())
    del shown["failed_again"]
    if value:
        shown |= _content(record)
    if json_output:
        typer.echo(json.dumps(shown, ensure_ascii=False))
        return
    for name, said in shown.items():
        typer.echo(f"{name.replace('_', ' '):<18} {'' if said is None else said}")


@app.command()
def replay(
    place: Annotated[Place | None, typer.Argument(parser=_place, metavar="[TOPIC:PARTITION:OFFSET]")] = None,
    *,
    actor: Actor,
    topic: OnlyTopic = None,
    only_app: OnlyApp = None,
    reason: OnlyReason = None,
    since: Since = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; only say what would be.")] = False,
) -> None:
    """Submit dead letters again: one, or all that a filter takes. They go through intake like everything else."""
    wanted = Filter(topic=topic, app=only_app, reason=reason, since=since)
    with exit_on(TopicUnreadableError, NotWritten):
        if (place is None) != bool(wanted):
            raise CommandError("Name one dead letter, or which ones with --topic, --app, --reason or --since.")
        dead = [_find(place)] if place else _meant(wanted)
        replays = _Replays(actor)
        written = sum(1 for _ in replays.of(dead)) if dry_run else write_all(bootstrap(), replays.of(dead))
    so_far = "To be submitted again" if dry_run else "Submitted again"
    typer.echo(f"{so_far}: {written}; refused: {replays.refused.total()}.")
    for why, count in replays.refused.items():
        typer.echo(f"{count} refused: {why}", err=True)
    if replays.refused:
        raise typer.Exit(1)


class _Replays:
    """Makes the records to be written, and counts why others may not be."""

    def __init__(self, actor: str) -> None:
        self.refused: Counter[str] = Counter()
        self._actor = actor
        self._topics = topics()
        self._codec = codec()

    def of(self, dead: Iterator[InRecord] | list[InRecord]) -> Iterator[Record]:
        for record in dead:
            try:
                yield replay_of(record, self._topics, self._codec, actor=self._actor, original=_at)
            except ReplayRefused as refused:
                self.refused[str(refused)] += 1


def _at(place: Place) -> InRecord | None:
    return record_at(bootstrap(), place.topic, place.partition, place.offset)


def _meant(wanted: Filter) -> Iterator[InRecord]:
    """What the filter takes, read twice: values may be large, and which ones failed again is known only at the end.

    A replay that failed is a dead letter itself. It stands for the one that it was, or each run would double them.
    """
    letters = [dead_letter_of(record) for record in wanted.records()]
    again = failed_again(letters)
    meant = {letter.place for letter in letters if wanted.takes(letter) and str(letter.place) not in again}
    return (record for record in wanted.records() if Place.of(record) in meant)


def _find(place: Place) -> InRecord:
    if place.topic not in Filter(topic=None, app=None, reason=None, since=None).topics():
        raise CommandError(f"{place.topic} is no dead-letter topic of this installation.")
    for record in read_topic(bootstrap(), place.topic):
        if Place.of(record) == place:
            return record
    raise CommandError(f"There is no dead letter at {place}.")


def _as_json(letter: DeadLetter, again: frozenset[str]) -> dict[str, Any]:
    return {
        "place": str(letter.place),
        "written_at": letter.written_at.isoformat(),
        "app": safe(letter.app),
        "reason": safe(letter.reason),
        "message": safe(letter.message),
        "source": safe(str(letter.source)) if letter.source else None,
        "source_written_at": letter.source_written_at.isoformat() if letter.source_written_at else None,
        "attempts": letter.attempts,
        "bytes": letter.size,
        "bytes_at": _bytes_at(letter),
        "replay_of": safe(letter.replay_of) if letter.replay_of else None,
        "replayed_by": safe(letter.replayed_by) if letter.replayed_by else None,
        "failed_again": str(letter.place) in again,
    }


def _bytes_at(letter: DeadLetter) -> str | None:
    """Where the value lies: a record that no topic takes as it is leaves its bytes where they came from."""
    if letter.is_without_bytes and letter.source:
        return safe(str(letter.source))
    return None if letter.size is None else str(letter.place)


def _content(record: InRecord) -> dict[str, Any]:
    value = record.value or b""
    rest = f" … and {len(value) - FIRST_BYTES} bytes more" if len(value) > FIRST_BYTES else ""
    return {
        "key": None if record.key is None else readable(record.key),
        "headers": {safe(name): readable(said) for name, said in dead_letter_of(record).handed_on},
        "value": None if record.value is None else readable(value[:FIRST_BYTES]) + rest,
    }


def _print_list(letters: deque[DeadLetter], again: frozenset[str], *, of: int) -> None:
    typer.echo(f"{len(letters)} of {of} dead letters")
    columns = ("place", "written", "app", "reason", "from", "attempts", "bytes", "")
    print_table(columns, (_cells(letter, again) for letter in letters))


def _cells(letter: DeadLetter, again: frozenset[str]) -> tuple[str, ...]:
    row = _as_json(letter, again)
    note = "failed again" if row["failed_again"] else ""
    return (
        *(row["place"], moment(letter.written_at), row["app"], row["reason"]),
        *(row["source"] or "", str(letter.attempts), "null" if letter.size is None else str(letter.size), note),
    )


def readable(found: bytes) -> str:
    """Bytes as a terminal can bear them: text where it is text, everything else by its code."""
    return safe(found.decode("utf-8", errors="backslashreplace"))
