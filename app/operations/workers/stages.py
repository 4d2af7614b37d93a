"""Each stage as a worker: built from the settings, and run until SIGTERM.

A worker imports only its own stage, so the functions that build one import it themselves.
"""

import gc
import os
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Final, NoReturn

from app.operations.context import bootstrap, codec, topics
from app.settings import settings
from app.stream.clients.clients import committed_offsets, partitions_of, plain_consumer
from app.stream.errors import StartRefusedError
from app.stream.ownership.exits import NUMBERS_BEHIND, STORE_EMPTY
from app.stream.processing import logs
from app.stream.serialization.codec import Codec
from app.stream.settings import StreamSettings
from app.stream.startup.retrying import answer_or_exit
from app.stream.topics import identities
from app.stream.topics.plans import declared

if TYPE_CHECKING:
    from app.domain.numbers import KnownNumbers
    from app.store import Store
    from app.stream.faust_patches.application import App

# A batch holds some hundred thousand objects until it is acknowledged; then nearly all of them die by their counts.
# The collector must not start while they live: it would walk through all of them, for a fifth of all processor time.
GARBAGE_THRESHOLD: Final = 500_000
# A broker that is up answers at once where a group is.
ASK_SECONDS: Final = 10.0


def intake(*, allow_fresh_group: bool = False) -> "App":
    """The worker that takes submitted orders in.

    `allow_fresh_group`: it may start although offsets and changelogs contradict each other. Raises UnavailableError,
    StreamSettingsError, StoreError, and StartRefusedError with STORE_EMPTY; ends the process where the broker is away.
    """
    from app.intake.agent import build  # noqa: PLC0415
    from app.operations.workers.store_policies import StorePolicies  # noqa: PLC0415
    from app.sources.central_bank.client import CentralBank  # noqa: PLC0415
    from app.store import Store  # noqa: PLC0415

    logs.configure(settings().log_level)  # before anything is asked and asked again
    store, names = Store.open(settings()), topics()
    stream = _stream("intake", allow_fresh_group=allow_fresh_group)
    if not store.businesses() and answer_or_exit(lambda: has_begun(stream, names.orders)):
        raise _store_empty(store)
    rates = CentralBank(settings().central_bank_url)
    return build(stream, names, ready_codec(), StorePolicies(store), rates)


def planner(*, allow_fresh_group: bool = False) -> "App":
    """The worker that folds each order's log. Raises UnavailableError and StreamSettingsError; see `intake`."""
    from app.planning.agent import build  # noqa: PLC0415
    from app.stream.clients.lag import GroupProgress  # noqa: PLC0415

    logs.configure(settings().log_level)  # before anything is asked and asked again
    names = topics()
    progress = GroupProgress(bootstrap(), identities.app("intake", names.prefix).app_id, names.orders)
    stream = _stream("planner", allow_fresh_group=allow_fresh_group)
    quiet = timedelta(seconds=settings().hold_quiet_seconds)
    partitions = _partitions(names.order_log)
    return build(stream, names, ready_codec(), partitions=partitions, intake=progress, quiet=quiet)


def issuer(provider: str, *, allow_fresh_group: bool = False) -> "App":
    """The worker that carries out the commands for one provider.

    Raises ValueError for a provider that there is not, UnavailableError, StreamSettingsError, StoreError, and
    StartRefusedError with NUMBERS_BEHIND; see `intake`.
    """
    from app.issuing.agent import build  # noqa: PLC0415
    from app.issuing.execution.taxpayers import Freshness  # noqa: PLC0415
    from app.operations.numbers import known_numbers  # noqa: PLC0415
    from app.operations.workers.store_ports import StoreConnections, StoreNumbers  # noqa: PLC0415
    from app.store import Store  # noqa: PLC0415
    from providers.base import Numbering  # noqa: PLC0415

    known = settings()
    logs.configure(known.log_level)  # before anything is asked and asked again
    store, names = Store.open(known), topics()
    connections = StoreConnections(store, provider)
    usable = connections.usable()
    longest = max((each.max_call_seconds for each in usable), default=0.0)
    numbers = StoreNumbers(store.numbers(), known_numbers)
    if any(each.numbering is Numbering.OURS for each in usable):
        numbers.remember(refuse_behind(store))
    stream = _stream(identities.issuer(provider), allow_fresh_group=allow_fresh_group, max_call_seconds=longest)
    return build(
        stream,
        names,
        ready_codec(),
        connections,
        numbers,
        provider=provider,
        partitions=_partitions(names.commands(provider)),
        freshness=Freshness(registered=known.registered_seconds, not_registered=known.not_registered_seconds),
    )


def start(worker: "App") -> NoReturn:
    """Runs the worker. What was imported lives as long as the process: the garbage collector need not look at it."""
    from app.stream.processing.application import run  # noqa: PLC0415 - Faust: no other operation waits for it

    gc.freeze()
    gc.set_threshold(GARBAGE_THRESHOLD)
    run(worker)


def has_begun(stream: StreamSettings, topic: str) -> bool:
    """Whether the worker's group has read anything of this topic before. Raises KafkaException."""
    with closing(plain_consumer(stream.bootstrap, stream.app_id)) as client:
        places = partitions_of(client, topic, timeout=ASK_SECONDS)
        return any(place.offset > 0 for place in committed_offsets(client, places, timeout=ASK_SECONDS))


def refuse_behind(store: "Store") -> "KnownNumbers":
    """What the journals know, when the store knows all of it.

    The journals are read first: what other workers give meanwhile is in the store before it is in a journal. While the
    broker is away it waits, and ends the process, as the guard does that comes after it. Raises StartRefusedError with
    NUMBERS_BEHIND, and StoreError.
    """
    from app.operations.numbers import known_numbers  # noqa: PLC0415

    known = answer_or_exit(known_numbers)
    audit, highest = store.number_audit(), known.highest
    behind, missing = audit.behind(highest), audit.missing(known.brought)
    if behind or missing:
        lines = [
            f"{taxpayer}: series {series} of {year} has come to {highest[taxpayer, series, year]}, "
            f"the store knows {last}."
            for (taxpayer, series, year), last in sorted(behind.items())
        ]
        lines += [
            f"{taxpayer}: {identifier}, which an order brought, is not in the store."
            for taxpayer, identifier in missing
        ]
        lines.append("The store is older than the journals: run `faturaflow rebuild numbers` first.")
        raise StartRefusedError(NUMBERS_BEHIND, "\n".join(lines))
    return known


def ready_codec() -> Codec:
    """With a registry, every schema is registered before the first record: no write waits for it later.

    While the registry is away it is asked again, for half a minute; then the process ends with code 70, as where the
    broker is. Raises SchemaRefusedError.
    """
    found = codec()
    answer_or_exit(lambda: found.register(identities.PROVIDERS))
    return found


def _store_empty(store: "Store") -> StartRefusedError:
    """By this store every order would be refused for good."""
    remedy = f"{STORE_EMPTY.remedy[:1].upper()}{STORE_EMPTY.remedy[1:]}"
    return StartRefusedError(
        STORE_EMPTY,
        f"{store.place} holds no business, and intake has taken orders in before.\nIs it the right database? {remedy}.",
    )


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
