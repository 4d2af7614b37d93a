"""Four artificial businesses, their connections, and how their providers misbehave."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Final

import yaml

from app.domain.policy import Trigger
from app.testbed.generator import BusinessRole

SHOP: Final = "PERAKENDE"
MARKETPLACE: Final = BusinessRole(code="PAZARYERI", trigger=Trigger.SHIPMENT)
COUNTER: Final = BusinessRole(code="TEZGAH", trigger=Trigger.MANUAL)
BOOKKEEPER: Final = BusinessRole(code="DEFTERCI", trigger=Trigger.ORDER_PLACED)
# What one pound cost in lira does not matter here; the document only has to carry a rate.
EXCHANGE_RATE: Final = "2.32"
EXCERPT: Final = files("app.testbed.installation") / "data" / "online_retail_excerpt.csv"

# Valid check digits on plainly artificial numbers; each company has its own documents at the simulators.
SELLERS: Final[Mapping[str, str]] = {
    SHOP: "1111111114",
    MARKETPLACE.code: "1234567890",
    COUNTER.code: "2222222224",
    BOOKKEEPER.code: "3333333339",
}
PROVIDERS: Final[Mapping[str, str]] = {
    SHOP: "nilvera",
    MARKETPLACE.code: "nilvera",
    COUNTER.code: "nilvera",
    BOOKKEEPER.code: "testbook",
}
# The bookkeeper's own numbers: their program takes them as they are.
OWN_SERIES: Final = "DNS"
CARRIERS: Final = ("Deneme Kargo", "Örnek Lojistik")

# Fast enough for a demonstration: production keeps the adapters' defaults.
OPTIONS: Final[Mapping[str, str]] = {
    "quota_requests": "40",
    "quota_seconds": "1",
    "concurrency": "16",
    "max_call_seconds": "3",
    "visibility_seconds": "0.5",
    "give_up_seconds": "0.5",
    "poll_seconds": "0.5",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRates:
    """Rates of faults per create call, and the faults of the very first calls, so that each kind is seen."""

    rates: Mapping[str, float]
    script: tuple[str, ...]
    seconds: Mapping[str, float]

    def as_request(self) -> dict[str, Any]:
        """The body of the simulators' switch."""
        return {"rates": dict(self.rates), "next": list(self.script), "seconds": dict(self.seconds)}


NILVERA: Final = FaultRates(
    rates={
        "LOST_BEFORE": 0.02,
        "LOST_ANSWER": 0.03,
        "TOO_MANY": 0.01,
        "ERROR_BEFORE": 0.01,
        "ERROR_AFTER": 0.01,
        "ERROR_IN_200": 0.01,
        "UNREADABLE": 0.01,
        "SLOW": 0.02,
        "HIDDEN": 0.02,
        "LATE_STATUS": 0.02,
        "STATUS_ERROR": 0.01,
    },
    script=("LOST_ANSWER", "NONE", "STATUS_ERROR", "NONE", "TOO_MANY", "NONE", "LATE_STATUS"),
    seconds={"slow": 1.0, "hidden": 1.0, "late_status": 4.0, "retry_after": 1.0},
)
TESTBOOK: Final = FaultRates(
    rates={"LOST_BEFORE": 0.02, "LOST_ANSWER": 0.04, "ERROR_BEFORE": 0.01, "SLOW": 0.03},
    script=("NONE", "LOST_BEFORE", "NONE", "LOST_ANSWER"),
    seconds={"slow": 1.0},
)
MISBEHAVIOUR: Final[Mapping[str, FaultRates]] = {"nilvera": NILVERA, "testbook": TESTBOOK}


def configuration(base_urls: Mapping[str, str]) -> str:
    """The configuration file of the four, for `faturaflow config apply`; keys come from the environment."""
    return yaml.safe_dump(
        {"businesses": {code: _business(code, base_urls[PROVIDERS[code]]) for code in SELLERS}},
        allow_unicode=True,
        sort_keys=False,
    )


def key_variable(business: str) -> str:
    """The environment variable that holds a business's key."""
    return f"FATURAFLOW_DEMO_KEY_{business}"


def keys() -> dict[str, str]:
    """The simulators show a company's documents to a key that names it."""
    return {key_variable(code): f"sandbox-{number}" for code, number in SELLERS.items()}


def _trigger(code: str) -> str:
    roles = {role.code: role.trigger for role in (MARKETPLACE, COUNTER, BOOKKEEPER)}
    return roles.get(code, Trigger.ORDER_PLACED).value


def _business(code: str, base_url: str) -> dict[str, Any]:
    return {
        "seller": {
            "name": f"{code.capitalize()} Deneme Anonim Şirketi",
            "tax_number": SELLERS[code],
            "tax_office": "Deneme",
            "address": {"street": "Deneme Sokak 1", "district": "Merkez", "city": "Ankara"},
            "website": "deneme.invalid",
        },
        "policy": {
            "provider": PROVIDERS[code],
            "trigger": _trigger(code),
            "earsiv_series": "DNA",
            "efatura_series": "DNF",
        },
        "series": [
            {"name": "DNA", "document_type": "EARSIV"},
            {"name": "DNF", "document_type": "EFATURA"},
            *([{"name": OWN_SERIES, "document_type": "SALES_INVOICE"}] if code == BOOKKEEPER.code else []),
        ],
        "carriers": [{"name": carrier, "tax_number": SELLERS[SHOP]} for carrier in CARRIERS],
        "connections": {
            PROVIDERS[code]: {
                "base_url": base_url,
                "options": {**OPTIONS, **({"numbers": "ours"} if code == BOOKKEEPER.code else {})},
                "secrets": {"api_key": {"env": key_variable(code)}},
            }
        },
    }
