"""A history under other rules, order by order, and what it comes to."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from app.domain.policy import Policy
from app.operations.context import bootstrap, codec, topics
from app.operations.history import records_by_key
from app.operations.what_if.beginning import Beginning, beginning_of
from app.operations.what_if.differences import Change, OrderDifference, differences
from app.operations.what_if.replay import Decoded, Replay, decoded, other_policy, other_progress
from app.store import read_policies
from app.stream.clients.reader import read_topic
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from providers.registry import PROVIDERS


@dataclass(slots=True)
class Summary:
    """How much was replayed: `documents` counts the changes of each kind, `different` the orders that have any."""

    orders: int = 0
    events: int = 0
    decided_otherwise: int = 0
    different: int = 0
    answers: int = 0
    documents: Counter[Change] = field(default_factory=Counter)


def what_if(file: Path, beginning: str | None, show: Callable[[OrderDifference], None]) -> Summary:
    """Folds the order log of the file's businesses again, with its policies from `beginning` on.

    `show` gets each order that differs, in the sequence of their keys. Reads the order log alone: nothing is written
    to Kafka or to the store, and no provider is asked. Memory holds one order, a temporary file all records.

    Raises RefusedInputError, ConfigurationRefusedError with every error of the file, CodecError where the log was
    written by a newer release, UnavailableError and TopicUnreadableError.
    """
    start = beginning_of(beginning)
    policies = read_policies(file, providers=PROVIDERS)
    summary = Summary()
    log = read_topic(bootstrap(), topics().order_log)
    with records_by_key(each for each in log if _business_of(each) in policies) as orders:
        for found in replayed(orders, policies, start, codec(), summary):
            show(found)
    return summary


def replayed(
    orders: Iterable[tuple[bytes, list[InRecord]]],
    policies: Mapping[str, Policy],
    beginning: Beginning,
    read: Codec,
    summary: Summary,
) -> Iterator[OrderDifference]:
    """Each order that differs; `summary` is counted on the way. Raises NewerRecordError."""
    for key, records in orders:
        policy = policies[key.decode().partition("/")[0]]
        pairs = [(record, decoded(read, record)) for record in records]
        found = _of_order(key.decode(), pairs, policy, beginning, summary)
        if found is not None:
            _count(summary, found)
            yield found


def _of_order(
    key: str, pairs: list[tuple[InRecord, Decoded]], policy: Policy, beginning: Beginning, summary: Summary
) -> OrderDifference | None:
    summary.orders += 1
    summary.events += len(pairs)
    others = [_otherwise(record, event, policy, beginning) for record, event in pairs]
    changed = sum(other != event for (_, event), other in zip(pairs, others, strict=True))
    summary.decided_otherwise += changed
    if not changed:
        return None
    was, would = Replay(), Replay()
    for (record, event), other in zip(pairs, others, strict=True):
        was.take(record, event)
        reported = other if isinstance(other, Exception) else other_progress(other, was, would)
        if reported is not None:
            would.take(record, reported)
    return differences(key, was, would)


def _otherwise(record: InRecord, event: Decoded, policy: Policy, beginning: Beginning) -> Decoded:
    if isinstance(event, Exception) or not beginning.covers(record, event):
        return event
    return other_policy(event, policy)


def _business_of(record: InRecord) -> str:
    return (record.key or b"").partition(b"/")[0].decode(errors="replace")


def _count(summary: Summary, found: OrderDifference) -> None:
    summary.different += 1
    summary.answers += len(found.answers)
    summary.documents.update(each.change for each in found.documents)
