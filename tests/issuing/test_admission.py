"""Commands are written down once, in their order; what is none goes to the dead letters."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter

from app.domain.commands import InvoiceCommand
from app.domain.policy import RULES_VERSION
from app.domain.time import from_millis
from app.issuing.admission import read_batch
from app.issuing.journal.encoding import command_of, encode
from app.issuing.journal.keys import journal_key, name_of
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.serialization.errors import InvalidRecordError, NewerRecordError
from tests.harness.fake_ports import FakeJournal
from tests.harness.fate import Fate
from tests.harness.issuing_builders import PROVIDER, command
from tests.harness.one_issuer import OneIssuer
from tests.harness.simulated_time import simulate

CODEC = TypeAdapter(InvoiceCommand)


def rec(value: bytes | None, offset: int = 0, timestamp_ms: int = 0) -> InRecord:
    return InRecord(
        topic="commands", partition=0, offset=offset, timestamp_ms=timestamp_ms, key=None, value=value, headers=()
    )


def record(of: InvoiceCommand, offset: int = 0, timestamp_ms: int = 0) -> InRecord:
    return rec(CODEC.dump_json(of), offset, timestamp_ms)


def journal(changelog: dict[tuple[int, bytes], bytes] | None = None) -> FakeJournal:
    async def make() -> FakeJournal:
        return FakeJournal(changelog or {}, Fate())

    return simulate(make())


def test_a_command_is_admitted_with_its_place_in_the_topic() -> None:
    admission = read_batch([record(command(), 41)], journal(), CODEC.validate_json, PROVIDER)
    ((partition, command_id, fact),) = admission.commands
    assert (partition, command_id, fact.offset) == (0, command().command_id, 41)
    assert command_of(fact) == command()


def test_what_belongs_to_a_larger_story_is_kept_with_the_command() -> None:
    story = (("traceparent", b"00-1-2-01"), ("correlation-id", b"basket-7"))
    incoming = replace(record(command()), headers=(("ce_id", b"1"), *story))
    ((_, _, fact),) = read_batch([incoming], journal(), CODEC.validate_json, PROVIDER).commands
    assert fact.headers == story


@pytest.mark.parametrize(
    ("ends", "doubtful"),
    [({0: 1}, [True, False]), ({0: 0}, [False, False]), ({1: 0}, [True, True]), (None, [True, True])],
)
def test_what_stood_in_the_topic_when_the_journal_began_anew_is_doubtful_whatever_the_clocks_say(
    ends: dict[int, int] | None, doubtful: list[bool]
) -> None:
    before, after = record(command(number=1), 0, 999), record(command(number=2), 1, 1)
    lost_at = from_millis(1000)
    admission = read_batch(
        [before, after], journal(), CODEC.validate_json, PROVIDER, journal_lost_at=lost_at, ends=ends
    )
    since = [fact.doubtful_since for _, _, fact in admission.commands]
    assert since == [lost_at if is_doubtful else None for is_doubtful in doubtful]


def test_nothing_is_doubtful_while_the_journal_is_the_one_of_before() -> None:
    admission = read_batch([record(command())], journal(), CODEC.validate_json, PROVIDER)
    assert [fact.doubtful_since for _, _, fact in admission.commands] == [None]


def test_a_command_that_the_journal_would_not_take_is_a_dead_letter_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    known = len(read_batch([record(command())], journal(), CODEC.validate_json, PROVIDER).commands[0][2].command)
    monkeypatch.setattr("app.issuing.admission.MOST_COMMAND_BYTES", known)
    large = replace(command(number=2), caused_by="".join(map(chr, range(33, 127))))
    admission = read_batch([record(large), record(command())], journal(), CODEC.validate_json, PROVIDER)
    assert [letter.error.code for letter in admission.dead_letters] == ["TOO_LARGE"]
    assert len(admission.commands) == 1


def test_a_redelivered_command_is_left_out_in_the_batch_and_after_it() -> None:
    known = command()
    fact = read_batch([record(known)], journal(), CODEC.validate_json, PROVIDER).commands[0][2]
    key = journal_key(known.command_id, name_of(type(fact)))
    again = [record(known, 5), record(command(number=2), 6), record(command(number=2), 7)]
    admission = read_batch(again, journal({(0, key): encode(fact)}), CODEC.validate_json, PROVIDER)
    assert [(one, kept.offset) for _, one, kept in admission.commands] == [(command(number=2).command_id, 6)]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "NO_VALUE"),
        (b"{", "NOT_A_COMMAND"),
        (CODEC.dump_json(replace(command(), provider="other")), "OTHER_PROVIDER"),
    ],
)
def test_what_is_no_command_of_ours_goes_to_the_dead_letters(value: bytes | None, code: str) -> None:
    admission = read_batch([rec(value), record(command(), 1)], journal(), CODEC.validate_json, PROVIDER)
    assert [(letter.record.value, letter.error.code) for letter in admission.dead_letters] == [(value, code)]
    assert len(admission.commands) == 1


def test_a_batch_with_a_command_of_a_newer_planner_is_not_taken_in() -> None:
    newer = replace(command(), rules_version=RULES_VERSION + 1)
    codec = Codec()
    with pytest.raises(NewerRecordError):
        read_batch(
            [record(command(number=2)), rec(codec.write(newer))],
            journal(),
            lambda value: codec.read(InvoiceCommand, value),
            PROVIDER,
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda command: command["order"].update(withholding_rate="5/10"),
        lambda command: command["order"]["lines"][0].update(withholding_code="601"),
        lambda command: command.update(cancellation={"reason": "r", "at_the_authorities": True}),
    ],
)
def test_a_command_of_a_newer_planner_is_told_by_its_version_and_another_with_more_fields_is_refused(
    change: Callable[[dict[str, Any]], None],
) -> None:
    written = json.loads(Codec().write(command()))
    change(written)
    with pytest.raises(InvalidRecordError):
        Codec().read(InvoiceCommand, json.dumps(written).encode())
    with pytest.raises(NewerRecordError):
        Codec().read(InvoiceCommand, json.dumps({**written, "rules_version": RULES_VERSION + 1}).encode())


def test_an_admitted_command_is_durable_before_it_is_worked_for() -> None:
    issuer = OneIssuer()

    async def story() -> None:
        process = issuer.process()
        process.journal.after_put = lambda: seen.append(process.scheduler.waiting)
        seen: list[int] = []
        await process.admit(command(), command(number=2))
        assert seen == [0, 0]
        assert process.scheduler.waiting == 2

    simulate(story())
