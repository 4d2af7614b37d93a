"""Who the apps are: group ids, tables, changelogs and partition counts. All of it is for life.

A group id, a table's name or a partition count that changes is an empty dedupe table, and invoices that are issued
twice. `identities.json` beside this file lists the providers and repeats all that follows, and a test compares the two:
an entry may be added, none may be changed. `python -m app.stream.topics.identities NAME` adds those of one more
provider.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from app.stream.topics.names import Topics

Profile = Literal["development", "production"]

# Faust's app version: another than 1 would become a part of every changelog's name.
VERSION: Final = 1
PINNED: Final = Path(__file__).with_name("identities.json")
# Those that an issuer can be started for.
PROVIDERS: Final[Sequence[str]] = tuple(json.loads(PINNED.read_text("utf-8"))["providers"])

_BARE: Final = Topics()


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """One app: its short name, its group, what it consumes, and the tables that it keeps beside it."""

    name: str
    app_id: str
    source: str
    tables: tuple[str, ...] = ()

    @property
    def changelogs(self) -> dict[str, str]:
        """The changelog of each table."""
        return {table: _BARE.changelog(self.app_id, table) for table in self.tables}

    @property
    def dead_letters(self) -> str:
        """Where what it cannot process goes."""
        return _BARE.dead_letters(self.source, self.name)


def issuer(provider: str) -> str:
    """The short name of a provider's issuer."""
    return f"issuer-{provider}"


def apps(prefix: str = "", providers: Sequence[str] = PROVIDERS) -> dict[str, AppIdentity]:
    """Every app by its short name; an issuer for each of the `providers`."""
    topics = Topics(prefix)
    declared = {
        "intake": (topics.orders, ()),
        "planner": (topics.order_log, ("documents", "orders")),
        **{issuer(provider): (topics.commands(provider), ("journal",)) for provider in providers},
    }
    return {
        name: AppIdentity(name=name, app_id=f"{prefix}faturaflow-{name}", source=source, tables=tables)
        for name, (source, tables) in declared.items()
    }


def app(name: str, prefix: str = "") -> AppIdentity:
    """One app by its short name: `intake`, `planner`, `issuer-<provider>`. Raises KeyError when there is none."""
    return apps(prefix)[name]


def partitions(profile: Profile, prefix: str = "", providers: Sequence[str] = PROVIDERS) -> dict[str, int]:
    """The partition count of every topic; a changelog has that of the topic that is consumed beside it."""
    topics = Topics(prefix)
    of_orders, of_providers, of_dead_letters = (4, 4, 4) if profile == "development" else (48, 12, 12)
    by_order = (topics.orders, topics.order_log, topics.order_outcomes, topics.document_status, topics.order_notices)
    counts = dict.fromkeys(by_order, of_orders)
    counts[topics.reconciliation] = of_providers
    counts |= {topics.commands(provider): of_providers for provider in providers}
    for each in apps(prefix, providers).values():
        counts |= dict.fromkeys(each.changelogs.values(), counts[each.source])
        counts[each.dead_letters] = of_dead_letters
    return counts


def pinned(providers: Sequence[str] = PROVIDERS) -> dict[str, Any]:
    """What `identities.json` must hold."""
    return {
        "version": VERSION,
        "providers": list(providers),
        "apps": {
            name: {"app_id": each.app_id, "source": each.source, "changelogs": each.changelogs}
            for name, each in apps(providers=providers).items()
        },
        "partitions": {
            "development": partitions("development", providers=providers),
            "production": partitions("production", providers=providers),
        },
    }


def with_provider(name: str, held: dict[str, Any]) -> dict[str, Any]:
    """What `identities.json` must hold with one more provider; `held` is what it holds now.

    Raises ValueError when it has the provider, and when the code makes other entries than those that it holds.
    """
    if name in held["providers"] or pinned(held["providers"]) != held:
        raise ValueError(f"{name} is pinned already, or the code makes other names than those that are pinned")
    return pinned([*held["providers"], name])


if __name__ == "__main__":
    enlarged = with_provider(sys.argv[1], json.loads(PINNED.read_text("utf-8")))
    PINNED.write_text(json.dumps(enlarged, indent=2) + "\n", "utf-8")
