"""The run's own installation: broker, registry, store, simulators and configuration, as its variants have them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.testbed.chaos.installation import businesses
from app.testbed.chaos.installation.broker import OwnBroker
from app.testbed.chaos.installation.schema_registry import registry
from app.testbed.chaos.installation.stores import SqliteStore, StoreOfRun, postgresql
from app.testbed.chaos.plan import RunPlan
from app.testbed.chaos.variants import Variant
from app.testbed.installation.installation import Installation, running_installation

# Where holds fall due after a minute: nothing of a run's topics is on its way for longer.
QUIET_SECONDS: Final = "10"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChaosInstallation:
    """Everything but the workers: what runs, and the broker and store that faults befall."""

    running: Installation
    broker: OwnBroker
    store: StoreOfRun


@contextmanager
def chaos_installation(folder: Path, plan: RunPlan) -> Iterator[ChaosInstallation]:
    """The installation without its workers, on a broker of its own: a shared one must not be restarted.

    Raises StackError, ProcessFailedError.
    """
    with ExitStack() as ending:
        broker = OwnBroker(folder / "kafka")
        ending.callback(broker.stop)
        own_server = Variant.POSTGRESQL in plan.variants
        store = ending.enter_context(postgresql()) if own_server else SqliteStore(folder)
        settings = {"FATURAFLOW_DATABASE": store.url}
        if Variant.AVRO in plan.variants:
            settings["FATURAFLOW_SCHEMA_REGISTRY"] = ending.enter_context(registry())
        if Variant.MINUTES in plan.variants:
            settings["FATURAFLOW_HOLD_QUIET_SECONDS"] = QUIET_SECONDS
        started = running_installation(
            folder,
            broker.bootstrap,
            plan.seed,
            misbehave=False,
            members=businesses.members(plan.variants),
            work=False,
            settings=settings,
        )
        running = ending.enter_context(started)
        file = folder / "all.yaml"
        file.write_text(businesses.configuration(running.simulators, plan.variants), encoding="utf-8")
        running.processes.finish(running.processes.start("config", ["config", "apply", str(file)]))
        yield ChaosInstallation(running=running, broker=broker, store=store)
