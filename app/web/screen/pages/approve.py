"""Approving a document: a page that says what becomes legal by it, and the request."""

from typing import Final

from app.domain.documents import Attention
from app.domain.orders import DocumentApproved
from app.store import Role
from app.tracking.read_model.rows import DocumentRow
from app.web.screen.asked import ask_for, asked_of
from app.web.screen.page import Act, Answer, Moved, NotThereError, Page, Shown, Visit, url
from app.web.screen.pages.documents import PATH, WORDS

_CONFLICT: Final = 409


async def show(visit: Visit) -> Answer:
    """The page; where there is nothing to approve any more it says so."""
    row = await _row(visit)
    return Shown(template="approve.html", values={"row": row, "is_open": await _is_open(visit, row), **WORDS})


async def approve(visit: Visit) -> Answer:
    """Asks for it, and leads back to the document, which shows the request until it is answered."""
    row = await _row(visit)
    if not await _is_open(visit, row):
        return Shown(template="approve.html", values={"row": row, "is_open": False, **WORDS}, status=_CONFLICT)
    body = DocumentApproved(document_id=row.latest.document_id)
    reason = visit.form.get("reason", "").strip() or None
    await ask_for(visit, row.latest, body, what="APPROVAL_REQUESTED", reason=reason)
    return Moved(to=url(f"{PATH}/{row.latest.document_id}"))


async def _row(visit: Visit) -> DocumentRow:
    found = await visit.ask(lambda queries: queries.document(visit.path["id"]))
    if found is None:
        raise NotThereError
    return found.row


async def _is_open(visit: Visit, row: DocumentRow) -> bool:
    return row.latest.attention is Attention.AWAITING_APPROVAL and await asked_of(visit, row.latest) is None


ALL: Final = (
    Page(name="approve", path=f"{PATH}/{{id}}/approve", least=Role.OPERATOR, show=show),
    Act(name="approve-document", path=f"{PATH}/{{id}}/approve", least=Role.OPERATOR, carry_out=approve),
)
