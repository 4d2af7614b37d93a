from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from app.domain.orders import OrderEvent, OrderPlaced, OrderReturned
from app.sources.online_retail import Invoicing, RetailImport
from app.stream.serialization.codec import Codec
from tests.sources.retail import EXCERPT, excerpt, excerpt_anew, imported, placed, returned, row

encode = Codec().write

EVENT = TypeAdapter(OrderEvent)


def assert_every_line_is_accounted_for(found: RetailImport) -> None:
    """Counted from the events themselves, not from what the summary says of them."""
    summary = found.summary
    assert summary.lines_taken + summary.lines_refused == summary.lines_read
    refused = [refusal.line_number for refusal in summary.refusals]
    assert refused == sorted(set(refused))
    ordered = sum(len(placed(event).lines) for event in found.events if isinstance(event.body, OrderPlaced))
    assert ordered <= summary.lines_taken


@pytest.mark.parametrize("invoicing", Invoicing)
def test_every_line_of_the_excerpt_was_taken_or_refused(invoicing: Invoicing) -> None:
    found = excerpt(invoicing=invoicing)
    assert_every_line_is_accounted_for(found)
    assert found.summary.lines_read == 7190


def test_the_excerpt_s_lines_are_where_the_report_says() -> None:
    """Each line of the file is an order's line, a refusal, or a cancellation whose quantity came back in a return."""
    found = excerpt()
    refused = {refusal.line_number for refusal in found.summary.refusals}
    ordered = {
        (event.order_reference, line.line_reference)
        for event in found.events
        if isinstance(event.body, OrderPlaced)
        for line in event.body.lines
    }
    positions: Counter[str] = Counter()
    back = Decimal(0)
    for number, text in enumerate(EXCERPT.read_text(encoding="utf-8-sig").splitlines()[1:], start=2):
        invoice = text.partition(";")[0]
        positions[invoice] += 1
        is_ordered = (invoice, str(positions[invoice])) in ordered
        if invoice.startswith("C") and number not in refused:
            back -= Decimal(text.split(";")[3])
        else:
            assert is_ordered != (number in refused), text
    assert back == sum(sum(returned(e).values()) for e in found.events if isinstance(e.body, OrderReturned))


def test_the_excerpt_has_what_the_demonstration_needs() -> None:
    summary = excerpt().summary
    assert (summary.orders, summary.returns, summary.cancellations) == (328, 5, 0)
    assert summary.refused_by_reason == {"NO_ORIGINAL": 77, "ZERO_PRICE": 13, "NEGATIVE_QUANTITY": 4}
    before_invoice = excerpt(invoicing=Invoicing.AT_SHIPMENT).summary
    assert (before_invoice.returns, before_invoice.cancellations) == (0, 1)


def test_a_second_import_gives_the_same_events() -> None:
    assert [encode(event) for event in excerpt().events] == [encode(event) for event in excerpt_anew().events]


def test_every_event_of_the_excerpt_is_one_that_intake_can_read() -> None:
    for event in excerpt(exchange_rate=Decimal("55.123456")).events:
        assert EVENT.validate_json(encode(event)) == event


CELLS = st.sampled_from(
    ["", "0", "-1", "6", "2,55", "C536365", "536365", "D", "M", "1/12/2010 08:26", '"', "17850", "?"]
)
ROWS = st.builds(
    row,
    invoice=st.sampled_from(["1", "2", "C1", "C2", "A1"]),
    code=st.sampled_from(["A", "B", "M", "D", "POST"]),
    quantity=st.sampled_from(["1", "6", "-1", "-6", "0"]),
    at=st.sampled_from(["1/12/2010 08:26", "2/12/2010 08:26"]),
    price=st.sampled_from(["2,55", "0", "-1"]),
    customer=st.sampled_from(["", "17850", "12345"]),
)


@st.composite
def mangled_rows(draw: st.DrawFn) -> str:
    """A row with one cell replaced, cut off or doubled, or some text in its middle."""
    text = draw(ROWS)
    cells = text.split(";")
    where = draw(st.integers(0, len(cells) - 1))
    how = draw(st.sampled_from(["cell", "cut", "double", "text"]))
    if how == "cell":
        cells[where] = draw(CELLS | st.text(max_size=5))
    elif how == "cut":
        cells = cells[:where]
    elif how == "double":
        cells.insert(where, cells[where])
    else:
        cells[where] += draw(st.text(max_size=5))
    return ";".join(cells).replace("\n", " ").replace("\r", " ")


@given(st.lists(ROWS | mangled_rows() | st.text().map(lambda text: text.replace("\n", " ")), max_size=30))
def test_whatever_stands_in_the_file_no_line_goes_missing(rows: list[str]) -> None:
    for invoicing in Invoicing:
        found = imported(*rows, invoicing=invoicing)
        assert_every_line_is_accounted_for(found)
        assert found.summary.lines_read == sum(bool(text.rstrip("\r\n")) for text in rows)
        for event in found.events:
            assert EVENT.validate_json(encode(event)) == event


@given(st.lists(ROWS, max_size=30))
def test_no_more_comes_back_than_was_sold(rows: list[str]) -> None:
    left: dict[tuple[str, str], Decimal] = {}
    for event in imported(*rows).events:
        if isinstance(event.body, OrderPlaced):
            left |= {(event.order_reference, line.line_reference): line.quantity for line in event.body.lines}
        else:
            for reference, quantity in returned(event).items():
                left[event.order_reference, reference] -= quantity
    assert all(quantity >= 0 for quantity in left.values())
