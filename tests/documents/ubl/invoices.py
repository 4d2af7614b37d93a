"""Hypothesis's idea of invoices: any header that can be built, any lines, any taxes that go together."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Final

from hypothesis import strategies as st

from app.documents.from_json.calculation import invoice_of
from app.documents.from_json.input_model import (
    AllowanceEntry,
    DocumentAllowanceEntry,
    InvoiceEntry,
    LineEntry,
    TaxEntry,
)
from app.documents.invoice_info import InvoiceInfo
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.domain.invoice_details import Delivery, Goods, Identification, Period, PerUnit, WithheldVat
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.money import to_kurus
from tests.documents.invoice_info.infos import INFOS, TEXTS
from tests.documents.ubl.pairs import ABROAD, entry_for

# Whose sums are those of an ordinary sale, and nothing is asked that a stranger's header does not bring.
TYPES: Final = (
    "SATIS", "IADE", "ISTISNA", "TEVKIFAT", "TEVKIFATIADE", "IHRACKAYITLI", "OZELMATRAH", "KONAKLAMAVERGISI",
)  # fmt: skip
UNITS: Final = ("C62", "KGM", "MTR", "DAY", "HUR")
MEANS: Final = ("48", "42", "10", "ZZZ")


@st.composite
def headers(draw: st.DrawFn) -> InvoiceInfo:
    """Every field of the model, as far as it is part of the document."""
    said: InvoiceInfo = draw(INFOS)
    foreign = draw(st.booleans())
    online = said.internet_info is not None
    means = said.payment_means_info
    return replace(
        said,
        uuid=str(draw(st.uuids())),
        template_uuid=None,
        invoice_type=InvoiceType.SATIS,
        invoice_serie_or_number="ART2026000000001",
        issue_date=said.issue_date or datetime.fromisoformat("2026-03-02T10:30:00.25+03:00"),
        currency_code="USD" if foreign else "TRY",
        exchange_rate=(said.exchange_rate or Decimal("41.5")) if foreign else None,
        tax_exemption_reason_info=None,
        sales_platform=Platform.INTERNET if online else Platform.NORMAL,
        send_type=Sending.ELEKTRONIK if online else said.send_type,
        order_reference_document=said.order_reference_document if said.order_reference else None,
        payment_means_info=replace(means, code=draw(st.sampled_from(MEANS))) if means else None,
    )


def lines_of(chance: Random, count: int, kind: str) -> tuple[LineEntry, ...]:
    """So many lines with discounts, charges and mixed rates; the taxes are those of the type."""
    lines = tuple(_line(chance, kind) for _ in range(count))
    if kind == "ISTISNA":  # whose reason is some line's
        return (replace(lines[0], taxes=(TaxEntry(rate=Decimal(0)),)), *lines[1:])
    return lines


def _line(chance: Random, kind: str) -> LineEntry:
    quantity = Decimal(chance.randint(1, 50_000)) / chance.choice([1, 8, 1000])
    price = Decimal(chance.randint(0, 10**9)) / chance.choice([100, 10_000, 10**8])
    rate = Decimal(chance.choice([1, 10, 20]))
    taxes = [TaxEntry(rate=rate)]
    if kind == "ISTISNA" and chance.random() < 0.7:
        taxes = [TaxEntry(rate=Decimal(0))]
    if kind == "OZELMATRAH":
        taxes = [TaxEntry(rate=rate, base=Decimal(chance.randint(0, 10**6)) / 100)]
    if kind == "KONAKLAMAVERGISI":
        taxes.append(TaxEntry(code="0059", rate=Decimal(2)))
    if kind == "SATIS" and chance.random() < 0.2:
        taxes.append(TaxEntry(code="0074", rate=Decimal("6.7")))
    if kind == "SATIS" and chance.random() < 0.1:
        taxes.append(TaxEntry(code="0071", per_unit=PerUnit(amount=Decimal("2.5265"), unit="LTR")))
    withheld = "TEVKIFAT" in kind and chance.random() < 0.8
    return LineEntry(
        name=f"Mal {chance.randint(1, 9)} ö&<\"'>",
        quantity=quantity,
        unit=chance.choice(UNITS),
        unit_price=price,
        taxes=tuple(taxes),
        allowances=_allowances(chance, to_kurus(quantity * price)),
        withholding=WithheldVat(code=chance.choice(["613", "601", "825"])) if withheld else None,
        line_reference=chance.choice([None, "L 1"]),
        sku=chance.choice([None, "SKU-1"]),
        note=chance.choice([None, " bir not "]),
        marks=chance.choice([(), (Identification(scheme="DIGER", value="7"),)]),
        goods=chance.choice([None, Goods(), Goods(model_name="M", classification="02", trace_id="1", serial_id="2")]),
        delivery=chance.choice([None, Delivery(), Delivery(address=ABROAD, incoterms="CIF", transport_mode="1"),
                                Delivery(customs_id="010203040506", licence_line="12345678901")]),
    )  # fmt: skip


def _allowances(chance: Random, gross: Decimal) -> tuple[AllowanceEntry, ...]:
    found = []
    if chance.random() < 0.3:
        found.append(AllowanceEntry(percent=Decimal(chance.randint(1, 5000)) / 100, reason="İndirim"))
    if chance.random() < 0.2 and gross > 3:
        found.append(AllowanceEntry(amount=to_kurus(gross / 3)))
    if chance.random() < 0.2:
        found.append(AllowanceEntry(is_charge=True, amount=Decimal("4.99"), reason="Paketleme"))
    return tuple(found)


@st.composite
def invoices(draw: st.DrawFn, counts: st.SearchStrategy[int] | None = None) -> Invoice:
    """Settled ones. Not all of them are legal: rules are not asked."""
    kind = draw(st.sampled_from(TYPES))
    chance = Random(draw(st.integers(0, 2**32)))
    entry = entry_for(Profile.EARSIVFATURA, kind)
    header = replace(draw(headers()), invoice_type=InvoiceType[kind])
    if kind in {"ISTISNA", "IHRACKAYITLI", "OZELMATRAH"}:
        header = replace(header, tax_exemption_reason_info=entry.archive_invoice.info.tax_exemption_reason_info)
    lines = lines_of(chance, draw(counts if counts is not None else st.integers(1, 5)), kind)
    return invoice_of(_with_the_rest(draw, entry, header, lines, kind))


def _with_the_rest(
    draw: st.DrawFn, entry: InvoiceEntry, header: InvoiceInfo, lines: tuple[LineEntry, ...], kind: str
) -> InvoiceEntry:
    plain = kind == "SATIS"
    return replace(
        entry,
        archive_invoice=replace(entry.archive_invoice, info=header),
        lines=lines,
        allowances=draw(st.lists(DOCUMENT_ALLOWANCES, max_size=3).map(tuple)) if plain else (),
        notes=tuple(draw(st.lists(TEXTS, max_size=3))),
        buyer_ids=tuple(draw(st.lists(CUSTOMER_NUMBERS, max_size=2))),
        period=draw(st.none() | st.builds(Period, start_date=st.dates(), end_date=st.dates())),
        special_base_in_price=draw(st.booleans()),
        vat_deferred=draw(st.booleans()),
        rounding=draw(st.sampled_from([Decimal(0), Decimal("0.01"), Decimal("-0.02")])),
    )


CUSTOMER_NUMBERS: Final = st.builds(Identification, scheme=st.just("MUSTERINO"), value=st.integers(0, 10**9).map(str))
DOCUMENT_ALLOWANCES: Final = st.builds(
    DocumentAllowanceEntry, amount=st.decimals(Decimal("0.01"), Decimal("0.99"), places=2), reason=st.none() | TEXTS
) | st.builds(
    DocumentAllowanceEntry,
    is_charge=st.just(True),
    amount=st.decimals(Decimal("0.01"), 10**6, places=2),
    vat_rate=st.sampled_from([Decimal(1), Decimal(8), Decimal(20)]),
)
