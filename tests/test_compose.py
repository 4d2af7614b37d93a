"""docker-compose.yml without a Docker engine: held to the product, and its commands run in its order."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import local_kafka
from app.stream.settings import StreamSettings
from tests.harness.brokers import free_port
from tests.harness.pipeline import order, request

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service["image"].startswith("faturaflow:")}
WORKERS = {name: service for name, service in OURS.items() if service["command"][0] == "worker"}
# The image's folder, where the volume is.
VOLUME = "/var/lib/faturaflow"
PATIENCE_SECONDS = 90.0


def seconds(text: str) -> float:
    assert text.endswith("s")
    return float(text[:-1])


def test_kafka_keeps_its_data_where_the_volume_is() -> None:
    (volume,) = SERVICES["kafka"]["volumes"]
    assert volume == f"kafka:{SERVICES['kafka']['environment']['KAFKA_LOG_DIRS']}"
    assert "kafka" in COMPOSE["volumes"]


def test_the_database_and_the_key_are_where_the_volume_is() -> None:
    image = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert f"FATURAFLOW_DATABASE=sqlite:///{VOLUME}/" in image
    for service in [*WORKERS.values(), OURS["setup"]]:
        assert service["volumes"] == [f"faturaflow:{VOLUME}"]
        assert service["environment"]["FATURAFLOW_SECRET_KEY_FILE"].startswith(f"{VOLUME}/")


def test_one_service_builds_the_image_and_the_others_wait_for_it() -> None:
    assert [name for name, service in SERVICES.items() if "build" in service] == ["setup"]
    for name, service in OURS.items():
        if name != "setup":
            assert service["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}


def test_every_image_is_of_one_version() -> None:
    assert [
        image for image in (service["image"] for service in SERVICES.values()) if not re.search(r":v?\d", image)
    ] == []


def test_a_worker_has_the_time_that_it_needs_to_end_and_is_looked_at() -> None:
    default = StreamSettings.__dataclass_fields__["stop_grace"].default
    for service in WORKERS.values():
        assert seconds(service["stop_grace_period"]) >= default
        assert service["healthcheck"]["test"] == ["CMD", "faturaflow", "worker", "health"]
        assert service["restart"] == "unless-stopped"


def test_no_service_lives_in_the_network_of_another() -> None:
    assert [name for name, service in SERVICES.items() if "network_mode" in service] == []


@dataclass(slots=True)
class Machine:
    """The compose file's commands as processes of this machine: its hosts are loopback, its volume is a folder."""

    folder: Path
    bootstrap: str = ""
    simulator: int = field(default_factory=free_port)
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def here(self, text: str) -> str:
        places = {
            "kafka:19092": self.bootstrap,
            "http://sandbox-nilvera:8700": f"http://127.0.0.1:{self.simulator}",
            "0.0.0.0": "127.0.0.1",
            "8700": str(self.simulator),
            VOLUME: str(self.folder / "volume"),
            "/tmp/": f"{self.folder}/",  # noqa: S108 - the container's
        }
        text = re.sub(r"\$\{[A-Z_]+:-(.*?)\}", r"\1", text)
        for said, meant in places.items():
            text = text.replace(said, meant)
        return text

    def environment(self, service: str) -> dict[str, str]:
        (image,) = re.findall(r"^ENV (.*(?:\\\n.*)*)", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
        inherited = dict(part.split("=", 1) for part in image.replace("\\\n", " ").split() if part.startswith("FATURA"))
        given = {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}
        said = {name: self.here(value) for name, value in {**inherited, **given}.items()}
        if "FATURAFLOW_HEALTH_PORT" in said:  # each container has its own; here they share one
            said["FATURAFLOW_HEALTH_PORT"] = str(free_port())
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("FATURAFLOW_", "NILVERA_"))}
        return {**clean, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", **said}

    def command(self, service: str) -> list[str]:
        known = SERVICES[service]
        return [*known.get("entrypoint", ["faturaflow"]), *map(self.here, known["command"])]

    def start(self, service: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(service), env=self.environment(service), cwd=self.folder, stdout=log, stderr=log
            )
        self.running.append(process)
        return process

    @contextmanager
    def up(self) -> Iterator[None]:
        """Kafka, the set-up to its end, then everything else; all of it ends with the block."""
        self.bootstrap = local_kafka.up(self.folder / "kafka").bootstrap
        try:
            assert self.start("setup").wait(PATIENCE_SECONDS) == 0, (self.folder / "setup.log").read_text()
            for service in OURS.keys() - {"setup"}:
                self.start(service)
            yield
        finally:
            for process in self.running:
                process.terminate()
            codes = [process.wait(PATIENCE_SECONDS) for process in self.running]
            self.running.clear()
            local_kafka.down(self.folder / "kafka")
        assert set(codes) == {0}

    def type(self, *words: str, typed: bytes = b"") -> Any:
        """What a person who enters a worker's container types, and the JSON that is printed."""
        done = subprocess.run(
            ["faturaflow", *words, "--json"],  # noqa: S607 - as it is typed
            env=self.environment("intake"),
            cwd=self.folder,
            input=typed,
            capture_output=True,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
        return json.loads(done.stdout)


def until(look: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < end
        time.sleep(0.5)


def events(*said: dict[str, Any]) -> bytes:
    return "\n".join(map(json.dumps, said)).encode()


def verdicts(outcomes: Sequence[dict[str, Any]]) -> list[str]:
    return [outcome["verdict"] for outcome in outcomes]


@pytest.mark.broker
@pytest.mark.timeout(400)
def test_the_second_day_finds_everything_as_the_first_has_left_it(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    (tmp_path / "volume").mkdir()
    said = events(order("S-1"), request("S-1", "1"))
    with machine.up():
        assert verdicts(machine.type("orders", "send", "-", "--wait", "60", typed=said)) == ["OK", "OK"]
        until(lambda: [each["state"] for each in machine.type("documents", "list")] == ["ISSUED"])
        first = machine.type("documents", "list")
    with machine.up():
        assert machine.type("documents", "list") == first
        again = machine.type("orders", "send", "-", "--wait", "60", typed=said)
        assert verdicts(again) == ["DUPLICATE", "DUPLICATE"]
        assert [document["number"] for document in again[1]["documents"]] == [first[0]["number"]]
        assert machine.type("documents", "list") == first
