"""Templates of invoices, by UUID. What is stored never changes, so a document looks tomorrow as it does today."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID, uuid5

from sqlalchemy import Engine, func, insert, select

from app.store.database import reading, writing
from app.store.errors import StoreError
from app.store.tables import templates

# A template without a UUID of its own gets one of its bytes: added twice, it is the same.
DERIVED: Final = UUID("6f0f5b0e-7a53-5d0e-9f0b-2f6d3b1c8a47")
LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateListing:
    """A stored template without its content; `size` in bytes."""

    uuid: UUID
    name: str
    size: int
    added_at: datetime
    added_by: str


class Templates:
    """The stored templates. Each method is one transaction; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def add(self, content: bytes, *, name: str, actor: str, uuid: UUID | None = None) -> UUID:
        """Store a template that may be run, once; the same again changes nothing.

        Raises StoreError where the UUID has another template: documents that are shown with it would change their look.
        """
        key = uuid or uuid5(DERIVED, content.hex())
        with writing(self._engine) as transaction:
            stored = transaction.execute(select(templates.c.content).where(templates.c.uuid == str(key))).scalar()
            if stored is None:
                row = {"uuid": str(key), "name": name[:LONGEST_NAME], "content": content}
                transaction.execute(insert(templates).values(**row, added_at=self._clock(), added_by=actor))
            elif stored != content:
                raise StoreError(f"{key} is another template already, and that one stays: give this one a new UUID")
        return key

    def content(self, uuid: UUID) -> bytes | None:
        """The template; None when there is none under this UUID."""
        with reading(self._engine) as transaction:
            query = select(templates.c.content).where(templates.c.uuid == str(uuid))
            return transaction.execute(query).scalar_one_or_none()

    def listed(self) -> tuple[TemplateListing, ...]:
        """Every template, the oldest first."""
        table = templates.c
        columns = (table.uuid, table.name, func.length(table.content).label("size"), table.added_at, table.added_by)
        with reading(self._engine) as transaction:
            rows = transaction.execute(select(*columns).order_by(table.added_at, table.uuid)).mappings()
            return tuple(TemplateListing(**{**row, "uuid": UUID(row["uuid"])}) for row in rows)
