"""From what was found to events: the same finding is one event, and one that is not found any more is resolved."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from app.domain.reconciliation import DayReconciled, DayResult, Discrepancy, Finding, FindingState, Reconciliation
from app.operations.reconciliation.comparing import Compared, Difference, compare_day
from app.operations.reconciliation.findings import Place, changes, day_event, outcome_of
from app.stream.serialization.codec import Codec
from app.stream.serialization.record_builder import RecordBuilder
from app.stream.topics.names import Topics
from app.tracking.reconciliations import Reconciliations, track_reconciliations
from tests.operations.reconciliation.days import AT, DAY, DOCUMENT, LISTED_TYPES, PLACE, S, ours, own, row
from tests.stream.serialization.registries import MemoryRegistry

HERE = Place(day=PLACE, provider="nilvera")
CANCELLED = row(state=S.CANCELLED)


class Topic:
    """The events that were written."""

    def __init__(self) -> None:
        self.events: list[Reconciliation] = []

    @property
    def known(self) -> Reconciliations:
        return track_reconciliations(self.events)

    def run(self, compared: Compared) -> list[tuple[Discrepancy, FindingState, int]]:
        """Writes what is new of a comparison, and returns it."""
        new = [*changes(HERE, compared, self.known.of_day(PLACE), AT)]
        self.events += new
        bodies = [event.body for event in new]
        return [(each.kind, each.state, each.sequence) for each in bodies if isinstance(each, Finding)]


def compared(*rows: object, **more: object) -> Compared:
    return compare_day(rows, own(ours()), DAY, LISTED_TYPES, others_expected=False, **more)  # type: ignore[arg-type]


def test_a_finding_is_written_once_however_often_it_is_found() -> None:
    topic = Topic()
    assert topic.run(compared(CANCELLED)) == [(Discrepancy.OTHER_STATE, FindingState.OPEN, 1)]
    assert topic.run(compared(CANCELLED)) == []


def test_two_that_find_it_at_once_write_the_same_event() -> None:
    (first,) = changes(HERE, compared(CANCELLED), {}, AT)
    (second,) = changes(HERE, compared(CANCELLED), {}, AT + timedelta(minutes=1))
    assert first.event_id == second.event_id
    assert len(track_reconciliations([first, second]).findings) == 1


def test_what_a_later_run_does_not_find_is_resolved_and_may_come_again() -> None:
    topic = Topic()
    topic.run(compared(CANCELLED))
    assert topic.run(compared(row())) == [(Discrepancy.OTHER_STATE, FindingState.RESOLVED, 2)]
    assert topic.run(compared(row())) == []
    assert topic.run(compared(CANCELLED)) == [(Discrepancy.OTHER_STATE, FindingState.OPEN, 3)]
    (tracked,) = topic.known.findings.values()
    assert tracked.is_open


def test_another_amount_than_before_is_news_of_the_same_finding() -> None:
    topic = Topic()
    topic.run(compared(row(payable=Decimal(100))))
    assert topic.run(compared(row(payable=Decimal(200)))) == [(Discrepancy.OTHER_AMOUNT, FindingState.OPEN, 2)]
    assert len(topic.known.findings) == 1


def test_a_finding_about_what_was_not_answered_stays_open() -> None:
    topic, document = Topic(), ours()
    missing = Difference(kind=Discrepancy.MISSING_THERE, ours=document, row=None)
    topic.run(Compared(differences=[missing]))
    assert topic.run(Compared(unanswered=[document])) == []
    assert topic.run(Compared()) == [(Discrepancy.MISSING_THERE, FindingState.RESOLVED, 2)]


def test_findings_of_another_day_or_connection_are_left_alone() -> None:
    topic = Topic()
    topic.run(compared(CANCELLED))
    other = Place(day=PLACE._replace(connection="second-login"), provider="nilvera")
    assert [*changes(other, compared(row()), topic.known.of_day(other.day), AT)] == []


def test_a_finding_names_both_sides() -> None:
    (event,) = changes(HERE, compared(row(payable=Decimal("350.00"))), {}, AT)
    finding = event.body
    assert isinstance(finding, Finding)
    assert (finding.document_id, finding.number, finding.provider_reference) == (DOCUMENT, "N1", "theirs-1")
    assert (finding.payable_here, finding.payable_there, finding.currency_here) == (Decimal("300.00"), 350, "TRY")
    assert finding.said == "it is 350.00 there, and 300.00 here"


def test_what_was_not_answered_for_makes_a_day_not_whole() -> None:
    whole, part = outcome_of(Compared(agreeing=3), {"EARSIV"}), outcome_of(Compared(unanswered=[ours()]), {"EARSIV"})
    assert (whole.result, whole.said) == (DayResult.COMPARED, "")
    assert (part.result, part.said) == (DayResult.NOT_WHOLE, "1 documents were not answered for")


def test_the_last_comparison_of_a_day_counts_whichever_is_read_first() -> None:
    early = day_event(HERE, DayReconciled(result=DayResult.NOT_ANSWERED), AT)
    late = day_event(HERE, DayReconciled(result=DayResult.COMPARED), AT + timedelta(hours=3))
    for events in ([early, late], [late, early]):
        assert track_reconciliations(events).days[PLACE].outcome.result is DayResult.COMPARED


def test_an_event_goes_to_its_topic_by_connection_and_comes_back_in_either_format() -> None:
    (finding,) = changes(HERE, compared(row(payable=Decimal("350.00"))), {}, AT)
    day = day_event(HERE, outcome_of(compared(row()), LISTED_TYPES), AT)
    for codec in (Codec(), Codec(MemoryRegistry())):
        for event in (finding, day):
            record = RecordBuilder(Topics("eins."), codec, app="reconciliation").of(event)
            assert (record.topic, record.key) == ("eins.reconciliation.v1", b"ORNEK/nilvera")
            assert dict(record.headers)["ce_id"].decode() == event.event_id
            assert codec.read(Reconciliation, record.value) == event


def test_a_change_of_nothing_but_the_sentence_is_no_news() -> None:
    topic = Topic()
    topic.run(compared(CANCELLED))
    (tracked,) = topic.known.findings.values()
    again = replace(tracked, finding=replace(tracked.finding, said="otherwise"))
    assert [*changes(HERE, compared(CANCELLED), {again.finding.finding_id: again}, AT)] == []
