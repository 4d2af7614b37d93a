"""A person's signature, with a code that the portal sends to the telephone that it knows of its user.

A draft is signed only as it was asked for: before the code is sent, and again before it is given, its form is read, and
its total held against the one that we have written into its text.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from app.domain.documents import DocumentState
from app.domain.errors import FieldError
from providers.base import CodeSent, CodeTaken, Issued, NotSent, Refused, Unclear, Unknown
from providers.base.findings import not_meant
from providers.formats.notes import total_in
from providers.gib_earsiv import answers
from providers.gib_earsiv.answers import Row, Said
from providers.gib_earsiv.commands import SEND_CODE, SIGN, TELEPHONE, Commands
from providers.gib_earsiv.listing import Listing, total_of
from providers.gib_earsiv.mapping import Object
from providers.gib_earsiv.portal import Portal
from providers.gib_earsiv.undoing import no_draft
from providers.texts import HIDDEN
from providers.transport.http import Deadline

SHOWN_DIGITS: Final = 2


class Signing:
    """One user's signatures."""

    def __init__(self, portal: Portal, listing: Listing, commands: Commands) -> None:
        self._portal = portal
        self._listing = listing
        self._commands = commands
        self.waits_for_code = False

    async def start(self, documents: Sequence[Issued], seconds: float) -> CodeSent | NotSent | Refused | Unknown:
        """Asks for the telephone first: without that the portal fails. Then the code is sent."""
        deadline = Deadline(seconds)
        rows = await self._rows(documents, deadline)
        if not isinstance(rows, list):
            return rows
        said = await self._portal.ask(self._commands[TELEPHONE], {}, deadline.left())
        if not isinstance(said, Said):
            return said
        telephone = answers.value_in(said, "telefon")
        if telephone is None:
            return answers.not_done(said)
        asked: Object = {"CEPTEL": telephone, "KCEPTEL": False, "TIP": ""}
        said = await self._portal.ask(self._commands[SEND_CODE], asked, deadline.left())
        if not isinstance(said, Said):
            return said
        reference = answers.value_in(said, "oid")
        self.waits_for_code = reference is not None
        return CodeSent(reference=reference, to=_masked(telephone)) if reference else answers.not_done(said)

    async def finish(
        self, documents: Sequence[Issued], reference: str, code: str, seconds: float
    ) -> CodeTaken | NotSent | Refused | Unknown:
        """Gives the code with the whole rows: of others the portal says that it has signed, and has not."""
        deadline = Deadline(seconds)
        rows = await self._rows(documents, deadline)
        if not isinstance(rows, list):
            return rows
        payload: Object = {"SIFRE": code, "OID": reference, "OPR": 1, "DATA": [row.raw for row in rows]}
        said = await self._portal.ask(self._commands[SIGN], payload, deadline.left())
        self.waits_for_code = False
        return _taken(said, code) if isinstance(said, Said) else said

    async def _rows(self, documents: Sequence[Issued], deadline: Deadline) -> list[Row] | NotSent | Refused:
        """The row of each, if it is a draft and is what was asked for."""
        rows: list[Row] = []
        for issued in documents:
            row = await self._listing.meant(issued, deadline.left())
            if isinstance(row, Unclear):
                return NotSent(why=row.why, retry_after=row.retry_after, needs_owner=row.needs_owner)
            if not isinstance(row, Row):
                return not_meant(row)
            if row.done.state is not DocumentState.AWAITING_SIGNATURE:
                return no_draft(row)
            failure = await self._changed(row, issued, deadline.left())
            if failure is not None:
                return failure
            rows.append(row)
        return rows

    async def _changed(self, row: Row, issued: Issued, seconds: float) -> NotSent | Refused | None:
        shown = await self._listing.shown(row, seconds)
        if isinstance(shown, Unclear):
            return NotSent(why=shown.why, retry_after=shown.retry_after, needs_owner=shown.needs_owner)
        ours, there = total_in(shown.text, issued.reference), f"{total_of(shown)} {shown.currency}"
        if ours == there:
            return None
        message = f"the draft {row.number} comes to {there}, and was asked for at {ours}"
        return Refused(errors=(FieldError(path="$", code="DRAFT_CHANGED", message=message),))


def _taken(said: Said, code: str) -> CodeTaken | Refused | Unknown:
    """The answer to a code, without it."""
    result, words = answers.value_in(said, "sonuc"), answers.value_in(said, "msg")
    if result == answers.TAKEN:
        return CodeTaken()
    outcome = answers.not_done(said) if said.failures else answers.refused(Said(data=words or said.text))
    if isinstance(outcome, Unknown) or (result is None and not said.failures):
        return Unknown(why=said.text.replace(code, HIDDEN))
    return Refused(errors=tuple(replace(each, message=each.message.replace(code, HIDDEN)) for each in outcome.errors))


def _masked(telephone: str) -> str:
    """The last digits alone."""
    return f"{HIDDEN}{telephone[-SHOWN_DIGITS:]}"
