"""What a person has done with a document where its provider cannot say so: it goes to its order's log."""

from datetime import date

from app.domain.documents import UNSIGNED, DocumentStatus
from app.domain.identity import derived
from app.domain.numbers import Claim, NumberFate
from app.domain.orders import DocumentMarkedDeleted, DocumentMarkedIssued
from app.domain.outcomes import Verdict
from app.operations import documents
from app.operations.documents import submit_about
from app.operations.errors import NotPossibleError
from app.operations.given_names import given_ettn, given_number
from app.operations.submit import SubmittedEvent
from app.settings import settings
from app.store import Store
from providers.registry import provider


def mark_issued(
    beginning: str,
    number: str,
    *,
    ettn: str | None,
    issue_date: date | None,
    actor: str,
    why: str | None,
    wait: float,
) -> SubmittedEvent:
    """Submits that the document whose id begins like this is issued under this number.

    Raises NotPossibleError where it waits for nothing, or another document of the taxpayer has the number, whichever of
    its businesses it is of; RefusedInputError for what is no number or ETTN of GİB's form, StoreError, and as
    `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    body = DocumentMarkedIssued(
        document_id=latest.document_id,
        number=given_number(number),
        ettn=given_ettn(ettn) if ettn else None,
        issue_date=issue_date,
    )
    if latest.state not in UNSIGNED and latest.number != number:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}, and waits for no number.")
    with Store.open(settings()) as store:
        claim = _claim(store, latest, body)
        if other := _bearer(store, claim):
            raise NotPossibleError(f"Document {other.document_id} of order {other.order_reference} has {number}.")
        if refused := store.numbers().record(claim):
            raise NotPossibleError(f"{number}: {refused.message}.")
        submitted = submit_about(latest, body, actor=actor, why=why, wait=wait)
        _settle(store, claim, submitted)
    return submitted


def mark_deleted(beginning: str, *, actor: str, why: str | None, wait: float) -> SubmittedEvent:
    """Submits that the document whose id begins like this, which was to be taken back, was deleted at its provider.

    Raises NotPossibleError where it is gone or legal, or its provider itself shows when it is gone, and as
    `find_document` and `submit` do.
    """
    latest = documents.find_document(beginning).latest
    if latest.state not in UNSIGNED:
        raise NotPossibleError(f"Document {latest.document_id} is {latest.state}: there is no record of it to delete.")
    if latest.document_type in provider(latest.provider).capabilities().poll_until:
        raise NotPossibleError(f"{latest.provider} shows by itself when a document is gone: delete it there, and wait.")
    body = DocumentMarkedDeleted(document_id=latest.document_id)
    return submit_about(latest, body, actor=actor, why=why, wait=wait)


def _claim(store: Store, latest: DocumentStatus, body: DocumentMarkedIssued) -> Claim:
    """The same for the same number of the same document, so that it may be asked for again."""
    taxpayer = _taxpayer(store, latest.business)
    if taxpayer is None:
        raise NotPossibleError(f"There is no business {latest.business}: whose number it would be is not known.")
    identifiers = tuple(each for each in (body.number, body.ettn) if each is not None)
    return Claim(
        business=latest.business,
        document_id=latest.document_id,
        command_id=derived("named", latest.document_id, *identifiers),
        revision=0,
        identifiers=identifiers,
        taxpayer=taxpayer,
    )


def _taxpayer(store: Store, business: str) -> str | None:
    profile = store.business_facts(business)
    return profile.seller.tax_number if profile else None


def _bearer(store: Store, claim: Claim) -> DocumentStatus | None:
    """Another document of the taxpayer with this number: its provider has given it, or a person has recorded it."""
    number, *_ = claim.identifiers
    others = (each.latest for each in documents.all_documents().values() if each.latest.number == number)
    of_taxpayer = (one for one in others if _taxpayer(store, one.business) == claim.taxpayer)
    return next((one for one in of_taxpayer if one.document_id != claim.document_id), None)


def _settle(store: Store, claim: Claim, submitted: SubmittedEvent) -> None:
    """Until the planner has answered it stays held: the same may be said again, and of no other document."""
    if submitted.is_rejected:
        store.numbers().close_number(claim.command_id, None, NumberFate.FREE)
    elif submitted.outcome is not None and submitted.outcome.verdict is not Verdict.HELD:
        store.numbers().close_number(claim.command_id, None, NumberFate.USED)
