"""The start page: what must I do now? Each count opens exactly the rows that it counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.documents import Attention, DocumentState
from app.domain.time import legal_date
from app.operations.read_model import MOST_COUNTED
from app.store import Role
from app.tracking.orders import OrderState
from app.tracking.read_model.queries import Queries
from app.web.screen.page import Answer, Page, Shown, Visit, url
from app.web.screen.pages import documents, orders
from app.web.screen.words.states import ATTENTIONS, DUE, ORDERS, STATES
from app.web.screen.words.text import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Rows that are in one state or wait for one thing: its label, how many there are, and where they are listed."""

    label: Label
    count: int
    to: str


# Days before the last one on which the law lets an invoice be issued.
SOON: Final = timedelta(days=2)
# What a person has to do, the worst first.
_TO_DO: Final = (
    Attention.FROZEN,
    Attention.NEEDS_REVIEW,
    Attention.DELETE_AT_PROVIDER,
    Attention.CONNECTION,
    Attention.AWAITING_APPROVAL,
    Attention.OVERDUE,
)
_UNSIGNED: Final = (DocumentState.AWAITING_SIGNATURE, DocumentState.DRAFT)
# What goes on by itself, and how far it is.
_STATES: Final = (
    DocumentState.PLANNED,
    DocumentState.PROCESSING,
    DocumentState.ISSUED,
    DocumentState.DELIVERED,
    DocumentState.ACCEPTED,
    DocumentState.CANCEL_PENDING,
)
_ENDED: Final = (DocumentState.REJECTED, DocumentState.REJECTED_BY_BUYER, DocumentState.CANCELLED)


async def show(visit: Visit) -> Answer:
    """The page."""
    business, today = visit.query.get("business", ""), legal_date(visit.now)
    soon = f"{today + SOON}"

    def read(queries: Queries) -> dict[str, object]:
        waiting = [_documents(queries, business, ATTENTIONS[each], attention=each.value) for each in _TO_DO]
        signing = [_documents(queries, business, STATES[each], state=each.value) for each in _UNSIGNED]
        due = _documents(queries, business, DUE, by=soon)
        refused = _orders(queries, business, OrderState.REFUSED)
        asked = _documents(queries, business, ATTENTIONS[Attention.UNCERTAIN], attention=Attention.UNCERTAIN.value)
        return {
            "to_do": [group for group in (*waiting, *signing, refused, due) if group.count],
            "asked": asked if asked.count else None,
            "states": [_documents(queries, business, STATES[each], state=each.value) for each in (*_STATES, *_ENDED)],
            "orders": [_orders(queries, business, each) for each in OrderState],
            "freshness": queries.freshness(),
        }

    return Shown(template="start.html", values={**await visit.ask(read), "most": MOST_COUNTED})


def _documents(queries: Queries, business: str, label: Label, **query: str) -> Group:
    address: Mapping[str, str] = {"business": business, **query}
    return Group(label=label, count=documents.count(queries, address), to=url(documents.PATH, **address))


def _orders(queries: Queries, business: str, state: OrderState) -> Group:
    address: Mapping[str, str] = {"business": business, "state": state.value}
    return Group(label=ORDERS[state], count=orders.count(queries, address), to=url(orders.PATH, **address))


ALL: Final = (Page(name="start", path="", least=Role.VIEWER, show=show),)
