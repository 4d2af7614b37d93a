"""The list of documents: where an invoice is."""

from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.domain.documents import Attention, DocumentState
from app.operations.read_model import MOST_COUNTED
from app.store import Role
from app.tracking.read_model.filters import DocumentFilter, PageRequest
from app.tracking.read_model.filters import Page as Rows
from app.tracking.read_model.queries import Queries
from app.tracking.read_model.rows import DocumentRow
from app.web.screen.lists import AFTER, ROWS, ListAddress, a_date, news_of, one_of, words_of
from app.web.screen.page import Answer, Feed, Page, Shown, Visit
from app.web.screen.rendering import formats
from app.web.screen.words.errors import sentence_of
from app.web.screen.words.forms import INTENTS, KINDS, PROFILES, TYPES
from app.web.screen.words.states import ATTENTIONS, STATES, state_of
from app.web.screen.words.text import Language, Text

PATH: Final = "/documents"
# How a shop thinks of them; the others are found by the filter.
_TABS: Final = (
    (None, Text("Tümü", "All")),
    *(
        (str(state), STATES[state].text)
        for state in (DocumentState.PLANNED, DocumentState.PROCESSING, DocumentState.ISSUED, DocumentState.DELIVERED)
    ),
    *((str(state), STATES[state].text) for state in (DocumentState.REJECTED, DocumentState.CANCELLED)),
)
FILTERS: Final[Mapping[str, Text]] = MappingProxyType(
    {
        "business": Text("Firma", "Business"),
        "q": Text("Arama", "Search"),
        "state": Text("Durum", "State"),
        "attention": Text("Dikkat", "Attention"),
        "waits": Text("Bekleyen", "Waiting"),
        "provider": Text("Entegratör", "Provider"),
        "connection": Text("Bağlantı", "Connection"),
        "order": Text("Sipariş", "Order"),
        "from": Text("İlk tarih", "From"),
        "to": Text("Son tarih", "To"),
        "by": Text("Yasal son gün", "Due by"),
    }
)


def filter_of(query: Mapping[str, str]) -> tuple[DocumentFilter, dict[str, str]]:
    """What the address narrows the list to, and what of the address says so."""
    state, attention = one_of(DocumentState, query.get("state")), one_of(Attention, query.get("attention"))
    issued_from, issued_to = a_date(query.get("from")), a_date(query.get("to"))
    issue_by = a_date(query.get("by"))
    waits = True if query.get("waits") == "yes" else None
    texts = {name: query.get(name, "").strip() or None for name in ("business", "q", "provider", "connection", "order")}
    wanted = DocumentFilter(
        business=texts["business"],
        order_reference=texts["order"],
        state=state,
        attention=attention,
        waits=waits,
        provider=texts["provider"],
        connection=texts["connection"],
        issued_from=issued_from,
        issued_to=issued_to,
        issue_by=issue_by,
        q=texts["q"],
    )
    said = {"state": state, "attention": attention, "from": issued_from, "to": issued_to, "by": issue_by, **texts}
    known = {name: str(value) for name, value in said.items() if value is not None}
    return wanted, {**known, **({"waits": "yes"} if waits else {})}


def count(queries: Queries, query: Mapping[str, str]) -> int:
    """How many rows the list of this address has, up to MOST_COUNTED."""
    return queries.count_documents(filter_of(query)[0], most=MOST_COUNTED)


async def show(visit: Visit) -> Answer:
    """A page of the list."""
    wanted, known = filter_of(visit.query)
    request = PageRequest(limit=ROWS, cursor=visit.query.get(AFTER) or None)

    def read(queries: Queries) -> tuple[int, Rows[DocumentRow], int]:
        since = queries.freshness().sequence  # before the rows: what changes meanwhile comes twice, and is not missed
        return since, queries.documents(wanted, request), queries.count_documents(wanted, most=MOST_COUNTED)

    since, rows, total = await visit.ask(read)
    address = ListAddress(path=PATH, filters=known)
    values = {"rows": rows.rows, "total": total, "most": MOST_COUNTED, "list": address, "filters": known}
    more = {
        "chips": address.chips(FILTERS, _in_words(wanted, visit.language), visit.language),
        "tabs": address.tabs("state", _TABS),
        "next": address.to(after=rows.next) if rows.next else None,
        "is_first": request.cursor is None,
        "news": address.news(since, [row.latest.document_id for row in rows.rows], is_first=request.cursor is None),
        "states": words_of(STATES, visit.language),
        "attentions": words_of(ATTENTIONS, visit.language),
    }
    return Shown(template="documents.html", values={**values, **more, **WORDS})


async def follow(visit: Visit) -> AsyncIterator[Shown | None]:
    """The rows that are shown, as they change, and how many new ones there are; these come when they are asked for."""
    wanted, known = filter_of(visit.query)
    since, shown, is_first = news_of(visit.query)
    address = ListAddress(path=PATH, filters=known)

    def read(queries: Queries) -> dict[str, Any]:
        latest = queries.documents(wanted, PageRequest(limit=ROWS)).rows if is_first else ()
        return {
            "rows": queries.changed_documents(shown, since),
            "total": queries.count_documents(wanted, most=MOST_COUNTED),
            "new": sum(row.latest.document_id not in shown and row.row_seq > since for row in latest),
        }

    async for sequence in visit.tools.changes.after(since):
        if sequence is None:
            yield None
            continue
        values = {**await visit.ask(read), "most": MOST_COUNTED, "list": address, "at": visit.now}
        yield Shown(template="documents_news.html", values={**values, **WORDS})


def _in_words(wanted: DocumentFilter, language: Language) -> dict[str, str]:
    """What the codes and dates among the filters are called."""
    found: dict[str, str] = {}
    if wanted.state is not None:
        found["state"] = STATES[wanted.state].text.in_(language)
    if wanted.attention is not None:
        found["attention"] = ATTENTIONS[wanted.attention].text.in_(language)
    if wanted.waits:
        found["waits"] = Text("bir kişiyi", "for a person").in_(language)
    days = {"from": wanted.issued_from, "to": wanted.issued_to, "by": wanted.issue_by}
    return {**found, **{name: formats.day(each, language) for name, each in days.items() if each is not None}}


# What rows of documents need of the words, wherever they are shown.
WORDS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        "state_of": state_of,
        "attention_of": ATTENTIONS.get,
        "types": TYPES,
        "intents": INTENTS,
        "kinds": KINDS,
        "profiles": PROFILES,
        "sentence_of": sentence_of,
    }
)

ALL: Final = (
    Page(name="documents", path=PATH, least=Role.VIEWER, show=show),
    Feed(name="documents-news", path="/news/documents", least=Role.VIEWER, follow=follow),
)
