"""The numbers that we give, held against the books of those who bear them: no gap that is not told, and none twice."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from app.domain.numbers import NUMBER, InvoiceNumber
from app.testbed.chaos.check.defects import Defects, double, gap, wrong
from app.testbed.chaos.check.evidence import MadeDocument, ReportedGap
from app.testbed.chaos.check.evidence_index import EvidenceIndex
from app.testbed.chaos.check.vocabulary import DEAD, LEGAL

Series = tuple[str, str, int]
"""A company, its series, and the year."""
Borne = defaultdict[Series, defaultdict[int, list[MadeDocument]]]
"""The documents of each number, by its sequence."""


def series(made: Iterable[MadeDocument], told: Collection[ReportedGap], companies: Collection[str]) -> Defects:
    """Every number up to the highest stands on one document, or was told as one that stands on none.

    `companies`: those whose documents we number.
    """
    borne: Borne = defaultdict(lambda: defaultdict(list))
    for document in made:
        if document.company in companies:
            if NUMBER.fullmatch(document.number):
                number = InvoiceNumber.parse(document.number)
                borne[document.company, number.series, number.year][number.sequence].append(document)
            else:
                yield wrong(f"{document.provider} made {document.reference} with a number of its own")
    excused = {(each.company, each.number) for each in told}
    for (company, name, year), bearers in borne.items():
        for sequence in range(1, max(bearers) + 1):
            number_ = str(InvoiceNumber(name, year, sequence))
            references = sorted({document.reference for document in bearers.get(sequence, ())})
            if len(references) > 1:
                yield double(f"{company}: {number_} stands on {' and '.join(references)}")
            if not references and (company, number_) not in excused:
                yield gap(f"{company}: {number_} stands on no document, and nobody tells it")
    for each in told:
        yield from _stands_all_the_same(each, borne)


def _stands_all_the_same(told: ReportedGap, borne: Borne) -> Defects:
    number = InvoiceNumber.parse(told.number)
    bearers = borne[told.company, number.series, number.year].get(number.sequence, [])
    if not told.is_open and any(not document.ended for document in bearers):
        yield wrong(f"{told.company}: {told.number} is told as a gap, and stands on {bearers[0].reference}")


def ends(index: EvidenceIndex) -> Defects:
    """A number whose document has ended is not told as one that waits for its end, nor the other way."""
    for told in index.evidence.gaps:
        document = index.documents.get(told.document_id)
        if document is None:
            continue
        state = document.latest.state
        if told.is_open and state in LEGAL | DEAD:
            yield wrong(f"{told.number} waits for document {told.document_id}, which is {state}")
        if not told.is_open and state not in DEAD:
            yield wrong(f"{told.number} is told as a gap of document {told.document_id}, which is {state}")
