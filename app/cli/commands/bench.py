"""`faturaflow bench`: the product's speed, on a real Kafka and with real processes."""

import json
import shutil
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Final

import typer
from confluent_kafka import KafkaException
from rich.console import Console

from app import local_kafka
from app.cli.exits import exit_on
from app.cli.files import write_file
from app.cli.printing.tables import print_table
from app.settings import settings
from app.stream.clients.errors import DeliveryFailedError, TopicUnreadableError
from app.stream.topics.errors import BrokerRequestError, TopicsRefusedError
from app.testbed.benchmarks.measurement import Measurement, Result, results_of
from app.testbed.benchmarks.suite import BENCHMARKS, chosen, needs_kafka, run
from app.testbed.installation.installation import kafka
from app.testbed.installation.processes import ProcessFailedError

FOLDER: Final = Path(".faturaflow")


def bench(
    names: Annotated[list[str] | None, typer.Argument(help=f"Which: {', '.join(BENCHMARKS)}. None: all.")] = None,
    *,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write the medians and runs to this file.")] = None,
    runs: Annotated[int, typer.Option(min=1, max=20, help="How often each; the median counts.")] = 3,
) -> None:
    """Measure the product on this machine; leave it alone meanwhile."""
    folder, console = FOLDER / f"bench-{int(time.time())}", Console()

    def show(found: Measurement) -> None:
        console.print(f"{found.name:<14} {found.value:>10.4g} {found.unit}")

    expected = (
        ValueError,
        ProcessFailedError,
        local_kafka.StackError,
        TopicUnreadableError,
        TopicsRefusedError,
        BrokerRequestError,
    )
    with exit_on(*expected, KafkaException, DeliveryFailedError):
        wanted = chosen(names or ())
        folder.mkdir(parents=True)
        broker = kafka(settings().bootstrap, FOLDER / "stack") if needs_kafka(wanted) else nullcontext("")
        with broker as bootstrap:
            results = results_of(run(wanted, runs, folder, bootstrap, show))
    shutil.rmtree(folder)  # kept when something went wrong: the workers' logs are in there
    _summary(results)
    if json_file is not None:
        rows = [result.as_dict() for result in results]
        write_file(json_file, (json.dumps(rows, indent=2, ensure_ascii=False) + "\n").encode())


def _summary(results: list[Result]) -> None:
    shown = [(result, result.as_dict()) for result in results]
    rows = (
        (result.name, f"{known['value']:,}", result.unit, ", ".join(f"{run:,}" for run in known["runs"]))
        for result, known in shown
    )
    print_table(("", "median", "unit", "runs"), rows)
