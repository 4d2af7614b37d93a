"""Every operation of the API, in one table."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from app.store import Scope
from app.web.api import acts
from app.web.api.acts import Acts, MakeBody
from app.web.api.callbacks import Callbacks
from app.web.api.corrections import OPERATION as CORRECT_INVOICE
from app.web.api.corrections import Corrections
from app.web.api.operations import ADMINISTRATION, BUSINESS, ORDER, ORDERS, STEM, Handler, Operation
from app.web.api.reading import Reading
from app.web.api.request_status import RequestStatusHandlers
from app.web.api.submission import Submission
from app.web.api.wire import acts as wire_acts
from app.web.api.wire import callbacks as wire_callbacks
from app.web.api.wire import lists, reading
from app.web.api.wire.answers import Accepted, RequestStatus
from app.web.api.wire.changes import AmendOrder, ChangeStatus, CorrectInvoice
from app.web.api.wire.lines import CancelLines, CreateInvoice, GrantGoodwill, ReturnItems
from app.web.api.wire.model import WireModel
from app.web.api.wire.orders import CreateOrder

_DOCUMENT: Final = f"{BUSINESS}/documents/{{documentId}}"
# By name: the path, the body, and one sentence.
_SUBMITTED: Final[Mapping[str, tuple[str, type[WireModel], str]]] = MappingProxyType(
    {
        "createOrder": (ORDERS, CreateOrder, "Place an order."),
        "createInvoice": (f"{ORDER}/invoices", CreateInvoice, "Invoice a shipment, and confirm it."),
        "cancelLines": (f"{ORDER}/cancellations", CancelLines, "Cancel lines that will never be shipped."),
        "returnItems": (f"{ORDER}/returns", ReturnItems, "Report that invoiced goods came back."),
        "grantGoodwill": (f"{ORDER}/goodwills", GrantGoodwill, "Give a part of the price of invoiced lines back."),
        "amendOrder": (f"{ORDER}/amendments", AmendOrder, "Change the buyer and lines that are not invoiced yet."),
        "changeStatus": (f"{ORDER}/statuses", ChangeStatus, "Report the shop's own status of an order."),
    }
)
_ABOUT_DOCUMENT: Final[Mapping[str, tuple[str, type[WireModel], MakeBody, str]]] = MappingProxyType(
    {
        "approveDocument": ("approve", wire_acts.Approve, acts.approved, "Let a planned document go."),
        "cancelDocument": ("cancel", wire_acts.Cancel, acts.cancelled, "Cancel or withdraw a document."),
        "rerouteDocument": ("reroute", wire_acts.Reroute, acts.rerouted, "Let another connection issue it."),
    }
)


def operations(
    submission: Submission,
    corrections: Corrections,
    statuses: RequestStatusHandlers,
    shown: Reading,
    people: Acts,
    *,
    callbacks: Callbacks,
) -> tuple[Operation, ...]:
    """Each operation with what carries it out."""
    return (
        *_submitted(submission),
        _correction(corrections),
        *_requests(statuses),
        *_read(shown),
        *_acts(people),
        *_callbacks(callbacks),
    )


def _submitted(submission: Submission) -> Iterator[Operation]:
    for name, (path, body, summary) in _SUBMITTED.items():
        yield _submission(name, path, submission.of(name), body, summary)


def _correction(corrections: Corrections) -> Operation:
    path, said = f"{ORDER}/invoices/{{invoiceReference}}", "Correct an invoice: it is cancelled, and issued anew."
    return _submission(CORRECT_INVOICE, path, corrections.correct, CorrectInvoice, said)


def _submission(name: str, path: str, handler: Handler, body: type[WireModel], summary: str) -> Operation:
    return Operation(
        name=name,
        method="POST",
        path=path,
        scope=Scope.ORDERS_WRITE,
        summary=summary,
        handler=handler,
        answers={202: Accepted},
        body=body,
    )


def _requests(statuses: RequestStatusHandlers) -> Iterator[Operation]:
    path = f"{STEM}/requests"
    said = {"query": lists.WaitQuery, "summary": "How far a request has come, and its outcome."}
    yield _get("getRequest", f"{path}/{{internalRequestId}}", statuses.get, RequestStatus, tag="Requests", **said)
    said = {"query": lists.RequestsQuery, "summary": "The same by the client's own id."}
    yield _get("findRequest", path, statuses.find, RequestStatus, tag="Requests", **said)


def _read(shown: Reading) -> Iterator[Operation]:
    yield _get("getOrder", ORDER, shown.order, reading.Order, summary="An order with its lines, documents and history.")
    said = {"query": lists.OrdersQuery, "summary": "Orders, the latest change first."}
    yield _get("listOrders", f"{BUSINESS}/orders", shown.orders, reading.Orders, **said)
    said = {"query": lists.OpenLinesQuery, "summary": "Lines that are neither on a document nor cancelled."}
    yield _get("listOpenLines", f"{BUSINESS}/open-lines", shown.open_lines, reading.Lines, **said)
    about = {"tag": "Documents", "scope": Scope.DOCUMENTS_READ}
    said = {"query": lists.DocumentsQuery, "summary": "Documents, the latest change first.", **about}
    yield _get("listDocuments", f"{BUSINESS}/documents", shown.documents, reading.Documents, **said)
    said = {"query": lists.WantedDocuments, "summary": "How many documents are in which state.", **about}
    path = f"{BUSINESS}/document-counts"
    yield _get("countDocuments", path, shown.document_counts, reading.DocumentCounts, **said)
    said = {"query": lists.WantedDocuments, "summary": "Base and VAT of legal documents, by type and rate.", **about}
    yield _get("sumVat", f"{BUSINESS}/vat-sums", shown.vat_sums, reading.VatSums, **said)
    said = {"summary": "A document with its history.", **about}
    yield _get("getDocument", _DOCUMENT, shown.document, reading.DocumentDetails, **said)


def _get(name: str, path: str, handler: Handler, answer: type[WireModel], **more: Any) -> Operation:
    known = {"method": "GET", "scope": Scope.ORDERS_READ, "answers": {200: answer}, **more}
    return Operation(name=name, path=path, handler=handler, **known)


def _acts(people: Acts) -> Iterator[Operation]:
    for name, (act, body, make, summary) in _ABOUT_DOCUMENT.items():
        yield _act(name, f"{_DOCUMENT}/{act}", people.about_document(name, make), body, summary=summary)
    path, said = f"{_DOCUMENT}/review", "Answer the question that it waits with."
    yield _act("reviewDocument", path, people.review, wire_acts.Review, summary=said)
    decided = {200: wire_acts.ActOutcome}
    path, said = f"{_DOCUMENT}/mark-issued", "Record that a document became legal where its provider cannot say so."
    yield _act("markIssued", path, people.mark_issued, wire_acts.MarkIssued, summary=said, answers=decided)
    path, said = f"{_DOCUMENT}/mark-deleted", "Record that a document was deleted where its provider cannot say so."
    yield _act("markDeleted", path, people.mark_deleted, wire_acts.MarkDeleted, summary=said, answers=decided)
    path, said = f"{_DOCUMENT}/retry", "Try now what waits for a person: its connection, or the question about it."
    tried = {200: wire_acts.Retried, 202: Accepted}
    yield _act("retryDocument", path, people.retry, wire_acts.Retry, summary=said, answers=tried)
    path = f"{BUSINESS}/orders/{{orderReference}}/thaw"
    yield _act("thawOrder", path, people.thaw, wire_acts.Thaw, summary="Let a frozen order go on.")
    path, said = f"{_DOCUMENT}/sign", "Have the provider send a code to its person."
    started = {200: wire_acts.SigningStarted}
    yield _act("startSigning", path, people.start_signing, wire_acts.StartSigning, summary=said, answers=started)
    path, said = f"{path}/code", "Sign with the code that has come."
    signed = {200: wire_acts.Signed}
    yield _act("finishSigning", path, people.finish_signing, wire_acts.FinishSigning, summary=said, answers=signed)


def _act(name: str, path: str, handler: Handler, body: type[WireModel], **more: Any) -> Operation:
    known = {"method": "POST", "scope": Scope.OPERATE, "answers": {202: Accepted}, "tag": "Decisions of people"}
    return Operation(name=name, path=path, handler=handler, body=body, **{**known, **more})


def _callbacks(callbacks: Callbacks) -> Iterator[Operation]:
    """Webhooks, by the interface's name for them."""
    stem, one = f"{ADMINISTRATION}/notification-callbacks", f"{ADMINISTRATION}/notification-callbacks/{{callbackId}}"
    secret = {"answers": {200: wire_callbacks.CallbackWithSecret}}
    changed = {"answers": {200: wire_callbacks.Callback}}
    all_of_them, removed = {"answers": {200: wire_callbacks.Callbacks}}, {"answers": {200: wire_callbacks.Removed}}
    waits = {"answers": {202: wire_callbacks.CallbackDelivery}, "body": wire_callbacks.Nothing}
    about = {"body": wire_callbacks.RegisterCallback, "summary": "Add an address that is told of events."}
    yield _callback("registerCallback", "POST", stem, callbacks.register, **about, **secret)
    yield _callback("listCallbacks", "GET", stem, callbacks.listed, summary="All of the key's.", **all_of_them)
    yield _callback("removeCallback", "DELETE", one, callbacks.removed, summary="Call it no longer.", **removed)
    about = {"body": wire_callbacks.PauseCallback, "summary": "Send nothing more to it; what comes waits."}
    yield _callback("pauseCallback", "POST", f"{one}/pause", callbacks.paused, **about, **changed)
    about = {"body": wire_callbacks.Nothing, "summary": "Send what waits, and what comes."}
    yield _callback("resumeCallback", "POST", f"{one}/resume", callbacks.resumed, **about, **changed)
    about = {"body": wire_callbacks.Nothing, "summary": "Make its next secret; the one before signs too for a day."}
    yield _callback("rotateCallbackSecret", "POST", f"{one}/rotate-secret", callbacks.rotated, **about, **secret)
    said = "Send an event about nothing."
    yield _callback("testCallback", "POST", f"{one}/test", callbacks.tried, summary=said, **waits)
    about = {"query": wire_callbacks.DeliveriesQuery, "answers": {200: wire_callbacks.CallbackDeliveries}}
    said = "What was sent to it, the latest first."
    yield _callback("listDeliveries", "GET", f"{one}/deliveries", callbacks.deliveries, summary=said, **about)
    path, said = f"{one}/deliveries/{{deliveryId}}/redeliver", "Send an event once more."
    yield _callback("redeliver", "POST", path, callbacks.redelivered, summary=said, **waits)


def _callback(name: str, method: str, path: str, handler: Handler, **more: Any) -> Operation:
    known = {"scope": Scope.WEBHOOKS, "tag": "Notification callbacks", **more}
    return Operation(name=name, method=method, path=path, handler=handler, **known)
