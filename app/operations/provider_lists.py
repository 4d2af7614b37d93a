"""What a provider has of some days beside what we know: the ground of a reconciliation with the books."""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from app.domain.documents import DEAD, LEGAL, DocumentState, DocumentStatus, DocumentType
from app.operations import documents
from app.operations.errors import NotPossibleError, RefusedInputError, UnavailableError
from app.operations.logins.asking import SECONDS, ask_provider
from app.settings import settings
from app.store import Store
from app.tracking.documents import TrackedDocument
from providers.base import Adapter, Done, Finding, FindsIssued, ListsIssued, Unclear
from providers.base.reads import Days, ListedDocument

# What every provider with a bound of its own takes.
MOST_DAYS: Final = 92
# Some lists are read day by day, and all of them page by page.
LIST_SECONDS: Final = 300.0


class Match(StrEnum):
    """What is known on which side."""

    KNOWN = "KNOWN"
    DIFFERENT = "DIFFERENT"
    """On both sides, legal on one of them alone."""
    UNKNOWN = "UNKNOWN"
    """The provider has it, and we do not know it: another program has made it, or a person."""
    LACKING = "LACKING"
    """We have it as legal, and neither the list nor a question for it shows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDocument:
    """One document, by the provider's list and by ours; one of both may be missing. `said` is why they do not match."""

    match: Match
    listed: ListedDocument | None
    ours: DocumentStatus | None
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderList:
    """What a provider has of these days; `document_types` are those that it lists: of others nothing is said."""

    days: Days
    document_types: frozenset[DocumentType]
    documents: Sequence[ComparedDocument]

    @property
    def agrees(self) -> bool:
        """Every document is known on both sides."""
        return all(each.match is Match.KNOWN for each in self.documents)


def compare_list(business: str, name: str, days: Days) -> ProviderList:
    """The list of a connection's provider of these days, each document held against ours.

    Raises RefusedInputError for days that are no span of at most `MOST_DAYS`, NotPossibleError where the provider has
    no list, UnavailableError where it was not had whole, StoreError, and as `all_documents` and `ask_provider` do.
    """
    if not 0 <= (days.last - days.first).days < MOST_DAYS:
        raise RefusedInputError(
            f"From {days.first} to {days.last} is no span of 1 to {MOST_DAYS} days: choose another."
        )
    everything = documents.all_documents()
    known = _of_connection(everything, business, name)

    async def ask(adapter: Adapter) -> ProviderList:
        types = adapter.capabilities.lists
        if not types or not isinstance(adapter, ListsIssued):
            raise NotPossibleError(f"{adapter.capabilities.provider} has no list of what was issued.")
        rows = await adapter.list_issued(days, LIST_SECONDS)
        if isinstance(rows, Unclear):
            raise UnavailableError(f"{adapter.capabilities.provider} did not give the whole list: {rows.why}")
        compared = compared_rows(rows, known, (document.latest for document in everything.values()))
        found = {each.ours.document_id for each in compared if each.ours is not None}
        missing = [each for each in known if each.document_id not in found and _belongs(each, days, types)]
        asked = [_asked_for(each, await _found(adapter, each)) for each in missing]
        return ProviderList(days=days, document_types=types, documents=(*compared, *asked))

    with Store.open(settings()) as store:
        return ask_provider(store, business, name, ask)


def compared_rows(
    rows: Iterable[ListedDocument], known: Iterable[DocumentStatus], everything: Iterable[DocumentStatus] = ()
) -> list[ComparedDocument]:
    """Each row with our document of the same reference or ETTN; by the number alone where the row has neither.

    `known`: those of the connection. `everything`: of each connection; several may have one account at the provider. Of
    two with one name, as after a move and back, it is the one that has not ended.
    """
    own, others = (sorted(each, key=lambda one: one.state not in DEAD) for each in (known, everything))
    by_name = {name.lower(): each for each in others for name in (each.document_id, each.ettn) if name}
    by_name |= {name.lower(): each for each in own for name in (each.document_id, each.ettn, each.number) if name}
    ids = {each.document_id for each in own}
    return [_with_place(_compared(row, by_name), ids) for row in rows]


def _with_place(compared: ComparedDocument, own: Container[str]) -> ComparedDocument:
    """Whose it is is said of another connection's document."""
    ours = compared.ours
    if ours is None or ours.document_id in own:
        return compared
    place = f"it is of {ours.business}'s connection {ours.connection}"
    return replace(compared, said="; ".join(filter(None, (compared.said, place))))


def _compared(row: ListedDocument, by_name: Mapping[str, DocumentStatus]) -> ComparedDocument:
    names = [name for name in (row.reference, row.ettn, row.provider_reference) if name]
    if row.reference is None and row.ettn is None and row.number is not None:
        names.append(row.number)
    ours = next((by_name[name.lower()] for name in names if name.lower() in by_name), None)
    if ours is None:
        return ComparedDocument(match=Match.UNKNOWN, listed=row, ours=None)
    if _is_contradiction(row.state, ours.state):
        return ComparedDocument(match=Match.DIFFERENT, listed=row, ours=ours, said=f"it is {row.state} there")
    return ComparedDocument(match=Match.KNOWN, listed=row, ours=ours)


def _is_contradiction(there: DocumentState | None, here: DocumentState) -> bool:
    return (there in DEAD and here in LEGAL) or (there in LEGAL and here in DEAD)


def _of_connection(tracked: Mapping[str, TrackedDocument], business: str, name: str) -> Sequence[DocumentStatus]:
    latest = (document.latest for document in tracked.values())
    return [each for each in latest if (each.business, each.connection) == (business, name)]


def _belongs(ours: DocumentStatus, days: Days, types: frozenset[DocumentType]) -> bool:
    """Whether the list must have it: legal, of a type that is listed, issued on one of the days."""
    return (
        ours.state in LEGAL and ours.document_type in types and ours.issue_date is not None and ours.issue_date in days
    )


async def _found(adapter: Adapter, ours: DocumentStatus) -> Finding | None:
    """What the provider says when it is asked for the document alone: a list may be late, or count days otherwise."""
    if not isinstance(adapter, FindsIssued) or ours.document_type is None:
        return None
    return await adapter.find_issued(documents.issued_of(ours, adapter), SECONDS)


def _asked_for(ours: DocumentStatus, found: Finding | None) -> ComparedDocument:
    match found:
        case Done(state=state) if not _is_contradiction(state, ours.state):
            return ComparedDocument(match=Match.KNOWN, listed=None, ours=ours, said="not in the list, found by itself")
        case Done(state=state):
            return ComparedDocument(match=Match.DIFFERENT, listed=None, ours=ours, said=f"it is {state} there")
        case Unclear(why=why):
            return ComparedDocument(match=Match.LACKING, listed=None, ours=ours, said=f"not in the list; {why}")
        case _:
            return ComparedDocument(match=Match.LACKING, listed=None, ours=ours, said="not in the list, and not found")
