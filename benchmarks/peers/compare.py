# ruff: noqa: INP001 - a script in a folder of scripts
"""Alternates our dedupe job with Quix Streams' on the same broker, and prints both rates of each round.

python benchmarks/peers/compare.py BOOTSTRAP QUIX_PYTHON [ROUNDS]; see README.md beside this file.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from confluent_kafka.admin import AdminClient

from app.testbed.benchmarks import dedupe, orders
from app.testbed.benchmarks.environment import Ground, standing_ground
from app.testbed.benchmarks.measurement import Measurement, per_second

JOB = Path(__file__).with_name("quix_dedupe.py")
PATIENCE_SECONDS = 300


def quix(ground: Ground, python: str, folder: Path) -> Iterator[Measurement]:
    """The same orders through Quix Streams; its rate by the append times of its commands, like ours."""
    names = ground.topics
    numbers = list(orders.numbers(dedupe.ORDERS))
    ground.fill(names.orders, ((orders.key_of(n), ground.codec.write(orders.order_event(n))) for n in numbers))
    group, commands = f"{names.prefix}quix", names.order_outcomes
    arguments = [ground.bootstrap, names.orders, commands, group, str(len(numbers)), str(folder / group)]
    subprocess.run([python, str(JOB), *arguments], check=True, timeout=PATIENCE_SECONDS)
    commanded = [record.timestamp_ms / 1000 for record in ground.read(commands)]
    assert len(commanded) == len(set(numbers)), f"{len(commanded)} commands for {len(set(numbers))} orders"
    yield Measurement(name="quix", value=per_second(commanded) * len(numbers) / len(commanded), unit="orders/s")
    _forget_state(AdminClient({"bootstrap.servers": ground.bootstrap}), group)


def _forget_state(admin: AdminClient, group: str) -> None:
    """Deletes the group and the changelogs that Quix Streams has made for itself."""
    changelogs = [name for name in admin.list_topics().topics if group in name]
    for asked in (admin.delete_topics(changelogs), admin.delete_consumer_groups([group])):
        for answer in asked.values():
            answer.result()


def main(bootstrap: str, python: str, rounds: str = "3") -> None:
    rates: dict[str, list[float]] = {"ours": [], "quix": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for _ in range(int(rounds)):
            with standing_ground(folder, bootstrap) as ground:
                rates["ours"] += [m.value for m in dedupe.measure(ground) if m.name == "dedupe-orders"]
            with standing_ground(folder, bootstrap) as ground:
                rates["quix"] += [m.value for m in quix(ground, python, folder)]
            sys.stdout.write(f"ours {rates['ours'][-1]:8,.0f}   quix {rates['quix'][-1]:8,.0f}   orders/s\n")
            sys.stdout.flush()
    sys.stdout.write("".join(f"{engine} median {median(found):,.0f}\n" for engine, found in rates.items()))


if __name__ == "__main__":
    main(*sys.argv[1:])
