"""Documents that only a person can decide, and the decision."""

from app.domain.documents import Attention, DocumentStatus
from app.domain.orders import ReviewAnswer, ReviewDecided
from app.operations import read_model
from app.operations.document_acts import submit_about
from app.operations.documents import all_documents, find_document
from app.operations.errors import NotPossibleError
from app.operations.given_names import given_ettn, given_number
from app.operations.naming import submit_named
from app.operations.submit import SubmittedEvent
from app.tracking.documents import TrackedDocument
from app.tracking.read_model.filters import DocumentFilter
from providers.registry import PROVIDERS, provider


def list_reviews() -> list[DocumentStatus]:
    """Every document that waits for a decision, by the read model where there is one. Raises as `list_documents`."""
    if (asked := read_model.shown()) is not None:
        wanted = DocumentFilter(attention=Attention.NEEDS_REVIEW)
        return [row.latest for row in reversed(read_model.all_pages(lambda page: asked.documents(wanted, page)))]
    return [document.latest for document in all_documents().values() if document.in_review]


def decide_review(
    beginning: str,
    decision: ReviewAnswer,
    *,
    actor: str,
    why: str | None,
    wait: float,
    number: str | None = None,
    ettn: str | None = None,
) -> SubmittedEvent:
    """Submits a person's decision about the document whose id begins like this.

    `number` and `ettn` are those that the provider shows, where the decision is that it has issued the document; no
    `ettn` means ours. Raises NotPossibleError when the document waits for no decision, RefusedInputError for what is no
    number or ETTN of GİB's form, and as `find_document`, `hold_names` and `submit` do.
    """
    document = find_document(beginning)
    body = decision_of(document, decision, number=number, ettn=ettn)

    def submit() -> SubmittedEvent:
        return submit_about(document.latest, body, actor=actor, why=why, wait=wait)

    if decision is ReviewAnswer.CONFIRM_ISSUED and body.number is not None:
        return submit_named(document.latest, body.number, body.ettn, submit)
    return submit()


def decision_of(
    document: TrackedDocument, decision: ReviewAnswer, *, number: str | None, ettn: str | None
) -> ReviewDecided:
    """The event that answers the question of the document. Raises as `decide_review` does of one."""
    latest = document.latest
    if not document.in_review:
        raise NotPossibleError(f"Document {latest.document_id} waits for no decision.")
    return ReviewDecided(
        document_id=latest.document_id,
        revision=latest.review_revision,
        decision=decision,
        number=number if number is None or _has_its_own_form(latest.provider) else given_number(number),
        ettn=given_ettn(ettn) if ettn else None,
    )


def _has_its_own_form(name: str) -> bool:
    """Numbers of a provider that is made up are not GİB's."""
    return name in PROVIDERS and provider(name).is_made_up
