"""A person who signs a document: its issuer is commanded to look, and only a document that waits for it is signed."""

from app.domain.commands import Action
from app.domain.documents import Attention, DocumentState
from app.domain.orders import DocumentCancellationRequested, SignatureRequested
from app.domain.outcomes import Verdict
from app.domain.policy import Trigger
from tests.planning.events import Log, document_id, placed, progressed

DOCUMENT = document_id("1", "2", "3")
SIGNED = SignatureRequested(document_id=DOCUMENT)
S = DocumentState


def in_state(state: DocumentState) -> Log:
    log = Log(Trigger.ORDER_PLACED)
    log.append(placed())
    if state is not S.PLANNED:
        log.append(progressed(DOCUMENT, state))
    return log


def test_each_signing_is_a_command_of_its_own() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    first, second = log.command(SIGNED), log.command(SIGNED)
    assert (first.action, first.revision, second.revision) == (Action.SIGN, 1, 2)
    assert first.command_id != second.command_id


def test_a_signing_changes_no_state_and_is_answered_ok() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    assert log.outcome(SIGNED).verdict is Verdict.OK
    assert not log.append(SIGNED).statuses


def test_what_does_not_wait_for_a_signature_is_not_signed() -> None:
    for state in (S.PLANNED, S.PROCESSING, S.ISSUED, S.CANCELLED):
        assert in_state(state).outcome(SIGNED).reason == "NOT_AWAITING_SIGNATURE"
    assert in_state(S.ISSUED).outcome(SignatureRequested(document_id=document_id("7"))).reason == "UNKNOWN_DOCUMENT"


def test_what_is_being_taken_back_is_not_signed() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(DocumentCancellationRequested(document_id=DOCUMENT, reason="placed twice"))
    assert log.outcome(SIGNED).reason == "NOT_AWAITING_SIGNATURE"


def test_what_a_person_is_asked_about_is_not_signed_before_they_have_answered() -> None:
    log = in_state(S.AWAITING_SIGNATURE)
    log.append(progressed(DOCUMENT, S.AWAITING_SIGNATURE, attention=Attention.NEEDS_REVIEW, review_revision=1))
    assert log.outcome(SIGNED).reason == "DOCUMENT_IN_REVIEW"
