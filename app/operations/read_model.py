"""The read model of this installation: asked, and made anew from the topics."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import Final

from confluent_kafka import KafkaException

from app.operations.context import bootstrap, codec, topics
from app.operations.errors import UnavailableError
from app.settings import settings
from app.stream.kafka_errors import sentence_of
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rebuild import Rebuilt, rebuild

# The projection compares every two seconds; longer means that none runs, or that it does not come through.
FRESH_FOR: Final = timedelta(seconds=30)


def read_model() -> ReadModel:
    """Beside the store that the settings name. Raises StoreError for an address that cannot be used."""
    return _of(settings().database)


@cache
def _of(database: str) -> ReadModel:
    return ReadModel.of(database)


def queries() -> Queries:
    """What can be asked of it."""
    return Queries(read_model())


def why_stale(now: datetime) -> str | None:
    """One sentence on how old what the read model shows is; None where it is up to date.

    Raises NoReadModelError where there is none, and StoreUnavailableError.
    """
    known = queries().freshness()
    if known.checked_at is None:
        raise NoReadModelError("The read model is empty yet: `faturaflow worker tracking` has only begun it.")
    shown = f"as of {known.current_at:%Y-%m-%d %H:%M:%S} UTC" if known.current_at else "not complete yet"
    if now - known.checked_at > FRESH_FOR:
        return f"This is {shown}: no `faturaflow worker tracking` keeps the read model up to date."
    if known.behind and (known.current_at is None or now - known.current_at > FRESH_FOR):
        return f"This is {shown}: the read model is {known.behind} records behind the topics."
    return None


def rebuild_read_model(progress: Callable[[int], None]) -> Rebuilt:
    """Makes it anew from the topics, beside the live one, and puts it in its place.

    `progress` is called with how many records are left. Raises UnavailableError, StoreError, CodecError, and
    StartRefusedError where the topics do not have what is needed.
    """
    address = bootstrap()
    try:
        return rebuild(read_model(), address, topics(), codec(), progress=progress)
    except KafkaException as fault:
        raise UnavailableError(sentence_of(fault, address)) from fault
