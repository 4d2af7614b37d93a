"""Questions to a person: how they are asked and answered, and what is asked after a command's end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.documents import DEAD
from app.issuing.decisions import reports
from app.issuing.decisions.decisions import AwaitConnection, AwaitPerson, Decision, Report, Rest, TakeReview
from app.issuing.decisions.step_state import Cause, Rules, Standing, StepState, live_answers
from app.issuing.journal.command_facts import Dossier
from app.issuing.journal.facts import Reviewed, command_of
from providers.base import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Siblings:
    """The unfinished commands that act upon another command of the same document, and all that are known of it."""

    withdrawals: Sequence[Dossier] = ()
    reviews: Sequence[Dossier] = ()
    known: Sequence[Dossier] = ()


def review(dossier: Dossier, step: Step, standing: Standing, siblings: Siblings) -> Decision:
    """Asks once for each question; the first decision on a revision is taken, one on another revision is not."""
    revision = reports.last_revision(dossier)
    suffix = reports.review_suffix(standing)
    asked = any(label.endswith(f":{revision}:{suffix}") for label in dossier.reported)
    if not asked or revision in dossier.reviewed:
        at = standing.at or max(fact.at for fact in dossier.reported.values())
        newest = max(_asked_before(known) for known in (dossier, *siblings.known))
        return reports.review_report(dossier, step, standing, newest + 1, at)
    taken = _decision_on(revision, siblings.reviews)
    if taken is not None:
        return TakeReview(command_id=dossier.command_id, fact=taken)
    return AwaitPerson(command_id=dossier.command_id, revision=revision)


def _asked_before(dossier: Dossier) -> int:
    """Questions are numbered by the document: two commands never ask under the same number."""
    command = command_of(dossier.admitted) if dossier.admitted and dossier.is_cancellation else None
    known = command.cancellation.review_revision if command and command.cancellation else 0
    return max(reports.last_revision(dossier), known)


def _decision_on(revision: int, reviews: Iterable[Dossier]) -> Reviewed | None:
    for dossier in reviews:
        command = command_of(dossier.admitted) if dossier.admitted else None
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


def after_the_end(dossier: Dossier, siblings: Siblings, rules: Rules | None) -> Decision:
    """A finished command rests, unless a document has appeared that its end does not know."""
    final = dossier.final
    if final is None or not dossier.steps:
        return Rest()
    if rules is None:
        return AwaitConnection()
    step = rules.capabilities.steps[-1]
    live = live_answers(dossier.counting(step))
    confirmed = reports.told_state(dossier) not in DEAD and (final.reference is None or final.state in DEAD)
    strangers = {} if confirmed else {r: s for r, s in live.items() if r != final.reference}
    if strangers:
        at = max(sight.at for sight in strangers.values())
        standing = Standing(
            state=StepState.NEEDS_REVIEW, cause=Cause.LIVE_AFTER_END, covers=tuple(sorted(strangers)), at=at
        )
        return review(dossier, step, standing, siblings)
    return _settled(dossier) or Rest()


def _settled(dossier: Dossier) -> Report | None:
    for revision, review in sorted(dossier.reviewed.items()):
        was_late = any(f":{revision}:{Cause.LIVE_AFTER_END}:" in label for label in dossier.reported)
        if was_late and reports.settled_label(revision) not in dossier.reported:
            return reports.settled_report(dossier, review)
    return None


def is_forgettable(dossier: Dossier) -> bool:
    """After a late review the facts stay: without them the same question would be asked again."""
    return dossier.final is not None and not any(str(Cause.LIVE_AFTER_END) in label for label in dossier.reported)
