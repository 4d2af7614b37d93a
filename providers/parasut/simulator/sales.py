"""The sales invoices of the simulated Paraşüt: drafts until they have an e-document. A repeat makes a second one."""

from collections.abc import Callable, Mapping
from operator import eq, ge, gt, le, lt, ne
from typing import Any, Final

from aiohttp import web

from providers.parasut.simulator.documents import EDocument
from providers.parasut.simulator.invoices import Sale, sale_of
from providers.parasut.simulator.words import (
    RefusedError,
    filters_of,
    includes_of,
    not_found,
    own_words,
    page_of,
    printed,
    resource,
    unprocessable,
)
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import BookedBuyer, Booking, Fate, SimulatorRecord
from providers.simulation.rounding import Rounding

FIRST: Final = 9001
RELATIONS: Final = (
    "category", "contact", "details", "details.product", "details.warehouse", "payments", "payments.transaction",
    "tags", "sharings", "recurrence_plan", "active_e_document",
)  # fmt: skip
FILTERS: Final = (
    "issue_date", "due_date", "contact_id", "invoice_id", "invoice_series", "item_type", "print_status",
    "payment_status",
)  # fmt: skip
COMPARED: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "": eq, "eq": eq, "not_eq": ne, "gteq": ge, "lteq": le, "gt": gt, "lt": lt,
}  # fmt: skip
SENT_AS: Final[Mapping[str, str]] = {"e_archives": "e_archive_sent", "e_invoices": "e_invoice_sent"}
LISTED: Final = frozenset({"invoice", "refund", "estimate"})
# The records of a company, by id.
Records = Callable[[str], Mapping[str, Mapping[str, Any]]]


class Sales:
    """Every company's. `document_of`: the e-document that is shown with one, where one is made.

    `rounding`: how the sums of the next ones come about.
    """

    def __init__(
        self,
        record: SimulatorRecord,
        misbehaviour: Misbehaviour,
        contacts: Records,
        products: Records,
    ) -> None:
        self._record = record
        self._misbehaviour = misbehaviour
        self._contacts = contacts
        self._products = products
        self.document_of: Callable[[Sale], EDocument | None] = lambda _: None
        self.rounding = Rounding.LINE
        self._by_id: dict[str, tuple[Sale, Booking]] = {}

    async def create(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["sales_invoice"] += 1
        body = await body_of(request)

        async def handle(fault: CallFault) -> web.Response:
            try:
                name = f"{FIRST + len(self._by_id)}"
                sale = sale_of(
                    body,
                    company,
                    name,
                    contacts=self._contacts(company),
                    products=self._products(company),
                    rounding=self.rounding,
                )
            except RefusedError as refusal:
                return refusal.response()
            self._book(sale, printed(body), fault)
            return web.json_response({"data": sale.shown(sale.payable, None)}, status=201)

        return await self._misbehaviour.around(request, handle, own_words(self._misbehaviour))

    async def listed(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["look_up"] += 1
        wanted = filters_of(request, FILTERS)
        sent = wanted.pop("print_status", None)
        kinds = set(wanted.pop("item_type").split(",")) if "item_type" in wanted else LISTED
        rows = [
            sale.shown(booking.payable, _name(self.document_of(sale)))
            for sale, booking in self._by_id.values()
            if sale.company == company and booking.is_visible() and sale.attributes["item_type"] in kinds
            if all(_matches(sale, name, value) for name, value in wanted.items())
            if sent is None or sent == _sent_as(self.document_of(sale))
        ]
        return page_of(request, rows[::-1] if request.query.get("sort", "").startswith("-") else rows)

    async def one(self, request: web.Request, company: str) -> web.Response:
        self._record.counts["status"] += 1
        asked = includes_of(request, RELATIONS)
        sale, booking = self.sale(request.match_info["id"], company)
        document = self.document_of(sale)
        shown: dict[str, Any] = {"data": sale.shown(booking.payable, _name(document))}
        included = [resource("sales_invoice_details", line.id, dict(line.attributes)) for line in sale.lines]
        shown["included"] = included if "details" in asked else []
        if document and "active_e_document" in asked:
            shown["included"].append(document.resource())
        return web.json_response(shown, dumps=printed)

    async def delete(self, request: web.Request, company: str) -> web.Response:
        """A draft alone; what has an e-document stays."""
        self._record.counts["delete"] += 1
        _, booking = self.sale(request.match_info["id"], company)

        async def handle(_: CallFault) -> web.Response:
            if not booking.is_draft:
                return unprocessable("E-belgesi olan fatura silinemez").response()
            booking.is_deleted = True
            return web.Response(status=204)

        return await self._misbehaviour.around(request, handle, own_words(self._misbehaviour))

    def sale(self, name: str, company: str) -> tuple[Sale, Booking]:
        sale, booking = self._by_id.get(name, (None, None))
        if sale is None or booking is None or sale.company != company or booking.is_deleted:
            raise not_found()
        return sale, booking

    def _book(self, sale: Sale, content: str, fault: CallFault) -> None:
        fate = Fate.of(fault, self._misbehaviour.delays, 0.0)
        contact = self._contacts(sale.company)[sale.contact]
        currency = str(sale.attributes["currency"])
        booking = Booking(
            id=sale.id,
            reference=sale.mark,
            number="",
            company=sale.company,
            document_type="SALES_INVOICE",
            order_reference=sale.attributes.get("order_no"),
            issue_date=sale.attributes.get("issue_date"),
            buyer=BookedBuyer(
                name=str(contact["name"]),
                tax_number=str(sale.attributes.get("tax_number") or contact.get("tax_number") or ""),
                address=_address(sale.attributes),
            ),
            payable=sale.payable,
            currency="TRY" if currency == "TRL" else currency,
            lines=tuple(line.booked() for line in sale.lines),
            booked_at=fate.booked_at,
            visible_at=fate.visible_at,
            decided_at=fate.decided_at,
            fails=False,
            is_draft=True,
            content=content,
        )
        self._by_id[sale.id] = (sale, booking)
        self._record.book(booking)


def _name(document: EDocument | None) -> tuple[str, str] | None:
    return document.name if document else None


def _sent_as(document: EDocument | None) -> str | None:
    """The word of the filter `print_status`."""
    return SENT_AS.get(document.name[0]) if document else "invoices_not_sent"


def _matches(sale: Sale, name: str, value: str) -> bool:
    plain, _, operator = name.partition("[")
    if plain == "contact_id":
        return sale.contact == value
    return COMPARED[operator.removesuffix("]")](str(sale.attributes.get(plain, "")), value)


def _address(attributes: dict[str, Any]) -> str | None:
    parts = [attributes.get(name) for name in ("billing_address", "district", "city")]
    return ", ".join(str(part) for part in parts if part) or None
