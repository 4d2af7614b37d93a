"""From orders to documents: the documents of an order, whole or in parts, come to the order."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.documents.checking import Finding, Layer, Mode, Severity, check
from app.documents.from_order.checks import order_errors
from app.documents.from_order.header import Issue, header_of, plain_type
from app.documents.from_order.internet_sale import sale_of
from app.documents.from_order.invoice import invoice_from_order
from app.documents.invoice_info.rules import Circumstances
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.model.profiles import Profile
from app.documents.prepared import prepare_invoice
from app.documents.ubl import build, parse
from app.documents.ubl.invoice_checks import invoice_errors
from app.domain.commands import DocumentOrder
from app.domain.discounts import amount_of
from app.domain.documents import DocumentType
from app.domain.invoice_info.enums import InvoiceType, Platform, Sending
from app.domain.invoice_info.model import DatedReference, InvoiceInfo, PaymentMeans, TaxExemptionReasons
from app.domain.money import to_kurus
from app.domain.orders import LineKind, OrderLine
from app.domain.parties import Carrier, Person
from app.domain.payment import Payment, PaymentMethod
from tests.documents.from_order.test_pricing import discount_line, line
from tests.providers.examples import CARRIER, CONSUMER, FACTS, ISSUED_AT, SELLER, TAXPAYER, command, document_order

NUMBER = "ABC2026000000001"
ISSUE = Issue(
    ettn="0f8fad5b-d9cb-469f-a165-70867728950e",
    number=NUMBER,
    issued_at=ISSUED_AT,
    order_reference="ORDER-1",
)
NOTHING = TaxExemptionReasons(kdv_exemption_reason_code="351")


def shipping(price: str, rate: int = 20, reference: str = "S") -> OrderLine:
    return replace(line(reference, price, rate), kind=LineKind.SHIPPING, name="Kargo")


def invoice_of(order: DocumentOrder) -> Invoice:
    assert order_errors(order, CONSUMER) == ()
    return invoice_from_order(order, CONSUMER, SELLER)


def whole(order: DocumentOrder, person: Person | None = CONSUMER) -> Invoice:
    invoice = prepare_invoice(
        replace(command(person=person), order=order), FACTS, DocumentType.EARSIV, ISSUED_AT, NUMBER
    )
    assert isinstance(invoice, Invoice), invoice
    return with_defaults(invoice)


def checked(invoice: Invoice, layers: frozenset[Layer] = frozenset(Layer)) -> list[Finding]:
    found = check(build(invoice), "invoice.xml", mode=Mode.TEST, today=date(2026, 11, 1), layers=layers)
    return [one for one in found if one.severity is not Severity.INFO]


def test_shipping_is_a_line_and_a_discount_an_allowance_of_the_lines_of_its_rate() -> None:
    lines = (line("1", "120.00"), line("2", "110.00", 10), shipping("24.00"), discount_line("-14.40"))
    invoice = invoice_of(document_order(lines=lines))
    assert [each.base for each in invoice.lines] == [90, 100, 18]
    assert [[each.amount for each in one.allowances] for one in invoice.lines] == [[10], [], [2]]
    assert (invoice.allowances, invoice.tax_exclusive) == ((), 208)
    assert invoice.payable == Decimal("239.60")


def test_a_discount_of_nearly_everything_leaves_a_kurus_and_no_tax_below_zero() -> None:
    lines = (*(line(str(n), "0.01", 20) for n in range(100)), discount_line("-0.99"))
    invoice = invoice_of(document_order(lines=lines))
    assert (invoice.payable, invoice.vat) == (Decimal("0.01"), 0)


def test_vat_that_comes_to_nothing_at_its_rate_has_reason_351() -> None:
    gift, book = line("1", "0.00", 10), line("2", "120.00")
    invoice = whole(document_order(lines=(gift, book)))
    assert [(each.rate, each.base, each.exemption_code) for each in invoice.tax_subtotals] == [
        (10, 0, "351"),
        (20, 100, None),
    ]
    assert invoice.info.tax_exemption_reason_info == NOTHING
    assert invoice.type == "SATIS"


@pytest.mark.parametrize("said", [None, InvoiceInfo(tax_exemption_reason_info=NOTHING)])
def test_a_document_with_vat_of_nothing_breaks_no_rule_whether_its_reason_was_said_or_not(
    said: InvoiceInfo | None,
) -> None:
    lines = (line("1", "0.03", 10), line("2", "120.00"), line("3", "5.00", 1), discount_line("-5.00", rate=1))
    invoice = whole(document_order(lines=lines, invoice_info=said))
    assert invoice_errors(invoice, Circumstances(now=ISSUED_AT)) == ()
    assert not checked(invoice)


def test_a_gift_beside_goods_of_its_rate_needs_no_reason() -> None:
    assert whole(document_order(lines=(line("1", "0.00"), line("2", "120.00")))).exemption_codes == ()


@pytest.mark.parametrize(("codes", "expected"), [((), "SATIS"), (("351",), "SATIS"), (("335",), "ISTISNA")])
def test_an_exempt_line_makes_the_invoice_an_istisna_unless_it_is_351(codes: tuple[str, ...], expected: str) -> None:
    assert plain_type(codes).name == expected


def test_an_order_from_a_web_site_is_an_internet_sale_with_its_carriers_tax_number() -> None:
    info = whole(document_order(carrier="deneme KARGO")).info
    assert info.sales_platform is Platform.INTERNET
    assert info.internet_info is not None
    assert info.internet_info.transporter_register_number == CARRIER.tax_number
    assert (info.internet_info.payment_method, info.payment_means_info) == (PaymentMethod.CARD, PaymentMeans(code="48"))


@pytest.mark.parametrize("said", ["HIZLI İNCİ", "hızlı inci", "HIZLI INCI"])
def test_a_carrier_is_found_whichever_i_its_name_is_written_with(said: str) -> None:
    carrier = Carrier(name="Hızlı İnci", tax_number=CARRIER.tax_number)
    sale = sale_of(document_order(carrier=said), (carrier,))
    assert sale is not None
    assert (sale.transporter_name, sale.transporter_register_number) == ("Hızlı İnci", CARRIER.tax_number)


@pytest.mark.parametrize(
    ("method", "code"),
    [
        (PaymentMethod.CARD, "48"),
        (PaymentMethod.TRANSFER, "42"),
        (PaymentMethod.CASH_ON_DELIVERY, "10"),
        (PaymentMethod.INTERMEDIARY, "ZZZ"),
        (PaymentMethod.OTHER, "ZZZ"),
    ],
)
def test_every_way_to_pay_has_its_code(method: PaymentMethod, code: str) -> None:
    payment = Payment(method=method, paid_on=date(2026, 4, 30), name="Deneme Cüzdan")
    means = whole(document_order(payment=payment, due_date=date(2026, 5, 9))).info.payment_means_info
    assert means == PaymentMeans(code=code, due_date=date(2026, 5, 9), note="Deneme Cüzdan")


def test_what_the_order_says_of_its_head_goes_first_but_for_what_is_ours() -> None:
    said = InvoiceInfo(
        uuid="11111111-1111-4111-8111-111111111111",
        invoice_type=InvoiceType.TEVKIFAT,
        currency_code="USD",
        exchange_rate=Decimal(41),
        send_type=Sending.KAGIT,
        order_reference=DatedReference(value="THEIRS", issue_date=date(2026, 4, 1)),
        payment_means_info=PaymentMeans(code="1"),
        is_despatch=True,
    )
    order = document_order(website=None, invoice_info=said)
    info = header_of(order, ISSUE)
    assert (info.uuid, info.currency_code, info.exchange_rate) == (ISSUE.ettn, "TRY", None)
    assert (info.invoice_type, info.send_type, info.is_despatch) == (InvoiceType.TEVKIFAT, Sending.KAGIT, True)
    assert (info.order_reference, info.payment_means_info) == (said.order_reference, said.payment_means_info)


def test_an_efatura_is_no_internet_sale() -> None:
    invoice = prepare_invoice(command(person=TAXPAYER), FACTS, DocumentType.EFATURA, ISSUED_AT, NUMBER)
    assert isinstance(invoice, Invoice)
    assert invoice.profile is Profile.TEMELFATURA
    assert (invoice.info.internet_info, invoice.info.send_type) == (None, None)
    assert invoice_errors(with_defaults(invoice), Circumstances(now=ISSUED_AT)) == ()


@pytest.mark.parametrize("person", [None, CONSUMER, TAXPAYER, Person(buyer=replace(CONSUMER.buyer, tax_number=None))])
def test_every_buyer_of_an_order_stands_on_a_document_that_no_rule_objects_to(person: Person | None) -> None:
    invoice = whole(document_order(), person)
    assert invoice_errors(invoice, Circumstances(now=ISSUED_AT)) == ()
    assert not checked(invoice)


def goods(chance: Random, reference: str) -> OrderLine:
    kurus = chance.choice([0, 3, *(chance.randint(1, 500_000) for _ in range(4))])
    price = Decimal(kurus) / chance.choice([100, 10_000])
    quantity = Decimal(chance.randint(1, 5_000)) / chance.choice([1, 8])
    share = chance.choice([0, 0, Decimal("0.1"), Decimal("0.33"), 1])
    found = line(reference, str(price), chance.choice([0, 1, 10, 20]), quantity=str(quantity))
    kind = chance.choice([LineKind.GOODS, LineKind.GOODS, LineKind.SERVICE])
    return replace(found, discount=to_kurus(share * price * quantity), kind=kind)


def shipment(chance: Random, part: int, count: int) -> tuple[OrderLine, ...]:
    lines = [goods(chance, f"{part}-{n}") for n in range(count)]
    if chance.random() < 0.5:
        lines.append(shipping(str(Decimal(chance.randint(0, 9_999)) / 100), reference=f"{part}-S"))
    return (*lines, *(discount(chance, lines, f"{part}-D{n}") for n in range(chance.randint(0, 2))))


def discount(chance: Random, lines: list[OrderLine], reference: str) -> OrderLine:
    rate = chance.choice(lines).vat_rate
    worth = sum((amount_of(each) for each in lines if each.vat_rate == rate), Decimal(0))
    return discount_line(f"-{to_kurus(worth * chance.randint(1, 45) / 100)}", reference, int(rate))


@st.composite
def shipments(draw: st.DrawFn, counts: st.SearchStrategy[int]) -> list[DocumentOrder]:
    """An order in parts: whole lines, each part with its own discounts and its own shipping."""
    currency = draw(st.sampled_from(["TRY", "EUR"]))
    order = document_order(
        prices_include_vat=draw(st.booleans()),
        currency=currency,
        exchange_rate=None if currency == "TRY" else Decimal("48.123456"),
    )
    chance = Random(draw(st.integers(0, 2**32)))
    parts = draw(st.lists(counts, min_size=1, max_size=3))
    return [replace(order, lines=shipment(chance, part, count)) for part, count in enumerate(parts)]


def comes_to_the_order(parts: list[DocumentOrder]) -> None:
    faulty = [fault.code for part in parts for fault in order_errors(part, CONSUMER)]
    if faulty:
        assert set(faulty) <= {"NOTHING_TO_INVOICE", "DISCOUNT_EXCEEDS_GOODS"}
        return
    documents = [whole(part) for part in parts]
    worth = sum(amount_of(each) for part in parts for each in part.lines)
    included = parts[0].prices_include_vat
    assert worth == sum(each.payable if included else each.tax_exclusive for each in documents)
    for each in documents:
        assert each.tax_exclusive + each.vat == each.payable == each.tax_inclusive
        assert all(tax.base >= 0 and tax.amount >= 0 for tax in each.tax_subtotals)
        assert parse(build(each)) == each
        assert not checked(each, frozenset({Layer.ARITHMETIC, Layer.XSD, Layer.CODES}))


@given(shipments(st.integers(1, 6)))
@settings(max_examples=25, deadline=None)
def test_documents_of_parts_of_an_order_come_to_the_order(parts: list[DocumentOrder]) -> None:
    comes_to_the_order(parts)


@pytest.mark.fuzz
@given(shipments(st.sampled_from([1, 2, 40, 166, 500])))
@settings(max_examples=60, deadline=None)
def test_documents_of_parts_of_a_large_order_come_to_the_order(parts: list[DocumentOrder]) -> None:
    comes_to_the_order(parts)
