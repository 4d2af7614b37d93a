"""The run's businesses: the demonstration's four, and four more at the provider that takes a reference twice."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from app.domain.policy import Trigger
from app.testbed.chaos.variants import NONE, Variant, Variants
from app.testbed.generator import BusinessRole
from app.testbed.installation import businesses

# The workshop's taxpayer has a second business, with a series of its own.
TWIN: Final = BusinessRole(code="ATOLYE2", trigger=Trigger.ORDER_PLACED)
# Its connection cannot be asked: whatever answer is lost there, a person must look.
KIOSK: Final = BusinessRole(code="BUFE", trigger=Trigger.ORDER_PLACED)
WORKSHOP: Final = BusinessRole(code="ATOLYE", trigger=Trigger.SHIPMENT)
# In its books an invoice is made out to a contact, and is a draft until it has its e-document. They show no reference,
# and are opened by one session at a time.
WAREHOUSE: Final = BusinessRole(code="DEPO", trigger=Trigger.ORDER_PLACED)
# In its books an invoice waits for a signature, which a person gives with a code, or does not.
SIGNER: Final = BusinessRole(code="IMZA", trigger=Trigger.ORDER_PLACED)

# A window of HIDDEN: longer than from an attempt to its first look-up, which waits for the call's deadline and skew.
HIDDEN_SECONDS: Final = 6.5
# The workshop's visibility delay outlasts it, as a provider's declared one must: its second look-up sees everything.
VISIBILITY_SECONDS: Final = 3.0
# What waits for a signature is asked for so often; in a run of a minute a person signs within seconds.
UNSIGNED_POLL_SECONDS: Final = 2.0

# Lines of a doubtful document are free only after that: it outlasts what look-ups do not see at any provider.
GIVE_UP_SECONDS: Final = HIDDEN_SECONDS + 1.5

# Three businesses at the one provider and five at the other, and each trigger.
ROLES: Final = (
    BusinessRole(code=businesses.SHOP, trigger=Trigger.ORDER_PLACED),
    KIOSK,
    businesses.MARKETPLACE,
    WORKSHOP,
    WAREHOUSE,
    SIGNER,
    businesses.COUNTER,
    businesses.BOOKKEEPER,
)
# So often comes each of the others between two orders of the warehouse.
ROUNDS: Final = 6
# The kiosk's program gives its own numbers, the workshop's takes ours.
ADDED: Final[Mapping[str, Mapping[str, str]]] = {
    KIOSK.code: {**businesses.OPTIONS, "look_up": "none"},
    WORKSHOP.code: {**businesses.OPTIONS, "visibility_seconds": f"{VISIBILITY_SECONDS}", "numbers": "ours"},
    WAREHOUSE.code: {
        **businesses.OPTIONS,
        "visibility_seconds": f"{VISIBILITY_SECONDS}",
        "steps": "three",
        "look_up": "list",
        "login": "session",
    },
    SIGNER.code: {
        **businesses.OPTIONS,
        "visibility_seconds": f"{VISIBILITY_SECONDS}",
        "unsigned": "signature",
        "unsigned_poll_seconds": f"{UNSIGNED_POLL_SECONDS}",
    },
    TWIN.code: {**businesses.OPTIONS, "visibility_seconds": f"{VISIBILITY_SECONDS}", "numbers": "ours"},
}
COMPANIES: Final[Mapping[str, str]] = {
    **businesses.SELLERS,
    KIOSK.code: "4444444444",
    WORKSHOP.code: "5555555553",
    WAREHOUSE.code: "6666666667",
    SIGNER.code: "7777777770",
    TWIN.code: "5555555553",
}
# The series of each document type; the kiosk's program gives its own numbers.
SERIES: Final[Mapping[str, Mapping[str, str]]] = {
    **{code: {"EARSIV": "DNA", "EFATURA": "DNF"} for code, name in businesses.PROVIDERS.items() if name == "nilvera"},
    WORKSHOP.code: {"SALES_INVOICE": "ATL"},
    TWIN.code: {"SALES_INVOICE": "ATM"},
    businesses.BOOKKEEPER.code: {"SALES_INVOICE": businesses.OWN_SERIES, "EARSIV": "DNA", "EFATURA": "DNF"},
}
# Every seller is at home in the same place: an anonymous consumer's address names it.
PLACES: Final[Mapping[str, str]] = dict.fromkeys(COMPANIES, "Merkez, Ankara")
NUMBERED: Final = frozenset({COMPANIES[WORKSHOP.code], COMPANIES[businesses.BOOKKEEPER.code]})
# Those whose look-up finds by our reference whatever was accepted: no person need ever be asked there. Not among them:
# the kiosk, and the bookkeeper's program, whose visibility delay is shorter than it hides documents.
_SURELY_FOUND: Final = frozenset(
    {
        *((code, "nilvera") for code in (businesses.SHOP, businesses.MARKETPLACE.code, businesses.COUNTER.code)),
        (businesses.BOOKKEEPER.code, "nilvera"),
        (WORKSHOP.code, "testbook"),
        (TWIN.code, "testbook"),
    }
)
# Whose key is changed while it is in use.
ROTATED: Final = businesses.COUNTER.code
# Those who have a connection to either provider, and where their documents can be moved from home.
MOVES: Final[Mapping[tuple[str, str], str]] = {
    (businesses.SHOP, "nilvera"): "testbook",
    (businesses.BOOKKEEPER.code, "testbook"): "nilvera",
}
PLANNED_BY_ORDER: Final = frozenset(role.code for role in (*ROLES, TWIN) if role.trigger is not Trigger.SHIPMENT)


def roles(variants: Variants) -> tuple[BusinessRole, ...]:
    """The businesses of a run with these variants."""
    return (*ROLES, TWIN) if Variant.TWINS in variants else ROLES


def turns(variants: Variants) -> tuple[BusinessRole, ...]:
    """Whose order is next, again and again: the warehouse's calls come one by one, and wait while one is in doubt."""
    others = tuple(role for role in roles(variants) if role is not WAREHOUSE)
    return others * ROUNDS + (WAREHOUSE,)


def surely_found(variants: Variants) -> frozenset[tuple[str, str]]:
    """A connection with another key may be one to another account: where an answer was lost, a person is asked."""
    changed = {(ROTATED, businesses.PROVIDERS[ROTATED])} if Variant.CONFIG_CHANGED in variants else set()
    return _SURELY_FOUND - changed


def configuration(urls: Mapping[str, str], variants: Variants = NONE, change: int = 0) -> str:
    """The configuration file of all businesses; `change` counts how often it was changed."""
    added = {role.code for role in roles(variants)} & ADDED.keys()
    written = yaml.safe_load(businesses.configuration(urls))["businesses"]
    written |= {code: _business(code, urls["testbook"]) for code in sorted(added)}
    for (code, _), target in MOVES.items():
        written[code]["connections"][target] = _connection(code, urls[target], businesses.OPTIONS)
    for business in written.values():
        business["policy"] |= _patience(variants, change)
        for connection in business["connections"].values():
            connection["options"]["give_up_seconds"] = f"{GIVE_UP_SECONDS}"
    return yaml.safe_dump({"businesses": written}, allow_unicode=True)


def _patience(variants: Variants, change: int) -> dict[str, int]:
    """How long it waits for orders and for news; which hours it is shows only that a policy has changed."""
    if Variant.MINUTES in variants:
        return {"hold_minutes": 1, "overdue_minutes": 1}
    return {"hold_minutes": 24 * 60 + change % 2}


def rotated_key(change: int) -> dict[str, str]:
    """The environment with the key that one business has from this change on; the simulators take each of them."""
    return {businesses.key_variable(ROTATED): f"sandbox-{COMPANIES[ROTATED]}.{change}"}


def keys() -> dict[str, str]:
    """The environment with the keys of the added businesses."""
    return {businesses.key_variable(code): f"sandbox-{COMPANIES[code]}" for code in ADDED}


def _business(code: str, testbook_url: str) -> dict[str, Any]:
    (trigger,) = (role.trigger for role in (*ROLES, TWIN) if role.code == code)
    return {
        "seller": {
            "name": f"{code.capitalize()} Deneme Anonim Şirketi",
            "tax_number": COMPANIES[code],
            "tax_office": "Deneme",
            "address": {"street": "Deneme Sokak 2", "district": "Merkez", "city": "Ankara"},
        },
        "policy": {"provider": "testbook", "trigger": trigger.value},
        "series": [{"name": SERIES.get(code, {}).get("SALES_INVOICE", "ATL"), "document_type": "SALES_INVOICE"}],
        "connections": {"testbook": _connection(code, testbook_url, ADDED[code])},
    }


def _connection(code: str, url: str, options: Mapping[str, str]) -> dict[str, Any]:
    secrets = {"api_key": {"env": businesses.key_variable(code)}}
    return {"base_url": url, "options": dict(options), "secrets": secrets}
