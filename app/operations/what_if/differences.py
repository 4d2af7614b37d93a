"""What of an order would be otherwise: its documents, and the answers to its events. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Final

from app.domain.outcomes import OrderOutcome
from app.operations.what_if.replay import PlannedOtherwise, Replay

# These name a document or say the same as another field.
_NOT_COMPARED: Final = frozenset({"document_id", "intent", "attempt", "lines", "asked_by_type", "provider"})


class Change(StrEnum):
    """What becomes of one document."""

    NOT_MADE = "NOT_MADE"
    """It was planned, and would not be."""
    MADE = "MADE"
    """It was not planned, and would be."""
    OTHERWISE = "OTHERWISE"
    """It is planned either way, and something of it differs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentDifference:
    """One document. `fields`: of OTHERWISE the names of the fields that differ."""

    change: Change
    was: PlannedOtherwise | None
    would_be: PlannedOtherwise | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDifference:
    """One event that would be answered otherwise: verdict and reason, None where it has no answer."""

    event_id: str
    event_type: str
    was: tuple[str, str | None] | None
    would_be: tuple[str, str | None] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDifference:
    """One order of which something would be otherwise. `poisoned`: why events of it could not be folded then."""

    order_key: str
    documents: tuple[DocumentDifference, ...]
    answers: tuple[AnswerDifference, ...]
    poisoned: tuple[str, ...]


def differences(order_key: str, was: Replay, would: Replay) -> OrderDifference | None:
    """What differs between both replays of one log; None where nothing does."""
    documents = tuple(_documents(was.documents(), would.documents()))
    answers = tuple(_answers(was, would))
    poisoned = tuple(would.poisoned) if would.poisoned != was.poisoned else ()
    if not documents and not answers and not poisoned:
        return None
    return OrderDifference(order_key=order_key, documents=documents, answers=answers, poisoned=poisoned)


def _documents(
    was: Mapping[str, PlannedOtherwise], would: Mapping[str, PlannedOtherwise]
) -> Iterator[DocumentDifference]:
    for name in {**was, **would}:
        before, after = was.get(name), would.get(name)
        if before is None or after is None:
            change = Change.MADE if before is None else Change.NOT_MADE
            yield DocumentDifference(change=change, was=before, would_be=after)
        elif changed := _changed(before, after):
            yield DocumentDifference(change=Change.OTHERWISE, was=before, would_be=after, fields=changed)


def _changed(was: PlannedOtherwise, would: PlannedOtherwise) -> tuple[str, ...]:
    names = (each.name for each in fields(was) if each.name not in _NOT_COMPARED)
    return tuple(name for name in names if getattr(was, name) != getattr(would, name))


def _answers(was: Replay, would: Replay) -> Iterator[AnswerDifference]:
    for event_id in {**was.outcomes, **would.outcomes}:
        before, after = _said(was.outcomes.get(event_id)), _said(would.outcomes.get(event_id))
        if before != after:
            kind = (was.outcomes.get(event_id) or would.outcomes[event_id]).event_type
            yield AnswerDifference(event_id=event_id, event_type=kind, was=before, would_be=after)


def _said(outcome: OrderOutcome | None) -> tuple[str, str | None] | None:
    return (outcome.verdict, outcome.reason) if outcome else None
