"""From reconciliation events to findings and days: the latest of each. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.domain.reconciliation import DayReconciled, Finding, FindingState, Reconciliation


class ConnectionDay(NamedTuple):
    """One connection's day."""

    business: str
    connection: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedFinding:
    """A finding as it is now; `event` is its latest."""

    event: Reconciliation
    finding: Finding

    @property
    def is_open(self) -> bool:
        return self.finding.state is FindingState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackedDay:
    """How a day was compared last."""

    event: Reconciliation
    outcome: DayReconciled


@dataclass(slots=True)
class Reconciliations:
    """All that the topic says: findings by their id, in the sequence in which they were found first; days by name."""

    findings: dict[str, TrackedFinding] = field(default_factory=dict)
    days: dict[ConnectionDay, TrackedDay] = field(default_factory=dict)

    def of_day(self, day: ConnectionDay) -> dict[str, TrackedFinding]:
        """The findings of one day, by their id."""
        return {name: each for name, each in self.findings.items() if day_of(each.event) == day}

    def open_on(self, day: ConnectionDay) -> bool:
        """Whether a finding of the day is open."""
        return any(each.is_open for each in self.of_day(day).values())


def day_of(event: Reconciliation) -> ConnectionDay:
    """The day that an event is about."""
    return ConnectionDay(event.business, event.connection, event.day)


def track_reconciliations(events: Iterable[Reconciliation]) -> Reconciliations:
    """The latest of each finding and day. A repeat changes nothing, in whatever sequence it comes."""
    known = Reconciliations()
    for event in events:
        match event.body:
            case Finding() as finding:
                before = known.findings.get(finding.finding_id)
                if before is None or finding.sequence > before.finding.sequence:
                    known.findings[finding.finding_id] = TrackedFinding(event=event, finding=finding)
            case DayReconciled() as outcome:
                day = day_of(event)
                last = known.days.get(day)
                if last is None or event.occurred_at > last.event.occurred_at:
                    known.days[day] = TrackedDay(event=event, outcome=outcome)
    return known
