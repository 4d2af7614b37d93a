"""Artificial businesses, their connections, and how their providers misbehave."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final

import yaml

from app.domain.policy import Trigger
from app.testbed.generator import BusinessRole
from app.testbed.generator.content import SHIPPED
from app.testbed.generator.people import artificial_vkn
from providers.registry import PROVIDERS, provider

# The series of each document type, where the numbers are ours or the provider is asked for one of its own.
SERIES: Final[Mapping[str, str]] = {"EARSIV": "DNA", "EFATURA": "DNF", "SALES_INVOICE": "DNS"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Business:
    """One business and its provider. `options`: beside the common ones; `series`: of each document type.

    `name`: of the connection that its policy names, where it has a second one at the provider beside its usual one.
    """

    code: str
    tax_number: str
    provider: str
    trigger: Trigger
    options: Mapping[str, str] = field(default_factory=dict)
    series: Mapping[str, str] = field(default_factory=lambda: SERIES)
    name: str | None = None

    @property
    def role(self) -> BusinessRole:
        """Whom orders are made up for."""
        return BusinessRole(code=self.code, trigger=self.trigger)


# Its orders are real ones. Valid check digits on plainly artificial numbers; each company has its own documents at the
# simulators.
SHOP: Final = Business(code="PERAKENDE", tax_number="1111111114", provider="nilvera", trigger=Trigger.ORDER_PLACED)
# It has two connections at one provider; its documents go over the second, which has a name of its own.
MARKETPLACE: Final = Business(
    code="PAZARYERI",
    tax_number="1234567890",
    provider="nilvera",
    trigger=Trigger.SHIPMENT,
    name="second-login",
)
COUNTER: Final = Business(code="TEZGAH", tax_number="2222222224", provider="nilvera", trigger=Trigger.MANUAL)
# Its program takes the business's own numbers as they are.
BOOKKEEPER: Final = Business(
    code="DEFTERCI",
    tax_number="3333333339",
    provider="testbook",
    trigger=Trigger.ORDER_PLACED,
    options={"numbers": "ours"},
)
STANDARD: Final = (SHOP, MARKETPLACE, COUNTER, BOOKKEEPER)
# What one pound cost in lira does not matter here; the document only has to carry a rate.
EXCHANGE_RATE: Final = "2.32"
EXCERPT: Final = files("app.testbed.installation") / "data" / "online_retail_excerpt.csv"

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
    "unsigned_poll_seconds": "2",
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
# A provider that is not here fails its callers as Nilvera does.
MISBEHAVIOUR: Final[Mapping[str, FaultRates]] = {"testbook": TESTBOOK}


def misbehaviour(name: str) -> FaultRates:
    """How this provider fails its callers."""
    return MISBEHAVIOUR.get(name, NILVERA)


def businesses_at(names: Sequence[str]) -> tuple[Business, ...]:
    """The four of the demonstration as far as their providers are among these, and one at each other provider.

    Raises ValueError for a name that no provider has.
    """
    usual = [business for business in STANDARD if business.provider in names]
    others = [name for name in dict.fromkeys(names) if name not in {business.provider for business in STANDARD}]
    return (*usual, *map(_at, others))


def _at(name: str) -> Business:
    """Number and trigger hang on its place in the registry, so that every trigger comes."""
    provider(name)
    place = list(PROVIDERS).index(name)
    triggers = list(Trigger)
    return Business(
        code=name.upper(),
        tax_number=artificial_vkn(place),
        provider=name,
        trigger=triggers[place % len(triggers)],
    )


def providers_of(businesses: Sequence[Business]) -> tuple[str, ...]:
    """The providers of these, each once."""
    return tuple(dict.fromkeys(business.provider for business in businesses))


def configuration(base_urls: Mapping[str, str], businesses: Sequence[Business] = STANDARD) -> str:
    """The configuration file of these, for `faturaflow config apply`; secrets come from the environment."""
    return yaml.safe_dump(
        {"businesses": {each.code: _configured(each, base_urls[each.provider]) for each in businesses}},
        allow_unicode=True,
        sort_keys=False,
    )


def secret_variable(business: str, secret: str) -> str:
    """The environment variable that holds a secret of a business's connection."""
    return f"FATURAFLOW_DEMO_{business}_{secret}".replace("-", "_").upper()


def secrets(businesses: Sequence[Business] = STANDARD) -> dict[str, str]:
    """The environment with all of them. The simulators show a company's documents to a login that names it."""
    return {
        secret_variable(each.code, secret): value
        for each in businesses
        for secret, value in provider(each.provider).sandbox.settings("", each.tax_number).secrets.items()
    }


def connection(business: Business, base_url: str) -> dict[str, Any]:
    """The business's connection as the configuration file has it."""
    login = provider(business.provider).sandbox.settings(base_url, business.tax_number)
    return {
        "provider": business.provider,
        "base_url": base_url,
        "options": {**OPTIONS, **login.options, **business.options},
        "secrets": {secret: {"env": secret_variable(business.code, secret)} for secret in login.secrets},
    }


def _configured(business: Business, base_url: str) -> dict[str, Any]:
    types = provider(business.provider).capabilities().document_types
    return {
        "seller": {
            "name": f"{business.code.capitalize()} Deneme Anonim Şirketi",
            "tax_number": business.tax_number,
            "tax_office": "Deneme",
            "address": {"street": "Deneme Sokak 1", "district": "Merkez", "city": "Ankara"},
            "website": "deneme.invalid",
        },
        "policy": {
            "provider": business.provider,
            **({"connection": business.name} if business.name else {}),
            "trigger": business.trigger.value,
            **({"trigger_statuses": [SHIPPED]} if business.trigger is Trigger.STATUS else {}),
            "earsiv_series": business.series["EARSIV"],
            "efatura_series": business.series["EFATURA"],
        },
        "series": [
            {"name": name, "document_type": kind}
            for kind, name in business.series.items()
            if kind in {"EARSIV", "EFATURA"} | {each.value for each in types}
        ],
        "carriers": [{"name": carrier, "tax_number": SHOP.tax_number} for carrier in CARRIERS],
        "connections": {
            name: connection(business, base_url) for name in (business.provider, business.name) if name is not None
        },
    }
