"""Answers to events: errors that several rules give, how many an outcome lists, how many answers an order remembers."""

from typing import Final

from app.domain.errors import FieldError, more_errors
from app.domain.field_errors import MOST_ERRORS
from app.domain.outcomes import Verdict
from app.planning.planned_document import PlannedDocument
from app.planning.state import Answer

# A repeat needs to know what was wrong, not all of it.
FEW_ERRORS: Final = 3
# More request ids than an order has shipments; upstream's further tries are known by their content.
MOST_ANSWERS: Final = 100


def listed(errors: tuple[FieldError, ...]) -> tuple[FieldError, ...]:
    """The errors as an outcome lists them: at most MOST_ERRORS, and one that counts the rest."""
    if len(errors) <= MOST_ERRORS:
        return errors
    return (*errors[:MOST_ERRORS], more_errors(len(errors) - MOST_ERRORS))


def few(errors: tuple[FieldError, ...], event_id: str) -> tuple[FieldError, ...]:
    """The errors as they are remembered: the first few, and where the others are."""
    if len(errors) <= FEW_ERRORS:
        return errors
    rest = f"{len(errors) - FEW_ERRORS} more errors are in the outcome of event {event_id}"
    return (*errors[:FEW_ERRORS], FieldError(path="$", code="MORE_ERRORS", message=rest))


def with_answer(answers: dict[str, Answer], request_id: str, answer: Answer) -> dict[str, Answer]:
    """The answers with this one; the oldest refusal makes room, or else the oldest."""
    kept = {known: other for known, other in answers.items() if known != request_id}
    if len(kept) >= MOST_ANSWERS:
        refused = (known for known, other in kept.items() if other.verdict is Verdict.REJECTED)
        kept.pop(next(refused, next(iter(kept))))
    return {**kept, request_id: answer}


def order_rejected(event_id: str) -> FieldError:
    """Why there is no order to wait for, and where its errors are."""
    message = f"the order was refused; the outcome of event {event_id} has the reasons, and a corrected one can be sent"
    return FieldError(path="$.order_reference", code="ORDER_REJECTED", message=message)


def named_twice(path: str) -> FieldError:
    """For a line that one event names twice."""
    return FieldError(path=path, code="DUPLICATE_LINE_REFERENCE", message="is named twice")


def unknown_line(path: str) -> FieldError:
    """For a line that the order has not."""
    return FieldError(path=path, code="UNKNOWN_LINE", message="the order has no such line")


def cancelled_line(path: str) -> FieldError:
    """For a line that will never be invoiced."""
    return FieldError(path=path, code="LINE_CANCELLED", message="the line was cancelled and can never be invoiced")


def other_customer() -> FieldError:
    """For what is asked for a customer who did not place the order."""
    message = "the order was placed for another customer"
    return FieldError(path="$.customer_number", code="OTHER_CUSTOMER", message=message)


def unknown_document() -> FieldError:
    """For events that name a document of another order, or none."""
    return FieldError(path="$.body.document_id", code="UNKNOWN_DOCUMENT", message="the order has no such document")


def ended_document(document: PlannedDocument) -> FieldError:
    """For events about a document that has ended."""
    return FieldError(path="$.body.document_id", code="DOCUMENT_ENDED", message=f"the document is {document.state}")


def being_taken_back() -> FieldError:
    """For the approval of a document that is not wanted any more."""
    return FieldError(path="$.body.document_id", code="WITHDRAWING", message="the document is being taken back")


def not_approved() -> FieldError:
    """For the signature of a document that a person has to approve first."""
    message = "the document waits for its approval: approve it first"
    return FieldError(path="$.body.document_id", code="NOT_APPROVED", message=message)


def in_review(document: PlannedDocument, path: str = "$.body.document_id") -> FieldError:
    """For what would pass over a question about the document, which only its answer ends."""
    message = f"document {document.document_id} is in review; decide it first"
    return FieldError(path=path, code="DOCUMENT_IN_REVIEW", message=message)


def not_awaiting_signature(document: PlannedDocument) -> FieldError:
    """For what a person says of a document's signature, where none is waited for now."""
    message = f"the document is {'being taken back' if document.withdrawing else document.state}"
    return FieldError(path="$.body.document_id", code="NOT_AWAITING_SIGNATURE", message=message)
