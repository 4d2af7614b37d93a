"""What was given back of invoices: what was accepted, each once, on a document or registered, never more than sold.

A return takes pieces back and a goodwill an amount. What was granted is in the notices; what was asked, in the events;
what a document over it must be, in the invoice whose lines it has.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Final

from app.domain.commands import DocumentOrder
from app.domain.documents import DocumentStatus, Intent
from app.domain.invoice_info.enums import InvoiceType
from app.domain.notices import CreditedLine, LinesCredited
from app.domain.orders import GoodwillGranted, OrderReturned
from app.domain.outcomes import Verdict
from app.testbed.chaos.check.defects import Defect, Defects, double, lost, wrong
from app.testbed.chaos.check.evidence import OrderName, Submitted
from app.testbed.chaos.check.evidence_index import EvidenceIndex, name_of
from app.testbed.chaos.check.expected_content import sold
from app.testbed.chaos.check.vocabulary import DEAD

REGISTERED_ONLY: Final = "REGISTERED_ONLY"

Kind = Callable[[str], Defect]
Name = tuple[Intent, str]
"""Return or price difference, and the merchant's reference."""


def credits_and_returns(index: EvidenceIndex) -> Defects:
    """Every credit of every order."""
    for order in index.orders:
        accepted = _accepted(index, order)
        granted = _granted(index, order)
        for name in accepted.keys() | granted.keys():
            said = f"order {name_of(order)}: {name[0]} {name[1]}"
            for kind, sentence in _of_one(index, accepted.get(name, []), granted.get(name, [])):
                yield kind(f"{said} {sentence}")
        yield from _documents(index, order)
        for sentence in _more_than_sold(index, order):
            yield double(f"order {name_of(order)}: {sentence}")


def of_event(submitted: Submitted) -> tuple[Name, dict[str, Decimal]]:
    """What a return or a goodwill is called, and of each of its lines the pieces, or the amount."""
    body = submitted.event.body
    if isinstance(body, OrderReturned):
        return (Intent.RETURN, body.return_reference), {line.line_reference: line.quantity for line in body.lines}
    assert isinstance(body, GoodwillGranted)
    amounts = {line.line_reference: line.amount for line in body.lines}
    return (Intent.PRICE_DIFFERENCE, body.goodwill_reference), amounts


def _accepted(index: EvidenceIndex, order: OrderName) -> dict[Name, list[Submitted]]:
    found: defaultdict[Name, list[Submitted]] = defaultdict(list)
    for each in index.orders[order]:
        is_credit = isinstance(each.event.body, OrderReturned | GoodwillGranted)
        if is_credit and index.verdict(each) is Verdict.OK:
            found[of_event(each)[0]].append(each)
    return dict(found)


def _granted(index: EvidenceIndex, order: OrderName) -> dict[Name, list[LinesCredited]]:
    found: defaultdict[Name, list[LinesCredited]] = defaultdict(list)
    for each in index.grants.get(order, ()):
        found[each.intent, each.reference].append(each)
    return dict(found)


# --- what was asked and what was granted ------------------------------------------------------------------------------


def _of_one(
    index: EvidenceIndex, accepted: list[Submitted], granted: list[LinesCredited]
) -> Iterator[tuple[Kind, str]]:
    """One reference: each line was granted once for each time that it was asked for and there was none that counts."""
    if not accepted:
        yield wrong, "was granted, and no such event was accepted"
        return
    asked = {line: value for each in accepted for line, value in of_event(each)[1].items()}
    times = Counter(line.line_reference for grant in granted for line in grant.lines)
    standing = Counter(line.line_reference for grant in granted if stands(index, grant) for line in grant.lines)
    for line in asked:
        if not times[line]:
            yield lost, f"was accepted, and line {line} was not granted"
        if standing[line] > 1 or times[line] > len(accepted):
            yield double, f"was granted {times[line]} times over line {line}, and accepted {len(accepted)} times"
    for grant in granted:
        for each in grant.lines:
            found = each.quantity if grant.intent is Intent.RETURN else each.amount
            if asked.get(each.line_reference) != found:
                yield wrong, f"grants {found} of line {each.line_reference}, not {asked.get(each.line_reference)}"
        yield from _of_policy(index, grant)
    for submitted in accepted:
        yield from _answered(index, submitted, granted)


def _of_policy(index: EvidenceIndex, grant: LinesCredited) -> Iterator[tuple[Kind, str]]:
    """On a document where the policy has it issued here, and only registered where not."""
    original = index.documents.get(grant.original)
    if original is None or original.latest.intent is not Intent.INVOICE:
        yield wrong, f"is of {grant.original}, which is no invoice"
        return
    if not {line.line_reference for line in grant.lines} <= set(original.latest.lines):
        yield wrong, f"has lines that its invoice {grant.original} has not"
    is_due = is_issued_here(index, grant.intent, original.latest) and any(line.amount for line in grant.lines)
    if is_due and grant.document_id is None:
        yield lost, "has no document, and its business's policy asks for one"
    elif grant.document_id is not None and not is_due:
        yield wrong, f"has document {grant.document_id}, and its business's policy has it registered only"
    elif grant.document_id is not None and grant.document_id not in index.documents:
        yield lost, f"names document {grant.document_id}, which has no status"


def _answered(index: EvidenceIndex, submitted: Submitted, granted: list[LinesCredited]) -> Iterator[tuple[Kind, str]]:
    """An accepted event names the documents, or the one reason why there is none."""
    final = index.final(submitted)
    assert final is not None
    named = {document.document_id for document in final.documents}
    known = {grant.document_id for grant in granted if grant.document_id}
    if not named and final.reason != REGISTERED_ONLY:
        yield lost, f"was accepted for {final.reason}, with neither a document nor a reason"
    if named and (final.reason is not None or not named <= known):
        yield wrong, f"was answered with {sorted(named)} for {final.reason}; its documents are {sorted(known)}"


def is_issued_here(index: EvidenceIndex, intent: Intent, original: DocumentStatus) -> bool:
    """By its business's policy, and for a return by the type of the invoice."""
    policy = index.evidence.credit_policies.get(original.business)
    if policy is None:
        return False
    if intent is Intent.PRICE_DIFFERENCE:
        return policy.goodwill
    return policy.returns_efatura if original.document_type == "EFATURA" else policy.returns_earsiv


def stands(index: EvidenceIndex, grant: LinesCredited) -> bool:
    """It counts: its invoice is legal, and it is registered, or on a document that has not ended."""
    original, document = index.documents.get(grant.original), index.documents.get(grant.document_id or "")
    is_dead = original is None or original.latest.state in DEAD
    return not is_dead and (document is None or document.latest.state not in DEAD)


# --- its documents ----------------------------------------------------------------------------------------------------


def _documents(index: EvidenceIndex, order: OrderName) -> Defects:
    """Each is of one grant, and names the invoice and the reference of that."""
    grants = Counter(grant.document_id for grant in index.grants.get(order, ()) if grant.document_id)
    for status in index.credit_documents_of.get(order, ()):
        said = f"document {status.document_id} ({status.intent})"
        if grants[status.document_id] != 1:
            yield wrong(f"{said} is of {grants[status.document_id]} grants")
            continue
        grant = index.grant_of[status.document_id]
        lines = tuple(sorted(line.line_reference for line in grant.lines))
        due = (grant.intent, grant.reference, grant.original, lines)
        # The planner leaves both out where another try has taken its place.
        last = next((s for s in reversed(index.documents[status.document_id].history) if s.original), status)
        found = (last.intent, last.credit_reference, last.original, last.lines)
        if found != due:
            yield wrong(f"{said} is {found}, not {due}")


def of_command(index: EvidenceIndex, content: DocumentOrder, latest: DocumentStatus) -> Iterator[str]:
    """What the ISSUE command of such a document must carry: its lines alone, and the invoice by number and day."""
    grant = index.grant_of.get(latest.document_id)
    original = index.documents.get(grant.original) if grant else None
    if grant is None or original is None:
        yield "is over nothing that was granted"
        return
    references = tuple(sorted(line.line_reference for line in content.lines))
    if (content.intent, references) != (latest.intent, latest.lines):
        yield f"is {content.intent} over {references}"
    info = content.invoice_info
    named = [(each.invoice_number, each.issue_date) for each in info.return_invoice_info] if info else []
    due = [(original.latest.number, original.latest.issue_date)]
    if info is None or info.invoice_type is not InvoiceType.IADE or named != due:
        yield f"takes back {named}, not {due}"


# --- how much ---------------------------------------------------------------------------------------------------------


def _more_than_sold(index: EvidenceIndex, order: OrderName) -> Iterator[str]:
    """Of no line more pieces come back, or more money, than were on its invoice."""
    by_original: defaultdict[str, list[LinesCredited]] = defaultdict(list)
    for grant in index.grants.get(order, ()):
        by_original[grant.original].append(grant)
    for original, grants in by_original.items():
        invoice = index.documents.get(original)
        taken = index.ordered(invoice.latest) if invoice else None
        if invoice is None or taken is None or invoice.latest.state in DEAD:
            continue
        pieces, worth = sold(taken, invoice.latest.lines)
        counted = [line for grant in grants if stands(index, grant) for line in grant.lines]
        for line in {line.line_reference for line in counted}:
            mine = [each for each in counted if each.line_reference == line]
            is_whole = all(stands(index, grant) for grant in grants)
            yield from _too_much(line, mine, pieces, worth, is_whole=is_whole)


def _too_much(
    line: str,
    granted: list[CreditedLine],
    pieces: Mapping[str, Decimal],
    worth: Mapping[str, Decimal],
    *,
    is_whole: bool,
) -> Iterator[str]:
    """`is_whole`: nothing that was granted has ended since; then the last piece comes with all that is left."""
    back = sum((each.quantity for each in granted), Decimal(0))
    amount = sum((each.amount for each in granted), Decimal(0))
    if back > pieces.get(line, 0):
        yield f"{back} pieces of line {line} came back, and {pieces.get(line)} were invoiced"
    if amount > worth.get(line, 0):
        yield f"{amount} of line {line} was given back, and it came to {worth.get(line)}"
    elif is_whole and back == pieces.get(line) and amount != worth.get(line):
        yield f"all pieces of line {line} came back for {amount}, and it came to {worth.get(line)}"


def returned_state(index: EvidenceIndex, order: OrderName, line: str, document: str) -> str:
    """The state of a line on a legal invoice, by the pieces of it that came back."""
    grants = [g for g in index.grants.get(order, ()) if g.original == document and g.intent is Intent.RETURN]
    granted = [each for grant in grants if stands(index, grant) for each in grant.lines]
    back = sum((each.quantity for each in granted if each.line_reference == line), Decimal(0))
    taken = index.ordered(index.documents[document].latest)
    pieces = sold(taken, (line,))[0].get(line, Decimal(0)) if taken else Decimal(0)
    if not back:
        return "INVOICED"
    return "RETURNED" if back >= pieces else "PART_RETURNED"


def takes_back_what_ended(index: EvidenceIndex, status: DocumentStatus) -> bool:
    """Its invoice has ended since: one of the two is wrong, and it is withdrawn, or a person is asked."""
    grant = index.grant_of.get(status.document_id)
    original = index.documents.get(grant.original) if grant else None
    return original is not None and any(status.state in DEAD for status in original.history)
