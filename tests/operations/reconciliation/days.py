"""Documents, rows and days for the tests of a reconciliation."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from app.domain.documents import DocumentState, DocumentStatus, DocumentType
from app.domain.policy import Trigger
from app.operations.reconciliation.comparing import Amount, OwnDocuments
from app.tracking.reconciliations import ConnectionDay
from providers.base.reads import ListedDocument
from tests.planning.events import BUSINESS, Log, document_id, placed, progressed

S = DocumentState
DAY = date(2026, 11, 2)
AT = datetime(2026, 11, 3, 2, 0, tzinfo=UTC)
PLACE = ConnectionDay(BUSINESS, "nilvera", DAY)
DOCUMENT = document_id("1", "2", "3")
OTHER = document_id("1")
LISTED_TYPES = frozenset({DocumentType.EARSIV})


def ours(state: DocumentState = S.ISSUED, **changes: Any) -> DocumentStatus:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    log.append(progressed(DOCUMENT, S.ISSUED, number="N1", document_type=DocumentType.EARSIV, issue_date=DAY))
    return replace(log.all.statuses[-1], state=state, **changes)


def row(**changes: Any) -> ListedDocument:
    shown = ListedDocument(
        provider_reference="theirs-1",
        document_type=DocumentType.EARSIV,
        reference=DOCUMENT,
        number="N1",
        issue_date=DAY,
        payable=Decimal("300.00"),
        currency="TRY",
        state=S.ISSUED,
    )
    return replace(shown, **changes)


def own(*documents: DocumentStatus, payable: str | None = "300.00", currency: str = "TRY") -> OwnDocuments:
    """The connection's documents, each over this amount."""
    amounts = {each.document_id: Amount(Decimal(payable), currency) for each in documents} if payable else {}
    return OwnDocuments(connection=documents, everything=documents, amounts=amounts)
