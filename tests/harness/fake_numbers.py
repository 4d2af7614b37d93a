"""The numbers' store as the tests of the engine have it: the real one, in memory, and stopped at each of its steps."""

from collections.abc import Callable
from functools import cached_property
from typing import Final

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.pool import StaticPool

from app.domain.errors import FieldError
from app.domain.numbers import Allotted, Claim, NumberFate, NumberWanted
from app.issuing.ports import NumbersUnavailableError
from app.store import NumberStore, StoreError
from app.store.tables import allotments, brought_identifiers, businesses, series
from tests.harness.fate import Fate
from tests.store.configurations import SHOP

# What the businesses of these tests have declared.
SERIES: Final = tuple(
    (business, name, document_type)
    for business in ("shop", SHOP)
    for name, document_type in (("ORN", "EARSIV"), ("EFA", "EFATURA"))
)


def number_engine() -> Engine:
    """A database of its own: one connection, which is the whole database."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    for table in (businesses, allotments, brought_identifiers, series):
        table.create(engine)
    with engine.begin() as transaction:
        transaction.execute(insert(series), [{"business": b, "name": n, "document_type": t} for b, n, t in SERIES])
    return engine


class NumbersInSteps:
    """A process may be gone before the store has given a number, and after, before it knows of it."""

    def __init__(self, connect: Callable[[], NumberStore], fate: Fate) -> None:
        self._connect = connect
        self.fate = fate
        # While it lasts the database cannot be reached.
        self.is_away = False

    @cached_property
    def store(self) -> NumberStore:
        """Most stories need none."""
        return self._connect()

    async def allot(self, wanted: NumberWanted) -> Allotted | FieldError:
        await self._reach("allot")
        try:
            allotted = self.store.allot(wanted)
        except StoreError as error:
            raise NumbersUnavailableError(str(error)) from error
        await self.fate.step("allotted")
        return allotted

    async def claim(self, claim: Claim) -> FieldError | None:
        await self._reach("claim")
        try:
            refused = self.store.claim(claim)
        except StoreError as error:
            raise NumbersUnavailableError(str(error)) from error
        await self.fate.step("claimed")
        return refused

    async def close_number(self, command_id: str, number: str | None, fate: NumberFate) -> None:
        await self._reach("close number")
        self.store.close_number(command_id, number, fate)
        await self.fate.step("number closed")

    async def _reach(self, step: str) -> None:
        if self.is_away:
            raise NumbersUnavailableError("the database cannot be reached")
        await self.fate.step(step)
