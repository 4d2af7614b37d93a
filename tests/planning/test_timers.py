"""Time moves what waits for it, and only when the time has come and nothing is on its way."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentOverdue, HoldExpired, ReviewAnswer, ReviewDecided
from app.domain.policy import DEFAULT_HOLD_MINUTES, DEFAULT_OVERDUE_MINUTES, Trigger
from app.planning.order_entries import encode, version_key
from app.planning.rules.freezing import frozen_state
from app.planning.timers import APPENDED_AGAIN_AFTER, Timers
from app.stream.errors import LagUnknownError
from app.stream.table_memory import Entries
from tests.planning.events import START, Log, document_id, placed, progressed, requested

KEY = b"ORNEK/S-1001"
HOLD, OVERDUE = timedelta(minutes=DEFAULT_HOLD_MINUTES), timedelta(minutes=DEFAULT_OVERDUE_MINUTES)
QUARTER = timedelta(minutes=15)
MOMENT = timedelta(minutes=1)


class Intake:
    """Intake's progress on a topic that ends at `end`; what it has finished is `done`."""

    def __init__(self, done: int = 100, end: int = 100) -> None:
        self.done = done
        self.end = end
        self.is_unknown = False

    async def ends(self) -> Mapping[int, int]:
        return {0: self.end}

    async def has_passed(self, ends: Mapping[int, int]) -> bool:
        if self.is_unknown:
            raise LagUnknownError
        return self.done >= ends[0]


class View:
    def __init__(self, log: Log) -> None:
        self.entries = Entries()
        assert log.state is not None
        self.entries.keep(0, KEY + b"\x1f" + version_key(log.state), encode(log.state))

    def entry(self, partition: int, entity: bytes) -> object:
        return self.entries.of(partition, entity)


async def tell(log: Log, intake: Intake, *moments: datetime) -> list[object]:
    """What the timers says at the last of these moments."""
    timers, view = Timers(intake), View(log)
    timers.watch(0, KEY, log.state)
    events = [await timers.due(moment, view) for moment in moments]
    return [event.body for event in events[-1]]


async def test_a_held_event_expires_after_its_bound_and_a_quarter_of_an_hour_past_what_stood_in_the_topic() -> None:
    log = Log()
    event_id = log.outcome(requested("1")).event_id
    bound = START + HOLD + MOMENT
    assert await tell(log, Intake(), bound - 2 * MOMENT) == []
    assert await tell(log, Intake(), bound) == []
    assert await tell(log, Intake(), bound, bound + QUARTER) == [HoldExpired(event_ids=(event_id,))]


async def test_new_orders_that_keep_coming_do_not_keep_a_hold_alive() -> None:
    log, intake = Log(), Intake()
    log.append(requested("1"))
    timers, view, bound = Timers(intake), View(log), START + HOLD + MOMENT
    timers.watch(0, KEY, log.state)
    for minute in range(15):
        assert not await timers.due(bound + minute * MOMENT, view)
        intake.end += 100  # always more to read than was read
        intake.done += 90
    assert await timers.due(bound + QUARTER, view)


async def test_a_hold_waits_as_long_as_intake_has_not_read_what_stood_before_its_bound() -> None:
    log, intake = Log(), Intake(done=10)
    log.append(requested("1"))
    bound = START + HOLD + MOMENT
    assert await tell(log, intake, bound, bound + QUARTER, bound + 4 * QUARTER) == []


async def test_a_broker_that_does_not_say_is_not_a_topic_that_was_read() -> None:
    log, intake = Log(), Intake()
    intake.is_unknown = True
    log.append(requested("1"))
    bound = START + HOLD + MOMENT
    assert await tell(log, intake, bound, bound + QUARTER) == []


async def test_in_a_frozen_order_documents_have_their_clock_and_holds_wait_for_the_thaw() -> None:
    log, empty = Log(Trigger.ORDER_PLACED), Log()
    log.append(placed())
    empty.append(requested("1"))
    for each in (log, empty):
        each.state = frozen_state(each.state, "poisoned", "FOLD_FAILED")
    body = DocumentOverdue(document_id=document_id("1", "2", "3"), sequence=1)
    assert await tell(log, Intake(), START + OVERDUE * 100) == [body]
    bound = START + HOLD + MOMENT
    assert await tell(empty, Intake(), bound, bound + QUARTER) == []


async def test_a_decision_gives_the_issuer_its_time() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    document = document_id("1", "2", "3")
    log.append(progressed(document, DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    late = START + OVERDUE * 100
    decided = ReviewDecided(document_id=document, revision=1, decision=ReviewAnswer.CONFIRM_ABSENT)
    log.append(decided, received_at=late)
    assert await tell(log, Intake(), late + MOMENT) == []
    assert len(await tell(log, Intake(), late + OVERDUE)) == 1


async def test_what_was_said_is_said_again_only_after_minutes() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    timers, view, late = Timers(Intake()), View(log), START + OVERDUE + MOMENT
    timers.watch(0, KEY, log.state)
    said = [len(await timers.due(late + timedelta(seconds=5 * tick), view)) for tick in range(240)]
    assert sum(said) == 2


async def test_a_document_without_news_is_raised_after_its_bound() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    body = DocumentOverdue(document_id=document_id("1", "2", "3"), sequence=1)
    assert await tell(log, Intake(), START + OVERDUE - MOMENT) == []
    assert await tell(log, Intake(), START + OVERDUE + MOMENT) == [body]


async def test_a_document_that_waits_for_a_person_or_has_ended_has_no_clock() -> None:
    document = document_id("1", "2", "3")
    manual, issued, reviewed = Log(Trigger.MANUAL), Log(Trigger.ORDER_PLACED), Log(Trigger.ORDER_PLACED)
    for log in (manual, issued, reviewed):
        log.append(placed())
    issued.append(progressed(document, DocumentState.ISSUED))
    reviewed.append(progressed(document, DocumentState.PLANNED, attention=Attention.NEEDS_REVIEW, review_revision=1))
    for log in (manual, issued, reviewed):
        assert await tell(log, Intake(), START + OVERDUE * 100) == []


async def test_news_that_change_nothing_legal_do_not_stop_the_clock_of_a_document() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    for hour in range(1, 4):
        for attention in (Attention.UNCERTAIN, None):
            at = START + timedelta(hours=hour)
            log.append(
                progressed(document_id("1", "2", "3"), DocumentState.PLANNED, attention=attention), received_at=at
            )
    assert len(await tell(log, Intake(), START + timedelta(hours=4))) == 1


async def test_the_clock_says_the_same_with_the_same_id_until_it_is_folded() -> None:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    timers, view, late = Timers(Intake()), View(log), START + OVERDUE + MOMENT
    timers.watch(0, KEY, log.state)
    first, second = await timers.due(late, view), await timers.due(late + APPENDED_AGAIN_AFTER, view)
    assert [event.event_id for event in first] == [event.event_id for event in second]
    log.append(first[0].body, policy=None)
    timers.watch(0, KEY, log.state)
    assert not await timers.due(late + MOMENT, view)
