"""One connection's day: the provider asked, compared with our documents, and what differs written as events."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from app.domain.documents import DocumentStatus
from app.domain.parties import BusinessFacts
from app.domain.reconciliation import DayReconciled, DayResult, Reconciliation
from app.operations import documents
from app.operations.context import bootstrap, codec, topics
from app.operations.errors import OperationError
from app.operations.logins.asking import SECONDS, ask_provider
from app.operations.provider_lists import LIST_SECONDS, compared_rows
from app.operations.reconciliation.amounts import amounts_of
from app.operations.reconciliation.comparing import (
    Compared,
    OwnDocuments,
    answered,
    compare_day,
    known_by_connection,
)
from app.operations.reconciliation.findings import Place, changes, day_event, outcome_of
from app.operations.reconciliation.pacing import Pace
from app.store import ConnectionListing, Store
from app.stream.clients.producer import write_all
from app.stream.clients.reader import read_topic
from app.stream.serialization.record_builder import RecordBuilder
from app.tracking.reconciliations import ConnectionDay, Reconciliations, track_reconciliations
from providers.base import Adapter, FindsIssued, ListsIssued, Unclear
from providers.base.reads import Days, ListedDocument
from providers.options import EXPECTED, OTHER_PROGRAMS
from providers.registry import provider

# What its list does not have is asked for one by one; more of them are one fault, and asking would use up the quota.
MOST_LOOK_UPS: Final = 50
# The name of the app in the headers of what is written here.
APP: Final = "reconciliation"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedDay:
    """One connection's day and what it came to; `changed` are the findings that are new, other, or resolved."""

    day: ConnectionDay
    provider: str
    outcome: DayReconciled
    changed: tuple[Reconciliation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownHere:
    """What a comparison goes by: the latest status of every document, and what was found before."""

    documents: Sequence[DocumentStatus]
    reconciliations: Reconciliations


def known_here() -> KnownHere:
    """Read from the topics: what is decided by must be whole. Raises as `known_reconciliations`."""
    return KnownHere(documents=latest_documents(), reconciliations=known_reconciliations())


def latest_documents() -> tuple[DocumentStatus, ...]:
    """Every document, from the status topic. Raises as `known_reconciliations`."""
    return tuple(each.latest for each in documents.all_documents().values())


def known_reconciliations() -> Reconciliations:
    """All that the topic says. Raises UnavailableError, TopicUnreadableError and CodecError."""
    read, records = codec(), read_topic(bootstrap(), topics().reconciliation)
    return track_reconciliations(read.read(Reconciliation, each.value) for each in records if each.value is not None)


def reconcile_connection(
    store: Store, listing: ConnectionListing, day: ConnectionDay, known: KnownHere, at: datetime
) -> ComparedDay:
    """Compares one day, and writes what is new; the day's own event comes last, when the rest is durable.

    The provider is asked by lists and look-ups alone. Where it does not answer, findings stay as they are. Raises
    StoreError, UnavailableError, TopicUnreadableError, CodecError and SendError.
    """
    ours = own_documents(known.documents, day)
    place = Place(day=day, provider=listing.provider)
    expected = listing.options.get(OTHER_PROGRAMS) == EXPECTED
    outcome, compared = _compared(store, ours, day, listing, others_expected=expected)
    changed = tuple(changes(place, compared, known.reconciliations.of_day(day), at)) if compared is not None else ()
    outgoing = RecordBuilder(topics(), codec(), app=APP)
    write_all(bootstrap(), map(outgoing.of, changed))
    write_all(bootstrap(), [outgoing.of(day_event(place, outcome, at))])
    return ComparedDay(day=day, provider=listing.provider, outcome=outcome, changed=changed)


def own_documents(everything: Sequence[DocumentStatus], day: ConnectionDay) -> OwnDocuments:
    """Ours, of the day's connection and of all."""
    own = known_by_connection(everything, day.business, day.connection)
    return OwnDocuments(connection=own, everything=everything)


def _compared(
    store: Store, ours: OwnDocuments, day: ConnectionDay, listing: ConnectionListing, *, others_expected: bool
) -> tuple[DayReconciled, Compared | None]:
    name = listing.provider
    if not provider(name).capabilities().lists:
        said = f"{name} has no list of what was issued on a day"
        of_day = len([*ours.of_day(day.day)])
        return DayReconciled(result=DayResult.NO_LIST, not_listed=of_day, said=said), None
    facts = _facts(store, day.business)

    def again() -> OwnDocuments:
        return own_documents(latest_documents(), day)

    async def ask(adapter: Adapter) -> tuple[DayReconciled, Compared | None]:
        return await compare_at(adapter, ours, day, facts, again=again, others_expected=others_expected)

    try:
        return ask_provider(store, day.business, day.connection, ask)
    except OperationError as error:
        return _not_answered(f"{error}"), None


async def compare_at(
    adapter: Adapter,
    ours: OwnDocuments,
    day: ConnectionDay,
    facts: BusinessFacts | None,
    *,
    again: Callable[[], OwnDocuments],
    others_expected: bool,
) -> tuple[DayReconciled, Compared | None]:
    """The list of the day, then a look-up for each document of ours that it does not have, MOST_LOOK_UPS of them.

    Where the list differs from `ours`, it is compared with what `again` reads: what has changed here since ours was
    read, and before the list was had, is no difference.
    """
    assert isinstance(adapter, ListsIssued)
    adapter.use_permit(Pace(adapter.capabilities.quota))
    types = adapter.capabilities.lists
    rows = await adapter.list_issued(Days(first=day.day, last=day.day), LIST_SECONDS)
    if isinstance(rows, Unclear):
        return _not_answered(rows.why), None
    ours = _with_amounts(rows, ours, day, facts)
    compared = compare_day(rows, ours, day.day, types, others_expected=others_expected)
    if compared.differences:
        ours = _with_amounts(rows, again(), day, facts)
        compared = compare_day(rows, ours, day.day, types, others_expected=others_expected)
    for number, document in enumerate(compared.missing):
        if number < MOST_LOOK_UPS and isinstance(adapter, FindsIssued):
            found = await adapter.find_issued(documents.issued_of(document, adapter), SECONDS)
            answered(compared, document, found, ours.amounts.get(document.document_id))
        else:
            compared.unanswered.append(document)
    return outcome_of(compared, types), compared


def _with_amounts(
    rows: Sequence[ListedDocument], ours: OwnDocuments, day: ConnectionDay, facts: BusinessFacts | None
) -> OwnDocuments:
    """With the amounts of what is in a row, and of what must be."""
    listed = (each.ours for each in compared_rows(rows, ours.connection))
    needed = {each.document_id: each for each in (*listed, *ours.of_day(day.day)) if each is not None}
    return OwnDocuments(
        connection=ours.connection, everything=ours.everything, amounts=amounts_of(needed.values(), facts)
    )


def _facts(store: Store, business: str) -> BusinessFacts | None:
    profile = store.business_facts(business)
    return BusinessFacts(seller=profile.seller, carriers=profile.carriers) if profile else None


def _not_answered(why: str) -> DayReconciled:
    return DayReconciled(result=DayResult.NOT_ANSWERED, said=why)
