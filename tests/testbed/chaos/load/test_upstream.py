"""What upstream sends comes from the seed alone: orders, some from two systems, and bad input of every kind."""

import json
from collections import Counter
from datetime import UTC, datetime
from random import Random

import pytest

from app.domain.orders import OrderEvent
from app.domain.outcomes import Verdict
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, UnreadableRecordError
from app.testbed.chaos.check.bad_input import DEAD_LETTERS, REFUSALS, BadInput, bad_value
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.load.upstream import EVENTS_PER_BAD_INPUT, Hashing, UpstreamRecord, sent_twice, upstream_records
from app.testbed.chaos.variants import NONE
from app.testbed.generator import GeneratedOrder, generate_orders

START = datetime(2026, 11, 2, tzinfo=UTC)
CODEC = Codec()
ORDERS = 600


def made_up(seed: int = 1, orders: int = ORDERS) -> list[GeneratedOrder]:
    return generate_orders([each.role for each in businesses.USUAL], orders=orders, seed=seed, start=START)


def stream(seed: int = 1) -> list[UpstreamRecord]:
    orders, twice = sent_twice(made_up(seed), seed)
    return list(upstream_records(orders, twice, seed, CODEC.write))


def order() -> bytes:
    return CODEC.write(made_up(orders=1)[0].events[0])


def test_the_same_seed_gives_the_same_letters_and_another_seed_gives_others() -> None:
    assert stream(1) == stream(1)
    assert stream(1) != stream(2)


def test_bad_input_of_every_kind_stands_among_the_orders_as_often_as_was_promised() -> None:
    sent = stream()
    bad_input = Counter(record.bad_input for record in sent if record.bad_input)
    assert set(bad_input) == set(BadInput)
    assert bad_input.total() == (len(sent) - bad_input.total()) // EVENTS_PER_BAD_INPUT


def test_an_order_that_two_systems_tell_comes_whole_from_each_of_them() -> None:
    orders, twice = sent_twice(made_up(), 1)
    assert 0 < len(twice) < ORDERS / 4
    by_system: dict[tuple[bytes, Hashing], Counter[bytes | None]] = {}
    for record in upstream_records(orders, twice, 1, CODEC.write):
        if record.bad_input is None:
            by_system.setdefault((record.key, record.hashing), Counter())[record.value] += 1
    keys = {f"{business}/{reference}".encode() for business, reference in twice}
    assert {key for key, hashing in by_system if hashing is Hashing.CRC32} == keys
    for key in keys:
        assert set(by_system[key, Hashing.MURMUR2]) == set(by_system[key, Hashing.CRC32])


def test_only_what_may_come_in_any_sequence_is_sent_twice() -> None:
    orders, twice = sent_twice(made_up(), 1)
    for each in orders:
        if (each.business, each.order_reference) in twice:
            verdicts = Counter(step.verdict for step in each.steps)
            assert set(verdicts) <= {Verdict.OK, Verdict.DUPLICATE} and verdicts[Verdict.DUPLICATE] * 2 >= len(
                each.steps
            )


@pytest.mark.parametrize("kind", BadInput)
def test_each_kind_of_bad_input_is_unusable_in_its_own_way(kind: BadInput) -> None:
    """Read by the codec that intake reads with: its reason is the one that the check asks for."""
    value = bad_value(kind, order(), 7, Random(7))
    if kind is BadInput.UNKNOWN_BUSINESS:
        assert CODEC.read(OrderEvent, value).business not in businesses.companies(NONE)
    elif kind is BadInput.NAMELESS or kind in REFUSALS:
        with pytest.raises(InvalidRecordError) as invalid:
            CODEC.read(OrderEvent, value)
        assert (invalid.value.order_reference is None) is (kind is BadInput.NAMELESS)
    else:
        with pytest.raises(UnreadableRecordError) as unreadable:
            CODEC.read(OrderEvent, value)
        assert unreadable.value.code == DEAD_LETTERS[kind]


def test_bad_input_that_is_answered_stands_under_the_order_that_it_names() -> None:
    for record in stream():
        if record.bad_input in REFUSALS and record.value is not None:
            named = json.loads(record.value)
            assert record.key == f"{named['business']}/{named['order_reference']}".encode()
