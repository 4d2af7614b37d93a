"""What the social security institution (SGK) wants on an invoice, by what it is for: its AccountingCost."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from app.documents.codelists import rows
from app.domain.record import record


@record
class Kind:
    """`references` are codes of documents, each with its value; `period` where the guide asks for an InvoicePeriod."""

    references: frozenset[str]
    period: bool


@cache
def kinds() -> Mapping[str, Kind]:
    """By the words of AccountingCost (SGK's guide, 3.2 and 3.3)."""
    return MappingProxyType(
        {
            row["code"]: Kind(
                references=frozenset(filter(None, row["references"].split(";"))), period=row["period"] == "yes"
            )
            for row in rows("accounting_costs")
        }
    )


@cache
def references() -> frozenset[str]:
    """The codes of all documents that some kind wants."""
    return frozenset().union(*(kind.references for kind in kinds().values()))
