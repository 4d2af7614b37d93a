"""What a document's provider says of it now, by look-ups and lists: nothing that could make or change a document."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from app.domain.documents import DEAD, INVOICING, DocumentStatus
from app.domain.time import legal_date
from app.operations.documents import issued_of
from app.operations.errors import OperationError
from app.operations.logins.asking import SECONDS, ask_provider
from app.operations.provider_lists import LIST_SECONDS, MOST_DAYS, Match, compared_rows
from app.store import Store
from app.tracking.documents import TrackedDocument
from providers.base import Adapter, Capabilities, Finding, FindsIssued, ListsIssued, Unclear
from providers.base.reads import Days, ListedDocument

# A provider may count a document that was issued near midnight to the day beside.
BESIDE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderWords:
    """The provider's answers now; `look_up` is None where it cannot be asked for one document.

    `listed`: the rows that are this document, by its names; None where there is no list. `others`: rows of its days
    that are no document of ours. `why`: why there is no answer, one sentence for each question that has none.
    """

    capabilities: Capabilities | None = None
    look_up: Finding | None = None
    days: Days | None = None
    listed: tuple[ListedDocument, ...] | None = None
    others: tuple[ListedDocument, ...] = ()
    why: tuple[str, ...] = ()

    @property
    def live(self) -> tuple[ListedDocument, ...]:
        """The rows of this document that have not ended there."""
        return tuple(row for row in self.listed or () if row.state not in DEAD)


def days_of(tracked: TrackedDocument) -> Days | None:
    """The days on which its provider may count it: that of its issue, that on which it was seen first, and beside them.

    A list that shows no day of issue has the day on which the document was taken. None before it was issued.
    """
    seen = (legal_date(each.occurred_at) for each in tracked.history if each.state in INVOICING)
    dated = [each for each in (tracked.latest.issue_date, next(seen, None)) if each is not None]
    if not dated:
        return None
    last = max(dated) + BESIDE
    return Days(first=max(min(dated) - BESIDE, last - (MOST_DAYS - 1) * BESIDE), last=last)


def ask_about(store: Store, tracked: TrackedDocument, ours: Sequence[DocumentStatus]) -> ProviderWords:
    """Asks the document's connection now. `ours`: every document of ours, to tell its rows from others.

    What keeps it from being asked is a sentence in `why`. Raises StoreError.
    """
    document = tracked.latest

    async def ask(adapter: Adapter) -> ProviderWords:
        return await asked_of(adapter, document, days_of(tracked), ours)

    try:
        return ask_provider(store, document.business, document.connection, ask)
    except OperationError as error:
        return ProviderWords(why=(f"{error}",))


async def asked_of(
    adapter: Adapter, document: DocumentStatus, days: Days | None, ours: Sequence[DocumentStatus]
) -> ProviderWords:
    """One look-up, then the list of these days, where the provider has these."""
    capabilities = adapter.capabilities
    name, kind = capabilities.provider, document.document_type
    if kind is None:
        return ProviderWords(capabilities=capabilities, why=("Its document type is not known yet.",))
    why: list[str] = []
    look_up: Finding | None = None
    if isinstance(adapter, FindsIssued):
        look_up = await adapter.find_issued(issued_of(document, adapter), SECONDS)
    else:
        why.append(f"{name} cannot be asked for a document.")
    if kind not in capabilities.lists or not isinstance(adapter, ListsIssued) or days is None:
        why.append(f"{name} has no list of documents of type {kind} by date.")
        return ProviderWords(capabilities=capabilities, look_up=look_up, why=tuple(why))
    rows = await adapter.list_issued(days, LIST_SECONDS)
    if isinstance(rows, Unclear):
        why.append(f"{name} did not give its list: {rows.why}")
        return ProviderWords(capabilities=capabilities, look_up=look_up, why=tuple(why))
    listed, others = _told_apart(rows, document, ours)
    return ProviderWords(
        capabilities=capabilities, look_up=look_up, days=days, listed=listed, others=others, why=tuple(why)
    )


def _told_apart(
    rows: Iterable[ListedDocument], document: DocumentStatus, ours: Sequence[DocumentStatus]
) -> tuple[tuple[ListedDocument, ...], tuple[ListedDocument, ...]]:
    """The rows that are the document, and those that are none of ours."""
    own, others = [], []
    for compared in compared_rows(rows, [document], ours):
        if compared.listed is None:
            continue
        if compared.match is Match.UNKNOWN:
            others.append(compared.listed)
        elif compared.ours is not None and compared.ours.document_id == document.document_id:
            own.append(compared.listed)
    return tuple(own), tuple(others)
