"""Every provider by its name. One more is its folder, its line here, and its pinned identity.

A provider's modules are loaded when they are used: a worker has its own adapter in memory, no other and no simulator.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, cast

from providers.base import Adapter, Capabilities, ConnectionSettings, missing_abilities

if TYPE_CHECKING:
    from aiohttp import web

# The folder of each, as a package whose `PROVIDER` is a `Provider`. The identities of the issuers that they are for
# are in app/stream/topics/identities.json.
PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "bizimhesap": "providers.bizimhesap",
        "dia": "providers.dia",
        "gib-earsiv": "providers.gib_earsiv",
        "hepsiburada-efaturam": "providers.hepsiburada_efaturam",
        "kolaybi": "providers.kolaybi",
        "nilvera": "providers.nilvera",
        "parasut": "providers.parasut",
        "qnb-esolutions": "providers.qnb_esolutions",
        "sovos": "providers.sovos",
        "testbook": "providers.testbook",
        "trendyol-efaturam": "providers.trendyol_efaturam",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxLogin:
    """What a connection to the simulator has; artificial. `{company}` in a value is the seller's tax number.

    `options`: what such a connection must say, and what is not published, as the simulator has it.
    """

    secrets: Mapping[str, str]
    options: Mapping[str, str] = field(default_factory=dict)

    def settings(self, base_url: str, company: str) -> ConnectionSettings:
        """A connection of this company to the simulator at the address."""
        secrets, options = (
            {name: value.replace("{company}", company) for name, value in each.items()}
            for each in (self.secrets, self.options)
        )
        return ConnectionSettings(base_url=base_url, secrets=secrets, options=options)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """One provider's parts, each as `package.module:name`, loaded when it is asked for.

    `title`: its name as people write it. `adapter`: a class with `CAPABILITIES`, made from a connection's settings.
    `simulator`: a function that makes the simulator's application from a seed. `sandbox`: a login that opens it.
    `optional_secrets`: what a login may have beside the sandbox's. `is_made_up`: no such company exists; it is
    simulated where it is asked for by name.
    """

    title: str
    adapter: str
    simulator: str
    sandbox: SandboxLogin
    optional_secrets: frozenset[str] = frozenset()
    is_made_up: bool = False

    def capabilities(self) -> Capabilities:
        """What the provider can do before a connection's options change it."""
        return cast("Capabilities", _loaded(self.adapter).CAPABILITIES)

    def connect(self, settings: ConnectionSettings) -> Adapter:
        """One connection; nothing is sent yet.

        Raises ValueError or KeyError for settings that it cannot work with, TypeError for an adapter that lacks what
        its capabilities name.
        """
        adapter = cast("Adapter", _loaded(self.adapter)(settings))
        if missing := missing_abilities(adapter):
            raise TypeError(f"{self.title} can {', '.join(missing)} by its capabilities, and its adapter cannot")
        return adapter

    def secret_names(self) -> frozenset[str]:
        """Those that a connection must have, and those that it may have."""
        return self.optional_secrets.union(self.sandbox.secrets)

    def simulate(self, seed: int) -> web.Application:
        """The provider's simulator; the same seed and calls give the same faults."""
        make: Callable[[int], web.Application] = _loaded(self.simulator)
        return make(seed)


def provider(name: str) -> Provider:
    """Raises ValueError, naming the ones there are, for a name that is not among them."""
    try:
        folder = PROVIDERS[name]
    except KeyError:
        raise ValueError(f"there is no provider {name!r}; there are {', '.join(sorted(PROVIDERS))}") from None
    found: Provider = import_module(folder).PROVIDER
    return found


def real_providers() -> tuple[str, ...]:
    """The names of all that are not made up, in the registry's sequence."""
    return tuple(name for name in PROVIDERS if not provider(name).is_made_up)


def _loaded(part: str) -> Any:
    module, _, name = part.partition(":")
    return getattr(import_module(module), name)
