"""What was asked for and has no answer yet. An act is a request: only what the read model has is its result.

Each request is an action in the store, so that every person sees that it was made, and by whom.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from app.domain.documents import DocumentStatus
from app.domain.orders import SubmittedBody
from app.web.screen.page import Visit
from app.web.screen.words.text import Text

# A planner answers within seconds; after this the answer was a refusal, which the order's page shows.
ANSWERED_WITHIN: Final = timedelta(minutes=10)
# By what the action is called.
REQUESTS: Final[Mapping[str, Text]] = MappingProxyType(
    {"APPROVAL_REQUESTED": Text("Onay istendi", "Approval requested")}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request about a document: what, when, and by whom."""

    text: Text
    at: datetime
    actor: str


def about(document: DocumentStatus) -> str:
    """What the actions about it are kept under."""
    return f"document {document.document_id}"


async def ask_for(
    visit: Visit, document: DocumentStatus, body: SubmittedBody, *, what: str, reason: str | None
) -> None:
    """Hands the request in, and writes down who made it. Raises UnavailableError and StreamError."""
    assert visit.present is not None
    actor = visit.present.person.name
    await asyncio.to_thread(visit.tools.submit, document, body, actor, reason)
    await visit.note(what, about(document), reason=reason)


async def asked_of(visit: Visit, document: DocumentStatus) -> Asked | None:
    """The request about this document that has no answer yet."""
    actions = visit.tools.logins.actions
    found = await asyncio.to_thread(lambda: actions.latest(limit=1, about=about(document)))
    for record in found:
        text = REQUESTS.get(record.action.what)
        is_open = document.occurred_at < record.at and visit.now - record.at < ANSWERED_WITHIN
        if text is not None and is_open:
            return Asked(text=text, at=record.at, actor=record.action.actor)
    return None
