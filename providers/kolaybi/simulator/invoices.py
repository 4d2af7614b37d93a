"""What KolayBi asks of an invoice, what it comes to, and how it is shown: in lists, alone, and as a document."""

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, Final

from providers.kolaybi.simulator.bodies import amount
from providers.kolaybi.simulator.switches import Switches
from providers.simulation.record import BookedBuyer, BookedLine, Booking, BookingState, BuyerAnswer
from providers.simulation.rounding import Rounding, kurus, sums_of

VAT_RATES: Final = frozenset(map(Decimal, (0, 1, 8, 10, 18, 20)))
CURRENCIES: Final = frozenset({"TRY", "USD", "EUR", "GBP", "CHF", "JPY", "CAD", "AUD", "SEK", "NOK", "DKK"})
SCENARIOS: Final = frozenset({"TEMELFATURA", "TICARIFATURA", "ILAC_TIBBICIHAZ", "EARSIVFATURA", "KAMU"})
TYPES: Final = frozenset({"SATIS", "ISTISNA", "TEVKIFAT", "OZELMATRAH", "IHRACKAYITLI", "IADE"})
KINDS: Final = frozenset({"sale_invoice", "sale_return_invoice"})
PAYMENTS: Final = frozenset({"credit-card", "bank-transfer", "pay-at-door", "payment-platform"})
ARCHIVE: Final = "EARSIVFATURA"
COMMERCIAL: Final = "TICARIFATURA"
MARK: Final = "Ref: "
# The words of one invoice, and those of the list of documents.
ALONE: Final = {
    BookingState.DRAFT: "draft",
    BookingState.WAITING: "waiting",
    BookingState.SUCCEEDED: "sent",
    BookingState.FAILED: "rejected",
    BookingState.CANCELLED: "cancelled",
}
LISTED: Final = {**ALONE, BookingState.SUCCEEDED: "sent_to_receiver"}


def errors_of(body: dict[str, Any], associates: list[dict[str, Any]], products: list[dict[str, Any]]) -> Iterator[str]:
    """Why this is no invoice."""
    associate = next((each for each in associates if str(each["id"]) == str(body.get("contact_id"))), None)
    if associate is None:
        yield "contact_id geçersiz."
    elif not any(str(each["id"]) == str(body.get("address_id")) for each in associate["address"]):
        yield "address_id geçersiz."
    try:
        date.fromisoformat(str(body.get("order_date")))
    except ValueError:
        yield "order_date alanı YYYY-MM-DD olmalıdır."
    currency = str(body.get("currency", "")).upper()
    if currency not in CURRENCIES or (currency != "TRY" and not body.get("exchange_rate")):
        yield "currency veya exchange_rate geçersiz."
    known = {str(each["id"]) for each in products}
    items = body.get("items")
    if not isinstance(items, list) or not items:
        yield "items alanı zorunludur."
    for item in items if isinstance(items, list) else []:
        yield from _item_errors(item, known)
    yield from _word_errors(body)


def _item_errors(item: dict[str, Any], products: set[str]) -> Iterator[str]:
    if str(item.get("product_id")) not in products:
        yield "items.product_id geçersiz."
    try:
        if amount(item.get("quantity")) <= 0 or amount(item.get("unit_price")) < 0:
            yield "items.quantity veya items.unit_price geçersiz."
        rate = amount(item["vat_rate"])
    except (ValueError, KeyError):
        yield "items alanları sayı olmalıdır."
        return
    if rate not in VAT_RATES:
        yield "items.vat_rate geçersiz."


def _word_errors(body: dict[str, Any]) -> Iterator[str]:
    for name, words, usual in (
        ("type", KINDS, "sale_invoice"),
        ("document_type", TYPES, "SATIS"),
        ("document_scenario", SCENARIOS, ARCHIVE),
    ):
        if body.get(name, usual) not in words:
            yield f"{name} geçersiz."
    sale = body.get("internet_sale")
    if sale is not None and (not sale.get("url") or sale.get("payment_type") not in PAYMENTS):
        yield "internet_sale geçersiz."
    if body.get("document_type") == "ISTISNA" and not body.get("vat_exemption_reason_code"):
        yield "vat_exemption_reason_code alanı zorunludur."
    if body.get("document_type") == "IADE" and not body.get("return_invoice_references"):
        yield "return_invoice_references alanı zorunludur."


def lines_of(body: dict[str, Any]) -> tuple[BookedLine, ...]:
    """Each line as it is printed: rounded by itself."""
    return tuple(map(_line, body["items"]))


def _line(item: dict[str, Any]) -> BookedLine:
    base, rate = _exact(item)
    net = kurus(base)
    return BookedLine(
        name=str(item.get("description", "")),
        quantity=amount(item["quantity"]),
        amount=net,
        vat=kurus(net * rate / 100),
    )


def _exact(item: dict[str, Any]) -> tuple[Decimal, Decimal]:
    base = amount(item["quantity"]) * amount(item["unit_price"]) - amount(item.get("discount_amount"))
    return base, amount(item["vat_rate"])


def total_of(body: dict[str, Any], rounding: Rounding) -> Decimal:
    """What is to be paid, with the correction of the whole."""
    base, vat = sums_of(list(map(_exact, body["items"])), rounding)
    return base + vat + amount(body.get("subtotal_correction_amount"))


def buyer_of(associate: dict[str, Any], address_id: object) -> BookedBuyer:
    """As the associate and its address are at this moment."""
    address = next(each for each in associate["address"] if str(each["id"]) == str(address_id))
    parts = (address.get(name, "") for name in ("address", "district", "city"))
    name = f"{associate['name']} {associate['surname']}"
    return BookedBuyer(name=name, tax_number=associate["identity_no"], address=", ".join(filter(None, parts)))


def reference_in(body: dict[str, Any]) -> str:
    """Our mark in the note, which means nothing to KolayBi: a record of documents needs a name."""
    return str(body.get("description", "")).rpartition(MARK)[2].partition(",")[0]


def is_official(booking: Booking) -> bool:
    """It has its e-document."""
    return not booking.is_draft and booking.is_visible()


def word_of(booking: Booking, words: dict[BookingState, str], scenario: str | None) -> str:
    """Its status in the words of one call, with what the buyer of a commercial invoice has answered."""
    state = booking.state() if is_official(booking) or booking.is_cancelled else BookingState.DRAFT
    if state is BookingState.SUCCEEDED and scenario == COMMERCIAL and booking.answer is not None:
        return {BuyerAnswer.REFUSED: "rejected", BuyerAnswer.RETURNED: words[state]}.get(booking.answer, "approved")
    return words[state]


def shown_alone(booking: Booking, scenario: str | None, switches: Switches) -> dict[str, Any]:
    """`GET /invoices/{document_id}`."""
    body = json.loads(booking.content)
    official = is_official(booking)
    note = {} if switches.notes == "hidden" else {"description": body.get("description")}
    has_ettn = official or switches.uuid_on_drafts
    return {
        "document_id": int(booking.id),
        "status": word_of(booking, ALONE, scenario),
        "uuid": booking.ettn if has_ettn else None,
        "no": booking.number if official else None,
        "scenario": scenario if official else None,
        "type": body.get("document_type", "SATIS"),
        "order_date": booking.issue_date,
        "grand_currency": booking.currency,
        **total_shown(booking, switches),
        **note,
    }


def total_shown(booking: Booking, switches: Switches) -> dict[str, str]:
    """What it comes to, where that is shown."""
    return {} if switches.totals == "hidden" else {"grand_total": str(booking.payable)}


def shown_in_list(booking: Booking, scenario: str | None) -> dict[str, Any]:
    """A row of `GET /invoices`."""
    word = word_of(booking, ALONE, scenario)
    return {
        "commercial_doc_id": int(booking.id),
        "header": {
            "serial_no": booking.number if is_official(booking) else None,
            "issue_date": booking.issue_date,
            "associate": {"name": booking.buyer.name, "identity_no": booking.buyer.tax_number},
        },
        "commercial_doc_type": {"description": "Satış Faturası", "group": "sale"},
        "commercial_doc_status": {"value": "DRAFT" if word == "draft" else "NEW", "description": ""},
        "e_document_status": "not_sent" if word == "draft" else word,
        "total": {"grand_total": str(booking.payable), "total_vat": str(sum(line.vat for line in booking.lines))},
        "uuid": booking.ettn if is_official(booking) else None,
    }


def shown_as_document(booking: Booking, scenario: str | None) -> dict[str, Any]:
    """A row of `GET /e_document/invoices`."""
    return {
        "commercial_doc_id": int(booking.id),
        "document_uuid": booking.ettn,
        "document_no": booking.number,
        "document_status": word_of(booking, LISTED, scenario),
        "document_scenario": scenario,
        "document_type": json.loads(booking.content).get("document_type", "SATIS"),
        "issue_date": booking.issue_date,
        "grand_total": str(booking.payable),
        "currency": booking.currency,
    }
