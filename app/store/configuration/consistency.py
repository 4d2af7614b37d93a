"""What must fit together in a configuration file.

These look at the plain tree, so that they are listed beside the errors of single fields and not one round later; what
has the wrong shape is passed over here, because it is among the fields' own errors.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

from app.domain.documents import DocumentType
from app.domain.policy import EXTERNAL, Mode, Trigger
from app.domain.text import folded
from app.store.configuration.tree import Path

Inconsistency = tuple[Path, str]


def inconsistencies(root: Any, providers: Collection[str] | None) -> Iterator[Inconsistency]:
    """Each place where a business names something that is not there, or has the same thing twice.

    Without `providers` every provider is taken to exist.
    """
    for code, business in _mapping(_mapping(root).get("businesses")).items():
        at: Path = ("businesses", code)
        if providers is not None:
            yield from _of_provider(at, business, providers)
            yield from _of_connections(at, business, providers)
        yield from _of_mode(at, business)
        yield from _of_policys_connection(at, business)
        yield from _of_trigger(at, business)
        yield from _of_signing(at, business)
        yield from _of_series(at, business)
        yield from _repeated((*at, "series"), _entries(business, "series"), ("document_type", "name"))
        yield from _repeated((*at, "carriers"), _entries(business, "carriers"), ("name",), folded)


def _of_provider(at: Path, business: Any, providers: Collection[str]) -> Iterator[Inconsistency]:
    """A provider to which there is no connection yet is none: its documents wait for one."""
    policy = _mapping(_mapping(business).get("policy"))
    for field in ("provider", "sign_through_provider"):
        provider = policy.get(field)
        if isinstance(provider, str) and provider not in providers:
            yield (*at, "policy", field), _no_provider(provider, providers)


def _of_mode(at: Path, business: Any) -> Iterator[Inconsistency]:
    """A provider issues, or the merchant does."""
    policy = _mapping(_mapping(business).get("policy"))
    if policy.get("mode", Mode.MANAGED) != Mode.MANAGED:
        return
    if policy and "provider" not in policy:
        yield (*at, "policy", "provider"), "name the provider that issues, or say mode: EXTERNAL"
    elif policy.get("provider") == EXTERNAL:
        yield (
            (*at, "policy", "provider"),
            "is no provider's name: where the merchant issues himself, say mode: EXTERNAL",
        )


def _of_policys_connection(at: Path, business: Any) -> Iterator[Inconsistency]:
    """A connection that the file does not have may be stored; one that it has is where the policy says."""
    policy = _mapping(_mapping(business).get("policy"))
    for field, provider in (("connection", "provider"), ("sign_through", "sign_through_provider")):
        name = policy.get(field)
        if not isinstance(name, str) or name not in _mapping(_mapping(business).get("connections")):
            continue
        found, wanted = _provider_of(business, name), policy.get(provider, name)
        if found != wanted:
            yield (*at, "policy", field), f"the connection {name} is at {found}: set {provider} to it"


def _of_trigger(at: Path, business: Any) -> Iterator[Inconsistency]:
    """The trigger STATUS is one word or more; under another trigger such words would plan nothing."""
    policy = _mapping(_mapping(business).get("policy"))
    if policy.get("mode") == Mode.EXTERNAL and policy.get("trigger", Trigger.SHIPMENT) != Trigger.SHIPMENT:
        yield (*at, "policy", "trigger"), "under mode EXTERNAL only a request registers an invoice: leave it out"
    by_status, statuses = policy.get("trigger") == Trigger.STATUS, policy.get("trigger_statuses")
    if by_status and not statuses:
        yield (*at, "policy", "trigger_statuses"), "name the statuses that have an order invoiced"
    elif statuses and not by_status:
        yield (*at, "policy", "trigger_statuses"), "counts under trigger STATUS alone"


def _of_signing(at: Path, business: Any) -> Iterator[Inconsistency]:
    """A draft is deleted only for a document that can be issued elsewhere."""
    policy = _mapping(_mapping(business).get("policy"))
    signing = policy.get("sign_through")
    if not isinstance(signing, str):
        return
    if signing == policy.get("connection", policy.get("provider")):
        yield (*at, "policy", "sign_through"), f"{signing} is the policy's connection: name another one, or none"
    elif signing not in _mapping(_mapping(business).get("connections")):
        yield (*at, "policy", "sign_through"), f"there is no connection {signing}: add it under connections"


def _of_connections(at: Path, business: Any, providers: Collection[str]) -> Iterator[Inconsistency]:
    for name in _mapping(_mapping(business).get("connections")):
        provider = _provider_of(business, name)
        if isinstance(provider, str) and provider not in providers:
            yield (*at, "connections", name), _no_provider(provider, providers)
        elif name in providers and provider != name:
            yield (
                (*at, "connections", name),
                f"{name} is another provider's name: give the connection a name of its own",
            )


def _provider_of(business: Any, name: str) -> Any:
    return _mapping(_mapping(_mapping(business).get("connections")).get(name)).get("provider") or name


def _no_provider(name: str, providers: Collection[str]) -> str:
    return f"there is no provider {name}: known are {', '.join(sorted(providers))}"


def _of_series(at: Path, business: Any) -> Iterator[Inconsistency]:
    policy = _mapping(_mapping(business).get("policy"))
    declared = {(each.get("document_type"), each.get("name")) for _, each in _entries(business, "series")}
    for field, document_type in (("earsiv_series", DocumentType.EARSIV), ("efatura_series", DocumentType.EFATURA)):
        name = policy.get(field)
        if isinstance(name, str) and (document_type.value, name) not in declared:
            yield (*at, "policy", field), f"there is no series {name} for {document_type}: declare it under series"
    for index, each in _entries(business, "series"):
        name = each.get("name")
        if each.get("document_type") == DocumentType.EFATURA and (DocumentType.EARSIV, name) in declared:
            yield (*at, "series", index), f"{name} is the series of EARSIV already: each needs its own"


def _repeated(
    at: Path,
    entries: Iterable[tuple[int, dict[str, Any]]],
    key: tuple[str, ...],
    compared: Callable[[str], str] = str,
) -> Iterator[Inconsistency]:
    """`compared`: what makes two texts the same, where they need not be written alike."""
    seen: set[str] = set()
    for index, entry in entries:
        written = " ".join(str(entry.get(name)) for name in key)
        if compared(written) in seen:
            yield (*at, index), f"{written} is here twice"
        seen.add(compared(written))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _entries(business: Any, name: str) -> list[tuple[int, dict[str, Any]]]:
    listed = _mapping(business).get(name)
    if not isinstance(listed, list):
        return []
    return [(index, _flat(entry)) for index, entry in enumerate(listed) if isinstance(entry, dict)]


def _flat(entry: dict[str, Any]) -> dict[str, Any]:
    """Only text can be compared; a list where a name belongs is the fields' own error."""
    return {name: value for name, value in entry.items() if isinstance(value, str)}
