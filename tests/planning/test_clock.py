"""Time moves what waits for it, and only when the time has come and nothing is on its way."""

from datetime import datetime, timedelta

from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentOverdue, HoldExpired
from app.domain.policy import DEFAULT_HOLD_MINUTES, DEFAULT_OVERDUE_MINUTES, Trigger
from app.planning.clock import Clock
from app.planning.entries import encode, version_key
from app.stream.entries import Entries
from tests.planning.events import START, Log, document_id, placed, progressed, requested

KEY = b"ORNEK/S-1001"
HOLD, OVERDUE = timedelta(minutes=DEFAULT_HOLD_MINUTES), timedelta(minutes=DEFAULT_OVERDUE_MINUTES)
QUARTER = timedelta(minutes=15)
MOMENT = timedelta(minutes=1)


class Lag:
    def __init__(self, records: int = 0) -> None:
        self.behind = records

    async def records(self) -> int:
        return self.behind


class View:
    def __init__(self, log: Log) -> None:
        self.entries = Entries()
        assert log.state is not None
        self.entries.keep(0, KEY + b"\x1f" + version_key(log.state), encode(log.state))

    def entry(self, partition: int, entity: bytes) -> object:
        return self.entries.of(partition, entity)


async def tell(log: Log, lag: Lag, *moments: datetime) -> list[object]:
    """What the clock says at the last of these moments."""
    clock, view = Clock(lag), View(log)
    clock.watch(0, KEY, log.state)
    events = [await clock.due(moment, view) for moment in moments]
    return [event.body for event in events[-1]]


async def test_a_held_event_expires_after_its_bound_and_a_quarter_of_an_hour_without_lag() -> None:
    log = Log()
    event_id = log.outcome(requested("1")).event_id
    bound = START + HOLD + MOMENT
    assert await tell(log, Lag(), bound - 2 * MOMENT) == []
    assert await tell(log, Lag(), bound) == []
    assert await tell(log, Lag(), bound, bound + QUARTER) == [HoldExpired(event_ids=(event_id,))]


async def test_a_backlog_at_intake_starts_the_quarter_of_an_hour_anew() -> None:
    log, lag = Log(), Lag(3)
    log.append(requested("1"))
    bound = START + HOLD + MOMENT
    assert await tell(log, lag, bound, bound + QUARTER) == []


async def test_a_document_without_news_is_raised_after_its_bound() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    body = DocumentOverdue(document_id=document_id("1", "2", "3"), sequence=1)
    assert await tell(log, Lag(), START + OVERDUE - MOMENT) == []
    assert await tell(log, Lag(), START + OVERDUE + MOMENT) == [body]


async def test_a_document_that_waits_for_a_person_or_has_ended_has_no_clock() -> None:
    document = document_id("1", "2", "3")
    manual, issued, reviewed = Log(Trigger.MANUAL), Log(Trigger.ORDER_PLACED), Log(Trigger.ORDER_PLACED)
    for log in (manual, issued, reviewed):
        log.append(placed())
    issued.append(progressed(document, DocumentState.ISSUED))
    reviewed.append(progressed(document, DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    for log in (manual, issued, reviewed):
        assert await tell(log, Lag(), START + OVERDUE * 100) == []


async def test_the_clock_says_the_same_with_the_same_id_until_it_is_folded() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    clock, view, late = Clock(Lag()), View(log), START + OVERDUE + MOMENT
    clock.watch(0, KEY, log.state)
    first, second = await clock.due(late, view), await clock.due(late + MOMENT, view)
    assert [event.event_id for event in first] == [event.event_id for event in second]
    log.append(first[0].body, policy=None)
    clock.watch(0, KEY, log.state)
    assert not await clock.due(late + MOMENT, view)
