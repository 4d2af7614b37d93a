"""What an order's log makes of requests that cannot be met, and of records that nobody should have written."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain import identity
from app.domain.documents import DocumentProgressed, DocumentState, Intent
from app.domain.orders import LoggedEvent, OrderPlaced, OrderThawed
from app.domain.policy import DEFAULT_HOLD_MINUTES, RULES_VERSION, Trigger
from app.planning.timers import QUIET_BEFORE_EXPIRY
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import CodecError, NewerRecordError
from tests.harness.hostile_input import altered_bytes, altered_json
from tests.harness.pipeline import BUSINESS, TOPICS, Fate, Pipeline, cancel, order, request
from tests.stream.serialization.strategies import records

# The log's only writers are our own: 500 in the short profile, 2,000 in the long one.
FED = max(500, settings().max_examples)
LINE = "$.body.lines[0]"
BUYER = {
    "name": "Example GmbH",
    "address": {"street": "Musterweg 1", "district": "Mitte", "city": "Berlin", "country": "DE"},
}
FIRST = "$.body.line_references[0]"
REJECTED = "REJECTED"
COMMANDS = TOPICS.commands("nilvera")
DEAD_LETTERS = TOPICS.dead_letters(TOPICS.order_log, "planner")


def with_line(**parts: Any) -> dict[str, Any]:
    spoilt = order("S-1")
    spoilt["body"]["lines"][0].update(parts)
    return spoilt


def with_coupon(rate: str = "20", price: str = "-12.00") -> dict[str, Any]:
    value = order("S-1", lines=2)
    value["body"]["lines"][1].update(kind="DISCOUNT", unit_price=price, quantity="1", vat_rate=rate)
    return value


async def issued(pipeline: Pipeline, *lines: str) -> str:
    """The issuer reports the document over these lines of S-1 as issued; its id."""
    document = identity.document_id(BUSINESS, "S-1", Intent.INVOICE, identity.scope_of(lines), 0)
    body = DocumentProgressed(document_id=document, command_id="c", state=DocumentState.ISSUED, number="EAR1")
    await pipeline.log(logged(body, event_id=f"issued-{document}"), "S-1")
    return document


def logged(body: Any, event_id: str, **more: Any) -> LoggedEvent:
    return LoggedEvent(
        event_id=event_id,
        received_at=Pipeline().now,
        rules_version=RULES_VERSION,
        business=BUSINESS,
        order_reference="S-1",
        body=body,
        **more,
    )


async def last(pipeline: Pipeline, *values: Any) -> Fate:
    """What becomes of the last of these, after a record behind it went on."""
    *_, fate, neighbour = await pipeline.submit(*values, order(f"N-{len(pipeline.on(TOPICS.orders))}"))
    assert neighbour.told == ("OK", None)
    return fate


# --- an order that cannot become a document --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "path", "code"),
    [
        pytest.param(with_line(quantity="-2"), f"{LINE}.quantity", "QUANTITY_NOT_POSITIVE", id="negative quantity"),
        pytest.param(with_line(quantity="0"), f"{LINE}.quantity", "QUANTITY_NOT_POSITIVE", id="no quantity"),
        pytest.param(with_line(quantity="9" * 12), LINE, "AMOUNT_TOO_LARGE", id="huge quantity"),
        pytest.param(with_line(unit_price="-49.90"), f"{LINE}.unit_price", "PRICE_NEGATIVE", id="negative price"),
        pytest.param(with_line(discount="99.81"), f"{LINE}.discount", "DISCOUNT_TOO_LARGE", id="more off than on"),
        pytest.param(with_line(unit_price="0"), "$.body.lines", "NOTHING_TO_INVOICE", id="worth nothing"),
        pytest.param(with_line(vat_rate="0"), f"{LINE}.vat_exemption_code", "VAT_EXEMPTION_REQUIRED", id="no VAT"),
        pytest.param(
            with_line(vat_exemption_code="351"),
            f"{LINE}.vat_exemption_code",
            "VAT_EXEMPTION_NOT_ALLOWED",
            id="taxed and exempt",
        ),
        pytest.param(
            with_line(unit_price="0.0000013", quantity="123456789", vat_rate="1"),
            f"{LINE}.quantity",
            "QUANTITY_TOO_LARGE",
            id="too many pieces for a unit price",
        ),
        pytest.param(with_line(vat_rate="0.20"), f"{LINE}.vat_rate", "VAT_RATE_UNKNOWN", id="a rate as a fraction"),
        pytest.param(with_line(vat_rate="18"), f"{LINE}.vat_rate", "VAT_RATE_UNKNOWN", id="a rate of former days"),
        pytest.param(
            with_coupon(rate="1"), "$.body.lines[1].vat_rate", "DISCOUNT_RATE_OF_NO_LINE", id="a coupon for nothing"
        ),
        pytest.param(
            order("S-1", currency="USD"), "$.body.exchange_rate", "EXCHANGE_RATE_REQUIRED", id="foreign without a rate"
        ),
        pytest.param(
            order("S-1", exchange_rate="1"), "$.body.exchange_rate", "EXCHANGE_RATE_NOT_ALLOWED", id="lira with a rate"
        ),
        pytest.param(
            order("S-1", currency="USD", exchange_rate="99999999999"),
            "$.body.lines",
            "AMOUNT_TOO_LARGE",
            id="a rate beyond all bounds",
        ),
        pytest.param(order("S-1", order_date="1970-01-01"), "$.body.order_date", "DATE_OUT_OF_RANGE", id="1970"),
        pytest.param(order("S-1", order_date="2999-12-31"), "$.body.order_date", "DATE_OUT_OF_RANGE", id="2999"),
    ],
)
async def test_an_order_that_cannot_become_a_document_is_refused_where_it_is_wrong(
    value: Any, path: str, code: str
) -> None:
    pipeline = Pipeline(trigger=Trigger.ORDER_PLACED)
    fate = await last(pipeline, value)
    assert fate.told == (REJECTED, "CONTENT_INVALID")
    assert (path, code) in fate.faults
    assert pipeline.on(COMMANDS)[0].key == b"ORNEK/nilvera" and len(pipeline.on(COMMANDS)) == 1  # the neighbour's


async def test_a_rate_of_former_days_is_taken_in_an_order_of_those_days() -> None:
    value = with_line(vat_rate="18")
    value["body"]["order_date"] = "2023-07-09"
    assert (await last(Pipeline(), value)).told == ("OK", None)


async def test_a_line_that_is_given_away_whole_is_compared_in_kurus() -> None:
    value = order("S-1", lines=2)
    value["body"]["lines"][0].update(quantity="2.25", unit_price="64.22", discount="144.50")
    assert (await last(Pipeline(), value)).told == ("OK", None)


async def test_a_discount_is_not_invoiced_without_what_it_lowers() -> None:
    value = order("S-1", lines=3)
    value["body"]["lines"][1].update(vat_rate="1")
    value["body"]["lines"][2].update(kind="DISCOUNT", unit_price="-12.00", quantity="1", vat_rate="1")
    fate = await last(Pipeline(), value, request("S-1", "1", "3"))
    assert fate.faults == [("$.body.line_references", "DISCOUNT_RATE_OF_NO_LINE")]


@pytest.mark.parametrize("number", ["2222222222", "11111111111", "22222222222"])
async def test_a_buyer_without_a_turkish_number_has_the_one_that_practice_writes(number: str) -> None:
    value = order("S-1")
    value["person"] = {"buyer": {**BUYER, "tax_number": number}}
    assert (await last(Pipeline(), value)).told == ("OK", None)


async def test_the_largest_order_that_is_taken_is_added_up_exactly() -> None:
    assert (await last(Pipeline(), with_line(quantity="1", unit_price="999999999999.99"))).told == ("OK", None)


async def test_lines_with_one_reference_are_refused_and_every_double_is_named() -> None:
    value = order("S-1", lines=3)
    for line in value["body"]["lines"]:
        line["line_reference"] = "1"
    fate = await last(Pipeline(), value)
    assert fate.faults == [(f"$.body.lines[{n}].line_reference", "DUPLICATE_LINE_REFERENCE") for n in (1, 2)]


async def test_a_refused_order_can_come_again_corrected() -> None:
    fate = await last(Pipeline(), with_line(quantity="-2"), order("S-1"))
    assert fate.told == ("OK", None)


# --- the same again, or nearly ---------------------------------------------------------------------------------------


async def test_the_same_reference_with_other_content_is_refused_and_what_is_known_stays() -> None:
    pipeline = Pipeline()
    fate = await last(pipeline, order("S-1"), with_line(unit_price="49.91"))
    assert (fate.told, fate.faults) == ((REJECTED, "CONTENT_CONFLICT"), [(f"{LINE}.unit_price", "CONTENT_CONFLICT")])
    assert (await last(pipeline, with_line(unit_price="49.900"))).told == ("DUPLICATE", None)


async def test_a_shipment_that_comes_again_with_other_lines_is_refused() -> None:
    first = request("S-1", "1", shipment_reference="P-1")
    fate = await last(Pipeline(), order("S-1", lines=2), first, request("S-1", "2", shipment_reference="P-1"))
    assert fate.faults == [("$.body.shipment_reference", "CONTENT_CONFLICT")]


async def test_a_request_id_that_comes_again_for_another_request_is_refused() -> None:
    first, other = ({**request("S-1", line), "request_id": "r-1"} for line in ("1", "2"))
    fate = await last(Pipeline(), order("S-1", lines=2), first, other)
    assert fate.faults == [("$.request_id", "CONTENT_CONFLICT")]


async def test_what_names_another_customer_than_its_order_is_refused() -> None:
    other = {**request("S-1", "1"), "customer_number": "M-2"}
    fate = await last(Pipeline(), order("S-1", customer_number="M-1"), other)
    assert fate.faults == [("$.customer_number", "OTHER_CUSTOMER")]


# --- lines that are not to be had ------------------------------------------------------------------------------------


async def test_a_line_is_claimed_once() -> None:
    pipeline = Pipeline()
    fate = await last(pipeline, order("S-1", lines=2), request("S-1", "1"), request("S-1", "1", "2"))
    assert (fate.told, fate.faults) == ((REJECTED, "LINE_CLAIMED"), [(FIRST, "LINE_CLAIMED")])
    assert len(pipeline.on(COMMANDS)) == 1


async def test_a_line_that_stands_in_a_request_twice_is_refused() -> None:
    fate = await last(Pipeline(), order("S-1"), request("S-1", "1", "1"))
    assert fate.faults == [("$.body.line_references[1]", "DUPLICATE_LINE_REFERENCE")]


async def test_a_line_that_the_order_does_not_have_is_refused() -> None:
    fate = await last(Pipeline(), order("S-1"), request("S-1", "7"))
    assert fate.faults == [(FIRST, "UNKNOWN_LINE")]


async def test_a_cancelled_line_is_never_invoiced() -> None:
    pipeline = Pipeline()
    fate = await last(pipeline, order("S-1", lines=2), cancel("S-1", "1"), request("S-1", "1", "2"))
    assert (fate.told, fate.faults) == ((REJECTED, "LINE_CANCELLED"), [(FIRST, "LINE_CANCELLED")])
    assert not pipeline.on(COMMANDS)


async def test_an_invoiced_line_is_not_cancelled() -> None:
    pipeline = Pipeline()
    await last(pipeline, order("S-1"), request("S-1", "1"))
    document = await issued(pipeline, "1")
    fate = await last(pipeline, cancel("S-1", "1"))
    assert (fate.told, fate.faults) == ((REJECTED, "LINE_INVOICED"), [(FIRST, "LINE_INVOICED")])
    assert document in fate.outcomes[0].errors[0].message
    assert len(pipeline.on(COMMANDS)) == 1


# --- an order that never comes ---------------------------------------------------------------------------------------


async def test_an_event_whose_order_never_comes_is_held_until_its_bound_and_then_refused() -> None:
    pipeline = Pipeline()
    held, _ = await pipeline.submit(request("S-1", "1"), order("S-2"))
    assert held.told == ("HELD", "ORDER_NOT_ARRIVED")
    place = pipeline.on(TOPICS.orders)[0]
    for span in (timedelta(minutes=DEFAULT_HOLD_MINUTES), QUIET_BEFORE_EXPIRY):
        assert len(pipeline.fate(place).outcomes) == 1
        await pipeline.wait(span)
    verdicts = [(outcome.verdict, outcome.reason) for outcome in pipeline.fate(place).outcomes]
    assert verdicts == [("HELD", "ORDER_NOT_ARRIVED"), (REJECTED, "ORDER_NOT_FOUND")]
    assert (await last(pipeline, order("S-1"))).told == ("OK", None)
    assert not pipeline.on(COMMANDS)


# --- records that nobody should have written -------------------------------------------------------------------------


async def test_an_exception_in_the_fold_freezes_its_order_and_its_neighbours_go_on() -> None:
    """An order without a policy: intake stamps one onto each, so the fold has no answer to its absence."""
    pipeline = Pipeline()
    placed = Codec().read(LoggedEvent, json.dumps(as_logged(order("S-1"))).encode())
    poison = await pipeline.log(placed, "S-1")
    later, neighbour, request_of_neighbour = await pipeline.submit(
        request("S-1", "1"), order("S-2"), request("S-2", "1")
    )
    (dead,) = pipeline.on(DEAD_LETTERS)
    assert (dead.value, dict(dead.headers)["dlq-reason"]) == (poison.value, b"FOLD_FAILED")
    assert dict(dead.headers)["dlq-message"] == b"LookupError"
    assert later.told == ("HELD", "ORDER_FROZEN")
    assert (neighbour.told, request_of_neighbour.told) == (("OK", None), ("OK", None))
    assert {record.key for record in pipeline.on(COMMANDS)} == {b"ORNEK/nilvera"} and len(pipeline.on(COMMANDS)) == 1


def as_logged(submitted: dict[str, Any]) -> dict[str, Any]:
    return {**submitted, "event_id": "e-1", "received_at": "2026-11-02T09:00:00Z", "rules_version": RULES_VERSION}


def of_the_order(event: LoggedEvent) -> LoggedEvent:
    """A record of this order's log that a planner of these rules may read."""
    body = event.body
    if isinstance(body, OrderPlaced):
        body = replace(body, order_date=Pipeline().now.date(), currency="TRY", exchange_rate=None)
    return replace(event, business=BUSINESS, order_reference="S-1", rules_version=RULES_VERSION, body=body)


def is_another_tests_subject(value: bytes) -> bool:
    """A record of newer rules ends the planner, and a thaw ends the freezing: see test_fold, test_freezing."""
    try:
        event = Codec().read(LoggedEvent, value)
    except CodecError as fault:
        return isinstance(fault, NewerRecordError)
    return isinstance(event.body, OrderThawed)


LOGGED = records(LoggedEvent).map(of_the_order).map(Codec().write)
PLAIN = st.just(json.dumps(as_logged(order("S-1", lines=3))).encode())


@pytest.mark.fuzz
@settings(max_examples=FED)
@given(st.lists(altered_json(LOGGED | PLAIN) | altered_bytes(LOGGED), max_size=4))
async def test_whatever_stands_in_an_orders_log_its_neighbours_go_on(values: list[bytes]) -> None:
    """Folded, or a dead letter with its bytes; the first dead letter freezes the order and nothing else."""
    pipeline = Pipeline()
    poisons = [await pipeline.log(value, "S-1") for value in values if not is_another_tests_subject(value)]
    state, dead = pipeline.state("S-1"), pipeline.on(DEAD_LETTERS)
    assert {letter.value for letter in dead} <= {poison.value for poison in poisons}
    assert bool(dead) == (state is not None and state.frozen is not None)
    (neighbour,) = await pipeline.submit(order("S-2"))
    assert neighbour.told == ("OK", None)
