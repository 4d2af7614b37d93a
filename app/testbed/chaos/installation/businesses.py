"""A run's businesses: the demonstration's four, four more at the provider that takes a reference twice, and others."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import yaml

from app.domain.policy import Goodwill, Returns, Trigger
from app.testbed.chaos.check.evidence import SALES_INVOICE, CreditPolicy, ProviderTraits
from app.testbed.chaos.plan import providers_of
from app.testbed.chaos.variants import NONE, Variant, Variants
from app.testbed.generator import BusinessRole
from app.testbed.generator.scenarios import ASKED
from app.testbed.installation.businesses import (
    BOOKKEEPER,
    COUNTER,
    MARKETPLACE,
    SERIES,
    SHOP,
    Business,
    businesses_at,
    connection,
    secret_variable,
)
from app.testbed.installation.businesses import configuration as configured
from providers.base import Capabilities, LookUp, Numbering, Step
from providers.options import NUMBERS
from providers.registry import provider

# A window of HIDDEN: longer than from an attempt to its first look-up, which waits for the call's deadline and skew.
HIDDEN_SECONDS: Final = 6.5
# The workshop's visibility delay outlasts it, as a provider's declared one must: its second look-up sees everything.
VISIBILITY_SECONDS: Final = 3.0
# What waits for a signature is asked for so often; in a run of a minute a person signs within seconds.
UNSIGNED_POLL_SECONDS: Final = 2.0
# Lines of a doubtful document are free only after that: it outlasts what look-ups do not see at any provider.
GIVE_UP_SECONDS: Final = HIDDEN_SECONDS + 1.5
_SEEN: Final = {"visibility_seconds": f"{VISIBILITY_SECONDS}"}

# Its connection cannot be asked: whatever answer is lost there, a person must look.
KIOSK: Final = Business(
    code="BUFE",
    tax_number="4444444444",
    provider="testbook",
    trigger=Trigger.ORDER_PLACED,
    options={"look_up": "none"},
)
# Its program takes the workshop's numbers.
WORKSHOP: Final = Business(
    code="ATOLYE",
    tax_number="5555555553",
    provider="testbook",
    trigger=Trigger.SHIPMENT,
    options={**_SEEN, NUMBERS: "ours"},
)
# The workshop's taxpayer has a second business, with a series of its own.
TWIN: Final = replace(WORKSHOP, code="ATOLYE2", trigger=Trigger.ORDER_PLACED, series={**SERIES, "SALES_INVOICE": "ATM"})
# In its books an invoice is made out to a contact, and is a draft until it has its e-document. They show no reference,
# and are opened by one session at a time.
WAREHOUSE: Final = Business(
    code="DEPO",
    tax_number="6666666667",
    provider="testbook",
    trigger=Trigger.ORDER_PLACED,
    options={**_SEEN, "steps": "three", "look_up": "list", "login": "session"},
)
# In its books an invoice waits for a signature, which a person gives with a code, or does not.
SIGNER: Final = Business(
    code="IMZA",
    tax_number="7777777770",
    provider="testbook",
    trigger=Trigger.ORDER_PLACED,
    options={**_SEEN, "unsigned": "signature", "unsigned_poll_seconds": f"{UNSIGNED_POLL_SECONDS}"},
)

# Each of its invoices is a draft at the provider until a person has approved it.
ATELIER: Final = Business(
    code="TASLAK", tax_number="9999999994", provider="nilvera", trigger=Trigger.ORDER_PLACED, options=_SEEN
)

ATELIER_KEY: Final = f"sandbox-{ATELIER.tax_number}"

# Four businesses at the one provider and five at the other, and each trigger.
USUAL: Final = (SHOP, KIOSK, MARKETPLACE, WORKSHOP, WAREHOUSE, SIGNER, COUNTER, BOOKKEEPER, ATELIER)
DRAFTS_FIRST: Final = frozenset({ATELIER.code})
# Those that have documents issued over what they give back; at the others it is registered only.
CREDITS: Final[Mapping[str, CreditPolicy]] = {
    SHOP.code: CreditPolicy(returns_earsiv=True, returns_efatura=True, goodwill=True),
    MARKETPLACE.code: CreditPolicy(returns_earsiv=True),
    ATELIER.code: CreditPolicy(returns_efatura=True, goodwill=True),
}
# So often comes each of the others between two orders of one whose calls come one by one.
ROUNDS: Final = 6
# Every seller is at home in the same place: an anonymous consumer's address names it.
PLACE: Final = "Merkez, Ankara"
# Whose key is changed while it is in use.
ROTATED: Final = COUNTER
# Those who have a connection to either provider, and where their documents can be moved from home.
MOVES: Final[Mapping[tuple[str, str], str]] = {
    (SHOP.code, SHOP.provider): BOOKKEEPER.provider,
    (BOOKKEEPER.code, BOOKKEEPER.provider): SHOP.provider,
}
# Whose documents can be moved to another connection at the same provider.
MOVES_WITHIN: Final[Mapping[tuple[str, str], str]] = {
    (MARKETPLACE.code, MARKETPLACE.name or ""): MARKETPLACE.provider,
}
# Where a look-up does not find by our reference whatever was accepted: the kiosk's cannot be asked, the bookkeeper's
# visibility delay is shorter than it hides documents, the warehouse's shows no reference, the signer's waits.
_ASKED: Final = (KIOSK, BOOKKEEPER, WAREHOUSE, SIGNER)


def members(variants: Variants) -> tuple[Business, ...]:
    """The businesses of a run with these variants."""
    twin = (TWIN,) if Variant.TWINS in variants else ()
    others = [each for each in businesses_at(providers_of(variants)) if each not in USUAL]
    return (*USUAL, *twin, *(replace(each, options=_SEEN) for each in others))


def turns(variants: Variants) -> tuple[BusinessRole, ...]:
    """Whose order is next, again and again: where calls come one by one, they wait while one is in doubt."""
    slow = [each for each in members(variants) if _comes_one_by_one(each)]
    others = [each for each in members(variants) if each not in slow]
    return tuple(each.role for each in (*others * ROUNDS, *slow))


def _comes_one_by_one(business: Business) -> bool:
    return business == WAREHOUSE or provider(business.provider).capabilities().look_up is LookUp.BY_LIST


def companies(variants: Variants) -> dict[str, str]:
    """Their tax numbers."""
    return {each.code: each.tax_number for each in members(variants)}


def planned_by_order(variants: Variants) -> frozenset[str]:
    """Those whose orders plan a document by themselves."""
    return frozenset(each.code for each in members(variants) if each.trigger not in ASKED)


def sign_through(variants: Variants) -> dict[str, str]:
    """Where is issued what would wait for a signature, by business."""
    return {SIGNER.code: SHOP.provider} if Variant.SIGN_THROUGH in variants else {}


def surely_found(variants: Variants) -> frozenset[tuple[str, str]]:
    """The connections at which no person need ever be asked: a look-up finds whatever was accepted.

    One with another key may be one to another account: where an answer was lost, a person is asked.
    """
    found = {(each.code, each.provider) for each in members(variants) if each not in _ASKED and _shows_references(each)}
    changed = {(ROTATED.code, ROTATED.provider)} if Variant.CONFIG_CHANGED in variants else set()
    return frozenset(found | {(BOOKKEEPER.code, SHOP.provider)}) - changed


def _shows_references(business: Business) -> bool:
    return provider(business.provider).capabilities().look_up is LookUp.BY_REFERENCE


def traits(variants: Variants) -> dict[str, ProviderTraits]:
    """What the run's providers are said to be like."""
    return {name: _traits(provider(name).capabilities()) for name in providers_of(variants)}


def _traits(capabilities: Capabilities) -> ProviderTraits:
    return ProviderTraits(
        document_types=frozenset(kind.value for kind in capabilities.document_types),
        refuses_repeats=capabilities.unique_reference,
        names_documents=capabilities.look_up is LookUp.BY_LIST,
        makes_from_records=Step.E_DOCUMENT in capabilities.steps,
    )


def decided_by_persons(variants: Variants) -> frozenset[str]:
    """Where a repeat of our reference makes a second document, and where documents are moved from, persons decide.

    Elsewhere none need ever be asked.
    """
    twice = {name for name, known in traits(variants).items() if not known.refuses_repeats}
    return frozenset(twice | {provider for _, provider in MOVES})


def made_from_records(variants: Variants) -> frozenset[tuple[str, str]]:
    """By business and provider: where what has no legal effect yet is a record, and its document another step."""
    found = {
        (each.code, each.provider) for each in members(variants) if traits(variants)[each.provider].makes_from_records
    }
    return frozenset(found | {(WAREHOUSE.code, WAREHOUSE.provider)})


def silent(variants: Variants) -> frozenset[str]:
    """The providers that do not say when a document is legal."""
    return frozenset(name for name in providers_of(variants) if not provider(name).capabilities().poll_until)


def series(variants: Variants) -> dict[str, Mapping[str, str]]:
    """Of each business the series of the document types that do not have a number of the provider's own."""
    return {each.code: {kind: each.series[kind] for kind in _kinds_with_series(each)} for each in members(variants)}


def _kinds_with_series(business: Business) -> set[str]:
    """Books have a series where they are given our numbers; a provider that names documents itself numbers them too."""
    names = _traits(provider(business.provider).capabilities()).names_documents
    own = {SALES_INVOICE} if _is_numbered(business) else set()
    return own if names else business.series.keys() - {SALES_INVOICE} | own


def numbered(variants: Variants) -> frozenset[str]:
    """The companies whose documents have our numbers."""
    return frozenset(each.tax_number for each in members(variants) if _is_numbered(each))


def _is_numbered(business: Business) -> bool:
    ours = provider(business.provider).capabilities().numbering is Numbering.OURS
    return business.options.get(NUMBERS, "ours" if ours else "provider") == "ours"


def configuration(urls: Mapping[str, str], variants: Variants = NONE, change: int = 0) -> str:
    """The configuration file of all businesses; `change` counts how often it was changed."""
    written = yaml.safe_load(configured(urls, members(variants)))["businesses"]
    for business in (SHOP, BOOKKEEPER):
        target = MOVES[business.code, business.provider]
        moved = replace(business, provider=target, options={})
        written[business.code]["connections"][target] = connection(moved, urls[target])
    for code, name in sign_through(variants).items():
        signed = replace(SIGNER, provider=name, options={})
        written[code]["connections"][name] = connection(signed, urls[name])
        written[code]["policy"]["sign_through"] = name
    for code, policy in CREDITS.items():
        written[code]["policy"] |= _credits(policy)
    for code in DRAFTS_FIRST:
        written[code]["policy"]["draft_first"] = True
    for each in written.values():
        each["policy"] |= _patience(variants, change)
        for connected in each["connections"].values():
            connected["options"]["give_up_seconds"] = f"{GIVE_UP_SECONDS}"
    return yaml.safe_dump({"businesses": written}, allow_unicode=True)


def _credits(policy: CreditPolicy) -> dict[str, str]:
    """As the configuration file has it."""
    returns = {True: Returns.IADE_DOCUMENT.value, False: Returns.REGISTER_ONLY.value}
    goodwill = Goodwill.PRICE_DIFFERENCE_DOCUMENT if policy.goodwill else Goodwill.BOOKS_ONLY
    return {
        "returns_earsiv": returns[policy.returns_earsiv],
        "returns_efatura": returns[policy.returns_efatura],
        "goodwill": goodwill.value,
    }


def _patience(variants: Variants, change: int) -> dict[str, Any]:
    """How long it waits for orders and for news; which hours it is shows only that a policy has changed."""
    if Variant.MINUTES in variants:
        return {"hold_minutes": 1, "overdue_minutes": 1}
    return {"hold_minutes": 24 * 60 + change % 2}


def rotated_key(change: int) -> dict[str, str]:
    """The environment with the key that one business has from this change on; the simulators take each of them."""
    return {secret_variable(ROTATED.code, "api_key"): f"sandbox-{ROTATED.tax_number}.{change}"}
