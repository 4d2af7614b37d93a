"""Kafka's jars: downloaded once per user, checked against the list in this package at every start."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from typing import Protocol

from app.local_kafka.errors import JarsRefusedError
from app.local_kafka.lock import exclusive

KAFKA_VERSION = "4.1.1"
# slf4j-simple writes the broker's log to its standard error, which we point at a file.
COORDINATES = f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}+org.slf4j:slf4j-simple:1.7.36"
# Measured; for people who decide whether to download now.
DOWNLOAD_MEGABYTES = 45
# A slow line needs minutes for that; a second `up` waits as long for the first one's download.
DOWNLOAD_TIMEOUT_SECONDS = 900.0

Progress = Callable[[int, int], None]
"""Called with (jars at hand, jars in all)."""


class JarSource(Protocol):
    """Where a missing jar comes from."""

    def fetch(self, expected: Mapping[str, str], into: Path, progress: Progress) -> None:
        """Put every jar of `expected` (name → SHA-256) into the folder `into`.

        Raises:
            JarsUnavailableError: it could not be had.
            JarsRefusedError: what was had is something else.

        """


def expected_jars() -> Mapping[str, str]:
    """Return the checked-in list: file name → SHA-256 in hexadecimal, in the order of the class path."""
    lines = resources.files("app.local_kafka").joinpath("jars.sha256").read_text(encoding="ascii").splitlines()
    pairs = (line.split() for line in lines)
    return {name: digest for digest, name in pairs}


def jars_folder() -> Path:
    """Return the folder that all stacks of this user share."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(cache).expanduser().absolute() / "faturaflow" / f"kafka-{KAFKA_VERSION}"


def are_cached(folder: Path, expected: Mapping[str, str]) -> bool:
    """Say whether a start from `folder` needs no network. Looks at names only."""
    return all((folder / name).is_file() for name in expected)


def class_path(folder: Path, expected: Mapping[str, str], source: JarSource, progress: Progress) -> list[Path]:
    """Return the jars to run, every one of them checked; fetch them from `source` where one is missing.

    Raises:
        JarsUnavailableError: a jar is missing and cannot be downloaded.
        JarsRefusedError: a jar in `folder` is not the expected one, or is not expected at all.

    """
    if not are_cached(folder, expected):
        with exclusive(folder, timeout=DOWNLOAD_TIMEOUT_SECONDS):
            # Another `up` may have fetched them while we waited.
            if not are_cached(folder, expected):
                source.fetch(expected, folder, progress)
    verify(folder, expected)
    return [folder / name for name in expected]


def verify(folder: Path, expected: Mapping[str, str]) -> None:
    """Promise that `folder` holds the `expected` jars and no other.

    Raises:
        JarsRefusedError: names the first jar that is wrong.

    """
    for path in sorted(folder.glob("*.jar")):
        if path.name not in expected:
            raise JarsRefusedError(f"{path} is no part of Kafka {KAFKA_VERSION}: remove it and start again.")
    for name, digest in expected.items():
        if sha256(folder / name) != digest:
            raise JarsRefusedError(
                f"{folder / name} is not the jar that was published with Kafka {KAFKA_VERSION} (its SHA-256 differs "
                "from the checked-in one): find out who changed it, remove it, and start again to download it anew."
            )


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
