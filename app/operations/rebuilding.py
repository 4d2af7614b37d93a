"""Everything that can be made again from the topics, made again: no provider is called."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final

from app.domain.quick import validated_json
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import UnavailableError
from app.operations.history import records_by_key
from app.operations.numbers import RebuiltNumbers, rebuild_numbers
from app.operations.read_model import rebuild_read_model
from app.operations.what_if.replay import Decoded, Replay, decoded
from app.planning.order_entries import encode, newest
from app.planning.state import OrderState
from app.stream.clients.lag import reached
from app.stream.clients.reader import read_topic
from app.stream.errors import LagUnknownError
from app.stream.records import InRecord
from app.stream.table_memory import SEPARATOR
from app.stream.topics import identities
from app.tracking.read_model.rebuild import Rebuilt

# A person looks at a few; more of them have one cause.
MOST_NAMED: Final = 20


@dataclass(slots=True)
class ComparedTable:
    """The planner's table beside the order log: how many orders are alike, and the keys of the first that are not.

    `lacking`: what the planner has finished is not in the table. `different`: it is there, and otherwise. `waiting`:
    orders with events that the planner has not come to.
    """

    alike: int = 0
    waiting: int = 0
    lacking: list[str] = field(default_factory=list)
    different: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuiltEverything:
    """What each part came to."""

    numbers: RebuiltNumbers
    read_model: Rebuilt
    planner: ComparedTable

    @property
    def is_right(self) -> bool:
        """Nothing contradicts anything else."""
        planner = self.planner
        return not (self.numbers.contradictions or self.read_model.now.errors or planner.lacking or planner.different)


def rebuild_everything(progress: Callable[[int], None]) -> RebuiltEverything:
    """The number store, the read model, and the planner's table held against a fold of the whole order log.

    The tables of workers are in their changelogs: each start makes them anew from there, and a planner that has lost
    its own makes it from the order log (`--allow-fresh-group`). The issuers must not run meanwhile, for the numbers.
    Raises as `rebuild_numbers` and `rebuild_read_model` do, and TopicUnreadableError.
    """
    numbers = rebuild_numbers()
    model = rebuild_read_model(progress)
    return RebuiltEverything(numbers=numbers, read_model=model, planner=compare_planner())


def compare_planner() -> ComparedTable:
    """Folds the whole order log again, order by order, and compares.

    Raises UnavailableError, TopicUnreadableError, CodecError.
    """
    names = topics()
    app_id = identities.app("planner", names.prefix).app_id
    changelog = names.changelog(app_id, "orders")
    # The offsets first, the log last: what the planner has finished is then in the table, and that in the log.
    try:
        finished = reached(bootstrap(), app_id, names.order_log)
    except LagUnknownError as unknown:
        raise UnavailableError(f"How far the planner has come is not known: {unknown}.") from unknown
    records = chain(entries_of(read_topic(bootstrap(), changelog)), read_topic(bootstrap(), names.order_log))
    compared, read = ComparedTable(), codec()
    with records_by_key(each for each in records if each.key) as orders:
        for key, found in orders:
            entries = [each for each in found if each.topic == changelog]
            log = [(each, decoded(read, each)) for each in found if each.topic != changelog]
            count_order(compared, key.decode(errors="replace"), entries, log, finished)
    return compared


def entries_of(changelog: Iterable[InRecord]) -> Iterator[InRecord]:
    """The entries under their order's key. What was deleted is an older version, and no founding record is one."""
    for record in changelog:
        order, _, version = (record.key or b"").partition(SEPARATOR)
        if order and version and record.value is not None:
            yield replace(record, key=order)


def count_order(
    compared: ComparedTable,
    key: str,
    entries: Iterable[InRecord],
    log: Iterable[tuple[InRecord, Decoded]],
    finished: Mapping[int, int],
) -> None:
    """One order's entries and its log, folded again. `finished`: where the planner goes on, by partition."""
    known = max((validated_json(OrderState, each.value or b"") for each in entries), key=_version, default=None)
    replay, needed, same = Replay(), 0, None
    for record, event in log:
        replay.take(record, event)
        if record.offset < finished.get(record.partition, 0):
            needed = _version(replay.state)
        if known is not None and _version(replay.state) == known.version:
            same = replay.state
    if _version(known) < needed:
        _name(compared.lacking, key)
    elif known is not None and (same is None or newest({b"": encode(same)}) != newest({b"": encode(known)})):
        _name(compared.different, key)
    elif _version(known) < _version(replay.state):
        compared.waiting += 1
    else:
        compared.alike += 1


def _version(state: OrderState | None) -> int:
    return state.version if state is not None else 0


def _name(keys: list[str], key: str) -> None:
    if len(keys) < MOST_NAMED:
        keys.append(key)
