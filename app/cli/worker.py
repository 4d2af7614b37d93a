"""`faturaflow worker`: one stage as one process, until SIGTERM. Exit codes: see `app/stream/ownership/exits.py`."""

import gc
import os
from contextlib import closing
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

from app.cli.context import CommandError, bootstrap, codec, exit_on, topics
from app.settings import settings
from app.store.errors import StoreError
from app.stream import StreamSettings, UnsoundSettings
from app.stream.clients.clients import committed, outsider, partitions_of
from app.stream.clients.reader import records_of
from app.stream.ownership.exits import NUMBERS_BEHIND, STORE_EMPTY
from app.stream.processing import logs
from app.stream.serialization.codec import Codec
from app.stream.startup.retrying import at_start
from app.stream.topics import identities
from app.stream.topics.plans import declared

if TYPE_CHECKING:
    from app.store.numbers import SeriesYear
    from app.store.store import Store
    from app.stream import App

# A batch holds some hundred thousand objects until it is acknowledged; then nearly all of them die by their counts.
# The collector must not start while they live: it would walk through all of them, for a fifth of all processor time.
GARBAGE_THRESHOLD: Final = 500_000

# Shorter than an orchestrator's own patience with a probe.
PROBE_SECONDS: Final = 5.0
MOST_PROBED: Final = 4096
# A broker that is up says at once where a group is.
ASK_SECONDS: Final = 10.0

app = typer.Typer(help="Run one stage of the flow.", no_args_is_help=True)

AllowFreshGroup = Annotated[
    bool, typer.Option(help="Start although offsets and changelogs contradict each other. Only after a disaster.")
]


@app.command()
def intake(*, allow_fresh_group: AllowFreshGroup = False) -> None:
    """Take submitted orders in."""
    from app.intake.agent import build  # noqa: PLC0415
    from app.operations.bootstrap import StorePolicies, open_store  # noqa: PLC0415 - a worker imports only its own stage

    with exit_on(UnsoundSettings, StoreError):
        store, names = open_store(), topics()
        stream = _stream("intake", allow_fresh_group=allow_fresh_group)
        if not store.businesses() and at_start(lambda: has_begun(stream, names.orders)):
            refuse_empty(store)
        start(build(stream, names, ready_codec(), StorePolicies(store)))


@app.command()
def planner(*, allow_fresh_group: AllowFreshGroup = False) -> None:
    """Fold each order's log."""
    from app.planning.agent import build  # noqa: PLC0415
    from app.stream.clients.lag import GroupProgress  # noqa: PLC0415

    with exit_on(UnsoundSettings):
        names = topics()
        progress = GroupProgress(bootstrap(), identities.app("intake", names.prefix).app_id, names.orders)
        stream = _stream("planner", allow_fresh_group=allow_fresh_group)
        quiet = timedelta(seconds=settings().hold_quiet_seconds)
        partitions = _partitions(names.order_log)
        start(build(stream, names, ready_codec(), partitions=partitions, intake=progress, quiet=quiet))


@app.command()
def issuer(
    provider: Annotated[str, typer.Argument(help="The provider whose commands are carried out.")],
    *,
    allow_fresh_group: AllowFreshGroup = False,
) -> None:
    """Carry out the commands for one provider."""
    from app.issuing.agent import build  # noqa: PLC0415
    from app.issuing.execution.taxpayers import Freshness  # noqa: PLC0415
    from app.operations.bootstrap import StoreConnections, StoreNumbers, open_store  # noqa: PLC0415
    from providers.base import Numbering  # noqa: PLC0415

    known = settings()
    freshness = Freshness(registered=known.registered_seconds, not_registered=known.not_registered_seconds)
    logs.configure(known.log_level)
    with exit_on(UnsoundSettings, StoreError, ValueError):
        store, names = open_store(), topics()
        connections = StoreConnections(store, provider)
        usable = connections.usable()
        longest = max((each.max_call_seconds for each in usable), default=0.0)
        numbers = StoreNumbers(store.numbers(), highest_numbers)
        if any(each.numbering is Numbering.OURS for each in usable):
            numbers.remember(refuse_behind(store))
        stream = _stream(identities.issuer(provider), allow_fresh_group=allow_fresh_group, max_call_seconds=longest)
        partitions = _partitions(names.commands(provider))
        ready = ready_codec()
        start(
            build(
                stream,
                names,
                ready,
                connections,
                numbers,
                provider=provider,
                partitions=partitions,
                freshness=freshness,
            )
        )


def has_begun(stream: StreamSettings, topic: str) -> bool:
    """Whether the worker's group has read anything of this topic before. Raises as `partitions_of` and `committed`."""
    with closing(outsider(stream.bootstrap, stream.app_id)) as client:
        places = partitions_of(client, topic, timeout=ASK_SECONDS)
        return any(place.offset > 0 for place in committed(client, places, timeout=ASK_SECONDS))


def refuse_empty(store: "Store") -> NoReturn:
    """Ends the process with code 80: by this store every order would be refused for good."""
    typer.echo(f"{store.place} holds no business, and intake has taken orders in before.", err=True)
    typer.echo(f"Is it the right database? {STORE_EMPTY.remedy[:1].upper()}{STORE_EMPTY.remedy[1:]}.", err=True)
    raise typer.Exit(STORE_EMPTY)


def refuse_behind(store: "Store") -> "dict[SeriesYear, int]":
    """How far each series has come, when the store knows all of it; else the process ends with code 76.

    The journals are read first: what other workers give meanwhile stands in the store before it stands in a journal.
    While the broker is away it waits, and ends, as the guard does that comes after it. Raises StoreError.
    """
    highest = at_start(highest_numbers)
    behind = store.number_audit().behind(highest)
    for (taxpayer, series, year), known in sorted(behind.items()):
        given = highest[taxpayer, series, year]
        typer.echo(f"{taxpayer}: series {series} of {year} has come to {given}, the store says {known}.", err=True)
    if behind:
        typer.echo("The store is older than the journals: run `faturaflow rebuild numbers` first.", err=True)
        raise typer.Exit(NUMBERS_BEHIND)
    return highest


def highest_numbers() -> "dict[SeriesYear, int]":
    """How far each series has come by the journals. Raises what reading them does."""
    from app.cli.rebuild import journal_numbers  # noqa: PLC0415
    from app.issuing.journal.allotted_numbers import highest_of  # noqa: PLC0415

    return highest_of(journal_numbers(records_of))


@app.command()
def health(*, live: Annotated[bool, typer.Option("--live", help="Ask only whether it lives.")] = False) -> None:
    """Ask this machine's worker whether it is ready: exit code 0, or 1 and why not. For an exec probe."""
    with exit_on(OSError):
        typer.echo(probed("/live" if live else "/ready"))


def probed(path: str) -> str:
    """What the worker under FATURAFLOW_HEALTH_PORT answers. Raises CommandError when that is no yes, and OSError."""
    known = settings()
    if not known.health_port:
        raise CommandError("FATURAFLOW_HEALTH_PORT is not set: a worker answers probes only where it is.")
    everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - what is listened on, not a place to listen
    host = everywhere.get(known.health_host, known.health_host)
    with closing(HTTPConnection(host, known.health_port, timeout=PROBE_SECONDS)) as asked:
        asked.request("GET", path)
        with asked.getresponse() as answer:
            said = answer.read(MOST_PROBED).decode(errors="replace")
    if answer.status != HTTPStatus.OK:
        raise CommandError(said)
    return said


def start(worker: "App") -> NoReturn:
    """Runs the worker. What was imported lives as long as the process: the garbage collector need not look at it."""
    from app.stream import run  # noqa: PLC0415 - Faust: no other command waits for it

    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    run(worker)


def ready_codec() -> Codec:
    """With a registry, every schema is registered before the first record: no write waits for it later.

    While the registry is away it is asked again, for half a minute; then the process ends with code 70, as where the
    broker is. Raises SchemaRefused.
    """
    logs.configure(settings().log_level)
    found = codec()
    at_start(lambda: found.register(identities.PROVIDERS))
    return found


def _partitions(topic: str) -> int:
    known = settings()
    return identities.partitions(known.profile, known.topic_prefix)[topic]


def _stream(name: str, *, allow_fresh_group: bool, max_call_seconds: float = 0.0) -> StreamSettings:
    known = settings()
    app_id = identities.app(name, known.topic_prefix).app_id
    return StreamSettings(
        bootstrap=bootstrap(),
        app_id=app_id,
        # One folder per process on this machine: the watchdog remembers its firings there.
        data_dir=known.data_dir / app_id / os.environ.get("FATURAFLOW_WORKER", "0"),
        session_timeout=known.session_timeout,
        rebalance_timeout=known.rebalance_timeout,
        max_call_seconds=max_call_seconds,
        health_port=known.health_port,
        health_host=known.health_host,
        log_level=known.log_level,
        topics=declared(known.profile, known.topic_prefix),
        allow_fresh_group=allow_fresh_group,
    )
