"""The mails about documents that a person has asked for: to whom, by which way, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Engine, Row, insert, select, update

from app.domain.parties import hidden_email
from app.store.database import reading, writing
from app.store.tables import mails

ABOUT: Final = "mails"
NO_ANSWER: Final = "its process ended before there was an answer"


class MailOutcome(StrEnum):
    """SENT: the provider or the mail server has taken it, which is not yet delivered. UNKNOWN: it may have gone."""

    SENT = "SENT"
    NOT_SENT = "NOT_SENT"
    REFUSED = "REFUSED"
    UNKNOWN = "UNKNOWN"


@dataclass(frozen=True, slots=True, kw_only=True)
class MailRecord:
    """One mail. `recipient` is masked, `via` the provider's name or SMTP, `detail` a sentence where it was not sent."""

    at: datetime
    actor: str
    why: str | None
    via: str
    recipient: str
    outcome: MailOutcome
    detail: str | None


class MailStore:
    """The mails in SQL. Each method is one transaction and blocks; raises StoreUnavailableError like the store's."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime]) -> None:
        self._engine = engine
        self._clock = clock

    def begin(self, document_id: str, to: str, *, via: str, actor: str, why: str | None) -> int:
        """Writes down a mail before it leaves, and returns its number here. Of the address only a mask is kept."""
        row = {"document_id": document_id, "recipient": hidden_email(to), "via": via, "actor": actor, "why": why}
        with writing(self._engine, ABOUT) as transaction:
            made = transaction.execute(insert(mails).values(**row, at=self._clock()))
            (number,) = made.inserted_primary_key or (0,)
            return int(number)

    def end(self, number: int, outcome: MailOutcome, detail: str | None) -> MailRecord:
        """Writes down what became of it; `detail` is a sentence without an address."""
        change = update(mails).where(mails.c.id == number).values(outcome=outcome, detail=detail)
        with writing(self._engine, ABOUT) as transaction:
            transaction.execute(change)
            return _record(transaction.execute(select(mails).where(mails.c.id == number)).one())

    def of(self, document_id: str) -> tuple[MailRecord, ...]:
        """Every mail about a document, the oldest first."""
        query = select(mails).where(mails.c.document_id == document_id).order_by(mails.c.id)
        with reading(self._engine) as transaction:
            return tuple(map(_record, transaction.execute(query)))


def _record(row: Row[Any]) -> MailRecord:
    return MailRecord(
        at=row.at,
        actor=row.actor,
        why=row.why,
        via=row.via,
        recipient=row.recipient,
        outcome=MailOutcome(row.outcome or MailOutcome.UNKNOWN),
        detail=row.detail if row.outcome else NO_ANSWER,
    )
