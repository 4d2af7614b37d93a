"""The list of outgoing e-Fatura. It shows neither sums nor the buyer, and its words for a state are not published.

The list of e-Arşiv (`faturaListeSorgula`) is named in QNB's description, and the form of its answer nowhere.
"""

from app.domain.documents import DocumentType
from providers.base import NotSent, Unclear, Unknown
from providers.base.reads import ListedDocument
from providers.formats.elements import Element, children, local_name, text
from providers.formats.rows import day_or_none
from providers.qnb_esolutions import faults
from providers.transport.http import unclear
from providers.transport.pages import Page
from providers.transport.soap import Answer, SoapFault


def page_in(answer: Answer) -> Page | Unclear:
    """The rows of the answer, which is the whole list."""
    if isinstance(answer, SoapFault):
        return faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    if local_name(answer) != "gidenBelgeleriListeleResponse":
        return Unclear(why="an answer that is not in the described form")
    rows = [_listed(row) for row in children(answer, "return")]
    read = [row for row in rows if row is not None]
    return Page(rows=read, pages=1) if len(read) == len(rows) else Unclear(why="the list has a row without a name")


def _listed(row: Element) -> ListedDocument | None:
    """By QNB's name for it (OID), or its UUID; None without both."""
    oid, ettn = text(row, "belgeOid"), text(row, "ettn").lower()
    if not oid and not ettn:
        return None
    return ListedDocument(
        provider_reference=oid or ettn,
        document_type=DocumentType.EFATURA,
        reference=text(row, "yerelBelgeNo") or None,
        ettn=ettn or None,
        issue_date=day_or_none(text(row, "belgeTarihi")),
    )
