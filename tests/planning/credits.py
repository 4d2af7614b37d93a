"""Orders with a legal invoice, and what is asked to be given back of it."""

from datetime import date
from decimal import Decimal
from typing import Any

from app.domain.documents import DocumentState, DocumentType, Intent
from app.domain.orders import GoodwillGranted, GoodwillLine, OrderReturned, ReturnedLine
from app.domain.policy import Goodwill, Returns
from tests.planning.events import Log, document_id, line, placed, policy, progressed, requested

THREE = Decimal(3)
NUMBER, DAY = "EAR2026000000001", date(2026, 11, 2)
HERE = {
    "returns_earsiv": Returns.IADE_DOCUMENT,
    "returns_efatura": Returns.IADE_DOCUMENT,
    "goodwill": Goodwill.PRICE_DIFFERENCE_DOCUMENT,
}


def returned(reference: str, day: date = DAY, **pieces: Any) -> OrderReturned:
    """`_1=2`: two pieces of line 1."""
    lines = tuple(ReturnedLine(line_reference=ref[1:], quantity=Decimal(count)) for ref, count in pieces.items())
    return OrderReturned(return_reference=reference, return_date=day, lines=lines)


def granted(reference: str, **amounts: str) -> GoodwillGranted:
    lines = tuple(GoodwillLine(line_reference=ref[1:], amount=Decimal(amount)) for ref, amount in amounts.items())
    return GoodwillGranted(goodwill_reference=reference, goodwill_date=DAY, lines=lines)


def issued(document: str, number: str = NUMBER, **more: Any) -> Any:
    state = more.pop("state", DocumentState.ISSUED)
    return progressed(document, state, **{"number": number, "issue_date": DAY, **more})


def invoiced(*lines: Any, kind: DocumentType = DocumentType.EARSIV, day: date = DAY, **policies: Any) -> Log:
    """An order of these lines, or of three pieces for 100.00 each and one for 50.00, all on one legal invoice."""
    log = Log()
    log.policy = policy(**{**HERE, **policies})
    content = placed(*(lines or (line("1", quantity=THREE), line("2", "50.00"))))
    log.append(content)
    references = tuple(each.line_reference for each in content.lines)
    log.append(requested(*references))
    log.append(issued(document_id(*references), document_type=kind, issue_date=day))
    return log


def credit_document(log: Log, number: int = -1) -> str:
    return [d.document_id for d in log.all_documents if d.intent is not Intent.INVOICE][number]
