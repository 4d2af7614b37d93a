from __future__ import annotations

import re

import pytest

from app.local_kafka.configuration import MEBIBYTE, server_properties
from app.local_kafka.state import Ports


@pytest.fixture
def properties() -> dict[str, str]:
    lines = server_properties(Ports(broker=20001, controller=20002)).splitlines()
    pairs = [line.split("=", 1) for line in lines if line and not line.startswith("#")]
    assert len({name for name, _ in pairs}) == len(pairs), "a setting stands twice"
    return dict(pairs)


def test_the_node_listens_on_the_loopback_address_only(properties: dict[str, str]) -> None:
    listeners = properties["listeners"].split(",")
    assert listeners == ["PLAINTEXT://127.0.0.1:20001", "CONTROLLER://127.0.0.1:20002"]
    assert properties["advertised.listeners"] == "PLAINTEXT://127.0.0.1:20001"
    assert properties["controller.quorum.voters"] == "1@127.0.0.1:20002"


def test_the_largest_dead_letter_fits(properties: dict[str, str]) -> None:
    largest = 9 * MEBIBYTE
    assert int(properties["message.max.bytes"]) > largest
    assert int(properties["replica.fetch.max.bytes"]) >= int(properties["message.max.bytes"])
    assert int(properties["socket.request.max.bytes"]) > 4 * largest


def test_a_pausing_group_keeps_its_place_for_sixty_days(properties: dict[str, str]) -> None:
    assert int(properties["offsets.retention.minutes"]) == 60 * 24 * 60


def test_topics_do_not_appear_by_themselves_and_old_orders_do_not_disappear(properties: dict[str, str]) -> None:
    assert properties["auto.create.topics.enable"] == "false"
    assert properties["log.retention.ms"] == "-1"


def test_nothing_of_the_template_is_left_open(properties: dict[str, str]) -> None:
    assert not [value for value in properties.values() if re.search(r"[${}]", value)]


def test_the_data_folder_is_relative_so_that_any_folder_name_works(properties: dict[str, str]) -> None:
    assert properties["log.dirs"] == "data"
