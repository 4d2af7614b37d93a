"""What the portal has: its list of drafts and documents, by days, and what it shows of each."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final

from app.domain.documents import DocumentState
from app.domain.time import legal_date
from providers.base import Absent, Different, Issued, Unclear
from providers.base.reads import FileForm
from providers.formats.notes import day, mark_of
from providers.gib_earsiv import answers, files
from providers.gib_earsiv.answers import Entry, Row, Said, Shown
from providers.gib_earsiv.commands import LIST, READ_DRAFT, REQUESTS, Commands
from providers.gib_earsiv.mapping import Object
from providers.gib_earsiv.portal import Portal
from providers.transport.http import Deadline, Reply, unclear

# So much of what the portal has shown is kept for the next list.
MOST_KEPT: Final = 5_000
DOWNLOAD: Final = "EARSIV_PORTAL_BELGE_INDIR"
ACCEPTED_REQUESTS: Final = "accepted_requests"
# Many drafts of a day that wait for a signature are followed by one list: each open session keeps a person out.
KEPT_SECONDS: Final = 60.0
MOST_DAYS: Final = 100


class Listing:
    """One user's documents.

    Options: `download_command`; `accepted_requests: cancelled`, where a request to cancel that is accepted has
    cancelled its document.
    """

    def __init__(self, portal: Portal, commands: Commands, options: Mapping[str, str]) -> None:
        """Raises ValueError for an option that cannot be read."""
        self._portal = portal
        self._commands = commands
        self._download = options.get("download_command", DOWNLOAD)
        self.shows_cancellations = options.get(ACCEPTED_REQUESTS) == "cancelled"
        if options.get(ACCEPTED_REQUESTS) not in {None, "cancelled"}:
            raise ValueError(f"option {ACCEPTED_REQUESTS} must be cancelled or left out")
        self._shown: dict[str, Shown] = {}
        self._lists: dict[str, tuple[float, tuple[Entry, ...]]] = {}

    async def rows(self, first: str, seconds: float, last: str | None = None) -> tuple[Entry, ...] | Unclear:
        """The list of these days, `dd/MM/yyyy`, or of one, as it is now; what was deleted there is among it."""
        self._lists.clear()  # who wants to know it as it is has changed something, or is about to
        return await self._listed(first, last or first, seconds)

    async def followed(self, ettn: str, of_day: str, seconds: float) -> Row | Absent | Unclear:
        """One of a day, as it was within the last minute; what that list had not is looked for in a new one."""
        now, deadline = asyncio.get_running_loop().time(), Deadline(seconds)
        until, rows = self._lists.get(of_day, (0.0, ()))
        kept = next((row for row in rows if row.ettn == ettn), None)
        if isinstance(kept, Row) and now < until:
            return kept
        listed = await self._listed(of_day, of_day, deadline.left())
        if isinstance(listed, Unclear):
            return listed
        if len(self._lists) >= MOST_DAYS:
            self._lists.clear()
        self._lists[of_day] = now + KEPT_SECONDS, listed
        found = next((_known(row) for row in listed if row.ettn == ettn), None)
        return found or await self._missing(ettn, deadline.left())

    async def marked(
        self, rows: tuple[Entry, ...], reference: str, seconds: float
    ) -> list[tuple[Row, Shown]] | Unclear:
        """Those of these rows that have our mark in their text; what was deleted cannot be read."""
        deadline, found = Deadline(seconds), []
        for row in rows:
            if (isinstance(row, Row) and row.done.state is DocumentState.CANCELLED) or row.kind != answers.INVOICE:
                continue
            shown = await self._kept(row, deadline.left())
            if isinstance(shown, Unclear):
                return replace(shown, why=f"{row.number} cannot be read: {shown.why}")
            if mark_of(reference) not in shown.text:
                continue
            known = _known(row)
            if isinstance(known, Unclear):
                return known
            found.append((known, shown))
        return found

    async def meant(self, issued: Issued, seconds: float) -> Row | Absent | Different | Unclear:
        """By ETTN or number, else by our mark; in the list of its day, or of its year where the day is not known."""
        deadline, names = Deadline(seconds), {issued.ettn, issued.provider_reference, issued.number} - {None}
        first, last = days_of(issued)
        rows = await self.rows(first, deadline.left(), last)
        if isinstance(rows, Unclear):
            return rows
        same = [row for row in rows if names & {row.number, row.ettn}]
        if not names:
            marked = await self.marked(rows, issued.reference, deadline.left())
            if isinstance(marked, Unclear):
                return marked
            same = [row for row, _ in marked]
        if len(same) > 1:
            return Different(detail=f"the portal has {len(same)} of it: {', '.join(row.number for row in same)}")
        return _known(same[0]) if same else Absent()

    async def is_cancelled(self, row: Row, issued: Issued, seconds: float) -> bool | Unclear:
        """Whether a request to cancel it was accepted, where the connection is told to believe that."""
        if not self.shows_cancellations or row.done.state is not DocumentState.ISSUED:
            return False
        payload: Object = {"baslangic": days_of(issued)[0], "bitis": _day(legal_date(datetime.now(UTC)))}
        said = await self._portal.ask(self._commands[REQUESTS], payload, seconds)
        if not isinstance(said, Said):
            return unclear(said)
        return Unclear(why=said.text) if said.failures else answers.is_request_accepted(said, row.number)

    async def shown(self, row: Entry, seconds: float) -> Shown | Unclear:
        """What it has now: a draft's form; a signed one has no form any more, and is read from its UBL."""
        if isinstance(row, Row) and row.done.state is DocumentState.AWAITING_SIGNATURE:
            said = await self._portal.ask(self._commands[READ_DRAFT], {"ettn": row.ettn}, seconds)
            return answers.shown_in(said) if isinstance(said, Said) else unclear(said)
        content = await self.zip_of(row, seconds)
        if not isinstance(content, bytes):
            return content
        xml = files.file_in(content, FileForm.XML, row.ettn)
        shown = files.shown_in(xml) if xml else None
        return shown or Unclear(why=f"the portal gives no UBL of {row.number}")

    async def zip_of(self, row: Entry, seconds: float) -> bytes | Unclear:
        """The portal's file of it, whatever that holds."""
        return await self._file_of(row.ettn, row.approval, seconds)

    async def _file_of(self, ettn: str, approval: str, seconds: float) -> bytes | Unclear:
        query = {"ettn": ettn, "belgeTip": answers.INVOICE, "onayDurumu": approval, "cmd": self._download}
        reply = await self._portal.download(query, seconds)
        return reply.body if isinstance(reply, Reply) else unclear(reply)

    async def _listed(self, first: str, last: str, seconds: float) -> tuple[Entry, ...] | Unclear:
        payload: Object = {"baslangic": first, "bitis": last, "hangiTip": self._commands.kind, "table": []}
        said = await self._portal.ask(self._commands[LIST], payload, seconds)
        return answers.rows_in(said) if isinstance(said, Said) else unclear(said)

    async def _missing(self, ettn: str, seconds: float) -> Absent | Unclear:
        """Of what a list lacks: it is gone where neither its form nor its signed file is had.

        What is deleted stays in the list, as deleted; an empty list may be a portal that has too much to do.
        """
        deadline = Deadline(seconds)
        said = await self._portal.ask(self._commands[READ_DRAFT], {"ettn": ettn}, deadline.left())
        if not isinstance(said, Said):
            return unclear(said)
        if not said.failures or said.has(answers.FAULTS):
            return Unclear(why=f"it is not in the list, and the portal does not say that it is gone: {said.text}")
        signed = await self._file_of(ettn, answers.SIGNED, deadline.left())
        if isinstance(signed, Unclear):
            return signed
        return Unclear(why="it is not in the list, and there is a file of it") if signed else Absent()

    async def _kept(self, row: Entry, seconds: float) -> Shown | Unclear:
        """As it was when it was read first: whose document it is does not change."""
        if row.ettn in self._shown:
            return self._shown[row.ettn]
        shown = await self.shown(row, seconds)
        if isinstance(shown, Shown):
            self._shown[row.ettn] = shown
            if len(self._shown) > MOST_KEPT:  # the oldest goes: it is of the days before
                del self._shown[next(iter(self._shown))]
        return shown


def _known(row: Entry) -> Row | Unclear:
    """A row of a document that is meant: of that one the state must be known."""
    return row if isinstance(row, Row) else Unclear(why=f"{row.number} is in an unknown state: {row.approval}")


def differences(shown: Shown, form: Mapping[str, Any]) -> list[str]:
    """What of a document with our mark is other than was asked for, with both values."""
    compared = {
        "buyer": (shown.buyer, form["vknTckn"]),
        "currency": (shown.currency, form["paraBirimi"]),
        "total": (total_of(shown), form["odenecekTutar"]),
        "order": (shown.order, form["siparisNumarasi"]),
    }
    return [f"{name} {there}, not {ours}" for name, (there, ours) in compared.items() if there not in {None, ours}]


def total_of(shown: Shown) -> str:
    """Its total as we write one."""
    return "unreadable" if shown.payable is None else f"{shown.payable:.2f}"


def days_of(issued: Issued) -> tuple[str, str]:
    """The first and last day on which it may be, as the portal's lists take them."""
    if issued.issue_date is not None:
        return _day(issued.issue_date), _day(issued.issue_date)
    year = (issued.number or "")[3:7] or str(legal_date(datetime.now(UTC)).year)
    return f"01/01/{year}", f"31/12/{year}"


def _day(value: date) -> str:
    return day(value) or ""
