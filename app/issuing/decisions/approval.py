"""Draft first: what makes a document legal waits for a person, and then for one more look at the very draft."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from app.domain.commands import Action
from app.domain.documents import UNSIGNED
from app.issuing.decisions.case import Case
from app.issuing.decisions.decisions import AwaitPerson, Decision, Poll, Wait
from app.issuing.decisions.follow import follow
from app.issuing.decisions.issue_state import status_of
from app.issuing.decisions.live import other_total
from app.issuing.decisions.review import review
from app.issuing.decisions.status_polling import Sight, missed, sights
from app.issuing.decisions.step_status import StepState, StepStatus, is_draft_first, steps_of
from app.issuing.journal.command_facts import CommandFacts, in_order
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import Observed
from providers.base import Drafts, Step

# Nothing of a step is on its way to the provider, and nothing was made by it.
BEFORE_A_CALL: Final = frozenset({StepState.QUEUED, StepState.RETRY_WAIT})


def before_approval(case: Case, step: Step, status: StepStatus) -> Decision | None:
    """What is done instead of the step that needs a person's approval; None where this step may be taken."""
    drafts, steps = case.rules.capabilities.drafts, steps_of(case.facts, case.rules)
    if not is_draft_first(case.facts) or drafts is Drafts.SIGNED or status.state not in BEFORE_A_CALL:
        return None
    if drafts is Drafts.SENT_OFF:
        return _of_a_draft(case, steps[-2], status) if step is steps[-1] else None
    # It waits with us, and may be withdrawn.
    is_held = step is steps[0] and not case.siblings.approvals and not case.siblings.withdrawals
    return AwaitPerson(command_id=case.facts.command_id, revision=0) if is_held else None


def _of_a_draft(case: Case, made_by: Step, status: StepStatus) -> Decision | None:
    """The draft is followed until it is approved, and where it is not wanted, gone, or sent off by somebody there.

    `status`: of the step that makes it legal. When its time has come, the draft is looked at, each time.
    """
    draft = status_of(made_by, case.facts, case.rules, case.now)
    assert draft.done is not None
    assert draft.at is not None
    seen = sights(case.facts, Sight(draft.at, draft.done, draft.account))
    approved = [command_of(each.admitted).occurred_at for each in case.siblings.approvals if each.admitted]
    # A withdrawal counts after its end, too: that nothing could be deleted approves nothing.
    is_given_up = in_order(case.siblings.known, Action.WITHDRAW) or case.siblings.marks
    if not approved or is_given_up or seen[-1].done.state not in UNSIGNED or missed(case.facts, seen[-1]):
        return follow(case, draft)
    if status.due is not None and status.due > case.now:
        return None
    return _looked_at(case, made_by, seen, since=max(approved), tried=status.at)


def _looked_at(
    case: Case, made_by: Step, seen: Sequence[Sight], *, since: datetime, tried: datetime | None
) -> Decision | None:
    """What is approved is the draft as it is now: it is asked for once more, and its total compared.

    `since`: when it was approved. `tried`: when it was last sent off in vain, which may be long ago.
    """
    if case.prepared.document_type not in case.rules.capabilities.poll_until:
        return None
    latest = _latest_look(case.facts, since, tried)
    if latest is not None and latest.done is not None:
        question = other_total(latest.done, case.prepared, latest.at)
        return review(case.facts, made_by, question, case.siblings) if question else None
    if case.now < since:
        return Wait(until=since, is_poll=True)
    return Poll(
        command_id=case.facts.command_id,
        prepared=case.prepared,
        done=seen[-1].done,
        since=seen[0].at,
        is_needed=True,
    )


def _latest_look(facts: CommandFacts, since: datetime, tried: datetime | None) -> Observed | None:
    """The last time that the draft was seen since it was approved, was tried, and a person has answered a question."""
    answered = [fact.at for fact in facts.reported.values() if fact.revision in facts.reviewed]
    looks = [look for look in facts.observed.values() if look.done and look.began and look.began >= since]
    looks = [look for look in looks if tried is None or (look.began and look.began > tried)]
    return max((look for look in looks if all(look.at > at for at in answered)), key=lambda look: look.at, default=None)
