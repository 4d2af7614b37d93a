"""`faturaflow dlq`: records that could not be processed; where they came from, why, and a way back through intake."""

import json
from datetime import datetime
from typing import Annotated, Any, Final

import typer

from app.cli.exits import exit_on
from app.cli.options import Actor, AsJson
from app.cli.printing.tables import moment, print_table, safe
from app.domain.time import ISTANBUL
from app.operations import dead_letters
from app.operations.dead_letters import DeadLetterFilter, DeadLetterList, ListedDeadLetter
from app.operations.errors import RefusedInputError
from app.stream.clients.errors import DeliveryFailedError, TopicUnreadableError
from app.stream.records import InRecord
from app.tracking.deadletters import DeadLetter, Place, dead_letter_of

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
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r}: a date or time like 2026-11-21 or 2026-11-21T09:30.") from None
    return at if at.tzinfo else at.replace(tzinfo=ISTANBUL)


OnlyTopic = Annotated[str | None, typer.Option("--topic", help="Only of this topic: the source's or its own name.")]
OnlyApp = Annotated[str | None, typer.Option("--app", help="Only of this app, as in planner.")]
OnlyReason = Annotated[str | None, typer.Option("--reason", help="Only with this reason, as in NOT_JSON.")]
Since = Annotated[
    datetime | None,
    typer.Option("--since", parser=_moment, help="Only from then on, in Turkish time unless it has an offset."),
]


@app.command("list")
def list_dead_letters(
    *,
    topic: OnlyTopic = None,
    only_app: OnlyApp = None,
    reason: OnlyReason = None,
    since: Since = None,
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the latest.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List dead letters: where from, why and how often. Nothing of their content is shown."""
    wanted = DeadLetterFilter(topic=topic, app=only_app, reason=reason, since=since)
    with exit_on(TopicUnreadableError):
        found = dead_letters.list_dead_letters(wanted, limit=limit)
    if as_json:
        typer.echo(json.dumps(list(map(_row_as_json, found.latest)), ensure_ascii=False))
    else:
        _print_list(found)


@app.command()
def show(
    place: Annotated[Place, typer.Argument(parser=_place, metavar="TOPIC:PARTITION:OFFSET")],
    *,
    value: Annotated[bool, typer.Option("--value", help="Also its key, its headers and how it begins.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one dead letter. Its content may hold personal data: it is shown only with --value."""
    with exit_on(TopicUnreadableError):
        record = dead_letters.find_dead_letter(place)
    letter, content = dead_letter_of(record), _content(record) if value else {}
    if as_json:
        typer.echo(json.dumps(_as_json(letter) | content, ensure_ascii=False))
        return
    for name, each in (_as_json(letter) | _times(letter) | content).items():
        if each is not None:
            typer.echo(f"{name.replace('_', ' '):<18} {each}")


@app.command()
def replay(
    place: Annotated[Place | None, typer.Argument(parser=_place, metavar="[TOPIC:PARTITION:OFFSET]")] = None,
    *,
    actor: Actor,
    topic: OnlyTopic = None,
    only_app: OnlyApp = None,
    reason: OnlyReason = None,
    since: Since = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Write nothing; only count.")] = False,
) -> None:
    """Submit dead letters again: one, or all that a filter takes. They go through intake like everything else."""
    wanted = DeadLetterFilter(topic=topic, app=only_app, reason=reason, since=since)
    with exit_on(TopicUnreadableError, DeliveryFailedError):
        if (place is None) != bool(wanted):
            raise RefusedInputError("Name one dead letter, or which ones with --topic, --app, --reason or --since.")
        replayed = dead_letters.replay_dead_letters(place or wanted, actor=actor, dry_run=dry_run)
    so_far = "To be submitted again" if dry_run else "Submitted again"
    typer.echo(f"{so_far}: {replayed.written}; refused: {replayed.refused.total()}.")
    for why, count in replayed.refused.items():
        typer.echo(f"{count} refused: {why}", err=True)
    if replayed.refused:
        raise typer.Exit(1)


def _row_as_json(listed: ListedDeadLetter) -> dict[str, Any]:
    return {**_as_json(listed.letter), "failed_again": listed.failed_again}


def _as_json(letter: DeadLetter) -> dict[str, Any]:
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
    }


def _times(letter: DeadLetter) -> dict[str, str]:
    """Its times for a person."""
    times = {"written_at": letter.written_at, "source_written_at": letter.source_written_at}
    return {name: moment(at) for name, at in times.items() if at}


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
        "headers": {safe(name): readable(each) for name, each in dead_letter_of(record).handed_on},
        "value": None if record.value is None else readable(value[:FIRST_BYTES]) + rest,
    }


def _print_list(found: DeadLetterList) -> None:
    typer.echo(f"{len(found.latest)} of {found.total} dead letters")
    columns = ("place", "written", "app", "reason", "from", "attempts", "bytes", "")
    print_table(columns, map(_cells, found.latest))


def _cells(listed: ListedDeadLetter) -> tuple[str, ...]:
    letter, row = listed.letter, _as_json(listed.letter)
    note = "failed again" if listed.failed_again else ""
    return (
        *(row["place"], moment(letter.written_at), row["app"], row["reason"]),
        *(row["source"] or "", str(letter.attempts), "null" if letter.size is None else str(letter.size), note),
    )


def readable(found: bytes) -> str:
    """Bytes as a terminal can show them: text where it is text, everything else by its code."""
    return safe(found.decode("utf-8", errors="backslashreplace"))
