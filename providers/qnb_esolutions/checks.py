"""What is left of an account's credits (kontör), which connectorService answers for both products."""

from collections.abc import Mapping, Sequence
from typing import Final

from app.domain.documents import DocumentType
from providers.base import NotSent, Unclear, Unknown
from providers.base.reads import Checked, CheckState, Subject, of_failure
from providers.formats.elements import child, local_name, text
from providers.qnb_esolutions import faults
from providers.transport.http import unclear
from providers.transport.soap import Answer, SoapFault

PIECES: Final = "ADET"
KINDS: Final[Mapping[DocumentType, str]] = {DocumentType.EARSIV: "ARSIV", DocumentType.EFATURA: "FATURA"}


def left_in(answer: Answer, kind: str) -> tuple[str, int] | Unclear:
    """The credits of one kind that are left."""
    if isinstance(answer, SoapFault):
        return faults.unclear_of(answer)
    if isinstance(answer, NotSent | Unknown):
        return unclear(answer)
    row = child(answer, "return") if local_name(answer) == "kontorBilgisiGetirResponse" else None
    left = text(row, "kalan") if row is not None else ""
    if not left.removeprefix("-").isascii() or not left.removeprefix("-").isdecimal():
        return Unclear(why=f"no credits of kind {kind} are said")
    return kind, int(left)


def credits_of(found: Sequence[tuple[str, int]]) -> Checked:
    """WRONG where a product that the connection uses has none left."""
    said = "; ".join(f"{kind}: {left} left" for kind, left in found)
    state = CheckState.FINE if all(left > 0 for _, left in found) else CheckState.WRONG
    return Checked(subject=Subject.CREDITS, state=state, said=said)


def unclear_credits(failure: Unclear) -> Checked:
    """Why the credits could not be found out."""
    return of_failure(Subject.CREDITS, failure)
