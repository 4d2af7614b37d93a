"""The headers of what we emit: CloudEvents in binary mode, and what is handed on from the record that caused it.

No header carries personal data. `ce_id` is derived from the record, so that a reader recognises a repeat.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal

from app.domain.commands import InvoiceCommand
from app.domain.documents import DocumentStatus
from app.domain.identity import derived
from app.domain.notices import OrderNotice
from app.domain.orders import LoggedEvent
from app.domain.outcomes import OrderOutcome
from app.domain.reconciliation import Reconciliation
from app.stream.records import Headers

Emitted = LoggedEvent | OrderOutcome | InvoiceCommand | DocumentStatus | OrderNotice | Reconciliation
Format = Literal["JSON", "AVRO"]

PROPAGATED: Final = frozenset({"correlation-id", "causation-id", "traceparent"})
# Room for any tracing system's identifiers; a longer one is a payload.
LONGEST_PROPAGATED: Final = 256

_SPECVERSION: Final = ("ce_specversion", b"1.0")
_CONTENT_TYPES: Final = {
    "JSON": ("content-type", b"application/json"),
    "AVRO": ("content-type", b"application/avro"),
}


def _outcome_id(outcome: OrderOutcome) -> str:
    """One event may be HELD first, then for another reason or for the first one again, and then get its verdict."""
    told_at = outcome.occurred_at.isoformat()
    return derived("outcome", outcome.event_id, outcome.verdict, outcome.reason or "", told_at)


def _status_id(status: DocumentStatus) -> str:
    return derived("status", status.document_id, str(status.sequence))


_Facts = tuple[tuple[str, bytes], Callable[[Any], str], Callable[[Any], datetime]]
# Each record's ce_type, ce_id and ce_time. Types are for life: consumers filter by them.
_FACTS: Final[dict[type, _Facts]] = {
    LoggedEvent: (("ce_type", b"faturaflow.order.logged.v1"), lambda r: r.event_id, lambda r: r.received_at),
    OrderOutcome: (("ce_type", b"faturaflow.order.judged.v1"), _outcome_id, lambda r: r.occurred_at),
    InvoiceCommand: (("ce_type", b"faturaflow.invoice.commanded.v1"), lambda r: r.command_id, lambda r: r.occurred_at),
    DocumentStatus: (("ce_type", b"faturaflow.document.progressed.v1"), _status_id, lambda r: r.occurred_at),
    OrderNotice: (("ce_type", b"faturaflow.order.noticed.v1"), lambda r: r.notice_id, lambda r: r.occurred_at),
    Reconciliation: (("ce_type", b"faturaflow.day.reconciled.v1"), lambda r: r.event_id, lambda r: r.occurred_at),
}


class HeaderBuilder:
    """Makes the headers of one app's records; `app` is its short name, as in `planner`."""

    def __init__(self, app: str, value_format: Format = "JSON") -> None:
        self._source = ("ce_source", f"/faturaflow/{app}".encode())
        self._content_type = _CONTENT_TYPES[value_format]
        # An event causes several records at one time: what they share is written once.
        self._time: tuple[datetime | None, bytes] = (None, b"")
        self._handed_on: tuple[Headers, Headers] = ((), ())

    def headers(self, record: Emitted, cause: Headers = ()) -> Headers:
        """The record's headers; `cause` are those of the record that led to it."""
        ce_type, ce_id, ce_time = _FACTS[type(record)]
        own = (
            _SPECVERSION,
            ("ce_id", ce_id(record).encode()),
            ce_type,
            self._source,
            ("ce_time", self._written(ce_time(record))),
            self._content_type,
        )
        if cause is not self._handed_on[0]:
            self._handed_on = (cause, propagated(cause))
        return own + self._handed_on[1]

    def _written(self, time: datetime) -> bytes:
        if time is not self._time[0]:
            self._time = (time, time.isoformat().encode())
        return self._time[1]


def propagated(cause: Headers) -> Headers:
    """The headers of a record that go with whatever it causes; each name once, the last counts.

    Upstream decides how many there are, and all of them together must fit into each record that comes of it.
    """
    kept = {
        name: value
        for name, value in cause
        if name in PROPAGATED and value is not None and len(value) <= LONGEST_PROPAGATED
    }
    return tuple(kept.items())
