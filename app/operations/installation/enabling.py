"""Switching a connection on or off. What waits for it is first asked about: nothing old is issued by surprise."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from app.domain.documents import DEAD, Attention, DocumentState, DocumentStatus
from app.domain.orders import DocumentCancellationRequested, OrderEvent
from app.operations import documents
from app.operations.errors import NotFoundError, NotPossibleError, UnavailableError
from app.operations.submit import submit
from app.settings import settings
from app.store import Store
from app.stream.clients.errors import TopicUnreadableError
from app.stream.errors import TopicMissingError
from app.tracking.documents import TrackedDocument

LEFT_REASON: Final = "The connection was switched on for what comes from now on."
# Waits for a person's word, not for its connection.
_WAITS_FOR_A_PERSON: Final = frozenset({Attention.AWAITING_APPROVAL, Attention.NEEDS_REVIEW, Attention.FROZEN})
_PAUSE_SECONDS: Final = 0.5


class Waiting(StrEnum):
    """What becomes of the documents that wait for a connection when it is switched on."""

    ISSUE = "issue"
    LEAVE = "leave"  # withdrawn: their lines are open, and only a request for an invoice issues them


def documents_waiting(business: str, name: str) -> tuple[DocumentStatus, ...]:
    """The documents that are planned at this connection and were never sent, the oldest change first.

    Where there is no topic of their states yet, none waits. Raises UnavailableError, TopicUnreadableError and
    CodecError.
    """
    waiting = [
        document.latest
        for document in known_documents().values()
        if document.matches(business=business, order=None, state=DocumentState.PLANNED)
        and document.latest.connection == name
        and _was_never_sent(document)
    ]
    return tuple(sorted(waiting, key=lambda each: each.occurred_at))


def enable_connection(business: str, name: str, *, waiting: Waiting | None, actor: str, wait: float) -> None:
    """Switches a connection on, once `waiting` says what becomes of the documents that wait for it.

    Those that are left are withdrawn before; where that is not done within `wait` seconds, the connection stays off.
    Without `waiting` it is switched on only where none waits.
    Raises NotFoundError without such a connection, NotPossibleError where documents wait and nothing is said of them or
    they cannot all be withdrawn, StoreError, and as `documents_waiting` and `submit` do.
    """
    with Store.open(settings()) as store:
        _refuse_unknown(store, business, name)
        decide_waiting(business, name, waiting=waiting, actor=actor, wait=wait)
        store.switch(business, name, on=True, actor=actor)


def disable_connection(business: str, name: str, *, actor: str) -> None:
    """Switches a connection off: nothing is sent or asked there, and its documents wait.

    Raises NotFoundError without such a connection, and StoreError.
    """
    with Store.open(settings()) as store:
        _refuse_unknown(store, business, name)
        store.switch(business, name, on=False, actor=actor)


def decide_waiting(business: str, name: str, *, waiting: Waiting | None, actor: str, wait: float) -> None:
    """Does what `waiting` says of the documents that wait for a connection, before it is switched on.

    Raises as `enable_connection` does.
    """
    if waiting is Waiting.ISSUE:
        return
    try:
        found = documents_waiting(business, name)
    except (UnavailableError, TopicUnreadableError) as unasked:
        raise UnavailableError(
            f"Whether documents wait for {business}'s connection {name} cannot be found out: {unasked} With "
            f"`--waiting {Waiting.ISSUE}` it is switched on all the same, and those that wait are issued."
        ) from unasked
    if not found:
        return
    if waiting is None:
        raise NotPossibleError(
            f"{len(found)} documents wait for {business}'s connection {name}: say `--waiting {Waiting.ISSUE}` "
            f"to have them issued, or `--waiting {Waiting.LEAVE}` to issue only what comes from now on."
        )
    _withdraw(found, actor=actor, wait=wait)
    left = _wait_until_ended({each.document_id for each in found}, wait)
    if left:
        raise NotPossibleError(
            f"{len(left)} of {len(found)} documents were not withdrawn within {wait:.0f} s, so the connection stays "
            f"off: do the planner and the issuer run? The first is {min(left)}."
        )


def known_documents() -> dict[str, TrackedDocument]:
    """As `documents.all_documents`; none where there is no topic of their states yet."""
    try:
        return documents.all_documents()
    except TopicUnreadableError as unreadable:
        if isinstance(unreadable.__cause__, TopicMissingError):
            return {}
        raise


def _withdraw(found: Iterable[DocumentStatus], *, actor: str, wait: float) -> None:
    """Asks for each: the planner answers which it takes."""
    at = datetime.now(UTC)
    submit(
        [
            OrderEvent(
                business=each.business,
                order_reference=each.order_reference,
                body=DocumentCancellationRequested(document_id=each.document_id, reason=LEFT_REASON),
                occurred_at=at,
                actor=actor,
            )
            for each in found
        ],
        wait,
    )


def _wait_until_ended(ids: set[str], wait: float) -> set[str]:
    """Those that have not ended within `wait` seconds."""
    ends = time.monotonic() + wait
    while True:
        known = documents.all_documents()
        left = {each for each in ids if known[each].latest.state not in DEAD}
        if not left or time.monotonic() >= ends:
            return left
        time.sleep(_PAUSE_SECONDS)


def _was_never_sent(document: TrackedDocument) -> bool:
    """It waits for its connection alone: neither for a person nor for the answer to an earlier attempt."""
    if document.latest.attention in _WAITS_FOR_A_PERSON:
        return False
    return all(status.attention is not Attention.UNCERTAIN for status in document.history)


def _refuse_unknown(store: Store, business: str, name: str) -> None:
    if name not in {each.name for each in store.connections(business)}:
        raise NotFoundError(f"{business} has no connection {name}: add it with `faturaflow connections add`.")
