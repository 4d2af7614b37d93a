"""What people did: who, when, from where, to what and why. Rows are written and never changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Engine, insert, select

from app.store.database import reading, writing
from app.store.tables import actions

ABOUT: Final = "actions"
_LONGEST_OBJECT: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One act. `origin`: `screen` or `command`. `object`: what it was done to. `details` hold no secret."""

    actor: str
    origin: str
    what: str
    object: str
    address: str | None = None
    reason: str | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionRecord:
    """An act with its time."""

    at: datetime
    action: Action


class ActionStore:
    """The acts in SQL. Each method is one transaction and blocks; raises StoreUnavailableError."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def note(self, action: Action) -> None:
        """Writes it down."""
        row = {
            "actor": action.actor,
            "origin": action.origin,
            "what": action.what,
            "object": action.object[:_LONGEST_OBJECT],
            "address": action.address,
            "reason": action.reason,
            "details": dict(action.details),
        }
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(insert(actions).values(**row, at=self._clock()))

    def latest(self, *, limit: int, about: str | None = None) -> tuple[ActionRecord, ...]:
        """The latest acts, or those to this object, the newest first."""
        query = select(actions).order_by(actions.c.id.desc()).limit(limit)
        if about is not None:
            query = query.where(actions.c.object == about)
        with reading(self._engine) as transaction:
            return tuple(map(_record, transaction.execute(query).mappings()))


def _record(row: Any) -> ActionRecord:
    names = ("actor", "origin", "what", "object", "address", "reason", "details")
    return ActionRecord(at=row["at"], action=Action(**{name: row[name] for name in names}))
