"""The list of orders: which are not wholly invoiced, and why."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from app.operations.orders import OPEN_FOR
from app.operations.read_model import MOST_COUNTED
from app.store import Role
from app.tracking.orders import OrderState, Stuck, reasons
from app.tracking.read_model.filters import OrderFilter, PageRequest
from app.tracking.read_model.filters import Page as Rows
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rows import OrderRow
from app.web.screen.lists import AFTER, ROWS, ListAddress, a_date, one_of, words_of
from app.web.screen.page import Answer, Page, Shown, Visit
from app.web.screen.rendering import formats
from app.web.screen.words.states import ORDERS, STUCK
from app.web.screen.words.text import Label, Language, Text

PATH: Final = "/orders"
_TABS: Final = (
    (None, Text("Tümü", "All")),
    (str(OrderState.OPEN), Text("Faturasız", "Not invoiced")),
    *((str(state), ORDERS[state].text) for state in (OrderState.REFUSED, OrderState.WAITING)),
    *((str(state), ORDERS[state].text) for state in (OrderState.IN_PROGRESS, OrderState.COMPLETED)),
)
# What a state says of why a person should look.
_SAID: Final[Mapping[OrderState, Stuck]] = MappingProxyType(
    {OrderState.REFUSED: Stuck.REFUSED, OrderState.WAITING: Stuck.HELD, OrderState.OPEN: Stuck.OPEN_LINES}
)
FILTERS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "business": Text("Firma", "Business"),
        "q": Text("Arama", "Search"),
        "state": Text("Durum", "State"),
        "attention": Text("Bekleyen", "Waiting"),
        "provider": Text("Entegratör", "Provider"),
        "from": Text("İlk tarih", "From"),
        "to": Text("Son tarih", "To"),
    }
)


def filter_of(query: Mapping[str, str]) -> tuple[OrderFilter, dict[str, str]]:
    """What the address narrows the list to, and what of the address says so."""
    state = one_of(OrderState, query.get("state"))
    first, last = a_date(query.get("from")), a_date(query.get("to"))
    attention = True if query.get("attention") == "yes" else None
    texts = {name: query.get(name, "").strip() or None for name in ("business", "q", "provider")}
    wanted = OrderFilter(
        business=texts["business"],
        state=state,
        attention=attention,
        provider=texts["provider"],
        ordered_from=first,
        ordered_to=last,
        q=texts["q"],
    )
    said = {"state": state, "from": first, "to": last, "attention": "yes" if attention else None, **texts}
    return wanted, {name: str(value) for name, value in said.items() if value is not None}


def count(queries: Queries, query: Mapping[str, str]) -> int:
    """How many rows the list of this address has, up to MOST_COUNTED."""
    return queries.count_orders(filter_of(query)[0], most=MOST_COUNTED)


async def show(visit: Visit) -> Answer:
    """A page of the list."""
    wanted, known = filter_of(visit.query)
    request = PageRequest(limit=ROWS, cursor=visit.query.get(AFTER) or None)

    def read(queries: Queries) -> tuple[Rows[OrderRow], int]:
        return queries.orders(wanted, request), queries.count_orders(wanted, most=MOST_COUNTED)

    rows, total = await visit.ask(read)
    address = ListAddress(path=PATH, filters=known)
    values: dict[str, Any] = {"rows": rows.rows, "total": total, "most": MOST_COUNTED, "list": address}
    more = {
        "filters": known,
        "chips": address.chips(FILTERS, _in_words(wanted, visit.language), visit.language),
        "tabs": address.tabs("state", _TABS),
        "next": address.to(after=rows.next) if rows.next else None,
        "is_first": request.cursor is None,
        "states": words_of(ORDERS, visit.language),
        "orders": ORDERS,
        "why": lambda row: why(row, visit),
    }
    return Shown(template="orders.html", values={**values, **more})


def why(row: OrderRow, visit: Visit) -> list[Label]:
    """Why a person should look at it, beside what its state says already."""
    known = reasons(row.waiting, visit.now, open_for=OPEN_FOR)
    return [STUCK[each] for each in known if each is not _SAID.get(row.state)]


def _in_words(wanted: OrderFilter, language: Language) -> dict[str, str]:
    found = {"state": ORDERS[wanted.state].text.in_(language)} if wanted.state is not None else {}
    if wanted.attention:
        found["attention"] = Text("bir kişiyi", "for a person").in_(language)
    days = {"from": wanted.ordered_from, "to": wanted.ordered_to}
    return {**found, **{name: formats.day(each, language) for name, each in days.items() if each is not None}}


ALL: Final = (Page(name="orders", path=PATH, least=Role.VIEWER, show=show),)
