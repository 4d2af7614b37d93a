"""What a person has seen a document called: held in the store, so that no other document of the taxpayer has it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Final

from app.domain.documents import DocumentStatus
from app.domain.identity import derived
from app.domain.numbers import NUMBER, RECORDED, Claim, NumberFate
from app.domain.outcomes import Verdict
from app.operations import documents, read_model
from app.operations.errors import NotPossibleError
from app.operations.submit import SubmittedEvent
from app.settings import settings
from app.store import Store
from app.tracking.read_model.filters import DocumentFilter

SERIES_IS_COUNTED: Final = "SERIES_IS_COUNTED"


def submit_named(
    latest: DocumentStatus, number: str, ettn: str | None, submit: Callable[[], SubmittedEvent]
) -> SubmittedEvent:
    """Submits what names the document, and settles by its outcome whose the names are. Raises as `hold_names`."""
    with Store.open(settings()) as store:
        claim = _held(store, latest, number, ettn)
        submitted = submit()
        _settle(store, claim, submitted)
    return submitted


def hold_names(latest: DocumentStatus, number: str, ettn: str | None) -> None:
    """Holds them for this document, also after its event was refused: for one that is not waited for.

    Raises NotPossibleError where another document of the taxpayer has one of them, whichever of its businesses it is
    of, or its series is counted by us; StoreError, and as `find_document` does.
    """
    with Store.open(settings()) as store:
        _held(store, latest, number, ettn)


def _held(store: Store, latest: DocumentStatus, number: str, ettn: str | None) -> Claim:
    claim = _claim(store, latest, number, ettn)
    if other := _bearer(store, claim, number):
        raise NotPossibleError(f"Document {other.document_id} of order {other.order_reference} has {number}.")
    refused = store.numbers().record(claim)
    # Its provider has numbered it in a series of ours: that is past, and no reason to leave a question open.
    is_past = refused is not None and refused.code == SERIES_IS_COUNTED and latest.number == number
    if refused is not None and not is_past:
        raise NotPossibleError(f"{number}: {refused.message}.")
    return claim


def _claim(store: Store, latest: DocumentStatus, number: str, ettn: str | None) -> Claim:
    """The same for the same names of the same document, so that it may be asked for again.

    A number that is not of GİB's form is of a provider that is made up, and is no taxpayer's.
    """
    taxpayer = _taxpayer(store, latest.business)
    if taxpayer is None:
        raise NotPossibleError(f"There is no business {latest.business}: whose number it would be is not known.")
    names = (number if NUMBER.fullmatch(number) else None, ettn)
    identifiers = tuple(name for name in names if name is not None)
    return Claim(
        business=latest.business,
        document_id=latest.document_id,
        command_id=derived("named", latest.document_id, *identifiers),
        revision=RECORDED,
        identifiers=identifiers,
        taxpayer=taxpayer,
    )


def _taxpayer(store: Store, business: str) -> str | None:
    profile = store.business_facts(business)
    return profile.seller.tax_number if profile else None


def _bearer(store: Store, claim: Claim, number: str) -> DocumentStatus | None:
    """Another document of the taxpayer with this number: its provider has given it, or a person has recorded it."""
    others = (each for each in _numbered(number) if each.document_id != claim.document_id)
    return next((one for one in others if _taxpayer(store, one.business) == claim.taxpayer), None)


def _numbered(number: str) -> Iterator[DocumentStatus]:
    """The latest status of every document with it, by what `find_document` goes by."""
    if (asked := read_model.current(datetime.now(UTC))) is None:
        yield from (each.latest for each in documents.all_documents().values() if each.latest.number == number)
        return
    wanted = DocumentFilter(number=number)
    yield from (row.latest for row in read_model.all_pages(lambda page: asked.documents(wanted, page)))


def _settle(store: Store, claim: Claim, submitted: SubmittedEvent) -> None:
    """Until the planner has answered it stays held: the same may be said again, and of no other document."""
    numbers, outcome = store.numbers(), submitted.outcome
    if submitted.is_rejected:
        numbers.close_number(claim.command_id, None, NumberFate.FREE)
    elif outcome is not None and outcome.verdict is not Verdict.HELD:
        numbers.close_recorded(claim)
