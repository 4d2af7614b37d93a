"""Who the apps are: group ids, tables, changelogs and partition counts. All of it is for life.

A group id, a table's name or a partition count that changes is an empty dedupe table, and invoices that are issued
twice. `identities.json` beside this file says everything a second time, and a test compares the two: an entry may be
added, none may be changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

from app.stream.topics.names import Topics

Profile = Literal["development", "production"]

# Faust's app version: another than 1 would become a part of every changelog's name.
VERSION: Final = 1
# Those that an issuer can be started for.
PROVIDERS: Final = ("nilvera", "testbook")

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


def apps(prefix: str = "") -> dict[str, AppIdentity]:
    """Every app by its short name."""
    topics = Topics(prefix)
    declared = {
        "intake": (topics.orders, ()),
        "planner": (topics.order_log, ("documents", "orders")),
        **{issuer(provider): (topics.commands(provider), ("journal",)) for provider in PROVIDERS},
    }
    return {
        name: AppIdentity(name=name, app_id=f"{prefix}faturaflow-{name}", source=source, tables=tables)
        for name, (source, tables) in declared.items()
    }


def app(name: str, prefix: str = "") -> AppIdentity:
    """One app by its short name: `intake`, `planner`, `issuer-<provider>`. Raises KeyError when there is none."""
    return apps(prefix)[name]


def partitions(profile: Profile, prefix: str = "") -> dict[str, int]:
    """The partition count of every topic; a changelog has that of the topic that is consumed beside it."""
    topics = Topics(prefix)
    of_orders, of_providers, of_dead_letters = (4, 4, 4) if profile == "development" else (48, 12, 12)
    by_order = (topics.orders, topics.order_log, topics.order_outcomes, topics.document_status)
    counts = dict.fromkeys(by_order, of_orders)
    counts |= {topics.commands(provider): of_providers for provider in PROVIDERS}
    for each in apps(prefix).values():
        counts |= dict.fromkeys(each.changelogs.values(), counts[each.source])
        counts[each.dead_letters] = of_dead_letters
    return counts


def pinned() -> dict[str, Any]:
    """What `identities.json` must say."""
    return {
        "version": VERSION,
        "apps": {
            name: {"app_id": each.app_id, "source": each.source, "changelogs": each.changelogs}
            for name, each in apps().items()
        },
        "partitions": {"development": partitions("development"), "production": partitions("production")},
    }
