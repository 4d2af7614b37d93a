"""The demonstration's installation: Kafka, topics, configuration, simulators and workers, all of its own."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.fernet import Fernet

from app import local_kafka
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.installation import businesses
from app.testbed.installation.processes import Processes
from app.testbed.installation.simulators import misbehaving

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
