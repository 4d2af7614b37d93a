"""What the benchmarks are fed: artificial orders of a real order's size, with repeats, for one artificial business."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from app.domain.commands import InvoiceCommand
from app.domain.identity import derived, order_key
from app.domain.orders import LoggedEvent, OrderEvent, OrderLine, OrderPlaced
from app.domain.parties import Address, Buyer, Person
from app.domain.policy import RULES_VERSION, Policy, Trigger
from app.planning.fold import fold

BUSINESS: Final = "OLCUM"
KEY_VARIABLE: Final = "FATURAFLOW_BENCH_KEY"
# A plainly artificial company, whose documents the simulator shows to a key that names it.
TAX_NUMBER: Final = "1111111114"
KEY: Final = f"sandbox-{TAX_NUMBER}"
POLICY: Final = Policy(provider="nilvera", trigger=Trigger.ORDER_PLACED, earsiv_series="OLC", efatura_series="OLF")
# The size that all engines were given in the comparison which the benchmark continues.
ORDER_BYTES: Final = 602
# Upstream repeats; a dedupe that never meets a repeat measures nothing.
REPEATED: Final = 0.3


def numbers(count: int, *, repeated: float = REPEATED, seed: int = 1) -> Iterator[int]:
    """So many order numbers; a share of them are repeats of earlier ones, evenly from near and far."""
    chance, made = random.Random(seed), 0  # noqa: S311 - repeatable, not secret
    for _ in range(count):
        if made and chance.random() < repeated:
            yield chance.randrange(made)
        else:
            yield made
            made += 1


def order_event(number: int) -> OrderEvent:
    """The order with this number: always the same, one line, one consumer with a full address."""
    buyer = Buyer(
        name="Deneme",
        family_name=f"Alıcı {number:06d}",
        tax_number="10001707174",
        address=Address(street="Deneme Sokak 12 D 4", district="Ortahisar", city="Trabzon", postal_code="61000"),
        email="deneme@example.invalid",
    )
    line = OrderLine(
        line_reference="1",
        name="Masa lambası",
        quantity=Decimal(2),
        unit_price=Decimal("180.90"),
        vat_rate=Decimal(20),
        sku="SKU-1044-SARI",
    )
    return OrderEvent(
        business=BUSINESS,
        order_reference=f"S-{number:08d}",
        body=OrderPlaced(order_date=date(2026, 11, 20), lines=(line,)),
        person=Person(buyer=buyer),
    )


def key_of(number: int) -> str:
    """The record key of this order."""
    return order_key(BUSINESS, f"S-{number:08d}")


def logged(number: int, position: int, received_at: datetime, *, provider: str = POLICY.provider) -> LoggedEvent:
    """The order as intake writes it to the log; `position` stands for the record that it came from.

    `received_at` should be now: the planner's clock raises every document without news for an hour.
    """
    event = order_event(number)
    return LoggedEvent(
        event_id=derived("bench", str(position)),
        received_at=received_at,
        rules_version=RULES_VERSION,
        business=event.business,
        order_reference=event.order_reference,
        body=event.body,
        policy=replace(POLICY, provider=provider),
        person=event.person,
    )


def command(number: int, provider: str, at: datetime) -> InvoiceCommand:
    """The command that the planner makes of this order."""
    _, effects = fold(None, logged(number, number, at, provider=provider))
    (found,) = effects.commands
    return found


def configuration(
    provider: str, base_url: str, options: Mapping[str, str], secrets: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The business's configuration file, for `faturaflow config apply`.

    `secrets`: where each is; without them the key of the run is the one that the connection has.
    """
    return {
        "businesses": {
            BUSINESS: {
                "seller": {
                    "name": "Ölçüm Deneme Anonim Şirketi",
                    "tax_number": TAX_NUMBER,
                    "tax_office": "Deneme",
                    "address": {"street": "Deneme Sokak 1", "district": "Merkez", "city": "Ankara"},
                    "website": "deneme.invalid",
                },
                "policy": {
                    "provider": provider,
                    "trigger": POLICY.trigger.value,
                    "earsiv_series": "OLC",
                    "efatura_series": "OLF",
                },
                "series": [
                    {"name": "OLC", "document_type": "EARSIV"},
                    {"name": "OLF", "document_type": "EFATURA"},
                ],
                "connections": {
                    provider: {
                        "base_url": base_url,
                        "options": dict(options),
                        "secrets": dict(secrets or {"api_key": {"env": KEY_VARIABLE}}),
                    }
                },
            }
        }
    }
