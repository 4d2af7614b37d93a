"""Commands of one document in the states that tests of the decisions need. Deadline 10 s, skew 2 s, visibility 5 s."""

from app.domain.commands import Action
from app.domain.documents import DocumentProgressed
from app.domain.errors import FieldError
from app.domain.orders import ReviewAnswer
from app.issuing.decisions.decisions import (
    Decision,
    ReportProgress,
    TakeReview,
    Withdraw,
)
from app.issuing.decisions.issue import decide
from app.issuing.decisions.step_status import Rules
from app.issuing.journal.command_facts import CommandFacts
from providers.base import Absent, Refused, Unknown
from tests.harness.issuing_builders import (
    answered,
    at,
    attempting,
    command,
    command_facts,
    decision,
    looked_up,
    named,
)

LOST = Unknown(why="reset")
ERRORS = (FieldError(path="$.buyer", code="BAD_TAX_NUMBER", message="no such taxpayer"),)
FIRST_LOOK = 12.0  # the deadline at 10 s and the skew


def withdrawal_command() -> CommandFacts:
    return command_facts(of=command(Action.WITHDRAW), offset=1)


def review_command(
    verdict: ReviewAnswer, revision: int = 1, offset: int = 2, number: str | None = None
) -> CommandFacts:
    review = decision(verdict, revision, number)
    return command_facts(of=command(Action.REVIEW, revision=revision, review=review), offset=offset)


def decided_at(commands: list[CommandFacts], the_rules: Rules, seconds: float) -> tuple[Decision, list[ReportProgress]]:
    """The decision after all notes are taken: each is filed as the worker would."""
    reports: list[ReportProgress] = []
    for _ in range(20):
        decided = decide(commands, the_rules, at(seconds))
        by_id = {d.command_id: d for d in commands}
        match decided:
            case ReportProgress():
                reports.append(decided)
                by_id[decided.command_id].file(*named(decided.fact, decided.label))
            case TakeReview():
                by_id[decided.command_id].file(*named(decided.fact, str(decided.fact.revision)))
            case Withdraw():
                by_id[decided.command_id].file(*named(decided.fact))
            case _:
                return decided, reports
    raise AssertionError("the machine does not come to rest")


def progress(report: ReportProgress) -> DocumentProgressed:
    assert report.event is not None
    assert isinstance(report.event.body, DocumentProgressed)
    return report.event.body


def lost_attempt(*more: object, seconds: float = 1.0) -> CommandFacts:
    return command_facts(named(attempting(), "1-w"), named(answered(LOST, seconds), "1-w"), *more)


def twice_absent(began: float = FIRST_LOOK) -> tuple[object, object]:
    return named(looked_up(Absent(), began), "1-w"), named(looked_up(Absent(), began + 6), "2-w")


def refused_after_a_loss() -> CommandFacts:
    refusal = named(answered(Refused(errors=ERRORS), 21), "2-w")
    return lost_attempt(*twice_absent(), named(attempting(20), "2-w"), refusal)
