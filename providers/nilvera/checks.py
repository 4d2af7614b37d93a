"""Whether a connection to Nilvera works: login, credits, series, the register of taxpayers, in Nilvera's own words.

Routes and fields are those of Nilvera's public OpenAPI files. What an empty list of credits means is not said there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from app.domain.documents import DocumentType
from providers.base import NotSent, Unknown
from providers.base.reads import CheckAsked, Checked, CheckState, Subject, of_failure
from providers.nilvera import answers
from providers.transport.http import Deadline
from providers.transport.rest import OK, Read

SUBJECTS: Final = frozenset(Subject)
COMPANY: Final = "/general/Company"
CREDITS: Final = "/general/Credits"
SERIES: Final[Mapping[DocumentType, str]] = {
    DocumentType.EARSIV: "/earchive/Series",
    DocumentType.EFATURA: "/einvoice/Series",
}
# An account has a handful; no client in use asks for a second page.
PAGE: Final = {"Page": "1", "PageSize": "100"}
MOST_SHOWN: Final = 20
UNREADABLE: Final = "the answer has not the form that is described"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionCheck:
    """One check of one connection. `is_numbered_by_us`: series at Nilvera do not matter."""

    read: Read
    asked: CheckAsked
    deadline: Deadline
    is_numbered_by_us: bool

    async def account(self) -> tuple[Checked, ...]:
        """Login, credits and series; the last two only behind a login that is right."""
        login = await self._login()
        if login.state is not CheckState.FINE:
            later = [Subject.CREDITS, *([Subject.SERIES] if self.asked.series else [])]
            return (login, *(_found(each, CheckState.NOT_ASKED, "the login comes first") for each in later))
        return (login, await self._credits(), *[await self._series(kind, name) for kind, name in self.asked.series])

    async def _login(self) -> Checked:
        body = await self._read(COMPANY, Subject.LOGIN)
        if isinstance(body, Checked):
            return body
        number = body.get("TaxNumber") if isinstance(body, dict) else None
        if not isinstance(body, dict) or not isinstance(number, str):
            return _found(Subject.LOGIN, CheckState.UNCLEAR, UNREADABLE)
        if number != self.asked.tax_number:
            said = f"the key is of tax number {number}, and the business has {self.asked.tax_number}"
            return _found(Subject.LOGIN, CheckState.WRONG, said)
        return _found(Subject.LOGIN, CheckState.FINE, f"{body.get('Name') or 'the company'}, tax number {number}")

    async def _credits(self) -> Checked:
        body = await self._read(CREDITS, Subject.CREDITS)
        if isinstance(body, Checked):
            return body
        rows = _rows(body)
        left = [row["RemainingCredit"] for row in rows if isinstance(row.get("RemainingCredit"), int)]
        if not rows or len(left) != len(rows):
            return _found(Subject.CREDITS, CheckState.UNCLEAR, UNREADABLE if rows else "no credits are listed")
        said = "; ".join(map(_credit, rows[:MOST_SHOWN]))
        return _found(Subject.CREDITS, CheckState.FINE if any(each > 0 for each in left) else CheckState.WRONG, said)

    async def _series(self, kind: DocumentType, name: str) -> Checked:
        if self.is_numbered_by_us or kind not in SERIES:
            why = "we number in it, not Nilvera" if self.is_numbered_by_us else f"Nilvera makes no {kind}"
            return _found(Subject.SERIES, CheckState.NOT_ASKED, f"{name} for {kind}: {why}")
        body = await self._read(SERIES[kind], Subject.SERIES, PAGE)
        if isinstance(body, Checked):
            return replace(body, said=f"{name} for {kind}: {body.said}")
        rows = {row["Name"]: row for row in _rows(body) if isinstance(row.get("Name"), str)}
        if name in rows and rows[name].get("IsActive") is not False:
            return _found(Subject.SERIES, CheckState.FINE, f"{name} for {kind}")
        known = ", ".join(sorted(rows)[:MOST_SHOWN]) or "none"
        said = "is not active" if name in rows else f"is not there; there are {known}"
        return _found(Subject.SERIES, CheckState.WRONG, f"{name} for {kind} {said}")

    async def _read(self, path: str, subject: Subject, query: Mapping[str, str] | None = None) -> Any:
        """The JSON that was answered, or what keeps it from being read."""
        reply = await self.read(path, self.deadline.left(), query=query)
        if isinstance(reply, NotSent | Unknown):
            return of_failure(subject, reply)
        if reply.status != OK:
            return _found(subject, CheckState.WRONG if answers.is_own(reply) else CheckState.UNCLEAR, reply.excerpt())
        body = reply.json()
        return body if isinstance(body, dict | list) else _found(subject, CheckState.UNCLEAR, UNREADABLE)


def _rows(body: Any) -> list[dict[str, Any]]:
    """The objects of a list, of a page of a list, or the only one."""
    content = body.get("Content", [body]) if isinstance(body, dict) else body
    return [row for row in content if isinstance(row, dict)] if isinstance(content, list) else []


def _credit(row: Mapping[str, Any]) -> str:
    until = row.get("EndDate")
    name = row.get("Name") or "credits"
    return f"{name}: {row['RemainingCredit']} left" + (f" until {str(until)[:10]}" if until else "")


def _found(subject: Subject, state: CheckState, said: str) -> Checked:
    return Checked(subject=subject, state=state, said=said)
