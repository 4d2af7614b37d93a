"""What the journal keeps comes back as it was."""

import zlib
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from app.domain.commands import InvoiceCommand
from app.domain.documents import Attention, DocumentState, DocumentType
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.domain.policy import RULES_VERSION
from app.issuing.journal import facts
from app.issuing.journal.encoding import admitted, command_of, decode, encode
from app.issuing.journal.errors import NewerFactError
from app.issuing.journal.facts import FACTS, Fact
from app.issuing.journal.keys import FactName, journal_key
from providers.base import Absent, Different, Done, NotSent, Refused, Step, Unclear, Unknown
from tests.harness.issuing_builders import answered, at, attempting, command, done, looked_up, prepared

REFUSED = Refused(errors=(FieldError(path="$.a", code="BAD", message="kötü"),), instead=DocumentType.EFATURA)
SAMPLES: tuple[Fact, ...] = (
    admitted(command(), 7, at(0), (("traceparent", b"00-1-2-01"), ("correlation-id", b"\xff"))),
    prepared(),
    attempting(),
    answered(NotSent(why="busy", retry_after=3.5, needs_owner=True)),
    answered(REFUSED),
    answered(Unknown(why="reset")),
    answered(done()),
    looked_up(Absent(), 20),
    looked_up(Different(detail="another total"), 20),
    looked_up(Unclear(why="502"), 20),
    looked_up(done(), 20),
    facts.Reviewed(at=at(1), revision=2, decision=ReviewAnswer.CONFIRM_ISSUED, number="N"),
    facts.Observed(at=at(2), done=done(state=DocumentState.DELIVERED)),
    facts.Withdrawn(at=at(3), by="w"),
    facts.Reported(at=at(4), state=DocumentState.ISSUED, attention=Attention.NEEDS_REVIEW, covers=("a", "b")),
)


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda fact: type(fact).__name__)
def test_a_fact_comes_back_from_the_journal_as_it_was_written(fact: Fact) -> None:
    assert decode(type(fact).__name__, encode(fact)) == fact


def forced(value: Done, **fields: object) -> Done:
    """What no constructor lets through."""
    for name, field in fields.items():
        object.__setattr__(value, name, field)
    return value


@pytest.mark.parametrize("fields", [{"number": 2026000000001}, {"reference": 17}, {"state": "ISSUED"}, {"ettn": ["x"]}])
def test_what_could_not_be_read_again_is_not_written(fields: dict[str, object]) -> None:
    for fact in (
        answered(forced(done(), **fields)),
        looked_up(forced(done(), **fields), 20),
        facts.Observed(at=at(2), done=forced(done(), **fields)),
    ):
        with pytest.raises(ValueError, match=r"[Uu]nexpected"):
            encode(fact)


def test_what_is_no_answer_is_not_written() -> None:
    with pytest.raises((KeyError, ValueError)):
        encode(answered("done"))  # type: ignore[arg-type]


def test_every_kind_of_fact_is_tried() -> None:
    assert {type(sample) for sample in SAMPLES} == set(FACTS)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (
            "Attempting",
            b'{"started":"2026-11-02T09:00:00Z","deadline":"2026-11-02T09:00:20Z","prepared":"0-w","by":"x"}',
        ),
        (
            "Answered",
            b'{"at":"2026-11-02T09:00:00Z","prepared":"0-w","outcome":{"is":"Done","reference":"r","tax":"1"}}',
        ),
        ("Answered", b'{"at":"2026-11-02T09:00:00Z","prepared":"0-w","outcome":{"is":"Deferred"}}'),
        ("Reported", b'{"at":"2026-11-02T09:00:00Z","state":"ARCHIVED"}'),
        ("Amended", b"{}"),
    ],
)
def test_what_a_newer_release_has_written_is_never_read_in_part(kind: str, value: bytes) -> None:
    with pytest.raises(NewerFactError, match="this release knows"):
        decode(kind, value)


def test_a_command_that_a_newer_release_has_taken_in_is_not_carried_out() -> None:
    newer = admitted(replace(command(), rules_version=RULES_VERSION + 1), 1)
    with pytest.raises(NewerFactError, match="rules version"):
        command_of(newer)


def test_what_is_no_fact_at_all_is_no_newer_one() -> None:
    with pytest.raises(ValueError, match="not a Withdrawn"):
        decode("Withdrawn", b'{"at":"noon"}')


def test_a_command_comes_back_from_its_admission() -> None:
    assert command_of(admitted(command(), 1)) == command()


@pytest.mark.parametrize("name", [FactName(Step.INVOICE, "Answered", "1-ab"), FactName(None, "Withdrawn", "")])
def test_a_name_comes_back_from_its_key(name: FactName) -> None:
    assert FactName.parse(str(name)) == name


def test_a_key_begins_with_the_command_so_that_its_facts_can_be_found_together() -> None:
    key = journal_key("c", FactName(Step.INVOICE, "Attempting", "1-ab"))
    assert key == b"c\x1fINVOICE\x1fAttempting\x1f1-ab"


def test_an_admission_from_before_headers_were_kept_is_read() -> None:
    line = b'{"action":"ISSUE","business":"shop","connection":"fake","order_reference":"order-1",'
    line += b'"document_id":"d","offset":7}'
    body = zlib.compress(TypeAdapter(InvoiceCommand).dump_json(command()))
    fact = decode("Admitted", line + b"\n" + body)
    assert isinstance(fact, facts.Admitted)
    assert (fact.headers, command_of(fact)) == ((), command())


def test_a_queued_command_is_small() -> None:
    assert len(encode(admitted(command(), 1))) < 1200
