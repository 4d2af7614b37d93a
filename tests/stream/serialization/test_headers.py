from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.outcomes import Verdict
from app.stream.serialization.headers import LONGEST_PROPAGATED, Emitted, HeaderBuilder
from tests.stream.serialization.examples import COMMAND, EVENT, command, logged, outcome, status

PLANNER = HeaderBuilder("planner")


def ce_id(record: Emitted) -> bytes:
    return dict(PLANNER.headers(record))["ce_id"]


def test_a_record_is_a_cloud_event_in_binary_mode() -> None:
    assert PLANNER.headers(logged()) == (
        ("ce_specversion", b"1.0"),
        ("ce_id", EVENT.encode()),
        ("ce_type", b"faturaflow.order.logged.v1"),
        ("ce_source", b"/faturaflow/planner"),
        ("ce_time", b"2026-11-02T12:00:00+00:00"),
        ("content-type", b"application/json"),
    )


@pytest.mark.parametrize(
    ("record", "ce_type"),
    [
        (outcome(), b"faturaflow.order.judged.v1"),
        (command(), b"faturaflow.invoice.commanded.v1"),
        (status(), b"faturaflow.document.progressed.v1"),
    ],
)
def test_each_kind_of_record_has_its_type(record: Emitted, ce_type: bytes) -> None:
    assert dict(PLANNER.headers(record))["ce_type"] == ce_type


def test_the_same_record_has_the_same_id_whoever_writes_it() -> None:
    assert ce_id(command()) == COMMAND.encode()
    for make in (outcome, status):
        assert PLANNER.headers(make()) == HeaderBuilder("planner").headers(make())


def test_what_is_said_twice_of_one_thing_has_two_ids() -> None:
    assert ce_id(outcome(Verdict.HELD)) != ce_id(outcome(Verdict.OK))
    assert ce_id(status(1)) != ce_id(status(2))


def test_an_event_that_waits_for_something_else_and_then_for_the_same_again_is_told_under_three_ids() -> None:
    held = outcome(Verdict.HELD)
    frozen = replace(held, reason="ORDER_FROZEN", occurred_at=held.occurred_at + timedelta(minutes=1))
    again = replace(held, occurred_at=held.occurred_at + timedelta(minutes=2))
    assert len({ce_id(held), ce_id(frozen), ce_id(again)}) == 3


def test_avro_says_that_it_is_avro() -> None:
    assert ("content-type", b"application/avro") in HeaderBuilder("planner", "AVRO").headers(status())


def test_what_belongs_to_the_larger_story_is_handed_on() -> None:
    story = (("correlation-id", b"c-1"), ("causation-id", b"k-1"), ("traceparent", b"00-aa-bb-01"))
    cause = (("ce_id", b"another"), *story, ("x-customer", b"somebody"))
    headers = PLANNER.headers(status(), cause)
    assert headers[-3:] == story
    assert len(headers) == 9


def test_a_payload_in_a_tracing_header_is_not_handed_on() -> None:
    assert len(PLANNER.headers(status(), (("traceparent", b"x" * (LONGEST_PROPAGATED + 1)),))) == 6


def test_a_name_that_stands_a_thousand_times_is_handed_on_once() -> None:
    cause = tuple(("traceparent", b"%d" % n) for n in range(1000))
    assert PLANNER.headers(status(), cause)[6:] == (("traceparent", b"999"),)
