"""Taking back: a draft is deleted, and of a signed document the portal takes a request, which has no effect yet."""

from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from app.domain.text import folded
from providers.base import Issued, NotSent, Outcome, Refused, Unclear, Unknown
from providers.base.findings import not_meant
from providers.gib_earsiv import answers
from providers.gib_earsiv.answers import Row, Said
from providers.gib_earsiv.commands import DELETE, REQUEST_CANCELLATION, Commands
from providers.gib_earsiv.listing import Listing
from providers.gib_earsiv.mapping import Object
from providers.gib_earsiv.portal import Portal
from providers.transport.http import Deadline

REASON: Final = "Siparişin iptali"
REQUESTED: Final = folded("başarıyla oluşturul")


class Undoing:
    """One user's deletions and requests."""

    def __init__(self, portal: Portal, listing: Listing, commands: Commands) -> None:
        self._portal = portal
        self._listing = listing
        self._commands = commands

    async def delete(self, issued: Issued, seconds: float) -> Outcome:
        """Done only when the list has it as deleted, whatever the portal has said to the deletion."""
        deadline = Deadline(seconds)
        row = await self._row(issued, deadline.left())
        if not isinstance(row, Row):
            return row
        if row.done.state is not DocumentState.AWAITING_SIGNATURE:
            return row.done if row.done.state is DocumentState.CANCELLED else no_draft(row)
        payload: Object = {"silinecekler": [row.raw], "aciklama": REASON}
        said = await self._portal.ask(self._commands[DELETE], payload, deadline.left())
        return await self._deleted(said, issued, deadline.left()) if isinstance(said, Said) else said

    async def request_cancellation(self, issued: Issued, seconds: float) -> Outcome:
        """Done only where the portal shows the request as accepted, and the connection believes that.

        A request that was taken is Refused as CANCELLATION_REQUESTED: the document is valid until it is decided.
        """
        deadline = Deadline(seconds)
        row = await self._row(issued, deadline.left())
        if not isinstance(row, Row):
            return row
        payload: Object = {
            "ettn": row.ettn,
            "onayDurumu": row.raw["onayDurumu"],
            "belgeTuru": row.kind,
            "talepAciklama": REASON,
        }
        said = await self._portal.ask(self._commands[REQUEST_CANCELLATION], payload, deadline.left())
        if not isinstance(said, Said):
            return said
        if said.failures or not said.has((REQUESTED,)):
            return answers.not_done(said)
        accepted = await self._listing.is_cancelled(row, issued, deadline.left())
        if isinstance(accepted, Unclear):
            return Unknown(why=f"the request was taken, and its state cannot be had: {accepted.why}")
        return row.cancelled if accepted else _requested(row)

    async def _deleted(self, said: Said, issued: Issued, seconds: float) -> Outcome:
        after = await self._listing.meant(issued, seconds)
        if isinstance(after, Row) and after.done.state is DocumentState.CANCELLED:
            return after.done
        if isinstance(after, Row) and not said.has((answers.DELETED,)):
            return answers.not_done(said)
        return Unknown(why=f"the list does not show it as deleted, after {said.text!r}")

    async def _row(self, issued: Issued, seconds: float) -> Row | NotSent | Refused:
        row = await self._listing.meant(issued, seconds)
        match row:
            case Row():
                return row
            case Unclear(why=why, retry_after=later, needs_owner=needs_owner):
                return NotSent(why=why, retry_after=later, needs_owner=needs_owner)
            case other:
                return not_meant(other)


def no_draft(row: Row) -> Refused:
    """It is signed, or deleted."""
    message = f"it waits for no signature any more: it is {row.done.state}"
    return Refused(errors=(FieldError(path="$", code="NO_DRAFT", message=message),))


def _requested(row: Row) -> Refused:
    message = f"the portal has taken a request to cancel {row.number}; it is valid until that is decided there"
    return Refused(errors=(FieldError(path="$", code="CANCELLATION_REQUESTED", message=message),))
