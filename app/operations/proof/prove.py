"""All the evidence about one document, gathered: our own records, the journal, and its provider, asked now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from app.domain.documents import DEAD, Attention, DocumentStatus
from app.domain.policy import EXTERNAL
from app.operations import documents, read_model
from app.operations.context import bootstrap, topics
from app.operations.proof.conclusion import Conclusion, Evidence, conclude, derived_id
from app.operations.proof.journal import DocumentJournal, command_ids, journal_of
from app.operations.proof.provider_words import ProviderWords, ask_about
from app.settings import settings
from app.store import Store
from app.stream.clients.reader import read_topic
from app.stream.topics import identities
from app.tracking.documents import TrackedDocument
from app.tracking.read_model.filters import DocumentFilter
from providers.base import LookUp
from providers.registry import PROVIDERS, provider


@dataclass(frozen=True, slots=True, kw_only=True)
class DerivedId:
    """An id, and what it is derived from; `agrees`: whether that gives it again."""

    name: str
    identifier: str
    derived_from: tuple[str, ...]
    agrees: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """The evidence about one document, and what follows from it. `asked_at`: when its provider was asked."""

    document: TrackedDocument
    ids: tuple[DerivedId, ...]
    evidence: Evidence
    conclusion: Conclusion
    asked_at: datetime


def prove_document(beginning: str) -> Proof:
    """Everything about the one document whose id begins like this. Its provider is asked, and nothing is made there.

    Raises as `find_document` does, StoreError, and ValueError or KeyError for a journal of another release.
    """
    tracked = documents.find_document(beginning)
    latest = tracked.latest
    known = _of_order(latest)
    journal = _journal_of(latest)
    details = documents.show_document(latest.document_id).content
    asked_at = datetime.now(UTC)
    evidence = Evidence(
        document=latest,
        rivals=tuple(each for each in known if is_rival(each, latest)),
        journal=journal,
        provider=_asked(tracked),
        payable=details.amount if details else None,
        currency=details.currency if details else None,
    )
    return Proof(
        document=tracked,
        ids=derived_ids(latest, journal),
        evidence=evidence,
        conclusion=conclude(evidence),
        asked_at=asked_at,
    )


def is_rival(other: DocumentStatus, document: DocumentStatus) -> bool:
    """Whether it has lines of the document for itself too, and has not surely ended."""
    if other.document_id == document.document_id or other.intent is not document.intent:
        return False
    if other.credit_reference != document.credit_reference or not set(other.lines) & set(document.lines):
        return False
    return other.state not in DEAD or other.attention is Attention.NEEDS_REVIEW


def derived_ids(document: DocumentStatus, journal: DocumentJournal) -> tuple[DerivedId, ...]:
    """The document's id and those of its commands that the journal has, derived again."""
    scope = (document.credit_reference, document.original) if document.credit_reference else document.lines
    parts = (document.business, document.order_reference, document.intent, *scope, f"{document.attempt}")
    own = DerivedId(
        name="document",
        identifier=document.document_id,
        derived_from=tuple(filter(None, parts)),
        agrees=derived_id(document) == document.document_id,
    )
    known = command_ids(document.document_id, document.connection)
    commands = (
        DerivedId(
            name="command",
            identifier=each.command_id,
            derived_from=(document.document_id, document.connection, known.get(each.command_id, "?")),
            agrees=each.command_id in known,
        )
        for each in journal.commands
    )
    return (own, *commands)


def _of_order(document: DocumentStatus) -> Sequence[DocumentStatus]:
    """Every document of the order: by the read model where it is up to date, else by the topic."""
    if (asked := read_model.current(datetime.now(UTC))) is not None:
        wanted = DocumentFilter(business=document.business, order_reference=document.order_reference)
        return [row.latest for row in read_model.all_pages(lambda page: asked.documents(wanted, page))]
    latest = (each.latest for each in documents.all_documents().values())
    order = (document.business, document.order_reference)
    return [each for each in latest if (each.business, each.order_reference) == order]


def _journal_of(document: DocumentStatus) -> DocumentJournal:
    if document.provider not in PROVIDERS:
        return DocumentJournal(facts=(), commands=())
    names = topics()
    app_id = identities.app(identities.issuer(document.provider), names.prefix).app_id
    changelog = read_topic(bootstrap(), names.changelog(app_id, "journal"))
    return journal_of(changelog, document.document_id, document.connection)


def _asked(tracked: TrackedDocument) -> ProviderWords:
    document = tracked.latest
    if document.provider == EXTERNAL or document.provider not in PROVIDERS:
        return ProviderWords(why=(f"{document.provider} cannot be asked.",))
    # Only where the provider names documents itself are the rows of others of interest.
    by_list = provider(document.provider).capabilities().look_up is LookUp.BY_LIST
    ours = [each.latest for each in documents.all_documents().values()] if by_list else [document]
    with Store.open(settings()) as store:
        return ask_about(store, tracked, ours)
