"""What the providers made and were asked: one document for each of ours, no unsafe create, no unexplained gap.

A create whose answer may have been lost leaves it unknown whether the document exists. Until that is known there must
be no second one: two look-ups that find nothing decide it where the provider refuses a repeated reference, a person's
answer where it does not.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from app.domain.documents import Attention, DocumentState, DocumentStatus, Intent
from app.domain.numbers import NUMBER, InvoiceNumber
from app.testbed.chaos.check.credited import takes_back_what_ended
from app.testbed.chaos.check.defects import Defects, double, gap, lost, wrong
from app.testbed.chaos.check.evidence import MadeDocument, ReportedGap
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.expected_content import differences
from app.testbed.chaos.check.reviews import asks_about_cancellation
from app.testbed.chaos.check.vocabulary import DEAD, LEGAL

# The first absence may be a document that look-ups do not show yet.
ABSENCES: Final = 2
CREATE: Final = "CREATE"
REFUSED: Final = "REFUSED"
ABSENT: Final = "ABSENT"
# The question about what was sent several times, and of which its provider knows nothing.
KEEPS_VANISHING: Final = "KEEPS_VANISHING"

Series = tuple[str, str, int]
"""A company, its series, and the year."""
Numbered = defaultdict[Series, defaultdict[int, list[MadeDocument]]]
"""The documents of each number, by its sequence."""


# --- documents --------------------------------------------------------------------------------------------------------


def documents(index: EvidenceIndex) -> Defects:
    """No reference has two documents, and the provider has of each document what its status has."""
    for reference, made in index.made.items():
        # A draft that was deleted, as by a person who then has it made again, is no second document.
        if (count := len(index.kept.get(reference, ()))) > 1:
            yield double(f"{made[0].provider} made {count} documents under {reference}")
        if reference not in index.documents:
            yield wrong(f"{made[0].provider} has {reference}, which no status names")
    for name, document in index.documents.items():
        yield from _agrees(index, name, document.latest)


def _agrees(index: EvidenceIndex, name: str, latest: DocumentStatus) -> Defects:
    """The provider has what we say it has, with this order's content."""
    made = index.made.get(name, [])
    legal = [document for document in made if not document.ended]
    if latest.state in LEGAL and not legal:
        yield lost(f"document {name} is {latest.state}, and {latest.provider} has none")
    if latest.state in DEAD and legal:
        yield double(f"document {name} is {latest.state}, and lives at {latest.provider}")
    if latest.state is DocumentState.REJECTED and not made and not _was_refused(index, latest):
        yield wrong(f"document {name} is REJECTED, and {latest.provider} never refused it")
    if latest.state is DocumentState.CANCELLED and not _withdrawn(index, latest):
        yield wrong(f"document {name} is CANCELLED, and no cancellation was accepted")
    if latest.attention is Attention.AWAITING_APPROVAL and legal:
        yield double(f"document {name} waits for its approval, and lives at {latest.provider}")
    surely_found = (latest.business, latest.provider) in index.evidence.surely_found
    is_accepted = latest.attention is Attention.NEEDS_REVIEW and bool(made) and surely_found
    if is_accepted and not (_vanishes(latest, legal) or takes_back_what_ended(index, latest)):
        yield wrong(f"document {name} was accepted by {latest.provider}, and ends in review")
    for document in made:
        yield from (wrong(sentence) for sentence in differences(index, latest, document))


def _vanishes(latest: DocumentStatus, legal: Collection[MadeDocument]) -> bool:
    """Its cancellation was sent again and again and never arrived: the document is alive, and a person is asked."""
    asked = latest.evidence[0].what if latest.evidence else ""
    return asks_about_cancellation(latest) and asked == KEEPS_VANISHING and bool(legal)


def _was_refused(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    """By a person; or by the provider, which none of the orders gives a reason to but those without a buyer."""
    taken = index.taken.get((latest.business, latest.order_reference))
    has_buyer = taken is None or taken.event.person is not None
    said = [calls.said[-1] for calls in index.calls.get(latest.document_id, ())]
    return latest.document_id in index.rejected_by_persons or (REFUSED in said and not has_buyer)


def _withdrawn(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    cancelled = index.cancelled_lines.get((latest.business, latest.order_reference), set())
    if latest.document_id in index.given_up or latest.document_id in index.corrections:
        return True
    if latest.intent is not Intent.INVOICE:
        return takes_back_what_ended(index, latest)
    return not cancelled.isdisjoint(latest.lines) or _makes_way(index, latest) or _is_signed_elsewhere(index, latest)


def _makes_way(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    """It never went out, and its order was amended."""
    order = latest.business, latest.order_reference
    return latest.document_id not in index.asked and len(index.versions.get(order, ())) > 1


def _is_signed_elsewhere(index: EvidenceIndex, latest: DocumentStatus) -> bool:
    """It waited for a signature, and its lines are on a document at the provider that its business signs through."""
    waited = any(s.state is DocumentState.AWAITING_SIGNATURE for s in index.documents[latest.document_id].history)
    provider = index.evidence.sign_through.get(latest.business)
    others = index.documents_of.get((latest.business, latest.order_reference), ())
    return waited and any(each.provider == provider and set(latest.lines) <= set(each.lines) for each in others)


# --- attempts ---------------------------------------------------------------------------------------------------------


def attempts(index: EvidenceIndex) -> Defects:
    """No create while an earlier one is unknown, and none that a provider did not note."""
    for reference, known in index.calls.items():
        for calls in known:
            allowed = index.confirmed_absent[reference]
            # Where a repeat is taken, no look-up allows another.
            needed = ABSENCES if index.evidence.providers[calls.provider].refuses_repeats else len(calls.said)
            if (count := creates_in_doubt(calls.said, needed)) > allowed:
                yield double(
                    f"{calls.provider} was asked {count + 1} times to make {reference} while it was not known whether "
                    f"it had: {', '.join(calls.said)}; persons confirmed {allowed} times that it had not"
                )
    for reference, made in index.made.items():
        noted = [calls for calls in index.calls.get(reference, ()) if calls.provider == made[0].provider]
        # What asks for a document is noted, and not what makes the record that it is made from.
        from_records = index.evidence.providers[made[0].provider].makes_from_records
        count = sum(not (from_records and each.is_record) for each in made)
        if sum(calls.said.count(CREATE) for calls in noted) < count:
            yield wrong(f"{made[0].provider} made {reference}, and notes no call for it")


def creates_in_doubt(said: Sequence[str], absences_needed: int) -> int:
    """The most creates that came while an earlier one was unknown; one that was refused leaves all as it was before it.

    What a person has allowed is allowed again after a refusal: nothing was made of it.
    """
    most, count, in_doubt, absences = 0, 0, False, 0
    before: list[tuple[int, bool, int]] = []
    for each in said:
        if each == CREATE:
            before.append((count, in_doubt, absences))
            count += in_doubt and absences < absences_needed
            most, in_doubt, absences = max(most, count), True, 0
        elif each == REFUSED:
            count, in_doubt, absences = before.pop()
        else:
            absences = absences + 1 if each == ABSENT else 0
    return most


# --- our numbers ------------------------------------------------------------------------------------------------------


def number_series(
    made: Iterable[MadeDocument], reported: Collection[ReportedGap], companies: Collection[str]
) -> Defects:
    """Every number up to the highest is on one document, or was reported as one that is on none.

    `companies`: those whose documents we number.
    """
    numbered: Numbered = defaultdict(lambda: defaultdict(list))
    for document in made:
        if document.company in companies:
            if NUMBER.fullmatch(document.number):
                number = InvoiceNumber.parse(document.number)
                numbered[document.company, number.series, number.year][number.sequence].append(document)
            else:
                yield wrong(f"{document.provider} made {document.reference} with a number of its own")
    excused = {(each.company, each.number) for each in reported}
    for (company, name, year), bearers in numbered.items():
        for sequence in range(1, max(bearers) + 1):
            number_ = str(InvoiceNumber(name, year, sequence))
            references = sorted({document.reference for document in bearers.get(sequence, ())})
            if len(references) > 1:
                yield double(f"{company}: {number_} is on {' and '.join(references)}")
            if not references and (company, number_) not in excused:
                yield gap(f"{company}: {number_} is on no document, and is not reported as a gap")
    for each in reported:
        yield from _is_used(each, numbered)


def _is_used(reported: ReportedGap, numbered: Numbered) -> Defects:
    number = InvoiceNumber.parse(reported.number)
    bearers = numbered[reported.company, number.series, number.year].get(number.sequence, [])
    if not reported.is_open and any(not document.ended for document in bearers):
        yield wrong(f"{reported.company}: {reported.number} is reported as a gap, and is on {bearers[0].reference}")


def reported_gaps(index: EvidenceIndex) -> Defects:
    """A number whose document has ended is not reported as one that waits for its end, nor the other way."""
    for reported in index.evidence.gaps:
        document = index.documents.get(reported.document_id)
        if document is None:
            continue
        state = document.latest.state
        if reported.is_open and state in LEGAL | DEAD:
            yield wrong(f"{reported.number} waits for document {reported.document_id}, which is {state}")
        if not reported.is_open and state not in DEAD:
            yield wrong(f"{reported.number} is reported as a gap of document {reported.document_id}, which is {state}")
