"""Documents that a person signs at their provider, with a code that comes by telephone.

The code goes from the person to the provider and is kept nowhere. That a person signs is in the order's log before the
code is given, so that the issuer looks for the signature, whatever becomes of this process; what was signed is known by
the provider's own state alone, and a document that is signed already is not signed again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeVar

from app.domain.documents import UNSIGNED, Attention, DocumentStatus
from app.domain.orders import OrderEvent, SignatureRequested
from app.operations import submit
from app.operations.documents import find_document, hint_of, issued_of
from app.operations.errors import NotPossibleError, RefusedInputError, UnavailableError
from app.operations.logins.asking import SECONDS, ask_provider
from app.settings import settings
from app.store import Store
from providers.base import (
    Adapter,
    CodeSent,
    CodeTaken,
    Done,
    FindsIssued,
    Issued,
    NotSent,
    Refused,
    Signs,
    Unknown,
)

R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartedSigning:
    """A code is on its way to a person. `reference` names the signing, `to` where the code went."""

    documents: Sequence[DocumentStatus]
    reference: str
    to: str


def start_signing(beginnings: Sequence[str]) -> StartedSigning:
    """Lets the provider of these documents send a code to its person. Signs nothing, and is in no log.

    Raises NotPossibleError for documents that cannot be signed together through us, UnavailableError where the provider
    does not answer, StoreError, and as `find_document` and `ask_provider` do.
    """
    documents = to_be_signed(beginnings)

    async def start(adapter: Adapter) -> CodeSent | NotSent | Refused | Unknown:
        return await signer_of(adapter, documents).start_signing(all_issued(documents, adapter), SECONDS)

    match _asked(documents, start):
        case CodeSent() as sent:
            return StartedSigning(documents=documents, reference=sent.reference, to=sent.to)
        case other:
            raise refusal_of(other, "No code was sent")


def finish_signing(
    beginnings: Sequence[str], reference: str, code: str, *, actor: str, why: str | None, wait: float
) -> Mapping[str, str]:
    """Signs these documents with a person's code; returns each one's state at its provider then.

    `reference`: of the signing that was started. A code that is refused may be given again; after a lost answer the
    states show what was signed. Raises RefusedInputError without a code, and as `start_signing` and `submit` do.
    """
    if not code.strip():
        raise RefusedInputError("A signing needs the code that has come by telephone.")
    documents = to_be_signed(beginnings)
    announce(documents, actor=actor, why=why, wait=wait)

    async def finish(adapter: Adapter) -> CodeTaken | NotSent | Refused | Unknown:
        issued = all_issued(documents, adapter)
        return await signer_of(adapter, documents).finish_signing(issued, reference, code.strip(), SECONDS)

    match _asked(documents, finish):
        case CodeTaken() | Unknown():
            return _asked(documents, lambda adapter: states_of(adapter, documents))
        case other:
            raise refusal_of(other, "Nothing was signed")


def to_be_signed(beginnings: Sequence[str]) -> list[DocumentStatus]:
    """The documents with these beginnings of ids, each once, if they wait for a signature of one connection.

    Raises NotPossibleError, and as `find_document` does.
    """
    found = {latest.document_id: latest for latest in (find_document(each).latest for each in beginnings)}
    documents = list(found.values())
    for latest in documents:
        if latest.attention is Attention.AWAITING_APPROVAL:
            raise NotPossibleError(f"Document {latest.document_id} waits for its approval: approve it first.")
        if latest.attention is Attention.NEEDS_REVIEW:
            raise NotPossibleError(f"Document {latest.document_id} is in review: decide it first.")
        if latest.state not in UNSIGNED or latest.document_type is None:
            raise NotPossibleError(f"Document {latest.document_id} is {latest.state}, and waits for no signature.")
    if len({(latest.business, latest.connection) for latest in documents}) != 1:
        raise NotPossibleError("Only documents of one connection can be signed together.")
    return documents


def announce(documents: Sequence[DocumentStatus], *, actor: str, why: str | None, wait: float) -> None:
    """Writes to each order's log that a person signs. Raises NotPossibleError where it is refused, and as `submit`."""
    events = [
        OrderEvent(
            business=latest.business,
            order_reference=latest.order_reference,
            body=SignatureRequested(document_id=latest.document_id),
            occurred_at=datetime.now(UTC),
            actor=actor,
            reason=why,
        )
        for latest in documents
    ]
    for submitted in submit.submit(events, wait):
        if submitted.is_rejected and submitted.outcome:
            raise NotPossibleError(submitted.outcome.errors[0].message)


def signer_of(adapter: Adapter, documents: Sequence[DocumentStatus]) -> Signs:
    """The adapter, if it can sign all of these. Raises NotPossibleError."""
    provider = adapter.capabilities.provider
    if not isinstance(adapter, Signs) or {latest.document_type for latest in documents} - adapter.capabilities.signs:
        raise NotPossibleError(f"{provider} does not let us sign: {hint_of(documents[0])}.")
    return adapter


async def states_of(adapter: Adapter, documents: Sequence[DocumentStatus]) -> dict[str, str]:
    """The state of each document at its provider now; what is no state says what was found instead."""
    assert isinstance(adapter, FindsIssued)
    states = {}
    for latest in documents:
        found = await adapter.find_issued(issued_of(latest, adapter), SECONDS)
        states[latest.document_id] = str(found.state) if isinstance(found, Done) else type(found).__name__
    return states


def all_issued(documents: Sequence[DocumentStatus], adapter: Adapter) -> list[Issued]:
    """Each of them as its provider knows it."""
    return [issued_of(latest, adapter) for latest in documents]


def _asked(documents: Sequence[DocumentStatus], question: Callable[[Adapter], Awaitable[R]]) -> R:
    with Store.open(settings()) as store:
        return ask_provider(store, documents[0].business, documents[0].connection, question)


def refusal_of(answer: NotSent | Refused | Unknown, what: str) -> NotPossibleError | UnavailableError:
    """Why the provider did not do it."""
    if isinstance(answer, Refused):
        return NotPossibleError(f"{what}: {'; '.join(error.message for error in answer.errors)}")
    return UnavailableError(f"{what}: {answer.why}")
