from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.documents import DocumentState
from app.domain.money import to_kurus
from app.domain.orders import (
    InvoiceRequested,
    LineKind,
    LinesCancelled,
    LoggedEvent,
    OrderEvent,
    OrderPlaced,
    OrderType,
)
from app.domain.outcomes import Verdict
from app.domain.parties import is_tckn, is_vkn
from app.domain.policy import RULES_VERSION, Policy, Trigger
from app.planning.fold import fold
from app.planning.state import LineStatus, OrderState
from app.stream.serialization.codec import Codec
from app.testbed.generator import BusinessRole, GeneratedOrder, generate_orders, in_sending_order
from app.testbed.generator.content import SHIPPED
from app.testbed.generator.people import artificial_tckn, artificial_vkn, with_wrong_check_digit
from app.testbed.generator.scenarios import SCENARIOS

encode = Codec().write

START = datetime(2026, 11, 2, tzinfo=ZoneInfo("Europe/Istanbul"))
ROLES = [BusinessRole(code=trigger.lower(), trigger=trigger) for trigger in Trigger]
# Enough that every scenario is made under every trigger that it can have.
MANY = 900


@pytest.fixture(scope="module")
def many() -> list[GeneratedOrder]:
    return generate_orders(ROLES, orders=MANY, seed=1, start=START, duplicates=0.1)


def orders_of(made: list[GeneratedOrder]) -> list[tuple[OrderEvent, OrderPlaced]]:
    return [(event, event.body) for order in made for event in order.events if isinstance(event.body, OrderPlaced)]


def test_the_same_seed_gives_the_same_events_and_another_seed_gives_others() -> None:
    first, again, other = (
        [encode(event) for event in in_sending_order(generate_orders(ROLES, orders=40, seed=s, start=START), seed=s)]
        for s in (1, 1, 2)
    )
    assert first == again
    assert not set(first) & set(other)


def test_more_orders_do_not_change_those_before(many: list[GeneratedOrder]) -> None:
    assert generate_orders(ROLES, orders=20, seed=1, start=START, duplicates=0.1) == many[:20]


def test_another_day_has_other_order_references() -> None:
    tomorrow = generate_orders(ROLES, orders=5, seed=1, start=START + timedelta(days=1))
    today = generate_orders(ROLES, orders=5, seed=1, start=START)
    assert not {order.order_reference for order in today} & {order.order_reference for order in tomorrow}


def test_every_scenario_is_made_under_every_trigger_it_allows(many: list[GeneratedOrder]) -> None:
    made = {(order.scenario, Trigger(order.business.upper())) for order in many}
    assert made == {(scenario.name, trigger) for scenario in SCENARIOS for trigger in scenario.triggers}


def test_every_event_is_one_that_intake_can_read(many: list[GeneratedOrder]) -> None:
    adapter = TypeAdapter(OrderEvent)
    for order in many:
        for event in order.events:
            assert adapter.validate_json(encode(event)) == event


def test_the_orders_have_all_that_turkish_orders_have(many: list[GeneratedOrder]) -> None:
    placed = orders_of(many)
    lines = [line for _, body in placed for line in body.lines]
    assert {line.vat_rate for line in lines} == {1, 10, 20}
    assert {LineKind.GOODS, LineKind.SERVICE, LineKind.SHIPPING, LineKind.DISCOUNT} == {line.kind for line in lines}
    assert any(len({line.vat_rate for line in body.lines}) == 3 for _, body in placed)
    once = [body for order in many for _, body in orders_of([order])[:1]]
    assert all(line.unit_price == to_kurus(line.unit_price) for body in once for line in body.lines)
    assert all(body.prices_include_vat and body.currency == "TRY" for _, body in placed)
    assert {body.order_date for _, body in placed} == {date(2026, 11, 2)}
    people = [event.person.buyer for event, _ in placed if event.person]
    assert {len(buyer.tax_number or "") for buyer in people} == {0, 10, 11}
    assert len(people) < len(placed)


def test_digital_goods_have_no_carrier(many: list[GeneratedOrder]) -> None:
    digital = {
        o.order_reference for o in many for _, body in orders_of([o]) if body.order_type is OrderType.DIGITAL_GOODS
    }
    requests = [
        event.body
        for order in many
        if order.order_reference in digital
        for event in order.events
        if isinstance(event.body, InvoiceRequested)
    ]
    assert requests
    assert all(request.carrier is None and request.shipment_reference is None for request in requests)


def test_only_the_wrong_tax_number_is_wrong(many: list[GeneratedOrder]) -> None:
    for order in many:
        for event, _ in orders_of([order]):
            number = event.person.buyer.tax_number if event.person else None
            if number is not None:
                assert (is_vkn(number) or is_tckn(number)) != (order.scenario == "wrong tax number")


@given(st.integers(0, 99_999))
def test_artificial_numbers_have_right_check_digits_and_spoilt_ones_have_not(number: int) -> None:
    assert is_vkn(artificial_vkn(number))
    assert is_tckn(artificial_tckn(number))
    assert not is_vkn(with_wrong_check_digit(artificial_vkn(number)))
    assert not is_tckn(with_wrong_check_digit(artificial_tckn(number)))


def test_the_share_of_duplicates_is_what_was_asked_for() -> None:
    none, some, all_twice = (
        generate_orders(ROLES, orders=200, seed=3, start=START, duplicates=share) for share in (0.0, 0.3, 1.0)
    )
    once = sum(len(order.events) for order in none)
    assert sum(len(order.events) for order in all_twice) == 2 * once
    assert 0.2 * once < sum(len(order.events) for order in some) - once < 0.4 * once


def test_sending_mixes_orders_and_keeps_each_order_s_own_sequence(many: list[GeneratedOrder]) -> None:
    sent = list(in_sending_order(many, seed=1))
    assert sum(len(order.events) for order in many) == len(sent)
    for order in many[:100]:
        assert tuple(event for event in sent if event.order_reference == order.order_reference) == order.events
    assert [event.order_reference for event in sent] != sorted(event.order_reference for event in sent)


def test_requests_name_lines_of_their_order_but_for_the_unknown_one(many: list[GeneratedOrder]) -> None:
    for order in many:
        known = {line.line_reference for _, body in orders_of([order]) for line in body.lines}
        for event in order.events:
            if isinstance(event.body, InvoiceRequested | LinesCancelled) and order.scenario != "unknown line":
                assert set(event.body.line_references) <= known


def test_the_planner_does_with_each_order_what_the_generator_expects(many: list[GeneratedOrder]) -> None:
    for order in many:
        state, verdicts = planned(order)
        assert verdicts == [step.verdict for step in order.steps], order.scenario
        documents = [document for document in state.documents.values() if document.state is DocumentState.PLANNED]
        assert sorted(document.lines for document in documents) == sorted(order.expected.documents)
        assert any(not document.released for document in documents) == order.expected.awaiting_approval
        assert lines_in(state, LineStatus.OPEN) == order.expected.open
        assert lines_in(state, LineStatus.CANCELLED) == order.expected.cancelled
        assert order.expected.refused == (state.placed is None)


def planned(order: GeneratedOrder) -> tuple[OrderState, list[Verdict]]:
    """The order's state after all its events, and the last verdict on each."""
    state, verdicts = OrderState(), dict[str, Verdict]()
    for position, event in enumerate(order.events):
        logged = LoggedEvent(
            event_id=str(position),
            received_at=START,
            rules_version=RULES_VERSION,
            business=event.business,
            order_reference=event.order_reference,
            body=event.body,
            policy=Policy(provider="nilvera", trigger=Trigger(order.business.upper()), trigger_statuses=(SHIPPED,)),
            person=event.person,
            occurred_at=event.occurred_at,
        )
        state, effects = fold(state, logged)
        verdicts |= {outcome.event_id: outcome.verdict for outcome in effects.outcomes}
    return state, [verdicts[str(position)] for position in range(len(order.events))]


def lines_in(state: OrderState, status: LineStatus) -> tuple[str, ...]:
    return tuple(sorted(reference for reference, line in state.lines.items() if line.status is status))
