"""What an issuer's journal says of one document: its own facts, in sequence, also those that were deleted since."""

from collections.abc import Iterator

import pytest

from app.domain.commands import Action, InvoiceCommand
from app.domain.documents import DocumentState
from app.issuing.journal.encoding import admitted, encode
from app.issuing.journal.facts import FINAL, Admitted, Answered, Attempting, Fact, LookedUp, Reported
from app.issuing.journal.keys import journal_key, name_of
from app.operations.proof.journal import journal_of
from app.stream.records import InRecord
from app.stream.table_memory import FOUNDING_KEY
from providers.base import Done, NotSent, Outcome, Step, Unknown
from tests.harness.issuing_builders import PROVIDER, at, command, document_id

DONE = Done(reference="theirs-1", state=DocumentState.ISSUED, number="N1")
LOST = Unknown(why="the answer was lost")


class Changelog:
    """An issuer's changelog, written fact by fact."""

    def __init__(self) -> None:
        self.records: list[InRecord] = []
        self.put(FOUNDING_KEY, b"")

    def put(self, key: bytes, value: bytes | None) -> None:
        offset = len(self.records)
        self.records.append(
            InRecord(
                topic="journal",
                partition=0,
                offset=offset,
                timestamp_ms=offset * 1000,
                key=key,
                value=value,
                headers=(),
            )
        )

    def write(self, of: InvoiceCommand, fact: Fact, identifier: str = "", step: Step | None = None) -> bytes:
        key = journal_key(of.command_id, name_of(type(fact), identifier, step))
        self.put(key, encode(fact))
        return key

    def attempt(self, of: InvoiceCommand, identifier: str, outcome: Outcome | None) -> None:
        started = Attempting(started=at(1), deadline=at(4), prepared="0-a")
        self.write(of, started, identifier, Step.INVOICE)
        if outcome is not None:
            self.write(of, Answered(at=at(2), prepared="0-a", outcome=outcome), identifier, Step.INVOICE)

    def look_up(self, of: InvoiceCommand, *covers: str) -> None:
        self.write(of, LookedUp(began=at(9), at=at(9), covers=covers, finding=DONE), "9-a", Step.INVOICE)


@pytest.fixture
def changelog() -> Changelog:
    made = Changelog()
    made.write(command(number=2), admitted(command(number=2), 0))
    made.write(command(), admitted(command(), 1))
    return made


def kinds(log: Changelog) -> Iterator[tuple[str, bool]]:
    for fact in journal_of(log.records, document_id(), PROVIDER).facts:
        yield fact.kind, fact.is_forgotten


def test_the_facts_of_one_document_come_in_their_sequence_and_no_others(changelog: Changelog) -> None:
    changelog.attempt(command(), "1-a", LOST)
    changelog.attempt(command(number=2), "1-a", DONE)
    changelog.look_up(command(), "1-a")
    changelog.write(command(Action.CANCEL), admitted(command(Action.CANCEL), 9))
    assert [kind for kind, _ in kinds(changelog)] == ["Admitted", "Attempting", "Answered", "LookedUp", "Admitted"]
    (_, sent, answered, found, _) = journal_of(changelog.records, document_id(), PROVIDER).facts
    assert (sent.step, sent.identifier) == ("INVOICE", "1-a")
    assert answered.said == "Unknown the answer was lost"
    assert found.said == "for 1-a: Done ISSUED N1 theirs-1"


def test_a_fact_that_was_deleted_after_the_end_is_shown_as_such(changelog: Changelog) -> None:
    key = changelog.write(command(), Attempting(started=at(1), deadline=at(4), prepared="0-a"), "1-a", Step.INVOICE)
    changelog.write(command(), Reported(at=at(5), state=DocumentState.ISSUED, document_id=document_id()), FINAL)
    changelog.put(key, None)
    assert [*kinds(changelog)] == [("Admitted", False), ("Attempting", True), ("Reported", False)]


def test_of_a_command_whose_admission_is_gone_the_last_fact_is_found() -> None:
    log = Changelog()
    log.write(command(), Reported(at=at(5), state=DocumentState.ISSUED), FINAL)
    assert [*kinds(log)] == [("Reported", False)]


@pytest.mark.parametrize(
    ("outcome", "looked_up", "ended", "open_attempts"),
    [
        (DONE, False, False, ()),
        (NotSent(why="no connection"), False, False, ()),
        (LOST, False, False, ("1-a",)),
        (None, False, False, ("1-a",)),
        (LOST, True, False, ()),
        (LOST, False, True, ()),
    ],
    ids=["made", "not sent", "lost", "unanswered", "lost and found", "lost, and the command has ended"],
)
def test_an_attempt_is_open_until_an_answer_a_look_up_or_the_end_settles_it(
    changelog: Changelog,
    outcome: Outcome | None,
    looked_up: bool,
    ended: bool,
    open_attempts: tuple[str, ...],
) -> None:
    changelog.attempt(command(), "1-a", outcome)
    if looked_up:
        changelog.look_up(command(), "1-a")
    if ended:
        changelog.write(command(), Reported(at=at(5), state=DocumentState.ISSUED), FINAL)
    assert journal_of(changelog.records, document_id(), PROVIDER).open_attempts == open_attempts


def test_what_may_have_made_a_document_is_told_from_what_surely_has_not(changelog: Changelog) -> None:
    for identifier, outcome in (("1-a", NotSent(why="busy")), ("2-a", LOST), ("3-a", DONE), ("4-a", None)):
        changelog.attempt(command(), identifier, outcome)
    journal = journal_of(changelog.records, document_id(), PROVIDER)
    assert (journal.possible_makers, journal.made) == (("2-a", "3-a", "4-a"), {"theirs-1"})


def test_a_journal_that_was_lost_says_since_when(changelog: Changelog) -> None:
    assert journal_of(changelog.records, document_id(), PROVIDER).was_lost is None
    changelog.write(command(revision=1), admitted(command(revision=1), 2, doubtful_since=at(3)))
    assert journal_of(changelog.records, document_id(), PROVIDER).was_lost == at(3)


def test_nothing_of_the_documents_content_is_in_what_is_shown(changelog: Changelog) -> None:
    said = " ".join(fact.said for fact in journal_of(changelog.records, document_id(), PROVIDER).facts)
    assert "Yılmaz" not in said
    assert Admitted.__name__ in {fact.kind for fact in journal_of(changelog.records, document_id(), PROVIDER).facts}
