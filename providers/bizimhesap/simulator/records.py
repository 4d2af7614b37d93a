"""What BizimHesap keeps of an invoice that was pushed: the record, and the cards that it makes by itself."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final

from providers.bizimhesap.simulator.wire import amount
from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.record import BookedBuyer, BookedLine, Booking, Fate, SimulatorRecord

SALE: Final = 3
PURCHASE: Final = 5
CURRENCIES: Final = frozenset({"TL", "USD", "EUR", "CHF", "GBP"})
ISO: Final = {"TL": "TRY"}
KURUS: Final = Decimal("0.01")
OF_A_CUSTOMER: Final = ("customerid", "title", "address")
OF_A_LINE: Final = (
    "productid", "productname", "taxrate", "quantity", "unitprice", "grossprice", "discount", "net", "tax", "total",
)  # fmt: skip
OF_THE_AMOUNTS: Final = ("currency", "gross", "discount", "net", "tax", "total")
ORDER: Final = re.compile(r"^Sipariş: ([^,\n]+)", re.MULTILINE)


def error_in(body: dict[str, Any]) -> str | None:
    """Why it is not taken, in the service's own words, which are not published; None when it is."""
    missing = next(_missing(body), None)
    if missing is not None:
        return f"{missing} alanı zorunludur."
    if str(body["invoicetype"]) not in {str(SALE), str(PURCHASE)}:
        return "Geçersiz fatura tipi."
    if body["amounts"]["currency"] not in CURRENCIES:
        return "Geçersiz para birimi."
    try:
        numbers_of(body)
    except ValueError:
        return "Tutar alanları sayısal olmalıdır."
    return None


def numbers_of(body: dict[str, Any]) -> list[Decimal]:
    """All amounts. Raises ValueError for one that is none."""
    of_lines = [amount(line[name]) for line in body["details"] for name in OF_A_LINE[2:]]
    return [*of_lines, *(amount(body["amounts"][name]) for name in OF_THE_AMOUNTS[1:])]


def _missing(body: dict[str, Any]) -> Iterator[str]:
    yield from (name for name in ("invoicetype", "dates", "customer", "amounts", "details") if not body.get(name))
    places = [(body["dates"], ("invoicedate", "duedate")), (body["customer"], OF_A_CUSTOMER)]
    places += [(body["amounts"], OF_THE_AMOUNTS), *((line, OF_A_LINE) for line in body["details"])]
    for place, names in places:
        yield from (name for name in names if place.get(name) in (None, ""))


@dataclass(slots=True)
class Books:
    """One company's cards. A changed id of a buyer or a product makes another card, without a word."""

    customers: dict[str, dict[str, Any]] = field(default_factory=dict)
    products: dict[str, dict[str, Any]] = field(default_factory=dict)
    bookings: list[tuple[str, Booking]] = field(default_factory=list)

    def take(self, body: dict[str, Any], booking: Booking) -> None:
        customer = body["customer"]
        code = str(customer["customerid"])
        self.customers.setdefault(code, {"id": f"C{len(self.customers) + 1}", "code": code, **customer})
        for line in body["details"]:
            product = str(line["productid"])
            self.products.setdefault(product, {"id": f"P{len(self.products) + 1}", "code": product, **line})
        self.bookings.append((code, booking))

    def balance(self, code: str) -> Decimal:
        """What a buyer owes by the records that stand."""
        own = (booking for customer, booking in self.bookings if customer == code)
        return sum((each.payable for each in own if not each.is_cancelled), Decimal(0))


def booking_of(
    company: str,
    body: dict[str, Any],
    fault: CallFault,
    *,
    record: SimulatorRecord,
    misbehaviour: Misbehaviour,
    is_draft: bool,
    recomputed: bool,
) -> Booking:
    """Another record each time, whatever its `invoiceNo`; it has a number where a person has made it legal."""
    fate = Fate.of(fault, misbehaviour.delays, 0.0)
    count = len(record.of(company)) + 1
    # Ends with a digit, as a number would.
    guid = hashlib.sha256(f"{company}{count}".encode()).hexdigest()[:31] + str(count % 10)
    order = ORDER.search(str(body.get("note", "")))
    lines = tuple(_booked(line, recomputed=recomputed) for line in body["details"])
    sums = sum((line.amount + line.vat for line in lines), Decimal(0))
    currency = body["amounts"]["currency"]
    return Booking(
        id=guid,
        reference=str(body.get("invoiceno") or guid),
        number=f"BZH{body['dates']['invoicedate'][:4]}{count:09}",
        company=company,
        document_type="SALES_INVOICE",
        order_reference=order[1] if order else None,
        issue_date=body["dates"]["invoicedate"][:10],
        buyer=BookedBuyer(
            name=body["customer"]["title"],
            tax_number=str(body["customer"].get("taxno", "")),
            address=body["customer"]["address"],
        ),
        payable=sums if recomputed else amount(body["amounts"]["total"]),
        currency=ISO.get(currency, currency),
        lines=lines,
        booked_at=fate.booked_at,
        visible_at=fate.visible_at,
        decided_at=fate.booked_at,
        fails=False,  # the service itself decides nothing later
        is_draft=is_draft,
        content=json.dumps(body, ensure_ascii=False, default=str),
    )


def _booked(line: dict[str, Any], *, recomputed: bool) -> BookedLine:
    net, vat = amount(line["net"]), amount(line["tax"])
    if recomputed:
        net = _rounded(amount(line["quantity"]) * amount(line["unitprice"])) - amount(line["discount"])
        vat = _rounded(net * amount(line["taxrate"]) / 100)
    return BookedLine(name=line["productname"], quantity=amount(line["quantity"]), amount=net, vat=vat)


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(KURUS, ROUND_HALF_UP)
