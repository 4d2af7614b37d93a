"""Questions that the planner asks a person itself: what an issuer reports about a document and cannot be applied."""

from dataclasses import replace
from typing import Any, Final

from app.domain.documents import DEAD, INVOICING, TRANSITIONS, UNSIGNED, Attention, DocumentProgressed, Intent
from app.domain.errors import FieldError
from app.domain.orders import DocumentMarkedIssued, LoggedEvent, ReviewAnswer, ReviewDecided
from app.domain.outcomes import Verdict
from app.planning.planned_document import PlannedDocument, UnappliedProgress
from app.planning.rules.credits import is_free
from app.planning.state import LineStatus
from app.planning.working_order import WorkingOrder

# What a document is called at its provider, and never twice.
NUMBER: Final = "number"
NAMES: Final = (NUMBER, "ettn")
LINES_TAKEN: Final = "LINES_TAKEN"
RETURNED: Final = "RETURNED"


def name_error(order: WorkingOrder, document: PlannedDocument, body: DocumentProgressed) -> FieldError | None:
    """Why a document's names cannot be the reported ones: it has others, or another document has them.

    What a person has named is right, and a draft's number may be another one when it is legal. Of an end the names are
    not looked at.
    """
    if body.state in DEAD or document.is_being_cancelled:
        return None
    for name in NAMES:
        reported, known = getattr(body, name), getattr(document, name)
        named = getattr(document.named, name) if document.named else None
        if reported in {None, known} or (document.named is not None and reported == document.named.corrects):
            continue
        if known is not None and reported != named and not is_provisional(name, document, body):
            message = f"the document has {known}, and its provider has {reported}; confirm the right one"
            return FieldError(path=f"$.{name}", code=f"{name.upper()}_CHANGED", message=message)
        if bearer := bearer_of(order, document, name, reported):
            return in_use(f"$.{name}", name, reported, bearer)
    return None


def next_name(document: PlannedDocument, body: DocumentProgressed, name: str) -> str | None:
    """The name of the document after the report: the known one stays, unless a person has named the other."""
    reported: str | None = getattr(body, name)
    known: str | None = getattr(document, name)
    is_named = reported is not None and document.named is not None and reported == getattr(document.named, name)
    is_newer = document.state in UNSIGNED and is_provisional(name, document, body)
    return reported if is_named or (is_newer and reported) else known or reported


def is_provisional(name: str, document: PlannedDocument, body: DocumentProgressed) -> bool:
    """Whether the known name, or the reported one, is the number of a draft, which only its provider's portal uses."""
    return name == NUMBER and document.named is None and not UNSIGNED.isdisjoint({document.state, body.state})


def bearer_of(order: WorkingOrder, document: PlannedDocument, name: str, value: str) -> PlannedDocument | None:
    """The order's other document that has this number or ETTN, or had it when it was legal."""
    others = (other for other in order.documents.values() if other.document_id != document.document_id)
    return next((other for other in others if getattr(other, name) == value and other.has_been_legal), None)


def names_in_use(
    order: WorkingOrder, document: PlannedDocument, body: DocumentMarkedIssued | ReviewDecided
) -> tuple[FieldError, ...]:
    """A person may have read the number or the ETTN of the order's other document."""
    given = [(name, value) for name in NAMES if (value := getattr(body, name)) is not None]
    compared = [(name, value, bearer_of(order, document, name, value)) for name, value in given]
    return tuple(in_use(f"$.body.{name}", name, value, bearer) for name, value, bearer in compared if bearer)


def in_use(path: str, name: str, value: str, bearer: PlannedDocument) -> FieldError:
    """Two documents never have one name."""
    message = f"document {bearer.document_id} of this order has {value}"
    return FieldError(path=path, code=f"{name.upper()}_IN_USE", message=message)


def lines_taken(document: PlannedDocument) -> FieldError:
    """A document that ended is at its provider all the same, and its lines are gone."""
    message = (
        f"document {document.document_id} ended, and is at its provider all the same; "
        "its lines are cancelled or on another document; cancel one of the two"
    )
    return FieldError(path="$.lines", code=LINES_TAKEN, message=message)


def ask(
    order: WorkingOrder, document: PlannedDocument, body: DocumentProgressed, error: FieldError, **changes: Any
) -> None:
    """Nothing of the report is applied but that a person has to look; the same report again changes nothing."""
    doubt = UnappliedProgress(
        code=error.code,
        state=body.state,
        number=body.number,
        ettn=body.ettn,
        document_type=body.document_type,
        issue_date=body.issue_date,
    )
    is_known = document.doubt == doubt and document.attention is Attention.NEEDS_REVIEW
    if is_known and not changes:
        return
    order.emit_status(
        document,
        replace(body, errors=(*body.errors, error)),
        attention=Attention.NEEDS_REVIEW,
        doubt=doubt,
        review_revision=document.review_revision + (not is_known),
        asked=max(document.asked, body.review_revision),
        decided=None,
        **changes,
    )


def take_back(order: WorkingOrder) -> None:
    """A document that is at its provider after its end takes its lines as soon as they are free."""
    for document in [known for known in order.documents.values() if known.doubt]:
        if may_take_back(order, document):
            apply_doubted(order, document)


def may_take_back(order: WorkingOrder, document: PlannedDocument) -> bool:
    """Whether nothing but its lines kept its report from being applied, and they are free."""
    is_waiting = document.doubt is not None and document.doubt.code == LINES_TAKEN and not document.is_being_cancelled
    return is_waiting and not order.frozen and lines_are_free(order, document)


def ask_if_returned(order: WorkingOrder, document: PlannedDocument, body: DocumentProgressed) -> None:
    """What a provider calls returned is no legal state: the document keeps its own, and a person is asked.

    Not while a person is asked to look at the provider for another reason.
    """
    is_asked = document.doubt is not None and not was_returned(document)
    if body.returned is None or document.is_dead or document.is_being_cancelled or is_asked:
        return
    message = (
        f'its provider says "{body.returned}" of it, which is no legal state: the document stays {document.state}; '
        "clear it up with the buyer"
    )
    ask(order, document, body, FieldError(path="$", code=RETURNED, message=message))


def was_returned(document: PlannedDocument) -> bool:
    """Whether a person is asked because of that."""
    return document.doubt is not None and document.doubt.code == RETURNED


def lines_are_free(order: WorkingOrder, document: PlannedDocument) -> bool:
    """No other document has them, and none was cancelled; of what takes back, that much of them is still left."""
    if document.intent is not Intent.INVOICE:
        return is_free(order, document)
    return all(order.lines[line].status is LineStatus.OPEN for line in document.lines)


def apply_doubted(order: WorkingOrder, document: PlannedDocument, **names: Any) -> None:
    """Applies what was reported: the lines are on the document, and nothing is asked any more."""
    doubt = document.doubt
    assert doubt is not None
    if document.is_dead:
        order.move_lines(document.claims, LineStatus.CLAIMED, document.document_id)
    is_next = doubt.state in TRANSITIONS[document.state]
    learnt = {
        "number": document.number or doubt.number,
        "ettn": document.ettn or doubt.ettn,
        "document_type": document.document_type or doubt.document_type,
        "issue_date": document.issue_date or doubt.issue_date,
        **names,
    }
    state = doubt.state if is_next else document.state
    document = order.emit_status(
        document,
        state=state,
        attention=None,
        doubt=None,
        withdrawing=document.withdrawing and state not in INVOICING,
        moving=document.moving and state not in INVOICING,
        **learnt,
    )
    order.update_lines(document)


def answer_question(order: WorkingOrder, event: LoggedEvent, body: ReviewDecided, document: PlannedDocument) -> None:
    """A person's decision on what the planner asked; the issuer has nothing to do with it."""
    if body.decision is ReviewAnswer.CONFIRM_ISSUED:
        confirm(order, event, body, document)
    elif document.is_dead:
        order.emit_status(document, attention=None, doubt=None, decided=body.decision)
        order.answer(event, Verdict.OK, documents=(document.document_id,))
    else:
        message = f"the document is {document.state}: confirm the number that it bears, or have it cancelled"
        order.reject(event, (FieldError(path="$.body.decision", code="DOCUMENT_STANDS", message=message),))


def confirm(order: WorkingOrder, event: LoggedEvent, body: ReviewDecided, document: PlannedDocument) -> None:
    """It is issued under the number that the person has seen; if it was thought dead, only while its lines are free."""
    doubt = document.doubt
    assert doubt is not None
    if document.is_dead and not lines_are_free(order, document):
        order.reject(event, (lines_taken(document),))
        return
    of_doubt = body.number == doubt.number
    names = {"number": body.number, "ettn": body.ettn or (doubt.ettn if of_doubt else None) or document.ettn}
    apply_doubted(order, document, decided=body.decision, **names)
    order.answer(event, Verdict.OK, documents=(document.document_id,))
