"""What people are told of by mail: what was found, since when, and whether it was told."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Column, Date, Engine, String, Table, delete, select, update

from app.store.database import insert_into, reading, writing
from app.store.tables import AwareTime, metadata

ABOUT: Final = "alerts"

# `key`: what it is about. A row is there while it is found; without `told_at` no mail about it was taken yet.
alerts: Final = Table(
    "alerts",
    metadata,
    Column("key", String(255), primary_key=True),
    Column("since", AwareTime, nullable=False),
    Column("told_at", AwareTime),
)

# The days, in Turkey, whose digest was sent.
alert_digests: Final = Table(
    "alert_digests",
    metadata,
    Column("day", Date, primary_key=True),
    Column("sent_at", AwareTime, nullable=False),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownAlert:
    """Something that was found, since when it was, and when a mail about it was taken."""

    key: str
    since: datetime
    told_at: datetime | None


class AlertStore:
    """The alerts in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def keep(self, found: Collection[str]) -> tuple[KnownAlert, ...]:
        """These are found now: new ones begin, and what is not found any more is forgotten."""
        now = self._clock()
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(delete(alerts).where(alerts.c.key.not_in(found)))
            if found:
                new = [{"key": key, "since": now} for key in sorted(found)]
                transaction.execute(insert_into(alerts, transaction).on_conflict_do_nothing(), new)
            rows = transaction.execute(select(alerts).order_by(alerts.c.since, alerts.c.key))
            return tuple(KnownAlert(key=row.key, since=row.since, told_at=row.told_at) for row in rows)

    def told(self, keys: Collection[str]) -> None:
        """A mail about these was taken."""
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(update(alerts).where(alerts.c.key.in_(keys)).values(told_at=self._clock()))

    def is_digested(self, day: date) -> bool:
        """Whether this day's digest was sent."""
        with reading(self._engine) as transaction:
            return transaction.execute(select(alert_digests).where(alert_digests.c.day == day)).first() is not None

    def digested(self, day: date) -> None:
        """The digest of this day was sent; those of earlier days are of no use any more."""
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(delete(alert_digests).where(alert_digests.c.day < day))
            row = {"day": day, "sent_at": self._clock()}
            transaction.execute(insert_into(alert_digests, transaction).on_conflict_do_nothing(), [row])
