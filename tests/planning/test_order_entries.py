"""An order's entry, and the states that are kept beside the entries."""

from dataclasses import replace

from app.planning.order_entries import RecentStates, encode, newest, version_key
from app.planning.state import OrderState
from app.stream.serialization.codec import Codec
from tests.planning.events import Log, placed

PLACED = Log().event(placed())


def entries(*states: OrderState) -> dict[bytes, bytes]:
    return {version_key(state): encode(state) for state in states}


def test_the_highest_version_counts() -> None:
    assert newest(entries(OrderState(version=9), OrderState(version=10), OrderState(version=2))) == OrderState(
        version=10
    )
    assert newest({}) is None


def test_a_state_that_was_just_written_is_not_read_again() -> None:
    recent, state = RecentStates(), OrderState(version=1)
    value = recent.encode(state)
    assert value == encode(state)
    assert recent.newest({b"1": value}) is state


def test_a_state_that_was_read_is_not_read_again() -> None:
    recent, held = RecentStates(), entries(OrderState(version=1))
    assert recent.newest(held) == OrderState(version=1)
    assert recent.newest(held) is recent.newest(held)
    assert recent.newest({}) is None


def test_another_workers_entry_is_read_even_where_ours_is_kept() -> None:
    recent = RecentStates()
    ours = recent.encode(OrderState(version=1))
    theirs = encode(OrderState(version=2, submitted=1))
    assert recent.newest({b"1": ours, b"2": theirs}) == OrderState(version=2, submitted=1)


def test_the_state_that_was_used_longest_ago_makes_room() -> None:
    recent, states = RecentStates(most=2), [OrderState(version=version) for version in (1, 2, 3)]
    first, second = (recent.encode(state) for state in states[:2])
    assert recent.newest({b"1": first}) is states[0]
    recent.encode(states[2])
    assert recent.newest({b"1": first}) is states[0]
    again = recent.newest({b"2": second})
    assert again == states[1]
    assert again is not states[1]


def test_an_orders_content_is_written_as_it_came() -> None:
    recent, value = RecentStates(), Codec().write(PLACED)
    recent.came(PLACED, value)
    entry = recent.encode(OrderState(version=1, placed=PLACED))
    assert value in entry
    assert newest({b"1": entry}) == OrderState(version=1, placed=PLACED)


def test_white_space_that_somebody_wrote_does_not_spoil_the_entry() -> None:
    recent = RecentStates()
    recent.came(PLACED, b"{ " + Codec().write(PLACED)[1:] + b"\n")
    entry = recent.encode(OrderState(version=1, placed=PLACED))
    assert newest({b"1": entry}) == OrderState(version=1, placed=PLACED)


def test_another_event_that_bears_the_same_id_is_never_written_in_the_orders_place() -> None:
    recent, other = RecentStates(), replace(PLACED, business="BASKA")
    recent.came(other, Codec().write(other))
    entry = recent.encode(OrderState(version=1, placed=PLACED))
    assert entry == encode(OrderState(version=1, placed=PLACED))


def test_an_orders_content_is_written_once() -> None:
    recent, value = RecentStates(), Codec().write(PLACED)
    first = OrderState(version=1, placed=PLACED)
    recent.came(PLACED, b" ".join((value[:1], value[1:])))  # to be told from what would be written anew
    entries = [recent.encode(replace(first, version=version)) for version in (1, 2, 3)]
    assert all(entry.startswith(b'{"placed":{ ') for entry in entries)


def test_what_is_no_json_is_written_as_json() -> None:
    recent = RecentStates()
    recent.came(PLACED, b"\x00\x00\x00\x00\x07Avro")
    assert recent.encode(OrderState(placed=PLACED)) == encode(OrderState(placed=PLACED))
