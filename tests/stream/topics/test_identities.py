import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from app.stream.processing.application import make_app
from app.stream.processing.table import durable_table
from app.stream.settings import StreamSettings
from app.stream.topics import identities
from app.stream.topics.identities import Profile
from app.stream.topics.names import Topics
from app.stream.topics.plans import TopicPlan, declared

PROFILES: tuple[Profile, ...] = ("development", "production")


def test_who_the_apps_are_is_what_the_pinned_file_says() -> None:
    said: dict[str, Any] = json.loads(
        resources.files("app.stream.topics").joinpath("identities.json").read_text("utf-8")
    )
    assert identities.pinned() == said, (
        "A new changelog name or partition count is an empty dedupe table, and invoices issued twice. "
        "Add a new app to the file by hand; never change an entry of it."
    )


@pytest.mark.parametrize("name", list(identities.apps()))
def test_changelogs_have_the_names_that_faust_gives_them(name: str, tmp_path: Path) -> None:
    identity = identities.app(name, "eins.")
    app = make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id=identity.app_id, data_dir=tmp_path))
    assert app.conf.version == identities.VERSION
    for table, changelog in identity.changelogs.items():
        assert durable_table(app, table, partitions=4).changelog == changelog


@pytest.mark.parametrize("profile", PROFILES)
def test_a_changelog_has_the_partitions_of_what_is_consumed_beside_it(profile: Profile) -> None:
    counts = identities.partitions(profile, "eins.")
    for app in identities.apps("eins.").values():
        assert {counts[changelog] for changelog in app.changelogs.values()} <= {counts[app.source]}


def test_a_prefix_stands_before_every_group_and_topic() -> None:
    planner = identities.app("planner", "eins.")
    assert planner.app_id == "eins.faturaflow-planner"
    assert planner.source == "eins.order-log.v1"
    assert planner.changelogs["orders"] == "eins.faturaflow-planner-orders-changelog"
    assert planner.dead_letters == "eins.order-log.v1.planner.dlq"
    assert all(plan.name.startswith("eins.") for plan in declared("development", "eins."))


def test_names_are_those_of_the_design() -> None:
    topics = Topics()
    assert topics.orders == "orders.v1"
    assert topics.commands("nilvera") == "invoice-commands.nilvera.v1"
    assert topics.dead_letters(topics.orders, "intake") == "orders.v1.intake.dlq"
    assert topics.changelog("faturaflow-issuer-nilvera", "journal") == "faturaflow-issuer-nilvera-journal-changelog"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_topic_with_a_partition_count_is_declared_and_no_other(profile: Profile) -> None:
    assert {plan.name: plan.partitions for plan in declared(profile)} == identities.partitions(profile)


def test_every_topic_has_the_brokers_time_and_in_production_three_replicas() -> None:
    for plan in declared("production"):
        assert plan.config["message.timestamp.type"] == "LogAppendTime"
        assert (plan.replication, plan.config["min.insync.replicas"]) == (3, "2")


def test_changelogs_are_compacted_and_nothing_else_is() -> None:
    compacted = {plan.name for plan in declared("production") if plan.cleanup_policy == "compact"}
    assert compacted == {name for app in identities.apps().values() for name in app.changelogs.values()}


def largest(plan: TopicPlan) -> int:
    return int(plan.config["max.message.bytes"])


def test_a_dead_letter_has_room_for_the_largest_record_of_its_source() -> None:
    plans = {plan.name: plan for plan in declared("production")}
    for app in identities.apps().values():
        assert largest(plans[app.dead_letters]) > largest(plans[app.source])


def test_an_issuer_without_a_provider_is_no_app() -> None:
    with pytest.raises(KeyError):
        identities.app("issuer-nobody")
