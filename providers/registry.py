"""Every provider by its name: how to connect to it, and how to simulate it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from aiohttp import web

from providers.base import Adapter, ConnectionSettings
from providers.nilvera.adapter import NilveraAdapter
from providers.nilvera.simulator import service as nilvera
from providers.testbook.adapter import TestbookAdapter
from providers.testbook.simulator import service as testbook


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`connect` raises ValueError or KeyError for settings it cannot work with; `simulate` takes a seed."""

    connect: Callable[[ConnectionSettings], Adapter]
    simulate: Callable[[int], web.Application]


PROVIDERS: Final[Mapping[str, Provider]] = MappingProxyType(
    {
        "nilvera": Provider(connect=NilveraAdapter, simulate=nilvera.application),
        "testbook": Provider(connect=TestbookAdapter, simulate=testbook.application),
    }
)


def provider(name: str) -> Provider:
    """Raises ValueError, naming the ones there are, for any other."""
    try:
        return PROVIDERS[name]
    except KeyError:
        raise ValueError(f"there is no provider {name!r}; there are {', '.join(sorted(PROVIDERS))}") from None
