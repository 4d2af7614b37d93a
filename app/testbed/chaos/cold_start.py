"""A cold start: new workers with empty folders and nothing but the topics, and what they still know.

They recover every changelog, are asked again for what was asked before, and must not call a provider for it.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from app.domain.commands import Action, InvoiceCommand
from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.outcomes import Verdict
from app.stream.clients.clients import marks, outsider
from app.stream.clients.reader import read_topic
from app.stream.clients.writer import write_all
from app.stream.records import InRecord, Record
from app.stream.topics import identities
from app.testbed.chaos.check.bad_input import REPEAT
from app.testbed.chaos.check.findings import Finding, Findings, wrong
from app.testbed.chaos.faults.schedule import PROVIDERS
from app.testbed.chaos.installation.consumer_groups import Groups
from app.testbed.chaos.load.upstream import Upstream
from app.testbed.chaos.plan import STAGES
from app.testbed.generator import GeneratedOrder
from app.testbed.installation.installation import WORKERS, Stage
from app.testbed.installation.processes import Processes
from app.testbed.installation.simulators import ledger_report

# Enough that a partition whose changelog was not recovered has hundreds among them.
MOST_REPEATS: Final = 400
# Four interpreters start, each recovers a changelog.
READY_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.5
# Longer than any clock of the cast's connections: whoever would call a provider does it within this.
STILL_SECONDS: Final = 5.0
_REQUEST_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """What the cold start has shown. `orders` and `commands` were sent again."""

    orders: int
    commands: int
    seconds: float
    findings: tuple[Finding, ...]


def cold_start(stage: Stage, generated: Iterable[GeneratedOrder], seed: int) -> Rebuild:
    """Starts one new worker for each stage, repeats orders and commands, and stops them when all is read.

    Raises DeliveryFailedError, TopicUnreadableError, NotWritten when Kafka does not take the commands.
    """
    began, chance = time.monotonic(), Random(seed)  # noqa: S311 - repeatable, not secret
    before, told = calls(stage), _told(stage)
    environment = {**stage.environment, "FATURAFLOW_DATA_DIR": str(stage.folder.absolute() / "cold")}
    orders = _some(list(_placed(generated)), chance)
    with Processes(folder=stage.folder / "logs", environment=environment) as processes:
        for name in STAGES:
            processes.start(f"cold-{name}", WORKERS[name])
        commands = _repeat_commands(stage, chance)
        _repeat_orders(stage, orders)
        stuck = _await_reading(stage, processes)
        codes = processes.stop()
    findings = [*compared(before, calls(stage), told, _told(stage), commands), *stuck, *_ended(codes)]
    seconds = round(time.monotonic() - began, 1)
    return Rebuild(orders=len(orders), commands=sum(commands.values()), seconds=seconds, findings=tuple(findings))


def calls(stage: Stage) -> dict[str, dict[str, int]]:
    """How often each provider was asked for what."""
    return {provider: dict(ledger_report(url)["counts"]) for provider, url in stage.ledgers.items()}


def _placed(generated: Iterable[GeneratedOrder]) -> Iterator[OrderEvent]:
    """Each order as it was taken."""
    for order in generated:
        taken = (s.event for s in order.steps if isinstance(s.event.body, OrderPlaced) and s.verdict is Verdict.OK)
        yield from list(taken)[:1]


def _some(all_of_them: list[Any], chance: Random) -> list[Any]:
    return chance.sample(all_of_them, min(MOST_REPEATS, len(all_of_them)))


def _repeat_orders(stage: Stage, orders: Iterable[OrderEvent]) -> None:
    upstream = Upstream(stage.bootstrap, stage.topics.orders, stage.codec.write)
    for order in orders:
        upstream.tell(order, REPEAT)
    upstream.finish()


def _repeat_commands(stage: Stage, chance: Random) -> dict[str, int]:
    """As a planner does that died before it could write its entries down. Returns how many for each provider."""
    repeated: dict[str, int] = {}
    for provider in PROVIDERS:
        found = _some([r for r in _records(stage, provider) if _is_issue(stage, r)], chance)
        again = (Record(topic=r.topic, key=r.key, value=r.value, headers=r.headers) for r in found)
        repeated[provider] = write_all(stage.bootstrap, again)
    return repeated


def _records(stage: Stage, provider: str) -> Iterator[InRecord]:
    return read_topic(stage.bootstrap, stage.topics.commands(provider))


def _is_issue(stage: Stage, record: InRecord) -> bool:
    return stage.codec.read(InvoiceCommand, record.value).action is Action.ISSUE


def _await_reading(stage: Stage, processes: Processes) -> list[Finding]:
    """Until every group stands, has read everything, and has been still for a while; or why that never comes."""
    groups, end = Groups(stage.bootstrap), time.monotonic() + READY_SECONDS
    apps = [identities.app(name, stage.topics.prefix) for name in STAGES]
    still_since = time.monotonic()
    while time.monotonic() - still_since < STILL_SECONDS:
        if time.monotonic() > end:
            return [wrong("after the rebuild the workers do not read on")]
        if any(process.popen.poll() is not None for process in processes.running):
            return []  # its exit code is the finding
        ready = groups.stand([app.app_id for app in apps], 1)
        if not ready or any(groups.unread(app.app_id, app.source) for app in apps):
            still_since = time.monotonic()
        time.sleep(LOOK_SECONDS)
    return []


def _told(stage: Stage) -> dict[str, int]:
    """How many records each topic holds that only decisions write."""
    topics = [stage.topics.document_status, *map(stage.topics.commands, PROVIDERS)]
    with closing(outsider(stage.bootstrap, "faturaflow-chaos")) as client:
        known = {topic: marks(client, topic, timeout=_REQUEST_SECONDS) for topic in topics}
    return {topic: sum(end for _, end in ends.values()) for topic, ends in known.items()}


def compared(
    before: dict[str, dict[str, int]],
    after: dict[str, dict[str, int]],
    told: dict[str, int],
    told_after: dict[str, int],
    commands: dict[str, int],
) -> Findings:
    """Providers that were called, and topics with other records than the repeated `commands` more."""
    for provider, counts in before.items():
        if counts != after[provider]:
            yield wrong(f"the rebuild called {provider}: {counts} became {after[provider]}")
    for topic, length in told.items():
        added = next((count for provider, count in commands.items() if f".{provider}." in topic), 0)
        if told_after[topic] != length + added:
            yield wrong(f"after the rebuild {topic} has {told_after[topic]} records instead of {length + added}")


def _ended(codes: dict[str, int]) -> Findings:
    for name, code in codes.items():
        if code:
            yield wrong(f"{name} ended with {code} after the rebuild")
