"""What Testbook's list of its documents shows: all there is where it shows no reference of ours. For tests only."""

from collections.abc import Mapping
from typing import Any, Final

from app.domain import exact_json
from app.domain.documents import DocumentState
from providers.base import Absent, Different, Done, Finding, Prepared, Unclear, seen
from providers.testbook.answers import BOOKING_FAILED, STATES, UNREADABLE, decimal_in

LINE: Final = ("quantity", "net", "vat")


def candidates(body: Mapping[str, Any], prepared: Prepared) -> tuple[Done, ...] | Unclear:
    """What of the list looks like this request in all that the list shows."""
    rows = body.get("invoices")
    found = [(row, _document_in(row)) for row in rows] if isinstance(rows, list) else [(None, None)]
    if any(done is None for _, done in found):
        return Unclear(why=UNREADABLE)
    sought = _shown(exact_json.loads(prepared.request))
    return tuple(done for row, done in found if done is not None and row is not None and _shown(row) == sought)


def numbered(body: Mapping[str, Any], number: str | None) -> Finding:
    """What of the list has this number."""
    rows = body.get("invoices")
    found = [_document_in(row) for row in rows] if isinstance(rows, list) else [None]
    same = [done for done in found if done is not None and done.number == number]
    if None in found:
        return Unclear(why=UNREADABLE)
    if len(same) > 1:
        return Different(detail=f"{len(same)} documents have the number {number}")
    return same[0] if same else Absent()


def _shown(document: Mapping[str, Any]) -> tuple[object, ...]:
    """What the list shows of a document; of a request, the same."""
    lines = sorted((line["name"], *(decimal_in(line[part]) for part in LINE)) for line in document["lines"])
    buyer = document["buyer"]["tax_number"], document["buyer"]["name"]
    return (document["order"], document["date"], *buyer, document["currency"], decimal_in(document["total"]), lines)


def _document_in(row: Any) -> Done | None:
    """None for a row that is not a document in a known state, or does not show all that it is compared by."""
    try:
        state = STATES.get(str(row["state"])) if _shown(row) else None
    except (LookupError, TypeError):
        return None
    errors = (BOOKING_FAILED,) if state is DocumentState.REJECTED else ()
    return seen(reference=row.get("id"), state=state, number=row.get("number"), errors=errors) if state else None
