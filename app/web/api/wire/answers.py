"""What the API answers."""

from pydantic import Field

from app.web.api.wire.model import WireModel


class Accepted(WireModel):
    """The event is on the order topic. Its outcome comes later, and is read under `Location`."""

    internal_request_id: str


class ErrorEntry(WireModel):
    """One error: where it is in the request, a stable code, and a sentence, in Turkish too where there is one."""

    path: str
    code: str
    message: str
    message_tr: str | None = None


class ProblemBody(WireModel):
    """A refusal: the interface's own form and RFC 9457's at once. `stored`: whether an event is on the order topic."""

    model_config = WireModel.model_config | {"extra": "allow"}

    type: str
    title: str
    code: int
    description: str
    status: int
    detail: str
    stored: str
    docs: str
    errors: list[ErrorEntry]
    errors_total: int
    internal_request_id: str | None = None
    instance: str | None = None
    limit: int | None = None


class TouchedDocument(WireModel):
    """A document that a request planned, found or changed, and its state at that moment."""

    document_id: str
    state: str


class RequestStatus(WireModel):
    """How far a request has come.

    `state`: PENDING, UNKNOWN or NOT_SENT before it is on the topic, ACCEPTED there, then its outcome: HELD, and finally
    OK, DUPLICATE or REJECTED with every error in `errorDetails`.
    """

    internal_request_id: str
    x_request_id: str | None = None
    state: str
    is_final: bool
    business_code: str
    order_reference: str
    operation: str
    created_at: str
    updated_at: str
    reason: str | None = None
    error_details: list[ErrorEntry] = Field(default_factory=list)
    documents: list[TouchedDocument] = Field(default_factory=list)
