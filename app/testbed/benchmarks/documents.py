"""Documents alone, in this process and without Kafka: an order's XML, and the check of it."""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from app.documents.checking import Layer, Mode, check
from app.documents.invoice_info.rules import Circumstances
from app.documents.model.defaults import with_defaults
from app.documents.model.invoice import Invoice
from app.documents.prepared import prepare_invoice
from app.documents.ubl import build
from app.documents.ubl.invoice_checks import invoice_errors
from app.domain.commands import Action, DocumentOrder, InvoiceCommand
from app.domain.documents import DocumentType, Intent
from app.domain.orders import OrderLine, OrderType
from app.domain.parties import Address, BusinessFacts, Buyer, Carrier, Person, Seller
from app.domain.payment import Payment, PaymentMethod
from app.domain.policy import DocumentTypeChoice
from app.testbed.benchmarks.measurement import Measurement
from app.testbed.benchmarks.probes import resident_bytes

SMALL: Final = 10
LARGE: Final = 500
# So many lines are worked on between two looks at the clock: a tenth of a second, or it would be the clock's own step.
_LINES_A_ROUND: Final = 1_000
_ROUNDS: Final = 5
_WARM: Final = 1_000
_MANY: Final = 100_000
_MEBIBYTE: Final = 1024 * 1024
_ADDRESS: Final = Address(street="Deneme Sokak 12 D 4", district="Ortahisar", city="Trabzon", postal_code="61000")
_SELLER: Final = Seller(name="Ölçüm Deneme A.Ş.", tax_number="1111111114", tax_office="Deneme", address=_ADDRESS)
_BUYER: Final = Person(buyer=Buyer(name="Deneme", family_name="Alıcı", tax_number="10001707174", address=_ADDRESS))
_CARRIER: Final = Carrier(name="Deneme Kargo", tax_number="9876543217")
_FACTS: Final = BusinessFacts(seller=_SELLER, carriers=(_CARRIER,))
_MOMENT: Final = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
_NUMBER: Final = "OLC2026000000001"


def document_10() -> Iterator[Measurement]:
    """From an order of ten lines to its XML."""
    order = _order(SMALL)
    yield _measured("document-10", SMALL, lambda: build(_document(order)))


def document_500() -> Iterator[Measurement]:
    """From an order of five hundred lines to its XML."""
    order = _order(LARGE)
    yield _measured("document-500", LARGE, lambda: build(_document(order)))


def check_10() -> Iterator[Measurement]:
    """The rules of the invoice and the arithmetic of its XML, as they are asked before it is sent."""
    document = _document(_order(SMALL))
    xml, circumstances = build(document), Circumstances(now=_MOMENT)

    def checked() -> None:
        assert not invoice_errors(document, circumstances)
        found = check(xml, "", mode=Mode.TEST, today=date(2026, 11, 20), layers=frozenset({Layer.ARITHMETIC}))
        assert not found

    yield _measured("check-10", SMALL, checked)


def memory() -> Iterator[Measurement]:
    """By how much this process grows over a hundred thousand documents of ten lines: each is let go."""
    order = _order(SMALL)
    for _ in range(_WARM):
        build(_document(order))
    before = resident_bytes(os.getpid())
    for _ in range(_MANY):
        build(_document(order))
    yield Measurement(name="document-memory", value=(resident_bytes(os.getpid()) - before) / _MEBIBYTE, unit="MiB")


def _measured(name: str, lines: int, work: Callable[[], object]) -> Measurement:
    """Processor time of one piece of work: the least of several rounds, for others only ever add to it."""
    work()
    times = _LINES_A_ROUND // lines
    rounds = []
    for _ in range(_ROUNDS):
        began = time.process_time()
        for _ in range(times):
            work()
        rounds.append((time.process_time() - began) / times)
    return Measurement(name=name, value=min(rounds) * 1000, unit="ms")


def _document(order: DocumentOrder) -> Invoice:
    invoice = prepare_invoice(_command(order), _FACTS, DocumentType.EARSIV, _MOMENT, _NUMBER)
    assert isinstance(invoice, Invoice)
    return with_defaults(invoice)


def _command(order: DocumentOrder) -> InvoiceCommand:
    return InvoiceCommand(
        command_id="c-1",
        action=Action.ISSUE,
        revision=0,
        document_id="0f8fad5b-d9cb-469f-a165-70867728950e",
        business="OLCUM",
        order_reference="S-00000001",
        provider="olcum",
        connection="olcum",
        occurred_at=_MOMENT,
        caused_by="e-1",
        order=order,
        person=_BUYER,
    )


def _order(lines: int) -> DocumentOrder:
    return DocumentOrder(
        intent=Intent.INVOICE,
        order_date=date(2026, 11, 20),
        order_type=OrderType.PHYSICAL_GOODS,
        currency="TRY",
        exchange_rate=None,
        prices_include_vat=True,
        lines=tuple(map(_line, range(lines))),
        payment=Payment(method=PaymentMethod.CARD, paid_on=date(2026, 11, 20)),
        website="deneme.invalid",
        note="Teşekkürler",
        carrier=_CARRIER.name,
        shipment_reference=None,
        invoice_reference=None,
        dispatch_date=date(2026, 11, 20),
        due_date=None,
        tracking_code=None,
        document_type=DocumentTypeChoice.EARSIV,
        earsiv_series="OLC",
        efatura_series="OLF",
        efatura_profile="TEMELFATURA",
    )


def _line(number: int) -> OrderLine:
    """Mixed rates and prices; every second line has a discount."""
    return OrderLine(
        line_reference=f"L{number}",
        name="Masa lambası",
        quantity=Decimal(1 + number % 3),
        unit_price=Decimal(number * 7 % 500 + 5) + Decimal("0.90"),
        vat_rate=Decimal((1, 10, 20)[number % 3]),
        discount=Decimal(number % 2),
        sku="SKU-1044-SARI",
    )
