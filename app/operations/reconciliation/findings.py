"""From what a comparison has found to the events that say so: the same finding is one event, however often. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from app.domain.identity import derived
from app.domain.reconciliation import (
    DayReconciled,
    DayResult,
    Discrepancy,
    Finding,
    FindingState,
    Reconciliation,
    event_id_of,
    finding_id,
)
from app.operations.reconciliation.comparing import Compared, Difference
from app.tracking.reconciliations import ConnectionDay, TrackedFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Whose day it is, and where."""

    day: ConnectionDay
    provider: str

    def event(self, event_id: str, body: Finding | DayReconciled, at: datetime) -> Reconciliation:
        """An event about it."""
        business, connection, day = self.day
        return Reconciliation(
            event_id=event_id,
            business=business,
            connection=connection,
            provider=self.provider,
            day=day,
            body=body,
            occurred_at=at,
        )


def changes(
    place: Place, compared: Compared, known: Mapping[str, TrackedFinding], at: datetime
) -> Iterator[Reconciliation]:
    """What is new: findings that are opened, have changed, or are found no longer.

    `known`: the day's findings. One about a document that was not answered for stays as it is.
    """
    found = {each.finding_id: each for each in (finding_of(place.day, one) for one in compared.differences)}
    for name, finding in found.items():
        before = known[name].finding if name in known else None
        if before is None or not _is_alike(before, finding):
            changed = replace(finding, sequence=before.sequence + 1 if before else 1)
            yield place.event(event_id_of(changed), changed, at)
    unanswered = {each.document_id for each in compared.unanswered}
    for name, tracked in known.items():
        if tracked.is_open and name not in found and tracked.finding.document_id not in unanswered:
            resolved = replace(
                tracked.finding, state=FindingState.RESOLVED, sequence=tracked.finding.sequence + 1, said=""
            )
            yield place.event(event_id_of(resolved), resolved, at)


def _is_alike(before: Finding, now: Finding) -> bool:
    """Whether nothing of it is news; the sentence follows from the rest."""
    return replace(now, sequence=before.sequence, said=before.said) == before


def finding_of(day: ConnectionDay, each: Difference) -> Finding:
    """The difference as a finding, opened for the first time."""
    ours, row = each.ours, each.row
    names = ours if ours is not None and each.kind is not Discrepancy.MISSING_HERE else row
    return Finding(
        finding_id=finding_id(*day, each.kind, each.subject),
        sequence=1,
        state=FindingState.OPEN,
        kind=each.kind,
        document_id=ours.document_id if ours else None,
        order_reference=ours.order_reference if ours else None,
        provider_reference=row.provider_reference if row else None,
        document_type=names.document_type if names else None,
        number=names.number if names else None,
        ettn=names.ettn if names else None,
        state_here=ours.state if ours else None,
        state_there=each.there,
        payable_here=each.amount.payable if each.amount else None,
        payable_there=row.payable if row else None,
        currency_here=each.amount.currency if each.amount else None,
        currency_there=row.currency if row else None,
        said=each.said,
    )


def day_event(place: Place, outcome: DayReconciled, at: datetime) -> Reconciliation:
    """The end of one comparison. Two at one time are one."""
    business, connection, day = place.day
    event_id = derived("day-reconciled", business, connection, day.isoformat(), at.isoformat())
    return place.event(event_id, outcome, at)


def outcome_of(compared: Compared, types: Iterable[str], said: str = "") -> DayReconciled:
    """What a comparison came to, where the provider gave its list."""
    whole = not compared.unanswered
    left = f"{len(compared.unanswered)} documents were not answered for"
    return DayReconciled(
        result=DayResult.COMPARED if whole else DayResult.NOT_WHOLE,
        document_types=tuple(sorted(types)),  # type: ignore[arg-type]
        listed=compared.listed,
        agreeing=compared.agreeing,
        others=compared.others,
        not_listed=compared.not_listed,
        amounts_unknown=compared.amounts_unknown,
        discrepancies=len(compared.differences),
        said=said or ("" if whole else left),
    )
