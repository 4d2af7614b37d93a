"""The sandbox: every provider's simulator below one address each, and logins that open them."""

import asyncio
import json
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import pytest
import yaml

from app.testbed.sandbox import applications, as_configuration, as_json, chosen, described
from providers.base import ChecksConnection
from providers.base.reads import CheckAsked, CheckState, Subject
from providers.registry import PROVIDERS, provider, real_providers
from providers.simulation.server import PortInUseError, all_running
from tests.harness.brokers import free_port
from tests.providers.examples import SELLER_VKN

SECONDS = 5.0
START_SECONDS = 30
# Documented paths that clients other than ours use: the provider, and the path below its base address.
OTHERS = [
    ("gib-earsiv", "POST", "/earsiv-services/assos-login"),
    ("hepsiburada-efaturam", "POST", "/api/BasicIntegrationApi"),
    ("hepsiburada-efaturam", "POST", "/Services/BasicIntegration"),
    ("hepsiburada-efaturam", "POST", "/Services/Integration"),
    ("nilvera", "GET", "/earchive/Series"),
    ("nilvera", "GET", "/EInvoice/Sale"),
    ("qnb-esolutions", "POST", "/earsiv/ws/EarsivWebService"),
    ("qnb-esolutions", "POST", "/efatura/ws/connectorService"),
    ("qnb-esolutions", "POST", "/connector/ws/connectorService"),
    ("sovos", "POST", "/ClientEArsivServicesPort.svc"),
    ("sovos", "POST", "/ClientEInvoiceServices/ClientEInvoiceServicesPort.svc"),
    ("trendyol-efaturam", "POST", "/api/auth/signin"),
    ("trendyol-efaturam", "POST", "/API/invoice/v2/documents/earchive"),
]
NO_SUCH_ROUTE = "404: Not Found"


def two_free_ports() -> int:
    """The first of two ports beside each other that no program listens at."""
    while True:
        port = free_port()
        with socket.socket() as first, socket.socket() as second:
            try:
                first.bind(("127.0.0.1", port))
                second.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


def test_without_a_name_it_has_every_provider_but_those_that_are_made_up() -> None:
    assert chosen([]) == [name for name in PROVIDERS if name != "testbook"]
    assert chosen(["testbook", "nilvera", "testbook"]) == ["testbook", "nilvera"]
    assert "testbook" not in real_providers()


@pytest.mark.parametrize("name", PROVIDERS)
async def test_the_login_that_is_shown_opens_the_simulator(name: str) -> None:
    async with all_running(applications([name], seed=1)) as urls:
        adapter = provider(name).connect(provider(name).sandbox.settings(urls[name], SELLER_VKN))
        try:
            assert isinstance(adapter, ChecksConnection)
            found = await adapter.check(CheckAsked(tax_number=SELLER_VKN), SECONDS)
        finally:
            await adapter.close()
    assert {each.state for each in found if each.subject is Subject.LOGIN} == {CheckState.FINE}


@pytest.mark.parametrize(("name", "method", "path"), OTHERS)
async def test_paths_of_other_clients_are_below_the_same_address(name: str, method: str, path: str) -> None:
    async with (
        all_running(applications([name], seed=1)) as urls,
        aiohttp.request(method, urls[name] + path, json={}) as response,
    ):
        assert await response.text() != NO_SUCH_ROUTE


async def test_each_has_the_port_after_the_one_before_it() -> None:
    port = two_free_ports()
    async with all_running(applications(["nilvera", "sovos"], seed=1), port) as urls:
        assert urls == {"nilvera": f"http://127.0.0.1:{port}", "sovos": f"http://127.0.0.1:{port + 1}"}


async def test_a_port_that_is_taken_ends_all_of_them_and_is_named() -> None:
    port = two_free_ports()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        with pytest.raises(PortInUseError, match=f"Port {port + 1} is in use"):
            async with all_running(applications(["nilvera", "sovos"], seed=1), port):
                pass
    async with all_running(applications(["nilvera"], seed=1), port):
        pass


def test_the_text_is_a_configuration_with_the_secrets_beside_it() -> None:
    said = as_configuration(described({"nilvera": "http://127.0.0.1:1", "sovos": "http://127.0.0.1:2"}, SELLER_VKN))
    connections = yaml.safe_load(said)["connections"]
    assert connections["nilvera"] == {
        "base_url": "http://127.0.0.1:1",
        "secrets": {"api_key": {"env": "NILVERA_API_KEY"}},
    }
    assert connections["sovos"]["options"]["tax_number"] == SELLER_VKN
    assert f"#   export SOVOS_PASSWORD=sandbox-{SELLER_VKN}" in said.splitlines()


def test_the_json_has_the_same_with_the_switches_and_the_values() -> None:
    (found,) = as_json(described({"nilvera": "http://127.0.0.1:1"}, SELLER_VKN))["simulators"]
    assert found["controls"]["misbehaviour"] == "http://127.0.0.1:1/_simulator/misbehaviour"
    assert found["secrets"] == {"api_key": f"sandbox-{SELLER_VKN}"}


async def test_drafts_are_signed_at_the_control_address_by_a_list_of_references() -> None:
    async with all_running(applications(["testbook"], seed=1)) as urls, aiohttp.ClientSession() as http:
        async with http.put(f"{urls['testbook']}/_simulator/signatures", json=["none"]) as response:
            assert response.status == 200
        async with http.put(f"{urls['testbook']}/_simulator/signatures", json={"none": 1}) as response:
            assert response.status == 400


@pytest.mark.sweep
async def test_the_command_writes_its_addresses_and_ends_with_ctrl_c(tmp_path: Path) -> None:
    file = tmp_path / "sandbox.json"
    command = ["-m", "app.cli.main", "sandbox", "--only", "nilvera", "--only", "testbook", "--json", str(file)]
    process = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        await asyncio.wait_for(process.stdout.readuntil(b"connections:"), START_SECONDS)
        written = json.loads(file.read_text())["simulators"]
        async with aiohttp.ClientSession() as http, http.get(written[1]["controls"]["record"]) as response:
            record = await response.json()
    finally:
        process.send_signal(signal.SIGINT)
        code = await asyncio.wait_for(process.wait(), START_SECONDS)
    assert [each["name"] for each in written] == ["nilvera", "testbook"]
    assert record["provider"] == "testbook"
    assert code == 0
