"""An installation of its own: Kafka, topics, configuration, simulators and workers, all started from here."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from cryptography.fernet import Fernet

from app import local_kafka
from app.stream.clients.reader import read_topic
from app.stream.records import InRecord
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.testbed.installation import businesses
from app.testbed.installation.businesses import Business
from app.testbed.installation.processes import Processes
from app.testbed.installation.simulators import set_misbehaviour

# Shorter than the defaults: a worker that is gone is replaced within seconds.
_TIMEOUTS: Final[Mapping[str, str]] = MappingProxyType(
    {"FATURAFLOW_SESSION_TIMEOUT": "6", "FATURAFLOW_REBALANCE_TIMEOUT": "30"}
)
_NO_SETTINGS: Final[Mapping[str, str]] = MappingProxyType({})


def stages_of(providers: Sequence[str]) -> tuple[str, ...]:
    """Every stage of an installation: intake, planner, and an issuer for each provider."""
    return "intake", "planner", *(f"issuer-{name}" for name in providers)


def command_of(stage: str) -> list[str]:
    """The arguments that start a worker of the stage."""
    return ["worker", *stage.split("-", 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What runs, and what is needed to look into it. `folder` has its store and logs.

    `simulators`: the base URL of each provider's simulator.
    """

    bootstrap: str
    topics: Topics
    codec: Codec
    processes: Processes
    folder: Path
    simulators: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What each process is started with; a change holds for the processes that are started after it."""
        return self.processes.environment

    def read(self, topic: str) -> Iterator[InRecord]:
        """The topic from its start to its present end. Raises TopicUnreadableError."""
        return read_topic(self.bootstrap, topic)


@contextmanager
def kafka(bootstrap: str | None, folder: Path, *, keep: bool = False) -> Iterator[str]:
    """The address of the configured Kafka, or of an embedded one in `folder`. Raises StackError.

    The embedded one is stopped with the block if it was started here and is not to be kept.
    """
    if bootstrap is not None:
        yield bootstrap
        return
    running = local_kafka.up(folder)
    try:
        yield running.bootstrap
    finally:
        if running.started and not keep:
            local_kafka.down(running.folder)


def environment_of(bootstrap: str, prefix: str, folder: Path) -> dict[str, str]:
    """What the processes of an installation in this folder are started with; its topics begin with `prefix`."""
    return {"FATURAFLOW_BOOTSTRAP": bootstrap, **settings_of(prefix, folder)}


def settings_of(prefix: str, folder: Path) -> dict[str, str]:
    """The same without Kafka's address; a new key each time."""
    return {
        "FATURAFLOW_TOPIC_PREFIX": prefix,
        "FATURAFLOW_DATABASE": f"sqlite:///{folder.absolute()}/faturaflow.db",
        "FATURAFLOW_DATA_DIR": str(folder.absolute() / "data"),
        "FATURAFLOW_SECRET_KEY": Fernet.generate_key().decode(),
    }


@contextmanager
def running_installation(
    folder: Path,
    bootstrap: str | None,
    seed: int,
    *,
    keep: bool = False,
    misbehave: bool = True,
    members: Sequence[Business] = businesses.STANDARD,
    work: bool = True,
    settings: Mapping[str, str] = _NO_SETTINGS,
) -> Iterator[Installation]:
    """Kafka, topics, configuration, simulators and workers; everything ends with the block unless it is kept.

    `members`: the businesses; their providers are simulated, and each has an issuer. `work`: without it no worker is
    started. `settings`: what of the processes' environment is to be otherwise. Raises StackError, ProcessFailedError.
    """
    with ExitStack() as ending:
        bootstrap = ending.enter_context(kafka(bootstrap, folder.parent / "stack", keep=keep))
        prefix = f"{folder.name}."
        environment = {
            **environment_of(bootstrap, prefix, folder),
            **_TIMEOUTS,
            **businesses.secrets(members),
            **settings,
        }
        processes = Processes(folder=folder / "logs", environment=environment)
        if not keep:
            ending.enter_context(processes)
        simulators = _prepare(processes, folder, seed, members, misbehave=misbehave)
        for stage in stages_of(list(simulators)) if work else ():
            processes.start(stage, command_of(stage))
        yield Installation(
            bootstrap=bootstrap,
            topics=Topics(prefix),
            codec=Codec.connect(environment.get("FATURAFLOW_SCHEMA_REGISTRY"), prefix),
            processes=processes,
            folder=folder,
            simulators=simulators,
        )


def _prepare(
    processes: Processes, folder: Path, seed: int, members: Sequence[Business], *, misbehave: bool
) -> dict[str, str]:
    """Topics, simulators, configuration; returns each provider's base URL."""
    applied = processes.start("topics", ["topics", "apply"])
    simulators = processes.start_sandbox(businesses.providers_of(members), seed)
    for provider, url in simulators.items() if misbehave else ():
        set_misbehaviour(url, businesses.misbehaviour(provider).as_request())
    file = folder / "faturaflow.yaml"
    file.write_text(businesses.configuration(simulators, members), encoding="utf-8")
    configured = processes.start("config", ["config", "apply", str(file)])
    for process in (applied, configured):
        processes.finish(process)
    return simulators
