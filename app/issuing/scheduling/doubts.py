"""One doubt at a time, where a provider is asked by list.

Two invoices may look alike there. While it is not known whether one was made, what appears may be it, so no other one
of the connection is attempted: it could take the first one's document for its own. Contacts and e-documents are found
by what names them, and go on.
"""

from app.issuing.decisions.decisions import (
    AssumeAttempted,
    AwaitConnection,
    Decision,
    Find,
    ReportProgress,
    TakeReview,
    Wait,
    Withdraw,
)
from app.issuing.scheduling.document_queue import QueuedDocument
from providers.base import Step


class Doubts:
    """The documents of one connection that may have been made, and those that wait until that is known.

    Holds nothing that the journal does not: after a rebuild each document that was begun counts as one, until it was
    decided once.
    """

    def __init__(self) -> None:
        self._doubtful: set[str] = set()
        self._held: list[QueuedDocument] = []

    def suspect(self, document: QueuedDocument) -> None:
        """It was begun, and is not decided yet."""
        self._doubtful.add(document.document_id)

    def note(self, document: QueuedDocument, decision: Decision | None, *, is_connected: bool = True) -> None:
        """Learns from what is to be done next for a document; a report says nothing of it.

        `is_connected`: the connection is known. What waits for its owner all the same was never sent.
        """
        self._held = [held for held in self._held if held is not document]
        match decision:
            case Find(step=Step.INVOICE) | Wait(is_doubt=True):
                self._doubtful.add(document.document_id)
            case ReportProgress() | Withdraw() | TakeReview() | AssumeAttempted():
                pass
            case AwaitConnection() if not is_connected:
                pass
            case _:
                self._doubtful.discard(document.document_id)

    def hold_back(self, document: QueuedDocument) -> bool:
        """Whether it waits from now on for another one; `freed` gives it back."""
        if not self._doubtful - {document.document_id}:
            return False
        self._held.append(document)
        return True

    def freed(self) -> list[QueuedDocument]:
        """Those that wait no longer: none while there is a doubt. Of one that is being decided nothing is needed."""
        if self._doubtful:
            return []
        freed, self._held = [held for held in self._held if not held.is_busy], []
        return freed

    def clear(self) -> None:
        """The epoch has ended."""
        self._doubtful.clear()
        self._held.clear()
