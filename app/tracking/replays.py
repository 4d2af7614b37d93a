"""What may be written to try a dead letter again: only what intake then decides like everything else. Pure."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Final, NoReturn, TypeVar

from app.domain.identity import order_key
from app.domain.orders import InternalBody, LoggedEvent, OrderEvent
from app.stream.records import ORDERS_MESSAGE_BYTES, InRecord, Record, size_of
from app.stream.serialization.codec import Codec
from app.stream.serialization.deadletters import TOPIC, is_without_bytes, replay, with_bytes
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.stream.topics import identities
from app.stream.topics.names import Topics
from app.tracking.deadletters import REPLAY_OF, REPLAYED_BY, Place, dead_letter_of, without_replay

R = TypeVar("R")
# What upstream submitted; what intake has added to it, it will add anew.
_SUBMITTED: Final = tuple(field.name for field in fields(OrderEvent))


class ReplayRefusedError(Exception):
    """The dead letter must not be written again; the message has the reason, and what to do instead."""


def replay_of(
    dead: InRecord, topics: Topics, codec: Codec, *, actor: str, original: Callable[[Place], InRecord | None]
) -> Record:
    """The record for the order topic that tries this dead letter again.

    A submitted record goes back as it came; of an event in an order's log only what was once submitted, so that it is
    checked, stamped and deduplicated anew. `original` reads the source of one whose bytes were left behind there.
    Raises ReplayRefusedError, RegistryUnavailableError from the codec, and what `original` raises.
    """
    if is_without_bytes(dead):
        dead = _with_bytes(dead, topics, original)
    source = dict(dead.headers).get(TOPIC, b"").decode(errors="replace")
    if source == topics.orders:
        record = replay(dead)
    elif source == topics.order_log:
        record = _submitted_again(dead, topics, codec)
    else:
        _refuse_source(dead, source, topics)
    marks = ((REPLAY_OF, str(Place.of(dead)).encode()), (REPLAYED_BY, actor.encode()))
    again = replace(record, headers=(*without_replay(record.headers), *marks))
    _refuse_too_large(size_of(again), topics)
    return again


def _with_bytes(dead: InRecord, topics: Topics, original: Callable[[Place], InRecord | None]) -> InRecord:
    letter = dead_letter_of(dead)
    _refuse_too_large(letter.size or 0, topics)
    if letter.source is None or letter.source.topic not in {topics.orders, topics.order_log}:
        _refuse_source(dead, letter.source.topic if letter.source else "", topics)
    whole = with_bytes(dead, original(letter.source))
    if whole is None:
        raise ReplayRefusedError(f"Its bytes were left at {letter.source}, and that topic does not hold them any more.")
    return whole


def _refuse_too_large(size: int, topics: Topics) -> None:
    """Compressed by its writer it had room; intake would find the same in it once more."""
    if size > ORDERS_MESSAGE_BYTES:
        raise ReplayRefusedError(
            f"It has {size} bytes, and {topics.orders} takes at most {ORDERS_MESSAGE_BYTES}: its writer must send less."
        )


def _submitted_again(dead: InRecord, topics: Topics, codec: Codec) -> Record:
    """The event as upstream could have submitted it: the log's own writers repeat theirs by themselves, or not."""
    logged = _read(lambda: codec.read(LoggedEvent, dead.value), "is no event of an order's log that can be read")
    if isinstance(logged.body, InternalBody):
        raise ReplayRefusedError(
            f"{logged.body.type} is written by our own workers, only into the order's log, which still holds it: "
            "nothing is lost. The order stays frozen until a corrected planner folds its log."
        )
    event = OrderEvent(**{name: getattr(logged, name) for name in _SUBMITTED})
    value = codec.write(event)
    _read(lambda: codec.read(OrderEvent, value), "is no event that may be submitted")
    key = order_key(event.business, event.order_reference).encode()
    return Record(topic=topics.orders, key=key, value=value, headers=replay(dead).headers)


def _read(read: Callable[[], R], otherwise: str) -> R:
    try:
        return read()
    except (InvalidRecordError, UnreadableRecordError) as fault:
        raise ReplayRefusedError(
            f"The value {otherwise} ({fault}). Its order stays frozen until a corrected planner folds its log."
        ) from None


def _refuse_source(dead: InRecord, source: str, topics: Topics) -> NoReturn:
    if source in {topics.commands(provider) for provider in identities.PROVIDERS}:
        raise ReplayRefusedError(
            "A command is written by the planner alone and does not pass intake. Its document "
            "keeps its lines, so nothing is issued twice, and becomes OVERDUE: see `faturaflow documents list`."
        )
    raise ReplayRefusedError(f"{Place.of(dead)} does not come from a topic of this installation.")
