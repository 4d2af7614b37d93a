"""The digits of a seed choose the variants of its run; another choice is in the command that repeats it."""

from datetime import date
from itertools import pairwise

import pytest
import yaml

from app.domain.orders import InvoiceRequested, OrderPlaced
from app.domain.outcomes import Verdict
from app.stream.serialization.codec import Codec
from app.testbed.chaos.check.vocabulary import NEVER_COMES
from app.testbed.chaos.faults.fault_injector import LONG_WINDED, OVERDUE_SECONDS, ordinary
from app.testbed.chaos.faults.schedule import PROVIDER_KINDS, schedule
from app.testbed.chaos.installation import businesses
from app.testbed.chaos.load.unusual_orders import MORE_LINES, with_unusual_orders
from app.testbed.chaos.load.upstream import sent_twice, upstream_records
from app.testbed.chaos.plan import USUAL_PROVIDERS, RunPlan, providers_of
from app.testbed.chaos.summary import replay_command
from app.testbed.chaos.variants import NONE, Variant, variants_of
from providers.base import Step
from providers.registry import PROVIDERS, provider
from tests.testbed.chaos.load.test_upstream import made_up

ALL = frozenset(Variant)
URLS = {name: f"http://127.0.0.1:{number}" for number, name in enumerate(PROVIDERS, start=1)}


@pytest.mark.parametrize(
    ("seed", "variants"),
    [
        (0, NONE),
        (1, {Variant.AVRO}),
        (6, {Variant.POSTGRESQL, Variant.STORE_RESTORED}),
        (256, {Variant.SIGN_THROUGH}),
        (511, ALL),
        (512, NONE),
    ],
)
def test_each_digit_of_a_seed_is_one_variant(seed: int, variants: frozenset[Variant]) -> None:
    assert variants_of(seed) == variants


def test_the_command_that_repeats_a_run_names_its_variants_where_the_seed_does_not() -> None:
    assert replay_command(60, 1, "2026-11-02", {"AVRO"}).endswith("--day 2026-11-02")
    assert replay_command(60, 1, "2026-11-02", ()).endswith("--plain")
    assert replay_command(60, 1, "2026-11-02", {"TWINS", "AVRO"}).endswith("--with AVRO --with TWINS")


def test_without_a_variant_the_orders_are_the_generators() -> None:
    assert with_unusual_orders(made_up(), NONE) == made_up()


def test_some_orders_are_large_and_all_of_them_is_asked_for() -> None:
    orders = with_unusual_orders(made_up(), frozenset({Variant.LARGE}))
    assert [order.order_reference for order in orders] == [order.order_reference for order in made_up()]
    large = [order for order in orders if "x0" in str(order.expected.documents)]
    assert 0 < len(large) < len(orders) / 20
    for order in large:
        placed = next(event.body for event in order.events if isinstance(event.body, OrderPlaced))
        references = {line.line_reference for line in placed.lines}
        assert len(references) > MORE_LINES and order.expected.documents == (tuple(sorted(references)),)
        for event in order.events:
            if isinstance(event.body, InvoiceRequested):
                assert set(event.body.line_references) == references


def test_some_requests_wait_for_an_order_that_never_comes() -> None:
    orders = with_unusual_orders(made_up(), frozenset({Variant.MINUTES}))
    orphans = [order for order in orders if order.scenario == NEVER_COMES]
    assert orphans and len({order.order_reference for order in orphans}) == len(orphans)
    for order in orphans:
        (step,) = order.steps
        assert isinstance(step.event.body, InvoiceRequested) and step.verdict is Verdict.REJECTED
        assert step.event.order_reference == order.order_reference


def framed(_: object) -> bytes:
    return b"\x00avro"


def test_bad_input_is_made_of_json_also_where_orders_are_not() -> None:
    orders, twice = sent_twice(made_up(orders=300), 1)
    sent = list(upstream_records(orders, twice, 1, framed, Codec().write))
    assert all((record.value == framed(None)) is (record.bad_input is None) for record in sent)


def test_a_second_business_of_one_taxpayer_is_there_with_a_series_of_its_own() -> None:
    twins = frozenset({Variant.TWINS})
    assert businesses.turns(twins).count(businesses.TWIN.role) == businesses.ROUNDS
    assert businesses.turns(NONE).count(businesses.WAREHOUSE.role) == 1
    assert businesses.TWIN in businesses.members(twins) and businesses.TWIN not in businesses.members(NONE)
    assert businesses.TWIN.tax_number == businesses.WORKSHOP.tax_number
    assert businesses.TWIN.series != businesses.WORKSHOP.series
    assert f"{businesses.TWIN.code}:" in businesses.configuration(URLS, twins)
    assert f"{businesses.TWIN.code}:" not in businesses.configuration(URLS)


def test_one_business_signs_through_another_provider_where_the_run_says_so() -> None:
    through = frozenset({Variant.SIGN_THROUGH})
    signer = yaml.safe_load(businesses.configuration(URLS, through))["businesses"][businesses.SIGNER.code]
    assert signer["policy"]["sign_through"] == "nilvera" and set(signer["connections"]) == {"testbook", "nilvera"}
    assert "sign_through" not in businesses.configuration(URLS)


def test_every_provider_has_a_business_an_issuer_and_a_company_of_its_own() -> None:
    found = businesses.members(frozenset({Variant.PROVIDERS}))
    plan = RunPlan(seconds=60, seed=1, day=date(2026, 11, 2), variants=frozenset({Variant.PROVIDERS}))
    assert {each.provider for each in found} == set(PROVIDERS)
    assert plan.stages[2:] == tuple(f"issuer-{name}" for name in providers_of(plan.variants))
    assert len({each.tax_number for each in found}) == len(found)
    assert {each.provider for each in businesses.members(NONE)} == set(USUAL_PROVIDERS)
    assert set(yaml.safe_load(businesses.configuration(URLS, plan.variants))["businesses"]) == {e.code for e in found}


def test_a_draft_is_a_record_where_a_later_step_makes_its_document() -> None:
    found = businesses.made_from_records(frozenset({Variant.PROVIDERS}))
    later = {name for name in PROVIDERS if Step.E_DOCUMENT in provider(name).capabilities().steps}
    assert found == {(name.upper(), name) for name in later} | {(businesses.WAREHOUSE.code, "testbook")}


def test_each_provider_that_only_some_runs_have_misbehaves_by_itself() -> None:
    faults = schedule(1, 60.0, frozenset({Variant.PROVIDERS}))
    assert [each for each in schedule(1, 60.0) if each.kind in PROVIDER_KINDS] != []
    for name in set(PROVIDERS) - set(USUAL_PROVIDERS):
        windows = [each for each in faults if each.target == name]
        assert len({each.kind for each in windows}) > len(PROVIDER_KINDS) / 2
        assert all(one.ends < other.at for one, other in pairwise(windows))


def test_hours_are_minutes_and_providers_long_winded_where_the_run_says_so() -> None:
    assert "hold_minutes: 1\n" in businesses.configuration(URLS, ALL)
    assert "hold_minutes: 1440\n" in businesses.configuration(URLS)
    assert ordinary("nilvera", ALL)["seconds"]["late_status"] == OVERDUE_SECONDS
    assert (ordinary("nilvera", ALL)["words"], ordinary("nilvera")["words"]) == (LONG_WINDED, 0)


def test_a_configuration_that_changes_is_another_each_time_and_so_is_its_key() -> None:
    assert businesses.configuration(URLS, NONE, 1) != businesses.configuration(URLS, NONE, 2)
    assert businesses.rotated_key(1) != businesses.rotated_key(2)
    rotated = (businesses.ROTATED.code, "nilvera")
    assert rotated in businesses.surely_found(NONE) and rotated not in businesses.surely_found(
        frozenset({Variant.CONFIG_CHANGED})
    )
