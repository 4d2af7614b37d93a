"""One doubt at a time about what cannot be told apart.

Where a provider is asked by list, two invoices may look alike. While it is not known whether one was made, what appears
may be it, so no other one of the connection is attempted: it could take the first one's document for its own.

A contact is one for all orders of a buyer: while one order looks for it and makes it, and while it is not known whether
it was made, the buyer's other orders wait. Other buyers' orders, and other steps, go on.
"""

from collections import defaultdict
from typing import Final

from app.issuing.decisions.decisions import (
    AssumeAttempted,
    Attempt,
    AwaitConnection,
    Decision,
    Find,
    ReportProgress,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.scheduling.document_queue import QueuedDocument
from providers.base import BuyerKey, Prepared, Step

# What a doubt is about: any invoice of the connection, or the contact of a buyer, by the buyer's identity.
INVOICES: Final = "INVOICES"


def contact_of(decision: Decision | None) -> str | None:
    """The identity of the buyer whose contact is to be made, or asked for after an attempt."""
    match decision:
        case Attempt(step=Step.CONTACT, prepared=Prepared(buyer=BuyerKey(identity=identity))):
            return identity
        case Find(step=Step.CONTACT, prepared=Prepared(buyer=BuyerKey(identity=identity))):
            return identity
        case Wait(contact_of=str() as identity):
            return identity
    return None


class Doubts:
    """The documents of one connection that may have been made, and those that wait until that is known.

    Holds nothing that the journal does not: after a rebuild each document that was begun may be in any doubt, until it
    was decided once.
    """

    def __init__(self) -> None:
        self._suspects: set[str] = set()
        # Document → what its doubt is about; and the other way round.
        self._about: dict[str, str] = {}
        self._doubtful: defaultdict[str, set[str]] = defaultdict(set)
        # What it waits for → the documents that wait, by their ids.
        self._held: defaultdict[str, dict[str, QueuedDocument]] = defaultdict(dict)

    def suspect(self, document: QueuedDocument) -> None:
        """It was begun, and is not decided yet."""
        self._suspects.add(document.document_id)

    def note(self, document: QueuedDocument, decision: Decision | None, *, is_connected: bool = True) -> None:
        """Learns from what is to be done next for a document; a report says nothing of it.

        `is_connected`: the connection is known. What waits for its owner all the same was never sent.
        """
        for held in self._held.values():
            held.pop(document.document_id, None)
        match decision:
            case ReportProgress() | Withdraw() | TakeReview() | AssumeAttempted():
                return
            case AwaitConnection() if not is_connected:
                return
            case Find(step=Step.INVOICE) | Wait(is_doubt=True):
                self.begin(document, INVOICES)
            case Find() | Wait() if buyer := contact_of(decision):
                self.begin(document, buyer)
            case _:
                self._end(document)
        self._suspects.discard(document.document_id)

    def begin(self, document: QueuedDocument, about: str) -> None:
        """From now on it may make such a thing, or may have made one; until `note` learns otherwise."""
        self._end(document)
        self._about[document.document_id] = about
        self._doubtful[about].add(document.document_id)

    def hold_back(self, document: QueuedDocument, about: str) -> bool:
        """Whether it waits from now on for another one; `freed` gives it back."""
        if not self._is_blocked(about, {document.document_id}):
            return False
        self._end(document)
        self._held[about][document.document_id] = document
        return True

    def freed(self) -> list[QueuedDocument]:
        """Those that wait no longer. Of one that is being decided nothing is needed."""
        ended = [about for about in self._held if not self._is_blocked(about, set())]
        waited = [document for about in ended for document in self._held.pop(about).values()]
        return [document for document in waited if not document.is_busy]

    def clear(self) -> None:
        """The epoch has ended."""
        for each in (self._suspects, self._about, self._doubtful, self._held):
            each.clear()

    def _is_blocked(self, about: str, own: set[str]) -> bool:
        return bool(self._suspects - own) or bool(self._doubtful.get(about, set()) - own)

    def _end(self, document: QueuedDocument) -> None:
        about = self._about.pop(document.document_id, None)
        if about is not None:
            self._doubtful[about].discard(document.document_id)
            if not self._doubtful[about]:
                del self._doubtful[about]
