"""What a person asks for: a business's day compared now, and the findings that are open."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from app.domain.time import legal_date
from app.operations.errors import NotFoundError, NotPossibleError, RefusedInputError
from app.operations.reconciliation.due import due_days
from app.operations.reconciliation.run import (
    ComparedDay,
    known_here,
    known_reconciliations,
    reconcile_connection,
)
from app.settings import settings
from app.store import ConnectionListing, Store
from app.tracking.reconciliations import ConnectionDay, TrackedDay, TrackedFinding
from providers.registry import PROVIDERS


def reconcile(business: str, day: date | None, name: str | None, now: datetime) -> Sequence[ComparedDay]:
    """Compares a day, without one yesterday in Turkey, of one connection or of each that is on.

    Raises RefusedInputError for a day that has not come, NotFoundError without the business or the connection,
    NotPossibleError where the business has no connection that is on, and as `reconcile_connection` does.
    """
    day = day or legal_date(now) - timedelta(days=1)
    if day > legal_date(now):
        raise RefusedInputError(f"{day} has not come yet in Turkey.")
    with Store.open(settings()) as store:
        chosen = _chosen(store, business, name)
        known = known_here()
        return [
            reconcile_connection(store, each, ConnectionDay(business, each.name, day), known, now) for each in chosen
        ]


def _chosen(store: Store, business: str, name: str | None) -> Sequence[ConnectionListing]:
    if business not in store.businesses():
        raise NotFoundError(f"There is no business {business}: see `faturaflow config show`.")
    found = [each for each in store.connections(business) if each.provider in PROVIDERS]
    if name is not None:
        found = [each for each in found if each.name == name]
        if not found:
            raise NotFoundError(f"{business} has no connection {name}.")
        return found
    if not (enabled := [each for each in found if each.enabled]):
        raise NotPossibleError(f"{business} has no connection that is on: name one, or switch one on.")
    return enabled


def reconcile_due(now: datetime, done: Callable[[ComparedDay], None], *, is_over: Callable[[], bool]) -> None:
    """Compares each day that is due, of every connection that is on; `done` gets each. Ends between two of them.

    Raises as `reconcile_connection` does.
    """
    with Store.open(settings()) as store:
        listed = {
            (each.business, each.name): each
            for each in store.connections()
            if each.enabled and not each.needs_owner and each.provider in PROVIDERS
        }
        due = [*due_days(listed, known_reconciliations(), now)]
        if not due:
            return
        known = known_here()
        for day in due:
            if is_over():
                return
            done(reconcile_connection(store, listed[day[:2]], day, known, now))


def list_findings(
    business: str | None = None, *, resolved: bool = False, limit: int
) -> tuple[Sequence[TrackedFinding], Sequence[TrackedDay]]:
    """The latest findings, of one business or of all, open ones unless `resolved` too; and how each day went last.

    Of the days those that were not COMPARED. Raises UnavailableError, TopicUnreadableError and CodecError.
    """
    known = known_reconciliations()
    findings = [
        each
        for each in known.findings.values()
        if business in {None, each.event.business} and (resolved or each.is_open)
    ]
    days = [each for each in known.days.values() if business in {None, each.event.business}]
    findings.sort(key=lambda each: (each.event.day, each.event.occurred_at))
    return findings[-limit:], sorted(days, key=lambda each: (each.event.day, each.event.occurred_at))[-limit:]
