"""What readers of an order are told: shipments, lines that were forgotten, legal times that are nearly over."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.domain.documents import DocumentState
from app.domain.notices import Deadline, DeadlineNear, LinesAgeing, ShipmentConfirmed
from app.domain.orders import DocumentApproved, DocumentCancellationRequested, LinesAged, OrderStatusChanged
from app.domain.policy import DEFAULT_OPEN_LINES_DAYS, Trigger
from app.planning.rules.freezing import frozen_state
from app.planning.rules.notices import notices_due
from tests.planning.events import START, Log, cancelled, document_id, placed, policy, progressed, requested

WHOLE = ("1", "2", "3")
MONDAY = date(2026, 11, 2)
# Two days before the Monday on which seven days are over, in Turkey.
WARNED_AT = datetime(2026, 11, 6, 21, 0, tzinfo=UTC)


def shipped(*references: str, **more: Any) -> Any:
    return requested(*references, shipment_reference="S-1", dispatch_date=MONDAY, carrier="Deneme Kargo", **more)


def told(log: Log) -> list[Any]:
    return [notice.body for notice in log.all.notices]


def due(log: Log) -> list[tuple[datetime, Any]]:
    assert log.state is not None
    return list(notices_due(log.state))


def pass_time(log: Log) -> None:
    """Everything that is due is appended, as the planner's timers do."""
    for moment, body in due(log):
        log.append(body, received_at=moment, policy=None)


# --- shipments ---


def test_a_request_for_an_invoice_confirms_its_shipment() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped("1", "2", tracking_code="DNM1", due_date=date(2026, 12, 2)))
    assert told(log) == [
        ShipmentConfirmed(
            line_references=("1", "2"),
            document_id=document_id("1", "2"),
            shipment_reference="S-1",
            dispatch_date=MONDAY,
            due_date=date(2026, 12, 2),
            carrier="Deneme Kargo",
            tracking_code="DNM1",
        )
    ]


def test_a_repeated_request_confirms_nothing_again() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped("1"))
    log.append(shipped("1"))
    assert len(log.all.notices) == 1


def test_a_request_that_lets_a_waiting_document_go_confirms_its_shipment_and_an_approval_does_not() -> None:
    for asked, expected in ((shipped(*WHOLE), 1), (DocumentApproved(document_id=document_id(*WHOLE)), 0)):
        log = Log(Trigger.MANUAL)
        log.append(placed())
        log.append(asked)
        assert len(log.all.notices) == expected


def test_a_refused_request_confirms_nothing() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped("9"))
    assert not log.all.notices


def test_a_status_that_plans_confirms_the_shipment_that_it_names() -> None:
    log = Log()
    log.policy = policy(Trigger.STATUS, trigger_statuses=("SHIPPED",))
    log.append(placed())
    log.append(OrderStatusChanged(status="SHIPPED", dispatch_date=MONDAY))
    (notice,) = told(log)
    assert (notice.line_references, notice.dispatch_date) == (WHOLE, MONDAY)


def test_each_notice_has_an_id_of_its_own_and_a_replay_has_the_same() -> None:
    first, again = Log(), Log()
    for log in (first, again):
        log.append(placed())
        log.append(shipped("1"))
        log.append(requested("2"))
    ids = [notice.notice_id for notice in first.all.notices]
    assert len(set(ids)) == 2
    assert ids == [notice.notice_id for notice in again.all.notices]


# --- lines that were forgotten ---


def test_open_lines_are_noticed_once_after_their_bound() -> None:
    log = Log()
    log.append(placed())
    log.append(requested("1"))
    log.append(cancelled("2"))
    (moment, body), *others = due(log)
    assert (body, others) == (LinesAged(line_references=("3",)), [])
    assert moment == log.events[0].received_at + timedelta(days=DEFAULT_OPEN_LINES_DAYS)
    log.append(body, received_at=moment, policy=None)
    assert told(log)[1:] == [LinesAgeing(line_references=("3",), open_since=log.events[0].received_at)]
    assert due(log) == []
    log.append(body, received_at=moment, policy=None)
    assert len(log.all.notices) == 2


def test_lines_that_a_refused_document_left_open_are_noticed_again_from_then_on() -> None:
    log = Log()
    log.append(placed())
    pass_time(log)
    log.append(requested(*WHOLE))
    log.append(progressed(document_id(*WHOLE), DocumentState.REJECTED))
    ((moment, body),) = due(log)
    assert body == LinesAged(line_references=WHOLE)
    assert moment == log.events[-1].received_at + timedelta(days=DEFAULT_OPEN_LINES_DAYS)


def test_lines_that_were_claimed_meanwhile_are_not_noticed() -> None:
    log = Log()
    log.append(placed())
    ((moment, body),) = due(log)
    log.append(requested(*WHOLE))
    log.append(body, received_at=moment, policy=None)
    assert not [notice for notice in told(log) if isinstance(notice, LinesAgeing)]


def test_an_order_from_before_the_business_came_has_no_notices() -> None:
    log = Log()
    log.policy = policy(active_from=date(2026, 11, 2))
    log.append(placed())
    assert due(log) == []


# --- legal times ---


def test_a_document_without_effect_is_warned_of_before_seven_days_are_over() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped(*WHOLE))
    ((moment, body),) = due(log)
    assert (moment, body.until) == (WARNED_AT, date(2026, 11, 9))
    log.append(body, received_at=moment, policy=None)
    assert told(log)[1:] == [
        DeadlineNear(
            deadline=Deadline.ISSUE,
            until=date(2026, 11, 9),
            line_references=WHOLE,
            document_id=document_id(*WHOLE),
        )
    ]
    assert due(log) == []


def test_an_issued_document_is_not_warned_of() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped(*WHOLE))
    ((moment, body),) = due(log)
    log.append(progressed(document_id(*WHOLE), DocumentState.ISSUED))
    assert due(log) == []
    log.append(body, received_at=moment, policy=None)
    assert not [notice for notice in told(log) if isinstance(notice, DeadlineNear)]


def test_lines_that_left_and_lost_their_document_are_warned_of() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped("1"))
    log.append(progressed(document_id("1"), DocumentState.REJECTED))
    pass_time(log)
    (near,) = [notice for notice in told(log) if isinstance(notice, DeadlineNear)]
    assert (near.line_references, near.document_id, near.until) == (("1",), None, date(2026, 11, 9))
    assert due(log) == []


def test_a_cancellation_that_is_not_answered_is_warned_of_before_eight_days_are_over() -> None:
    log = Log()
    log.append(placed())
    log.append(requested(*WHOLE))
    log.append(progressed(document_id(*WHOLE), DocumentState.ISSUED, number="EAR2026000000001", issue_date=MONDAY))
    log.append(DocumentCancellationRequested(document_id=document_id(*WHOLE), reason="yanlış alıcı"))
    ((moment, body),) = due(log)
    assert (moment, body.deadline, body.until) == (WARNED_AT + timedelta(days=1), Deadline.OBJECT, date(2026, 11, 10))
    log.append(body, received_at=moment, policy=None)
    assert due(log) == []


def test_the_bounds_are_the_business_s() -> None:
    log = Log()
    log.policy = policy(issue_within_days=3, warn_days=0, open_lines_days=10)
    log.append(placed())
    log.append(shipped("1"))
    moments = {type(body).__name__: moment for moment, body in due(log)}
    assert moments["DeadlineApproached"] == datetime(2026, 11, 4, 21, 0, tzinfo=UTC)
    assert moments["LinesAged"] == START + timedelta(seconds=1, days=10)


def test_a_frozen_order_is_warned_of_too() -> None:
    log = Log()
    log.append(placed())
    log.append(shipped("1", "2"))
    log.state = frozen_state(log.state, "poisoned", "FOLD_FAILED")
    pass_time(log)
    assert {type(body) for body in told(log)} == {ShipmentConfirmed, LinesAgeing, DeadlineNear}
