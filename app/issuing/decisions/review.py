"""Questions to a person: how they are asked and answered, and what is asked after a command's end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.documents import DEAD
from app.issuing.decisions import progress_reports
from app.issuing.decisions.decisions import AwaitConnection, AwaitPerson, Decision, ReportProgress, Rest, TakeReview
from app.issuing.decisions.live import live_answers
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus, steps_of
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import Reviewed
from providers.base import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """The unfinished commands that act upon another command of the same document, and all that are known of it."""

    withdrawals: Sequence[CommandFacts] = ()
    reviews: Sequence[CommandFacts] = ()
    signings: Sequence[CommandFacts] = ()
    marks: Sequence[CommandFacts] = ()
    approvals: Sequence[CommandFacts] = ()
    known: Sequence[CommandFacts] = ()


def review(facts: CommandFacts, step: Step, status: StepStatus, siblings: Siblings) -> Decision:
    """Asks once for each question; the first decision on a revision is taken, one on another revision is not."""
    revision = progress_reports.last_revision(facts)
    suffix = progress_reports.review_suffix(status)
    asked = any(label.endswith(f":{revision}:{suffix}") for label in facts.reported)
    if not asked or revision in facts.reviewed:
        at = status.at or max(fact.at for fact in facts.reported.values())
        newest = max(map(progress_reports.last_revision, (facts, *siblings.known)))  # two commands never ask as one
        return progress_reports.review_report(facts, step, status, newest + 1, at)
    taken = _decision_on(revision, siblings.reviews)
    if taken is not None:
        return TakeReview(command_id=facts.command_id, fact=taken)
    return AwaitPerson(command_id=facts.command_id, revision=revision)


def _decision_on(revision: int, reviews: Iterable[CommandFacts]) -> Reviewed | None:
    for facts in reviews:
        command = command_of(facts.admitted) if facts.admitted else None
        if command and command.review and command.review.revision == revision:
            review = command.review
            return Reviewed(
                at=command.occurred_at,
                revision=revision,
                decision=review.decision,
                number=review.number,
                ettn=review.ettn,
                actor=review.actor,
            )
    return None


def after_the_end(facts: CommandFacts, siblings: Siblings, rules: Rules | None) -> Decision:
    """A finished command rests, unless a document has appeared that its end does not know."""
    final = facts.final
    if final is None or not facts.steps:
        return Rest()
    if rules is None:
        return AwaitConnection()
    step = steps_of(facts, rules)[-1]
    live = live_answers(facts.counting(step))
    confirmed = progress_reports.reported_state(facts) not in DEAD and (final.reference is None or final.state in DEAD)
    strangers = {} if confirmed else {r: s for r, s in live.items() if r != final.reference}
    if strangers:
        at = max(sight.at for sight in strangers.values())
        status = StepStatus(
            state=StepState.NEEDS_REVIEW, cause=Cause.LIVE_AFTER_END, covers=tuple(sorted(strangers)), at=at
        )
        return review(facts, step, status, siblings)
    return _late_review(facts) or Rest()


def _late_review(facts: CommandFacts) -> ReportProgress | None:
    for revision, review in sorted(facts.reviewed.items()):
        was_late = any(f":{revision}:{Cause.LIVE_AFTER_END}:" in label for label in facts.reported)
        if was_late and progress_reports.late_review_label(revision) not in facts.reported:
            return progress_reports.late_review_report(facts, review)
    return None


def is_forgettable(facts: CommandFacts) -> bool:
    """After a late review the facts stay: without them the same question would be asked again."""
    return facts.final is not None and not any(str(Cause.LIVE_AFTER_END) in label for label in facts.reported)
