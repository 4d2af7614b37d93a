"""The commands: each document's one ISSUE, with all that its order has and nothing else; and what the others carry."""

from collections import Counter
from collections.abc import Iterator, Mapping

from app.domain.commands import Action, DocumentOrder, InvoiceCommand
from app.domain.documents import Attention, DocumentStatus, Intent
from app.domain.orders import InvoiceRequested, OrderPlaced, OrderStatusChanged
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.credited import of_command
from app.testbed.chaos.check.defects import Defects, double, lost, wrong
from app.testbed.chaos.check.document_history import living
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.vocabulary import command_id

# What confirms a shipment: of some lines, or of the whole order.
Shipped = InvoiceRequested | OrderStatusChanged
# The fields that a command has from its order as they are there.
OF_THE_ORDER = (
    "order_date",
    "order_type",
    "currency",
    "exchange_rate",
    "prices_include_vat",
    "payment",
    "website",
    "note",
)
OF_THE_REQUEST = ("shipment_reference", "invoice_reference", "dispatch_date", "due_date", "tracking_code")
# The part of the content that each action has; WITHDRAW and SIGN have none.
PARTS = {Action.ISSUE: "order", Action.REVIEW: "review", Action.MARK: "review", Action.CANCEL: "cancellation"}


def commands(index: EvidenceIndex) -> Defects:
    """Every released document has its one ISSUE command; a repeated command is the same to the letter."""
    for command in index.evidence.commands:
        if index.commands[command.command_id] != command:
            yield wrong(f"command {command.command_id} is on the topic with two contents")
    issues = Counter(c.document_id for c in index.commands.values() if c.action is Action.ISSUE)
    for document_id, document in index.documents.items():
        released = any(status.attention is not Attention.AWAITING_APPROVAL for status in living(document.history))
        if released and not issues[document_id]:
            yield lost(f"document {document_id} was let go, and no command went to its provider")
        if issues[document_id] > 1:
            yield double(f"document {document_id} has {issues[document_id]} ISSUE commands")
    for command in index.commands.values():
        history = index.documents.get(command.document_id)
        if history is None:
            yield wrong(f"a command is for document {command.document_id}, which no status names")
        else:
            for sentence in _contents(index, command, history.latest):
                yield wrong(f"the {command.action} command of document {command.document_id} {sentence}")


def _contents(index: EvidenceIndex, command: InvoiceCommand, latest: DocumentStatus) -> Iterator[str]:
    names = (command.business, command.order_reference, command.provider, command.connection)
    if names != (latest.business, latest.order_reference, latest.provider, latest.connection):
        yield f"is for {names}"
    if command.command_id != command_id(command.document_id, command.connection, command.action, command.revision):
        yield f"has the id {command.command_id}"
    present = {part for part in PARTS.values() if getattr(command, part) is not None}
    due = {PARTS[command.action]} if command.action in PARTS else set()
    if present != due:
        yield f"carries {sorted(present) or 'nothing'} instead of {sorted(due) or 'nothing'}"
    elif command.order is not None:
        yield from _of_issue(index, command, command.order, latest)
    elif command.review is not None:
        yield from _of_review(index, command)
    elif command.cancellation is not None:
        found = (command.cancellation.number, command.cancellation.ettn, command.cancellation.document_type)
        if found != (latest.number, latest.ettn, latest.document_type):
            yield f"is about {found}"


def _of_issue(
    index: EvidenceIndex, command: InvoiceCommand, content: DocumentOrder, latest: DocumentStatus
) -> Iterator[str]:
    taken = index.ordered(latest)
    if taken is None:
        yield "is for an order that was never taken"
        return
    body = taken.event.body
    assert isinstance(body, OrderPlaced)
    due = {name: getattr(body, name) for name in OF_THE_ORDER}
    found = {name: getattr(content, name) for name in OF_THE_ORDER}
    if latest.intent is Intent.INVOICE:
        due["lines"] = {line for line in body.lines if line.line_reference in latest.lines}
        found["lines"] = set(content.lines)
    else:  # it has nothing of the payment and the shop's page
        due |= dict.fromkeys(("payment", "website", "note"))
        yield from of_command(index, content, latest)
    yield from _differing(found, due)
    yield from _differing({"person": command.person}, {"person": taken.event.person})
    yield from _of_policy(index, content, latest)
    if latest.intent is Intent.INVOICE:
        yield from _of_shipment(index, content, body, latest)


def _of_policy(index: EvidenceIndex, content: DocumentOrder, latest: DocumentStatus) -> Iterator[str]:
    series = index.evidence.series.get(latest.business, {})
    for document_type, name in (("EARSIV", content.earsiv_series), ("EFATURA", content.efatura_series)):
        if document_type in series and name != series[document_type]:
            yield f"has the series {name} for {document_type}, not {series[document_type]}"


def _of_shipment(
    index: EvidenceIndex, content: DocumentOrder, body: OrderPlaced, latest: DocumentStatus
) -> Iterator[str]:
    """What the shipment's confirmation has, where that was answered with the document or it is what is left of one."""
    requests = list(_confirmations(index, latest))
    covering = [body for body, lines, _ in requests if set(latest.lines) <= lines]
    is_asked_for = any(set(latest.lines) == lines and is_named for _, lines, is_named in requests)
    found = {name: getattr(content, name) for name in (*OF_THE_REQUEST, "carrier")}
    possible = [_shipment(each, body) for each in (*covering, *([] if is_asked_for else [None]))]
    if found not in possible:
        yield f"has the shipment {found}, not {possible[0]}"


def _confirmations(index: EvidenceIndex, latest: DocumentStatus) -> Iterator[tuple[Shipped, set[str], bool]]:
    """What has confirmed shipments of the order, over which lines, and whether it was answered with this document."""
    order = latest.business, latest.order_reference
    for each in index.orders.get(order, ()):
        request, final = each.event.body, index.final(each)
        if final is None or final.verdict is not Verdict.OK:
            continue
        if isinstance(request, InvoiceRequested | OrderStatusChanged):
            lines = request.line_references if isinstance(request, InvoiceRequested) else index.lines_of(order)
            yield request, set(lines), any(named.document_id == latest.document_id for named in final.documents)


def _shipment(request: Shipped | None, body: OrderPlaced) -> dict[str, object]:
    found = {name: getattr(request, name, None) for name in OF_THE_REQUEST}
    return {**found, "carrier": getattr(request, "carrier", None) or body.carrier}


def _of_review(index: EvidenceIndex, command: InvoiceCommand) -> Iterator[str]:
    """A person has decided so, and was answered OK."""
    review = command.review
    assert review is not None
    found = (command.document_id, review.revision, review.decision, review.number, review.ettn, review.actor)
    marked = (command.document_id, review.decision, review.number, review.ettn, review.actor)
    is_asked = marked in index.marked if command.action is Action.MARK else found in index.decided
    if not is_asked:
        yield f"carries {found[1:]}, which no person decided"


def _differing(found: Mapping[str, object], due: Mapping[str, object]) -> Iterator[str]:
    for name, value in due.items():
        if found[name] != value:
            yield f"has another {name} than its order"
