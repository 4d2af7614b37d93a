"""The simulated service's actions, whichever face they are asked through: parameters in, `Value` out.

Parameters have their names in small letters; `invoices` are of `Sent`.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final

from providers.hepsiburada_efaturam.simulator.checks import problem_in
from providers.hepsiburada_efaturam.simulator.documents import html_of, pdf_of, xml_of
from providers.hepsiburada_efaturam.simulator.lists import matches, page_of, row_of
from providers.hepsiburada_efaturam.simulator.outbox import CODES, EARSIV, SCENARIOS, Document, FailureError, Outbox
from providers.simulation.misbehaviour import CallFault
from providers.simulation.record import REASON, BookingState, Noted

Parameters = Mapping[str, Any]
Read = Callable[[Outbox, str, Parameters], Any]
Write = Callable[[Outbox, str, Parameters, CallFault], Any]
DECLINED: Final = 1200
ERROR: Final = 2000
# `Status` of an error is another number than its `StatusCode` in the answer with logs.
ERROR_STATUS: Final = 9


def _send(outbox: Outbox, company: str, parameters: Parameters, fault: CallFault) -> Any:
    return [_identity(outbox, outbox.take(company, sent, fault)) for sent in parameters.get("invoices") or []]


def _save(outbox: Outbox, company: str, parameters: Parameters, fault: CallFault) -> Any:
    taken = [outbox.take(company, sent, fault, is_draft=True) for sent in parameters.get("invoices") or []]
    return [_identity(outbox, document) for document in taken]


def _send_draft(outbox: Outbox, company: str, parameters: Parameters, _: CallFault) -> bool:
    for document in _drafts(outbox, company, parameters):
        document.booking.is_draft = False
    return True


def _cancel_draft(outbox: Outbox, company: str, parameters: Parameters, _: CallFault) -> bool:
    for document in _drafts(outbox, company, parameters):
        document.booking.is_cancelled = True
    return True


def _cancel(outbox: Outbox, company: str, parameters: Parameters, _: CallFault) -> bool:
    """Of an e-Arşiv that is approved."""
    request = parameters.get("request") or {}
    document = outbox.one(company, request.get("invoiceid"))
    if not request.get("canceldate"):
        raise FailureError("CancelDate alanı zorunludur.")
    if document.booking.document_type != EARSIV or document.booking.state() is not BookingState.SUCCEEDED:
        raise FailureError(f"Fatura iptal edilemez: {CODES[document.code()]}.")
    document.booking.is_cancelled = True
    return True


def _retry(outbox: Outbox, company: str, parameters: Parameters, _: CallFault) -> bool:
    """Of documents that ended in an error: they are approved at once."""
    for uuid in parameters.get("invoiceids") or []:
        outbox.one(company, uuid).booking.fails = False
    return True


def _notify(outbox: Outbox, company: str, parameters: Parameters, _: CallFault) -> bool:
    request = parameters.get("request") or {}
    outbox.mail(outbox.one(company, request.get("documentid")), request.get("mailing") or [])
    return True


WRITES: Final[Mapping[str, Write]] = MappingProxyType(
    {
        "SendInvoice": _send,
        "SaveAsDraft": _save,
        "SendDraft": _send_draft,
        "CancelDraft": _cancel_draft,
        "CancelEArchiveInvoice": _cancel,
        "RetrySendInvoices": _retry,
        "QueueInvoiceNotification": _notify,
    }
)


def _status(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    """One row for each UUID that is seen; here `InvoiceId` is the UUID."""
    outbox.record.counts["look_up"] += 1
    rows = []
    for uuid in parameters.get("invoiceids") or []:
        seen = [each for each in outbox.of(company) if each.booking.reference == str(uuid).lower()]
        outbox.record.note(company, str(uuid).lower(), Noted.FOUND if seen else Noted.ABSENT)
        rows += [_status_row(outbox, each) for each in seen]
    if not rows and outbox.variants.absent == "message":
        raise FailureError("Fatura bulunamadı.")
    return rows


def _status_with_logs(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    rows = []
    for uuid in parameters.get("invoiceids") or []:
        document = outbox.one(company, uuid)
        code = document.code()
        log = {"Creator": "system", "CreateDateUtc": document.booking.booked_at.isoformat(), "Type": 0}
        rows.append(
            {
                **_status_row(outbox, document),
                "Status": ERROR_STATUS if code == ERROR else CODES[code],
                "EnvelopeStatusCode": 0,
                "LocalDocumentId": document.sent.beside.get("localdocumentid"),
                "Logs": [{**log, "Message": CODES[code]}],
            }
        )
    return rows


def _list(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    query, as_numbers = parameters.get("query") or {}, outbox.variants.enums == "numbers"
    found = [each for each in outbox.of(company) if matches(each, query)]
    return page_of([row_of(each, as_numbers=as_numbers) for each in found], query)


def _one(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    return outbox.one(company, parameters.get("invoiceid")).info()


def _many(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    query = parameters.get("query") or {}
    return page_of([each.info() for each in outbox.of(company) if matches(each, query)], query)


def _validate(_: Outbox, company: str, parameters: Parameters) -> bool:
    """Of the UBL alone; what is wrong is the answer's sentence."""
    for sent in parameters["invoices"]:
        problem = problem_in(sent, company)
        if problem is not None:
            raise FailureError(problem)
    return True


def _pdf(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    document = outbox.one(company, parameters.get("invoiceid"))
    return _file(document, pdf_of(document))


def _data(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    document = outbox.one(company, parameters.get("invoiceid"))
    return _file(document, xml_of(document))


def _view(outbox: Outbox, company: str, parameters: Parameters) -> Any:
    document = outbox.one(company, parameters.get("invoiceid"))
    return {"Html": html_of(document), "Verification": None, "IsUsingDefaultXslt": True}


def _is_user(outbox: Outbox, _: str, parameters: Parameters) -> bool:
    outbox.record.counts["registration"] += 1
    alias, tax_number = parameters.get("alias"), str(parameters.get("vkntckn"))
    return outbox.taxpayers.is_registered(tax_number) and (not alias or alias in outbox.boxes_of(tax_number))


def _aliases(outbox: Outbox, _: str, parameters: Parameters) -> Any:
    outbox.record.counts["registration"] += 1
    tax_number = str(parameters.get("vkntckn"))
    boxes = outbox.boxes_of(tax_number) if outbox.taxpayers.is_registered(tax_number) else []
    return {
        "Definition": {"Identifier": tax_number, "Title": f"Deneme {tax_number}", "Type": "Ozel"} if boxes else None,
        "ReceiverboxAliases": [{"Alias": box, "Type": 1, "Enabled": True} for box in boxes],
        "SenderboxAliases": [],
    }


def _nothing(_: Outbox, __: str, parameters: Parameters) -> Any:
    """No inbox has anything here."""
    return page_of([], parameters.get("query") or parameters.get("pagination") or {"pagesize": 1})


READS: Final[Mapping[str, Read]] = MappingProxyType(
    {
        "QueryOutboxInvoiceStatus": _status,
        "GetOutboxInvoiceStatusWithLogs": _status_with_logs,
        "GetOutboxInvoiceList": _list,
        "GetOutboxInvoice": _one,
        "GetOutboxInvoices": _many,
        "ValidateInvoice": _validate,
        "GetOutboxInvoicePdf": _pdf,
        "GetOutboxInvoiceData": _data,
        "GetOutboxInvoiceView": _view,
        "IsEInvoiceUser": _is_user,
        "GetUserAliasses": _aliases,
        "GetEInvoiceUsers": _nothing,
        "GetInboxInvoiceList": _nothing,
        "GetInboxInvoices": _nothing,
        "QueryInboxInvoiceStatus": lambda *_: [],
        "SendDocumentResponse": lambda *_: True,
        "QueryDocumentResponseStatus": lambda *_: [],
        "QueryInvoiceGtbResponses": lambda *_: [],
        "ChangeInvoiceArchiveStatus": lambda *_: True,
        "SetInvoicesTaken": lambda *_: True,
        "TestConnection": lambda *_: True,
        "GetSystemDate": lambda *_: datetime.now(UTC).isoformat(),
        "WhoAmI": lambda _, company, __: {"Username": "sandbox", "VknTckn": company},
    }
)


def _drafts(outbox: Outbox, company: str, parameters: Parameters) -> list[Document]:
    found = [outbox.one(company, uuid) for uuid in parameters.get("invoiceids") or []]
    if any(each.booking.state() is not BookingState.DRAFT for each in found):
        raise FailureError("Fatura taslak değil.")
    return found


def _identity(outbox: Outbox, document: Document) -> dict[str, Any]:
    kind = document.booking.document_type
    scenario = int(kind == EARSIV) if outbox.variants.enums == "numbers" else SCENARIOS[kind]
    return {"Id": document.booking.id, "Number": document.booking.number, "InvoiceScenario": scenario}


def _status_row(outbox: Outbox, document: Document) -> dict[str, Any]:
    code = document.code()
    reasons = {ERROR: outbox.misbehaviour.worded("Şematron kontrolü hatalı"), DECLINED: REASON}
    status = code if outbox.variants.enums == "numbers" else CODES[code]
    return {"InvoiceId": document.booking.id, "Status": status, "StatusCode": code, "Message": reasons.get(code)}


def _file(document: Document, content: bytes) -> dict[str, Any]:
    return {
        "Data": base64.b64encode(content).decode(),
        "InvoiceId": document.booking.id,
        "LocalDocumentId": document.sent.beside.get("localdocumentid"),
    }
