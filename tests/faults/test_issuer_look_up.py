"""The look-up rule: what may have been made is asked for, twice and late enough, before anything is sent again.

Each test states what the rule keeps; its counterpart takes that part of the rule away and shows what comes of it.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from app.domain.documents import Attention, DocumentState
from app.issuing.decisions import issue_state, steps
from app.issuing.decisions.absences import absences
from app.issuing.decisions.live import seen_alive
from app.issuing.decisions.step_status import Rules, StepState, StepStatus
from app.issuing.journal.command_facts import CommandFacts, StepFacts
from app.testbed.chaos.check.defects import DefectKind
from providers.base import Step
from tests.faults.in_memory import SENDS_AGAIN, TAKES_TWICE, Run, crash, zombie
from tests.harness.whole_pipeline import Fault, WholePipeline

# Booked there and not answered; answered and not written down.
AFTER_THE_EFFECT = ["booked", "write Answered"]
WAYS = pytest.mark.parametrize("befalls", [crash, zombie], ids=["dies", "wakes"])
POINTS = pytest.mark.parametrize("point", AFTER_THE_EFFECT)


def sends_at_once(step: Step, command_facts: CommandFacts, rules: Rules, now: datetime) -> StepStatus:
    """The status without the look-up rule: whatever was not answered is sent."""
    del rules, now
    return seen_alive(command_facts.counting(step)) or StepStatus(state=StepState.QUEUED)


def believed_at_first(attempt: str, since: datetime, facts: StepFacts, span: timedelta) -> bool:
    """The belief without the visibility delay: one absence is enough."""
    del span
    return bool(absences(attempt, since, facts))


def sends_whoever_doubles(facts: StepFacts, rules: Rules) -> None:
    """The same without regard to what a repeat would do at this provider."""
    del facts, rules


def loses(answer: str, late: float = 0.0) -> Callable[[WholePipeline], None]:
    def prepare(pipeline: WholePipeline) -> None:
        pipeline.issuer.behaviour.creates = [answer]
        pipeline.issuer.behaviour.late = late

    return prepare


@POINTS
@WAYS
def test_a_crash_after_the_effect_is_looked_up_and_stays_one_document(
    point: str, befalls: Callable[[str], Fault]
) -> None:
    run = Run(befalls(point), provider=TAKES_TWICE)
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


@POINTS
@WAYS
def test_without_looking_first_a_crash_after_the_effect_makes_two_documents(
    point: str, befalls: Callable[[str], Fault], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "status_of", sends_at_once)
    run = Run(befalls(point), provider=TAKES_TWICE)
    # A zombie that is refused nothing makes a third.
    assert run.documents >= 2
    assert run.says(DefectKind.DOUBLE, f"made {run.documents} documents")


def test_a_lost_answer_is_looked_up_and_stays_one_document() -> None:
    run = Run(provider=TAKES_TWICE, before=loses("LOST_AFTER"))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


def test_without_looking_first_a_lost_answer_makes_two_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "status_of", sends_at_once)
    run = Run(provider=TAKES_TWICE, before=loses("LOST_AFTER"))
    assert (run.documents, run.says(DefectKind.DOUBLE, "made 2 documents")) == (2, True)


# The first look-up comes 12 seconds after the attempt began, the second at least 5 seconds later.
BETWEEN_THE_LOOK_UPS, AFTER_BOTH = 14.0, 40.0


def test_what_turns_up_between_two_look_ups_stays_one_document() -> None:
    run = Run(provider=SENDS_AGAIN, before=loses("LATE", BETWEEN_THE_LOOK_UPS))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


def test_believing_the_first_look_up_makes_two_documents_where_the_effect_comes_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issue_state, "lasts", believed_at_first)
    run = Run(provider=SENDS_AGAIN, before=loses("LATE", BETWEEN_THE_LOOK_UPS))
    assert (run.documents, run.says(DefectKind.DOUBLE, "made 2 documents")) == (2, True)


def test_what_turns_up_long_after_both_look_ups_stays_one_document_where_giving_up_takes_minutes() -> None:
    run = Run(provider={**SENDS_AGAIN, "give_up_seconds": 300.0}, before=loses("LATE", AFTER_BOTH))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))


def test_where_a_reference_is_taken_twice_a_believed_absence_is_a_question_and_not_a_second_attempt() -> None:
    run = Run(provider=TAKES_TWICE, before=loses("LATE", AFTER_BOTH))
    assert run.documents == 1
    assert (run.defects, run.ended[1]) == ([], Attention.NEEDS_REVIEW)


def test_sending_again_without_a_unique_reference_makes_two_documents_where_the_effect_comes_very_late(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(issue_state, "_absent", sends_whoever_doubles)
    run = Run(provider=TAKES_TWICE, before=loses("LATE", AFTER_BOTH))
    assert (run.documents, run.says(DefectKind.DOUBLE, "made 2 documents")) == (2, True)


def test_where_a_reference_is_taken_once_the_second_attempt_cannot_double() -> None:
    run = Run(before=loses("LATE", AFTER_BOTH))
    assert (run.defects, run.documents, run.ended) == ([], 1, (DocumentState.ISSUED, None))
