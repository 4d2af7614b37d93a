"""A worker: made from its settings, and run until it gets SIGTERM."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

import faust
import uvloop

from app.stream.clients.clients import admin
from app.stream.errors import StartRefusedError, UnusableSettingError
from app.stream.faust_patches.application import App
from app.stream.ownership.broker_time import ClockSkewError, compare
from app.stream.ownership.exits import CLOCK_WRONG, STOPPED
from app.stream.processing import logs
from app.stream.processing.health import HealthServer
from app.stream.processing.table import DurableTable
from app.stream.processing.watchdog import Watchdog, watchdog_of
from app.stream.settings import StreamSettings
from app.stream.startup.group_state import KafkaGroupState
from app.stream.startup.guard import WorkerTopics, admit, mismatches_of
from app.stream.startup.retrying import answer_or_exit
from app.stream.startup.topic_check import refuse_unsafe_topics

# A fairer share of turns than Faust's 4 MiB, and still two thousand orders.
FETCH_BYTES: Final = 1024 * 1024
# Just below what a topic takes by default. With aiokafka's 16 KiB, a planner's commands are thirty requests that wait
# for each other.
PRODUCED_BATCH_BYTES: Final = 1_000_000


def make_app(settings: StreamSettings) -> App:
    """Make a worker's application; topics, tables, hooks and clocks are declared on it, then it is `run`.

    Raises:
        UnusableSettingError: its folder cannot be made, or its health port is taken.

    """
    _make_folder(settings.data_dir)
    app = App(settings, **_options(settings))
    app.conf.Table = DurableTable
    watchdog = watchdog_of(app)
    app.at_start(watchdog.start)
    if settings.health_port:
        server = HealthServer(settings.health_port, lambda: why_unready(app, watchdog), host=settings.health_host)
        server.bind()
        app.at_start(server.start)
    return app


def _make_folder(folder: Path) -> None:
    """Faust's own mkdir is not recursive, and its error does not help."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as fault:
        raise UnusableSettingError(
            f"The folder {folder} cannot be made ({fault.strerror}): set FATURAFLOW_DATA_DIR to one that can."
        ) from fault


def why_unready(app: App, watchdog: Watchdog) -> str | None:
    """Return one sentence on why no work is done, or None."""
    if watchdog.gave_up:
        return "the watchdog gave up: restarts did not help"
    if not app.owns_its_partitions:
        return "starting, rebalancing or recovering"
    return f"waiting: {app.epoch.waits_for}" if app.epoch and app.epoch.waits_for else None


def run(app: App) -> NoReturn:
    """Run until SIGTERM or SIGINT, then drain, commit, leave the group and exit 0; every other code: see `exits`."""
    logs.configure(app.settings.log_level)
    _pass_the_guard(app)
    asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    # Faust's own logging would set the root logger to DEBUG, and payloads would be formatted for it.
    worker = faust.Worker(app, loop=loop, override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None
    worker.execute_from_commandline()
    sys.exit(STOPPED)


def _pass_the_guard(app: App) -> None:
    settings: StreamSettings = app.settings
    answer_or_exit(lambda: refuse_unsafe_topics(admin(settings.bootstrap), settings.topics))
    worker = WorkerTopics(
        app_id=settings.app_id,
        topics=tuple(app.consumed_topics),
        changelogs={table.changelog: table.partitions for table in app.durable_tables},
        partitions={plan.name: plan.partitions for plan in settings.topics},
    )
    state = KafkaGroupState(settings.bootstrap, settings.app_id)
    answer_or_exit(lambda: _admit(worker, state, allow_fresh_group=settings.allow_fresh_group))
    if app.durable_tables:
        answer_or_exit(lambda: _compare_clocks(app, state))


def _admit(worker: WorkerTopics, state: KafkaGroupState, *, allow_fresh_group: bool) -> None:
    admit(worker, state, allow_fresh_group=allow_fresh_group, mismatches=mismatches_of(worker, state))


def _compare_clocks(app: App, state: KafkaGroupState) -> None:
    """Learn the broker's time before anything is dated by ours."""
    asked_at, appended_ms, answered_at = state.written_now(app.durable_tables[0].changelog)
    try:
        compare(appended_ms, asked_at=asked_at, answered_at=answered_at)
    except ClockSkewError as apart:
        raise StartRefusedError(CLOCK_WRONG, str(apart)) from apart
    app.broker_time.observe(appended_ms, asked_at=asked_at)


def _options(settings: StreamSettings) -> dict[str, Any]:
    """Faust's settings, each against a default that does harm here."""
    return {
        "broker": f"kafka://{settings.bootstrap.replace(',', ';')}",
        "version": 1,  # part of the group's and the changelogs' names: for life
        "autodiscover": False,
        "datadir": str(settings.data_dir),
        "store": "memory://",  # never used: a durable table has its own memory
        # Topics exist, created with their own partitions and replication; Faust's default replication is 1.
        "topic_allow_declare": False,
        "topic_disable_leader": True,
        "topic_replication_factor": 1,
        "table_standby_replicas": 0,
        "consumer_auto_offset_reset": "earliest",
        "broker_session_timeout": settings.session_timeout,
        "broker_heartbeat_interval": settings.heartbeat_interval,
        "broker_rebalance_timeout": settings.rebalance_timeout,
        "broker_request_timeout": settings.request_timeout,
        "broker_commit_interval": settings.commit_interval,
        "broker_max_poll_records": settings.poll_records,
        # What one partition gives before the next has its turn; a larger record passes all the same.
        "consumer_max_fetch_size": FETCH_BYTES,
        "stream_buffer_maxsize": settings.buffer_size,
        "stream_wait_empty": True,  # a revoke and a stop drain what is being handled
        "producer_linger": 0,  # a batch is its own linger
        "producer_request_timeout": settings.producer_timeout,
        "producer_max_request_size": settings.max_request_bytes,
        "producer_max_batch_size": PRODUCED_BATCH_BYTES,
        "web_enabled": False,  # no table or router pages: the health server is ours
        "worker_redirect_stdouts": False,
    }
