"""The demonstration's installation: Kafka, topics, configuration, simulators and workers, all of its own."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from cryptography.fernet import Fernet

from app import local_kafka
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.demo.reconciliation import LedgerDocument
from app.testbed.installation import businesses
from app.testbed.installation.processes import Processes

WORKERS: Final[Mapping[str, list[str]]] = {
    "intake": ["worker", "intake"],
    "planner": ["worker", "planner"],
    "issuer-nilvera": ["worker", "issuer", "nilvera"],
    "issuer-testbook": ["worker", "issuer", "testbook"],
}


_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Where the demonstration runs: what a person needs to look into it."""

    bootstrap: str
    topics: Topics
    codec: Codec
    ledgers: dict[str, str]
    environment: dict[str, str]
    folder: Path
    processes: tuple[int, ...]


@contextmanager
def standing_stage(
    folder: Path,
    bootstrap: str | None,
    seed: int,
    *,
    keep: bool = False,
    misbehave: bool = True,
    workers: Mapping[str, list[str]] = WORKERS,
    settings: Mapping[str, str] = _NO_SETTINGS,
) -> Iterator[tuple[Stage, Processes]]:
    """Kafka, topics, configuration, simulators and workers; everything ends with the block unless it is kept.

    `settings`: what of the processes' environment is to be otherwise.
    """
    with ExitStack() as ending:
        if bootstrap is None:
            running = local_kafka.up(folder.parent / "stack")
            bootstrap = running.bootstrap
            if running.started and not keep:
                ending.callback(local_kafka.down, running.folder)
        prefix = f"{folder.name}."
        environment = {
            "FATURAFLOW_BOOTSTRAP": bootstrap,
            "FATURAFLOW_TOPIC_PREFIX": prefix,
            "FATURAFLOW_DATABASE": f"sqlite:///{folder.absolute()}/faturaflow.db",
            "FATURAFLOW_DATA_DIR": str(folder.absolute() / "data"),
            "FATURAFLOW_SECRET_KEY": Fernet.generate_key().decode(),
            "FATURAFLOW_SESSION_TIMEOUT": "6",
            "FATURAFLOW_REBALANCE_TIMEOUT": "30",
            **businesses.keys(),
            **settings,
        }
        processes = Processes(folder=folder / "logs", environment=environment)
        if not keep:
            ending.enter_context(processes)
        ledgers = _prepare(processes, folder, seed, misbehave=misbehave)
        for name, arguments in workers.items():
            processes.start(name, arguments)
        stage = Stage(
            bootstrap=bootstrap,
            topics=Topics(prefix),
            codec=Codec.connect(environment.get("FATURAFLOW_SCHEMA_REGISTRY"), prefix),
            ledgers=ledgers,
            environment=environment,
            folder=folder,
            processes=tuple(process.popen.pid for process in processes.running),
        )
        yield stage, processes


def _prepare(processes: Processes, folder: Path, seed: int, *, misbehave: bool) -> dict[str, str]:
    """Topics, simulators, configuration; returns each provider's base URL."""
    applied = processes.start("topics", ["topics", "apply"])
    ledgers = {provider: processes.start_sandbox(provider, seed) for provider in businesses.MISBEHAVIOUR}
    for provider, url in ledgers.items() if misbehave else ():
        misbehaving(url, businesses.MISBEHAVIOUR[provider].as_request())
    file = folder / "faturaflow.yaml"
    file.write_text(businesses.configuration(ledgers), encoding="utf-8")
    configured = processes.start("config", ["config", "apply", str(file)])
    for process in (applied, configured):
        processes.finish(process)
    return ledgers


def misbehaving(url: str, change: dict[str, Any]) -> None:
    """Changes how a simulator behaves; see `providers.simulation.misbehaviour`."""
    _request(f"{url}/_simulator/misbehaviour", change)


def ledger_report(url: str) -> Any:
    """All that a simulator says of itself; see `providers.simulation.ledger`."""
    return _request(f"{url}/_simulator/ledger")


def numbers_at(url: str) -> dict[str, str]:
    """What a person sees at a provider: the number of each document that stands, by our reference."""
    numbers: dict[str, str] = _request(f"{url}/_simulator/books")["numbers"]
    return numbers


def calls_report(url: str) -> Any:
    """What a simulator was asked under each reference, and what it said itself."""
    return _request(f"{url}/_simulator/calls")


def arrivals(url: str) -> list[float]:
    """When each request reached a simulator, in seconds of its own clock."""
    return [float(moment) for moment in _request(f"{url}/_simulator/arrivals")["seconds"]]


def ledger_of(provider: str, url: str) -> Iterator[LedgerDocument]:
    for document in ledger_report(url)["documents"]:
        yield LedgerDocument(
            provider=provider,
            reference=document["reference"],
            order_reference=document["order_reference"],
            lines=len(document["lines"]),
            payable=Decimal(document["payable"]),
            state=document["state"],
        )


def _request(url: str, body: dict[str, Any] | None = None) -> Any:
    """One request to a simulator's switches; loopback only, because the simulators are nowhere else."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method="PUT" if data else "GET")  # noqa: S310
    with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310
        return json.load(response)
