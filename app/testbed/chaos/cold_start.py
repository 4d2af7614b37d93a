"""A cold start: new workers with empty folders and nothing but the topics, and what they still know.

They recover every changelog, are asked again for what was asked before, and must not call a provider for it.
"""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from app.domain.commands import Action, InvoiceCommand
from app.domain.orders import OrderEvent, OrderPlaced
from app.domain.outcomes import Verdict
from app.stream.clients.clients import plain_consumer, watermarks
from app.stream.clients.producer import write_all
from app.stream.clients.reader import read_topic
from app.stream.records import InRecord, Record
from app.stream.topics import identities
from app.testbed.chaos.check.bad_input import REPEAT
from app.testbed.chaos.check.defects import Defect, Defects, wrong
from app.testbed.chaos.installation.consumer_groups import ConsumerGroups
from app.testbed.chaos.load.upstream import Upstream
from app.testbed.generator import GeneratedOrder
from app.testbed.installation.installation import Installation, command_of, stages_of
from app.testbed.installation.processes import Processes
from app.testbed.installation.simulators import DRAFT, documents_at, simulator_record
from providers.base import LookUp
from providers.registry import provider

# Enough that a partition whose changelog was not recovered has hundreds among them.
MOST_REPEATS: Final = 400
# Four interpreters start, each recovers a changelog.
READY_SECONDS: Final = 120.0
LOOK_SECONDS: Final = 0.5
# Longer than any timer of the connections: an issuer that would call a provider does it within this.
STILL_SECONDS: Final = 5.0
_REQUEST_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuild:
    """What the cold start has shown. `orders` and `commands` were sent again."""

    orders: int
    commands: int
    seconds: float
    defects: tuple[Defect, ...]


def cold_start(installation: Installation, generated: Iterable[GeneratedOrder], seed: int) -> Rebuild:
    """Starts one new worker for each stage, repeats orders and commands, and stops them when all is read.

    Raises TopicUnreadableError, and DeliveryFailedError when Kafka does not take the commands.
    """
    began, chance = time.monotonic(), Random(seed)  # noqa: S311 - repeatable, not secret
    before, lengths = calls(installation), _lengths(installation)
    environment = {**installation.environment, "FATURAFLOW_DATA_DIR": str(installation.folder.absolute() / "cold")}
    orders = _some(list(_placed(generated)), chance)
    with Processes(folder=installation.folder / "logs", environment=environment) as processes:
        for name in stages_of(list(installation.simulators)):
            processes.start(f"cold-{name}", command_of(name))
        commands = _repeat_commands(installation, chance)
        _repeat_orders(installation, orders)
        stuck = _await_reading(installation, processes)
        codes = processes.stop()
    defects = [
        *compared(
            before,
            calls(installation),
            lengths,
            _lengths(installation),
            commands=commands,
            polls=polls_of(installation),
        ),
        *stuck,
        *_ended(codes),
    ]
    seconds = round(time.monotonic() - began, 1)
    return Rebuild(orders=len(orders), commands=sum(commands.values()), seconds=seconds, defects=tuple(defects))


def calls(installation: Installation) -> dict[str, dict[str, int]]:
    """How often each provider was asked for what."""
    return {name: dict(simulator_record(url)["counts"]) for name, url in installation.simulators.items()}


def polls_of(installation: Installation) -> dict[str, tuple[str, ...]]:
    """What polls are counted as at the providers that have drafts; one without our references may list documents."""
    return {
        name: ("look_up", "status") if provider(name).capabilities().look_up is LookUp.BY_LIST else ("status",)
        for name, url in installation.simulators.items()
        if any(document.state == DRAFT for document in documents_at(name, url))
    }


def _placed(generated: Iterable[GeneratedOrder]) -> Iterator[OrderEvent]:
    """Each order as it was taken."""
    for order in generated:
        taken = (s.event for s in order.steps if isinstance(s.event.body, OrderPlaced) and s.verdict is Verdict.OK)
        yield from list(taken)[:1]


def _some(all_of_them: list[Any], chance: Random) -> list[Any]:
    return chance.sample(all_of_them, min(MOST_REPEATS, len(all_of_them)))


def _repeat_orders(installation: Installation, orders: Iterable[OrderEvent]) -> None:
    upstream = Upstream(installation.bootstrap, installation.topics.orders, installation.codec.write)
    for order in orders:
        upstream.send_event(order, REPEAT)
    upstream.finish()


def _repeat_commands(installation: Installation, chance: Random) -> dict[str, int]:
    """As a planner does that died before it could write its entries down. Returns how many for each provider."""
    repeated: dict[str, int] = {}
    for name in installation.simulators:
        found = _some([r for r in _records(installation, name) if _is_issue(installation, r)], chance)
        again = (Record(topic=r.topic, key=r.key, value=r.value, headers=r.headers) for r in found)
        repeated[name] = write_all(installation.bootstrap, again)
    return repeated


def _records(installation: Installation, name: str) -> Iterator[InRecord]:
    return read_topic(installation.bootstrap, installation.topics.commands(name))


def _is_issue(installation: Installation, record: InRecord) -> bool:
    return installation.codec.read(InvoiceCommand, record.value).action is Action.ISSUE


def _await_reading(installation: Installation, processes: Processes) -> list[Defect]:
    """Until every group is stable, has read everything and has been still for a while; returns why that fails."""
    groups, end = ConsumerGroups(installation.bootstrap), time.monotonic() + READY_SECONDS
    apps = [identities.app(name, installation.topics.prefix) for name in stages_of(list(installation.simulators))]
    still_since = time.monotonic()
    while time.monotonic() - still_since < STILL_SECONDS:
        if time.monotonic() > end:
            return [wrong("after the rebuild the workers do not read on")]
        if any(process.popen.poll() is not None for process in processes.running):
            return []  # its exit code is the defect
        ready = groups.are_stable({app.app_id: 1 for app in apps})
        if not ready or any(groups.unread(app.app_id, app.source) for app in apps):
            still_since = time.monotonic()
        time.sleep(LOOK_SECONDS)
    return []


def _lengths(installation: Installation) -> dict[str, int]:
    """How many records each topic holds that only the planner writes."""
    topics = [installation.topics.document_status, *map(installation.topics.commands, installation.simulators)]
    with closing(plain_consumer(installation.bootstrap, "faturaflow-chaos")) as client:
        known = {topic: watermarks(client, topic, timeout=_REQUEST_SECONDS) for topic in topics}
    return {topic: sum(end for _, end in ends.values()) for topic, ends in known.items()}


def compared(
    before: dict[str, dict[str, int]],
    after: dict[str, dict[str, int]],
    lengths: dict[str, int],
    lengths_after: dict[str, int],
    *,
    commands: dict[str, int],
    polls: Mapping[str, tuple[str, ...]],
) -> Defects:
    """Providers that were called, and topics with other records than the repeated `commands` more.

    What waits for a signature is polled, rebuilt or not: `polls` says what these are counted as at which provider.
    """
    for name in before:
        polled = dict.fromkeys(polls.get(name, ()), 0)
        called, called_after = ({**counts[name], **polled} for counts in (before, after))
        if called != called_after:
            yield wrong(f"the rebuild called {name}: {called} became {called_after}")
    for topic, length in lengths.items():
        added = next((count for name, count in commands.items() if f".{name}." in topic), 0)
        if lengths_after[topic] != length + added:
            yield wrong(f"after the rebuild {topic} has {lengths_after[topic]} records instead of {length + added}")


def _ended(codes: dict[str, int]) -> Defects:
    for name, code in codes.items():
        if code:
            yield wrong(f"{name} ended with {code} after the rebuild")
