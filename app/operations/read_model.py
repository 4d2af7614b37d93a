"""The read model of this installation: asked, and made anew from the topics."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import Final, TypeVar

from confluent_kafka import KafkaException

from app.domain.time import ISTANBUL
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import UnavailableError
from app.settings import settings
from app.stream.kafka_errors import sentence_of
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.errors import NoReadModelError
from app.tracking.read_model.filters import MOST_ROWS, Page, PageRequest
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rebuild import Rebuilt, rebuild
from app.tracking.read_model.rows import Freshness

# The projection compares every two seconds; longer means that none runs, or that it does not come through.
FRESH_FOR: Final = timedelta(seconds=30)
# A list says that there are at least so many; to count millions takes a tenth of a second.
MOST_COUNTED: Final = 10_000
R = TypeVar("R")


def read_model() -> ReadModel:
    """Beside the store that the settings name. Raises StoreError for an address that cannot be used."""
    return _of(settings().database)


@cache
def _of(database: str) -> ReadModel:
    return ReadModel.of(database)


def queries() -> Queries:
    """What can be asked of it."""
    return Queries(read_model())


def shown() -> Queries | None:
    """The read model for lists, however old; None where there is none, and topics are read instead.

    Raises StoreUnavailableError.
    """
    asked = queries()
    with suppress(NoReadModelError):
        return asked if asked.freshness().checked_at is not None else None
    return None


def current(now: datetime) -> Queries | None:
    """The read model for acts, which must not go by what was; None where it is not up to date, or there is none."""
    asked = shown()
    return asked if asked is not None and _why_stale(asked.freshness(), now) is None else None


def why_stale(now: datetime) -> str | None:
    """One sentence on how old what `shown` shows is; None where it is up to date, and where it shows nothing."""
    asked = shown()
    return None if asked is None else _why_stale(asked.freshness(), now)


def _why_stale(known: Freshness, now: datetime) -> str | None:
    as_of = f"as of {_in_turkey(known.current_at)}" if known.current_at else "not complete yet"
    if known.checked_at is None or now - known.checked_at > FRESH_FOR:
        return f"This is {as_of}: no `faturaflow worker tracking` keeps the read model up to date."
    if known.behind and (known.current_at is None or now - known.current_at > FRESH_FOR):
        return f"This is {as_of}: the read model is {known.behind} records behind the topics."
    return None


def _in_turkey(at: datetime) -> str:
    return at.astimezone(ISTANBUL).isoformat(sep=" ", timespec="seconds")


def all_pages(read: Callable[[PageRequest], Page[R]], limit: int | None = None) -> list[R]:
    """The first `limit` rows of a list, or all of them, page by page."""
    found: list[R] = []
    cursor: str | None = None
    while limit is None or len(found) < limit:
        most = MOST_ROWS if limit is None else min(MOST_ROWS, limit - len(found))
        page = read(PageRequest(limit=most, cursor=cursor))
        found += page.rows
        if (cursor := page.next) is None:
            break
    return found


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
