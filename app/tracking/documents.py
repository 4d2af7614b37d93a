"""From status events to documents: the latest state of each, and how it came there. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from app.domain.documents import DEAD, UNSIGNED, Attention, DocumentState, DocumentStatus, Intent


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedDocument:
    """One document's status events by sequence number; a repeated one counts once."""

    history: tuple[DocumentStatus, ...]

    @property
    def latest(self) -> DocumentStatus:
        """The document's last status."""
        return self.history[-1]

    @property
    def credit_reference(self) -> str | None:
        """Of what takes back: the merchant's reference, also where another document has taken its place since."""
        return next((each.credit_reference for each in reversed(self.history) if each.credit_reference), None)

    @property
    def original(self) -> str | None:
        """Of what takes back: the document that had its lines."""
        return next((each.original for each in reversed(self.history) if each.original), None)

    @property
    def said(self) -> str | None:
        """The last that its provider or its issuer has said of it; None where there was nothing to say."""
        spoken = next((each for each in reversed(self.history) if each.errors or each.evidence), None)
        if spoken is None:
            return None
        return spoken.errors[0].message if spoken.errors else spoken.evidence[-1].detail or spoken.evidence[-1].what

    @property
    def in_review(self) -> bool:
        """A person must decide."""
        return self.latest.attention is Attention.NEEDS_REVIEW

    @property
    def waits_for_person(self) -> bool:
        """Something is to be looked at, or it waits for a signature."""
        return self.latest.attention is not None or self.latest.state in UNSIGNED

    @property
    def gaps(self) -> tuple[int, ...]:
        """Sequence numbers that are missing between 1 and the latest."""
        known = {status.sequence for status in self.history}
        return tuple(number for number in range(1, self.latest.sequence) if number not in known)

    @property
    def was_adopted(self) -> bool:
        """After a doubt it was found at the provider: what came next was already beyond PLANNED."""
        doubts = [
            n
            for n, status in enumerate(self.history)
            if status.attention is Attention.UNCERTAIN and status.state is not DocumentState.CANCEL_PENDING
        ]
        after = self.history[doubts[-1] + 1 :] if doubts else ()
        return bool(after) and after[0].state is not DocumentState.PLANNED and after[0].state not in DEAD

    def matches(
        self,
        *,
        business: str | None,
        order: str | None,
        state: DocumentState | None,
        intent: Intent | None = None,
        attention: bool = False,
    ) -> bool:
        """Whether the document fits a filter; None lets everything through. `attention`: only what needs a person."""
        latest = self.latest
        return (
            business in {None, latest.business}
            and order in {None, latest.order_reference}
            and state in {None, latest.state}
            and intent in {None, latest.intent}
            and (self.waits_for_person or not attention)
        )


def track(statuses: Iterable[DocumentStatus]) -> dict[str, TrackedDocument]:
    """Documents by id, each with its history in sequence; in the order of their first status."""
    known: dict[str, dict[int, DocumentStatus]] = {}
    for status in statuses:
        known.setdefault(status.document_id, {}).setdefault(status.sequence, status)
    return {document_id: _tracked(history) for document_id, history in known.items()}


def _tracked(history: Mapping[int, DocumentStatus]) -> TrackedDocument:
    return TrackedDocument(history=tuple(history[number] for number in sorted(history)))
