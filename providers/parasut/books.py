"""What a company's books at Paraşüt have: contacts, sales invoices with their e-documents, jobs, mailboxes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import quote

from app.domain.parties import PLACEHOLDERS
from providers.base import Absent, Unclear
from providers.parasut import answers
from providers.parasut.answers import UNREADABLE, Job, Resource
from providers.transport.http import Deadline

# More are cut to this without a word.
PAGE_SIZE: Final = 25
# A seller's sales of a day, or of late, that are looked through for one; more pages are a minute of the quota.
MOST_PAGES: Final = 20
WITH_DOCUMENT: Final = {"include": "active_e_document,details"}
OTHERS: Final = "the answer is about another one"


class ReadObject(Protocol):
    """How the adapter reads one object."""

    async def __call__(
        self, path: str, seconds: float, *, query: Mapping[str, str] | None = None
    ) -> dict[str, Any] | Absent | Unclear: ...


@dataclass(frozen=True, slots=True)
class SalesInvoice:
    """A sales invoice, and its e-document where it has one."""

    invoice: Resource
    document: Resource | None

    @property
    def details(self) -> list[str]:
        """Paraşüt's ids of its lines, in their sequence."""
        return [name for _, name in self.invoice.related.get("details", ())]


class Books:
    """One company's."""

    def __init__(self, read: ReadObject, company: str) -> None:
        self._read = read
        self._company = company

    def path(self, *parts: str) -> str:
        """Below the company."""
        return "/".join(("/v4", self._company, *(quote(part, safe="") for part in parts)))

    async def contacts(self, buyer: Mapping[str, Any], seconds: float) -> list[Resource] | Unclear:
        """Those with the buyer's tax number; of a consumer without one, those with the e-mail, or the name."""
        if buyer["tax_number"] not in PLACEHOLDERS:
            name, value = "tax_number", buyer["tax_number"]
        else:
            name, value = ("email", buyer["email"]) if "email" in buyer else ("name", buyer["name"])
        return await self._all("contacts", {f"filter[{name}]": value}, seconds)

    async def products(self, code: str, seconds: float) -> list[Resource] | Unclear:
        """Those with this code."""
        return await self._all("products", {"filter[code]": code}, seconds)

    async def sales_invoice(self, name: str, seconds: float) -> SalesInvoice | Absent | Unclear:
        """One by Paraşüt's id."""
        deadline = Deadline(seconds)
        body = await self._read(self.path("sales_invoices", name), deadline.left(), query=WITH_DOCUMENT)
        if not isinstance(body, dict):
            return body
        invoice = answers.one_in(body, "sales_invoices")
        if invoice is None or invoice.id != name:
            return Unclear(why=UNREADABLE if invoice is None else OTHERS)
        names = invoice.related.get("active_e_document", ())
        if not names:
            return SalesInvoice(invoice, None)
        document = answers.included_in(body, names[0]) or await self._e_document(names[0], deadline.left())
        return document if isinstance(document, Unclear) else SalesInvoice(invoice, document)

    async def sales_invoices(self, query: Mapping[str, str], seconds: float) -> list[Resource] | Unclear:
        """Those of a list."""
        return await self._all("sales_invoices", query, seconds)

    async def job(self, name: str, seconds: float) -> Job | Absent | Unclear:
        """A piece of work; after a quarter of an hour Paraşüt has forgotten it."""
        body = await self._read(self.path("trackable_jobs", name), seconds)
        if not isinstance(body, dict):
            return body
        job = answers.job_in(body)
        if job is None or job.id != name:
            return Unclear(why=UNREADABLE if job is None else OTHERS)
        return job

    async def mailboxes(self, tax_number: str, seconds: float) -> list[str] | Unclear:
        """A registered taxpayer's; none for any other buyer."""
        rows = await self._all("e_invoice_inboxes", {"filter[vkn]": tax_number}, seconds)
        if isinstance(rows, Unclear):
            return rows
        boxes = [row.text("e_invoice_address") for row in rows if row.text("vkn") in {None, tax_number}]
        known = [box for box in boxes if box is not None]
        return known if len(known) == len(rows) else Unclear(why=UNREADABLE)

    async def _e_document(self, name: tuple[str, str], seconds: float) -> Resource | Unclear:
        body = await self._read(self.path(*name), seconds)
        found = answers.one_in(body, name[0]) if isinstance(body, dict) else None
        if found is not None and found.id == name[1]:
            return found
        return body if isinstance(body, Unclear) else Unclear(why="the e-document of the sales invoice is not found")

    async def _all(self, kind: str, query: Mapping[str, str], seconds: float) -> list[Resource] | Unclear:
        """Every page of a list, or none."""
        deadline, found = Deadline(seconds), list[Resource]()
        for number in range(1, MOST_PAGES + 1):
            paged = {**query, "page[number]": f"{number}", "page[size]": f"{PAGE_SIZE}"}
            body = await self._read(self.path(kind), deadline.left(), query=paged)
            if not isinstance(body, dict):
                return body if isinstance(body, Unclear) else Unclear(why=f"there is no list of {kind}")
            rows, pages = answers.list_in(body, kind), answers.pages_in(body)
            if rows is None or pages is None:
                return Unclear(why=UNREADABLE)
            found += rows
            if number >= pages:
                return found
        return Unclear(why=f"the list of {kind} has more than {MOST_PAGES} pages")
