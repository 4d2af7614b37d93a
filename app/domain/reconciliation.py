"""A day at a provider, its own list beside our documents: `reconciliation.v1`."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from app.domain.documents import DocumentState, DocumentType
from app.domain.identity import derived
from app.domain.record import record
from app.domain.text import STRICT


class Discrepancy(StrEnum):
    """In what a document differs.

    MISSING_HERE: the provider lists it, and we do not know it. MISSING_THERE: it is legal here, and not found there.
    """

    MISSING_HERE = "MISSING_HERE"
    MISSING_THERE = "MISSING_THERE"
    OTHER_AMOUNT = "OTHER_AMOUNT"
    OTHER_STATE = "OTHER_STATE"


class FindingState(StrEnum):
    """RESOLVED: a later comparison of the same day has not found it again."""

    OPEN = "OPEN"
    RESOLVED = "RESOLVED"


class DayResult(StrEnum):
    """What a comparison came to.

    NOT_WHOLE: what some documents are at the provider was not answered. NO_LIST: the provider has no list by date,
    so nothing is known. NOT_ANSWERED: it did not give its list whole.
    """

    COMPARED = "COMPARED"
    NOT_WHOLE = "NOT_WHOLE"
    NO_LIST = "NO_LIST"
    NOT_ANSWERED = "NOT_ANSWERED"


@record
class Finding:
    """One discrepancy of one document. `sequence` counts from 1 for each `finding_id`, which is derived.

    `document_id` and `order_reference` are ours, `provider_reference` is the provider's name for it. Amounts are what
    the buyer has to pay, in units of their currency; None of either side is not known. `said`: why, for a person.
    """

    __pydantic_config__ = STRICT

    type: Literal["Finding"] = "Finding"
    finding_id: str
    sequence: int
    state: FindingState
    kind: Discrepancy
    document_id: str | None = None
    order_reference: str | None = None
    provider_reference: str | None = None
    document_type: DocumentType | None = None
    number: str | None = None
    ettn: str | None = None
    state_here: DocumentState | None = None
    state_there: DocumentState | None = None
    payable_here: Decimal | None = None
    payable_there: Decimal | None = None
    currency_here: str | None = None
    currency_there: str | None = None
    said: str = ""


@record
class DayReconciled:
    """One comparison has ended; its findings are in the topic before it.

    `document_types`: those that the provider lists. `listed`: its documents of the day; `agreeing`: those of them, and
    of ours, that both sides have alike; `others`: its documents that are not this connection's and are no discrepancy.
    `not_listed`: documents of ours of the day of a type that it does not list. `amounts_unknown`: documents of which
    one side has no amount. `discrepancies`: how many were found. `said`: why it is not COMPARED.
    """

    __pydantic_config__ = STRICT

    type: Literal["DayReconciled"] = "DayReconciled"
    result: DayResult
    document_types: tuple[DocumentType, ...] = ()
    listed: int = 0
    agreeing: int = 0
    others: int = 0
    not_listed: int = 0
    amounts_unknown: int = 0
    discrepancies: int = 0
    said: str = ""


@record
class Reconciliation:
    """One event about one connection's day in Turkey. `connection`: the business's name for its login at `provider`."""

    __pydantic_config__ = STRICT

    event_id: str
    business: str
    connection: str
    provider: str
    day: date
    body: Annotated[Finding | DayReconciled, Field(discriminator="type")]
    occurred_at: datetime


def finding_id(business: str, connection: str, day: date, kind: Discrepancy, subject: str) -> str:
    """The same discrepancy of the same day has the same id. `subject`: our document, else the provider's name."""
    return derived("finding", business, connection, day.isoformat(), kind, subject.lower())


def event_id_of(finding: Finding) -> str:
    """The same step of the same finding is the same event, however often it is found."""
    return derived("finding-event", finding.finding_id, str(finding.sequence), finding.state)
