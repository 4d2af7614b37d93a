"""The reports to the order's log, built from facts alone, so that a repeated report is the same to the byte."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from app.domain.documents import DEAD, Attention, DocumentProgressed, DocumentState, Evidence
from app.domain.errors import FieldError
from app.domain.identity import derived
from app.domain.orders import LoggedEvent, ReviewAnswer
from app.domain.policy import RULES_VERSION
from app.domain.time import legal_date
from app.issuing.decisions.decisions import Decision, ReportProgress
from app.issuing.decisions.step_status import Cause, Rules, StepState, StepStatus
from app.issuing.journal.command_facts import CommandFacts
from app.issuing.journal.encoding import command_of
from app.issuing.journal.facts import FINAL, ProviderAccount, Reported, Reviewed
from app.issuing.journal.keys import number_of
from providers.base import Done, Several, Step

# The latest of them: a person reads a dozen lines, and a record has bounds.
MOST_EVIDENCE: Final = 20
MOST_DETAIL: Final = 500
# Of an account's fingerprint; two accounts of one business never share so much of it.
SHORT: Final = 8

QUESTIONS: Final = {
    Cause.NO_LOOK_UP: "The answer was lost, and this provider cannot be asked whether the document exists.",
    Cause.UNANSWERED: "The answer was lost, and for a day no answer to a look-up could be believed.",
    Cause.ABSENT: "The answer was lost and the provider does not know the document, but sending again could double it.",
    Cause.OTHER_ACCOUNT: (
        "The answer was lost, and the account or address that is asked now is not surely the one that it was sent to: "
        "that this one does not know the document says nothing. Look into the account of before."
    ),
    Cause.ABSENT_AND_MOVED: "The answer was lost and the provider does not know the document, which is to be issued at "
    "another connection: that it is not found is not enough for that.",
    Cause.DIFFERENT: "Something else is at the provider under the reference of this document.",
    Cause.SEVERAL: (
        "The answer was lost, and the provider names its documents itself: there is more than one that may be this "
        "one, or one that may have been there before."
    ),
    Cause.TWO_LIVE: "The provider shows more than one document for this command.",
    Cause.PARTLY_DONE: "An earlier step was made at the provider, and this one was refused or withdrawn.",
    Cause.OTHER_TOTAL: (
        "The provider comes to another total than we, so no legal document is asked for. Correct it there and let it "
        "be looked at again, or reject it and delete it there."
    ),
    Cause.KEEPS_VANISHING: "It was sent several times without an answer, and the provider never knew of it.",
    Cause.DOUBTFUL: "It cannot be prepared now, but may have been sent before the journal was lost.",
    Cause.CANCEL_NO_LOOK_UP: "The answer to the cancellation was lost, and this provider cannot be asked.",
    Cause.CANCEL_ABSENT: "The document is to be cancelled, and the provider does not know it any more.",
    Cause.LIVE_AFTER_END: "A document appeared at the provider after this command had ended without it.",
}


def legal_report(facts: CommandFacts, *, label: str, done: Done, at: datetime) -> ReportProgress:
    """The document exists, in this legal state. `at`: when it was seen so. `label`: the report's, used once."""
    said = (Evidence(at=at, what="RETURNED", detail=done.returned),) if done.returned else ()
    progress = _progressed(facts, done.state, done=done, errors=done.errors, evidence=said)
    return _report(facts, label, at, progress, reference=done.reference)


def ended_report(
    facts: CommandFacts, state: DocumentState, at: datetime, errors: tuple[FieldError, ...] = ()
) -> ReportProgress:
    """The last report, without a new document. `at`: the time of the fact that ended the command."""
    return _report(facts, FINAL, at, _progressed(facts, state, errors=errors))


def not_deleted_report(
    facts: CommandFacts, state: DocumentState, at: datetime, errors: tuple[FieldError, ...]
) -> ReportProgress:
    """The last report of a withdrawal that has left a draft where it is: a person has to delete it there."""
    attention = Attention.DELETE_AT_PROVIDER
    progress = _progressed(facts, state, attention=attention, errors=errors, evidence=_evidence(facts))
    return _report(facts, FINAL, at, progress)


def confirmed_report(facts: CommandFacts, at: datetime, ettn: str | None, number: str | None) -> ReportProgress:
    """The last report of a document that a person has seen at the provider."""
    done = Done(reference=_reference_of(facts, number), state=DocumentState.ISSUED, ettn=ettn, number=number)
    return _report(facts, FINAL, at, _progressed(facts, done.state, done=done), reference=done.reference)


def _reference_of(facts: CommandFacts, number: str | None) -> str:
    """The provider's name for the document of this number, where it was among those that a person was asked about."""
    found = [look_up.finding for step_facts in facts.steps.values() for look_up in step_facts.look_ups.values()]
    listed = [each for finding in found if isinstance(finding, Several) for each in finding.candidates]
    return next((each.reference for each in listed if number and each.number == number), "")


def uncertain_report(facts: CommandFacts, step: Step, status: StepStatus) -> ReportProgress | None:
    """Raised once for each attempt that may have made something; not while a worker may still be calling."""
    if status.state is not StepState.UNCERTAIN:
        return None
    label = f"{Attention.UNCERTAIN}:{step}:{max(status.covers, key=lambda i: (number_of(i), i))}"
    if label in facts.reported or status.at is None:
        return None
    progress = _progressed(facts, reported_state(facts), attention=Attention.UNCERTAIN, evidence=_evidence(facts))
    return _report(facts, label, status.at, progress)


def open_attention(facts: CommandFacts) -> str | None:
    """The label of the last attention that was raised, while it has not been taken back."""
    raised = [(fact.at, label) for label, fact in facts.reported.items() if fact.attention is not None]
    _, label = max(raised, default=(None, None))
    return None if label is None or f"CLEARED:{label}" in facts.reported else label


def cleared_report(facts: CommandFacts) -> ReportProgress | None:
    """Takes back the last attention, when what it was raised for has resolved and nothing exists yet."""
    label = open_attention(facts)
    if label is None:
        return None
    at = facts.reported[label].at
    return _report(facts, f"CLEARED:{label}", at, _progressed(facts, reported_state(facts)))


def unsent_report(facts: CommandFacts, status: StepStatus, rules: Rules, now: datetime) -> ReportProgress | None:
    """Takes back the last attention, for nothing is there; what could not be sent for long has one of its own."""
    since = status.unsent_since
    if since is None or now < since + timedelta(seconds=rules.capabilities.unsent_seconds):
        return cleared_report(facts)
    label = f"{Attention.CONNECTION}:UNSENT:{since:%Y-%m-%dT%H:%M:%S}"
    if label in facts.reported:
        return None
    return waiting_report(facts, label, f"nothing could be sent since {since:%Y-%m-%d %H:%M:%S %Z}", now)


def waiting_report(facts: CommandFacts, label: str, why: str, at: datetime) -> ReportProgress:
    """Nothing can be done for it, because its connection cannot be used. `why`: for a person."""
    line = Evidence(at=at, what=f"{Attention.CONNECTION}", detail=why[:MOST_DETAIL])
    progress = _progressed(
        facts, reported_state(facts), attention=Attention.CONNECTION, evidence=(*_evidence(facts), line)
    )
    return _report(facts, label, at, progress)


def review_suffix(status: StepStatus) -> str:
    """The question of a review, as the end of its report's label: another question is another revision."""
    digest = hashlib.sha256("\n".join(status.covers).encode()).hexdigest()[:8]
    return f"{status.cause}:{digest}"


def review_report(facts: CommandFacts, step: Step, status: StepStatus, revision: int, at: datetime) -> ReportProgress:
    """Asks a person, with everything that is known as evidence. `revision`: the number of the question."""
    asked = f"{QUESTIONS[status.cause]} {status.detail}".strip() if status.cause else ""
    question = Evidence(at=at, what=f"{status.cause}", detail=asked[:MOST_DETAIL]) if status.cause else None
    progress = _progressed(
        facts,
        reported_state(facts),
        attention=Attention.NEEDS_REVIEW,
        evidence=((question,) if question else ()) + _evidence(facts),
        revision=revision,
    )
    label = f"{Attention.NEEDS_REVIEW}:{revision}:{review_suffix(status)}"
    covers = tuple(facts.counting(step).names(step))
    return _report(facts, label, at, progress, revision=revision, covers=covers)


def late_review_report(facts: CommandFacts, review: Reviewed) -> ReportProgress:
    """A person has decided about what appeared after the end: the end holds, or it is the document after all."""
    state, done = reported_state(facts), None
    if review.decision is ReviewAnswer.CONFIRM_ISSUED:
        state = DocumentState.ISSUED if state in DEAD else state
        done = Done(reference="", state=state, ettn=review.ettn, number=review.number)
    progress = _progressed(facts, state, done=done, revision=review.revision)
    return _report(facts, late_review_label(review.revision), review.at, progress, revision=review.revision)


def late_review_label(revision: int) -> str:
    """The label of the answer to a review that was asked after the end."""
    return f"REVIEWED:{revision}"


def silent_end(facts: CommandFacts, at: datetime) -> ReportProgress:
    """A command that had nothing to do, or whose effect another command reports."""
    return ReportProgress(command_id=facts.command_id, label=FINAL, fact=Reported(at=at), event=None)


def last_revision(facts: CommandFacts) -> int:
    """The newest question that this command knows of; 0 before the first.

    Questions are numbered by the document: a cancellation knows the number of the last one before it.
    """
    command = command_of(facts.admitted) if facts.admitted and facts.is_cancellation else None
    before = command.cancellation.review_revision if command and command.cancellation else 0
    return max([before, *(fact.revision for fact in facts.reported.values())])


def with_question(decision: Decision | None, asked: int) -> Decision | None:
    """A report with the number of the newest question about its document, where another command has `asked` it.

    With a lower number it would be taken for a report from before that question, and its attention be dropped.
    """
    if not isinstance(decision, ReportProgress) or decision.event is None:
        return decision
    body = decision.event.body
    if not isinstance(body, DocumentProgressed) or body.review_revision >= asked:
        return decision
    ends = decision.label == FINAL
    return replace(
        decision,
        fact=replace(decision.fact, revision=asked) if ends else decision.fact,
        event=replace(decision.event, body=replace(body, review_revision=asked)),
    )


def reported_state(facts: CommandFacts) -> DocumentState:
    """The legal state that was reported last: after the end, the end's or what a person made of it."""
    answers = [fact for label, fact in facts.reported.items() if label == late_review_label(fact.revision)]
    last = max(answers, key=lambda fact: fact.revision, default=facts.final)
    if last and last.state:
        return last.state
    states = [fact.state for fact in facts.reported.values() if fact.state is not None]
    first = DocumentState.CANCEL_PENDING if facts.is_cancellation else DocumentState.PLANNED
    return max(states, key=list(DocumentState).index, default=first)


def _progressed(
    facts: CommandFacts,
    state: DocumentState,
    *,
    attention: Attention | None = None,
    done: Done | None = None,
    errors: tuple[FieldError, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    revision: int = 0,
) -> DocumentProgressed:
    prepared = facts.request
    return DocumentProgressed(
        document_id=facts.document.document_id,
        command_id=facts.command_id,
        state=state,
        attention=attention,
        document_type=prepared.document_type if prepared else None,
        ettn=(done.ettn or facts.brought_ettn) if done else None,
        number=done.number or (prepared.number if prepared else None) if done else None,
        issue_date=legal_date(prepared.issued_at) if prepared and done else None,
        errors=errors,
        evidence=evidence,
        review_revision=revision or last_revision(facts),
        returned=done.returned if done else None,
    )


def _report(
    facts: CommandFacts,
    label: str,
    at: datetime,
    progress: DocumentProgressed,
    *,
    revision: int = 0,
    covers: tuple[str, ...] = (),
    reference: str | None = None,
) -> ReportProgress:
    document = facts.document
    event = LoggedEvent(
        event_id=_event_id(facts.command_id, label, progress, reference),
        received_at=at,
        rules_version=RULES_VERSION,
        business=document.business,
        order_reference=document.order_reference,
        body=progress,
        occurred_at=at,
    )
    ends = label == FINAL
    fact = Reported(
        at=at,
        state=progress.state,
        attention=progress.attention,
        revision=progress.review_revision if ends else revision,
        covers=covers,
        reference=reference or None,
        document_id=document.document_id if ends else None,
        business=document.business if ends else None,
        connection=document.connection if ends else None,
        order_reference=document.order_reference if ends else None,
    )
    # After the end the admission is forgotten, and with it its headers.
    headers = facts.admitted.headers if facts.admitted else ()
    return ReportProgress(command_id=facts.command_id, label=label, fact=fact, event=event, headers=headers)


def _event_id(command_id: str, label: str, answer: DocumentProgressed, reference: str | None) -> str:
    """One id for one meaning: after a crash, late facts may give the same label another one, and that is news."""
    meaning = (answer.state, answer.attention, reference, answer.ettn, answer.number)
    returned = (answer.returned,) if answer.returned else ()
    return derived("progress", command_id, label, *(str(part or "") for part in (*meaning, *returned)))


def _evidence(facts: CommandFacts) -> tuple[Evidence, ...]:
    """What was sent when, what came back, and what look-ups saw, in the order of time."""
    lines = sorted(_lines(facts), key=lambda line: (line.at, line.what, line.detail))
    return tuple(lines[-MOST_EVIDENCE:])


def _lines(facts: CommandFacts) -> Iterator[Evidence]:
    for step, step_facts in facts.steps.items():
        for identifier, attempt in step_facts.attempts.items():
            of = f"{step}, attempt {identifier}{_whom(attempt.account)}"
            yield Evidence(at=attempt.started, what="SENT", detail=of[:MOST_DETAIL])
        for identifier, answer in step_facts.answers.items():
            of = f"{step}, attempt {identifier}"
            before = f", {answer.earlier} before it did not leave either" if answer.earlier else ""
            yield _line(answer.at, "ANSWERED", f"{of}{before}", answer.outcome)
        for look_up in step_facts.look_ups.values():
            yield _line(look_up.at, "LOOKED_UP", f"{step}{_whom(look_up.account)}", look_up.finding)


def _whom(account: ProviderAccount | None) -> str:
    """Enough to distinguish two accounts."""
    return f" at {account.address}, account {account.fingerprint[:SHORT]}" if account else ""


def _line(at: datetime, what: str, of: str, answer: object) -> Evidence:
    name = type(answer).__name__
    words = [str(getattr(answer, field, None) or "") for field in ("why", "detail", "reference", "number")]
    words += [error.message for error in getattr(answer, "errors", ())]
    detail = f"{of}: {name} {' '.join(word for word in words if word)}".strip()
    return Evidence(at=at, what=what, detail=detail[:MOST_DETAIL])
