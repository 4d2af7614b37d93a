"""What Paraşüt's answers mean, as tables.

Only an answer in its own form counts: a resource of JSON:API, whose id is a text, or `errors` with titles and details.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from app.domain.documents import DocumentState, DocumentType
from app.domain.errors import FieldError
from providers.base import Different, Done, NotSent, Outcome, Prepared, Refused, Unknown, refused_by_buyer, seen
from providers.contacts import ContactNames
from providers.formats import errors as listed
from providers.parasut.mapping import E_ARCHIVES, E_INVOICES, currency_of, parts_of
from providers.transport.http import TOO_MANY_REQUESTS, Reply
from providers.transport.rest import OK

S = DocumentState
CREATED: Final = 201
NOTHING: Final = 204
NOT_FOUND: Final = 404
REFUSED: Final = frozenset({400, 404, 422})
# So much of a line may be base there and VAT here, by where VAT is rounded.
MOVED: Final = Decimal("0.02")
UNREADABLE: Final = "the answer has not the form that is described"
# How long to wait is in a sentence alone.
WAIT: Final = re.compile(r"(\d{1,4})\s*(?:seconds?|saniye)")
KINDS: Final[Mapping[str, DocumentType]] = {E_ARCHIVES: DocumentType.EARSIV, E_INVOICES: DocumentType.EFATURA}
# `bounced` may be about a mail alone: the document is there.
ARCHIVE_STATES: Final = dict.fromkeys(("bounced", "sent", "printed", "legalized"), S.ISSUED)
INVOICE_STATES: Final = {"waiting": S.PROCESSING, "successful": S.DELIVERED, "failed": S.REJECTED}
RESPONSES: Final = {"accepted": S.ACCEPTED, "rejected": S.REJECTED_BY_BUYER}
RETURNED: Final = "refunded"
FAILED: Final = FieldError(path="$", code="PARASUT_FAILED", message="the e-Fatura has failed after it was made")
SALES_INVOICE_GONE: Final = FieldError(
    path="$", code="SALES_INVOICE_GONE", message="the sales invoice that was made for it is no longer at Paraşüt"
)
NO_DRAFT: Final = FieldError(
    path="$", code="PARASUT_NO_DRAFT", message="there is no sales invoice of it without an e-document"
)
JOB_ERROR: Final = "PARASUT_JOB"
JOB_FORGOTTEN: Final = FieldError(
    path="$", code=JOB_ERROR, message="Paraşüt knows its work no more, and the sales invoice has no e-document"
)


@dataclass(frozen=True, slots=True)
class Resource:
    """One object of JSON:API. `related`: the ids of a relation, in its sequence, as (type, id)."""

    id: str
    type: str
    attributes: Mapping[str, Any]
    related: Mapping[str, tuple[tuple[str, str], ...]]

    @property
    def name(self) -> tuple[str, str]:
        return self.type, self.id

    def text(self, name: str) -> str | None:
        """An attribute that is a text, and not empty."""
        value = self.attributes.get(name)
        return value if isinstance(value, str) and value else None

    def amount(self, name: str) -> Decimal | None:
        """An attribute that is a number, or a text of one."""
        value = self.attributes.get(name)
        try:
            return Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else None
        except InvalidOperation:
            return None


def resource_of(row: Any, kind: str | None = None) -> Resource | None:
    """None for what is none of this kind."""
    if not isinstance(row, dict) or not isinstance(row.get("id"), str) or not row["id"]:
        return None
    attributes, relations = row.get("attributes", {}), row.get("relationships", {})
    if not isinstance(row.get("type"), str) or not isinstance(attributes, dict) or not isinstance(relations, dict):
        return None
    if kind is not None and row["type"] != kind:
        return None
    related = {name: names for name, relation in relations.items() if (names := _names_in(relation))}
    return Resource(row["id"], row["type"], attributes, related)


def _names_in(relation: Any) -> tuple[tuple[str, str], ...]:
    data = relation.get("data") if isinstance(relation, dict) else None
    listed = data if isinstance(data, list) else [data]
    return tuple(
        (each["type"], each["id"])
        for each in listed
        if isinstance(each, dict) and isinstance(each.get("type"), str) and isinstance(each.get("id"), str)
    )


def one_in(body: Any, kind: str | None = None) -> Resource | None:
    """The resource that an answer is about."""
    return resource_of(body.get("data"), kind) if isinstance(body, dict) else None


def included_in(body: Mapping[str, Any], name: tuple[str, str]) -> Resource | None:
    """What came along with it under this type and id."""
    listed = body.get("included")
    found = [resource_of(each, name[0]) for each in (listed if isinstance(listed, list) else [])]
    return next((each for each in found if each is not None and each.id == name[1]), None)


def list_in(body: Any, kind: str) -> list[Resource] | None:
    """The rows of a list; None when one of them is not understood."""
    data = body.get("data") if isinstance(body, dict) else None
    found = [resource_of(row, kind) for row in data] if isinstance(data, list) else [None]
    known = [each for each in found if each is not None]
    return known if len(known) == len(found) else None


def pages_in(body: Any) -> int | None:
    """How many pages a list has."""
    meta = body.get("meta") if isinstance(body, dict) else None
    pages = meta.get("total_pages") if isinstance(meta, dict) else None
    return pages if isinstance(pages, int) and not isinstance(pages, bool) else None


def errors_in(reply: Reply) -> tuple[FieldError, ...]:
    """All of them, in Paraşüt's own form; none when one of them is not in it."""
    return listed.errors_in(reply.json(), _error)


def _error(error: Any) -> FieldError | None:
    title, detail = (error.get("title"), error.get("detail")) if isinstance(error, dict) else (None, None)
    if not isinstance(title, str) or not isinstance(detail, str):
        return None
    return FieldError(path="$", code="PARASUT_REFUSED", message=f"{title}: {detail}")


def is_own(reply: Reply) -> bool:
    """Whether Paraşüt itself has written this refusal."""
    return bool(errors_in(reply))


def is_absence(reply: Reply) -> bool:
    return reply.status == NOT_FOUND and is_own(reply)


def with_its_wait(reply: Reply) -> Reply:
    """An answer to too many requests, with the seconds that its sentence names."""
    if reply.status != TOO_MANY_REQUESTS or reply.retry_after is not None:
        return reply
    found = [WAIT.search(error.message) for error in errors_in(reply)]
    waits = [float(each[1]) for each in found if each]
    return replace(reply, retry_after=max(waits)) if waits else reply


def refused(reply: Reply) -> Refused | None:
    """A refusal of Paraşüt's own, as far as `classify` left it open."""
    errors = errors_in(reply) if reply.status in REFUSED else ()
    return Refused(errors=errors) if errors else None


def made(reply: Reply, kind: str, state: DocumentState) -> Outcome:
    """The outcome of a call that makes a contact or a sales invoice."""
    found = one_in(reply.json(), kind) if reply.status == CREATED else None
    done = seen(reference=found.id, state=state, payable=payable_of(found)) if found else None
    return done or refused(reply) or Unknown(why=reply.excerpt())


def deleted(reply: Reply) -> NotSent | Refused | Unknown | None:
    """The outcome of a deletion that `classify` left open; None when it was taken, and a look-up decides."""
    return None if reply.status == NOTHING else refused(reply) or Unknown(why=reply.excerpt())


def page_in(reply: Reply) -> str | None:
    """The address of a document's page."""
    page = one_in(reply.json(), "e_document_pdfs") if reply.status == OK else None
    return page.text("url") if page else None


def payable_of(invoice: Resource) -> Decimal | None:
    """What Paraşüt has computed; None where VAT is withheld, of which it is not published whether the sum has it."""
    before, vat = invoice.amount("before_taxes_total"), invoice.amount("total_vat")
    return (
        before + vat if before is not None and vat is not None and not invoice.amount("total_vat_withholding") else None
    )


def differences(invoice: Resource, prepared: Prepared) -> Different | None:
    """What of a sales invoice is other than was asked for, with both values."""
    parts = parts_of(prepared.request)
    sums, asked = parts["sums"], parts["sales_invoice"]["attributes"]
    wrong = []
    before, vat = invoice.amount("before_taxes_total"), invoice.amount("total_vat")
    if before is None or vat is None or not _are_ours(before, vat, parts):
        theirs = f"{before} and {vat} of VAT" if before is None or vat is None else f"{before + vat} ({before} + {vat})"
        ours = f"{sums['before_taxes'] + sums['vat']} ({sums['before_taxes']} + {sums['vat']})"
        wrong.append(f"its total is {theirs}, not {ours}")
    shown = {
        "currency": (invoice.text("currency"), currency_of(asked["currency"])),
        "tax_number": (invoice.text("tax_number") or asked["tax_number"], asked["tax_number"]),
        "issue_date": (invoice.text("issue_date"), asked["issue_date"]),
    }
    wrong += [f"{name} is {there}, not {ours}" for name, (there, ours) in shown.items() if there != ours]
    return Different(detail="; ".join(wrong)) if wrong else None


def _are_ours(before: Decimal, vat: Decimal, parts: Mapping[str, Any]) -> bool:
    """The total is, to the kuruş; the base is but for what the rounding of its lines may move between it and VAT."""
    sums, lines = parts["sums"], len(parts["sales_invoice"]["details"])
    owed = {sums["before_taxes"] + sums["vat"] - withheld for withheld in (0, sums["withheld"])}
    return before + vat in owed and abs(before - sums["before_taxes"]) <= MOVED * lines


def document_in(invoice: Resource, e_document: Resource, asked: DocumentType | None) -> Done | None:
    """The legal document of a sales invoice; None for what is none in a known state."""
    kind = KINDS.get(e_document.type)
    if kind is None:
        return None
    of_invoice = _invoice_state(e_document)
    state, word, errors = of_invoice if kind is DocumentType.EFATURA else _archive_state(e_document)
    number = e_document.attributes.get("external_id" if kind is DocumentType.EFATURA else "invoice_number")
    if state is None:
        return None
    if state is not S.REJECTED and not number:
        state = S.PROCESSING
    if invoice.text("item_type") == "cancelled":
        state, errors = S.CANCELLED, ()
    return seen(
        reference=invoice.id,
        state=state,
        ettn=e_document.text("uuid"),
        number=number or None,
        errors=errors,
        returned=word,
        document_type=kind if kind is not asked else None,
        payable=payable_of(invoice),
    )


State = tuple[DocumentState | None, str | None, tuple[FieldError, ...]]


def _archive_state(document: Resource) -> State:
    """Before it is sent it has no status."""
    status = document.attributes.get("status")
    return (S.PROCESSING if status is None else ARCHIVE_STATES.get(str(status))), None, ()


def _invoice_state(document: Resource) -> State:
    status, response = document.attributes.get("status"), document.attributes.get("response_type")
    state = S.PROCESSING if status is None else INVOICE_STATES.get(str(status))
    if state is S.REJECTED:
        return state, None, (FAILED,)
    if response is None or state is None:
        return state, None, ()
    if response == RETURNED:
        return state, RETURNED, ()
    answered = RESPONSES.get(str(response))
    errors = refused_by_buyer(document.attributes.get("response_note")) if answered is S.REJECTED_BY_BUYER else ()
    return answered, None, errors


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of Paraşüt's work. `has_ended`: well, or with `errors`."""

    id: str
    has_ended: bool
    errors: tuple[FieldError, ...] = ()


def job_in(body: Any) -> Job | None:
    """None for an answer that is none, or in a state that is not known."""
    found = one_in(body, "trackable_jobs")
    status = found.text("status") if found else None
    if found is None or status not in {"pending", "running", "done", "error"}:
        return None
    if status != "error":
        return Job(found.id, has_ended=status == "done")
    listed = found.attributes.get("errors")
    said = [each for each in listed if isinstance(each, str)] if isinstance(listed, list) else []
    errors = tuple(FieldError(path="$", code=JOB_ERROR, message=each) for each in said)
    return Job(
        found.id, has_ended=True, errors=errors or (FieldError(path="$", code=JOB_ERROR, message="it gives no reason"),)
    )


def names_in(contact: Resource) -> ContactNames:
    """What a contact is found by."""
    text = contact.text
    return ContactNames(name=text("name") or "", tax_number=text("tax_number"), email=text("email"))
