"""Kafka's jars from Maven coordinates, without Maven: the `jgo` resolver."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Protocol
from xml.etree.ElementTree import ParseError

from app.local_kafka.errors import JarsRefusedError, JarsUnavailableError
from app.local_kafka.jars import COORDINATES, DOWNLOAD_MEGABYTES, KAFKA_VERSION, Progress, sha256

# Where jgo works; emptied before and after, because it would take the half of an interrupted download for a whole.
REPOSITORY_FOLDER = "maven"
# Scopes that a running broker needs; the rest is for building and testing it.
RUNNING_SCOPES = frozenset({"compile", "runtime"})


class Artifact(Protocol):
    """A jar by its coordinates, as jgo hands it out."""

    @property
    def filename(self) -> str:
        """The jar's name, with its version."""

    def resolve(self) -> Path:
        """Return where the jar lies; download it when it lies nowhere."""


def resolve_coordinates(repository: Path) -> Sequence[Artifact]:
    """Return what COORDINATES and everything they depend on lead to; only descriptions are downloaded, to `repository`.

    This is jgo's resolver alone: its environments would fetch a second Java, to sort the jars into two folders.
    """
    # Imported here: a start from the cache needs neither jgo nor the HTTP client it brings along (0.2 s).
    from jgo.maven import MavenContext  # noqa: PLC0415
    from jgo.parse import Endpoint  # noqa: PLC0415

    context = MavenContext(repo_cache=repository)
    wanted = [
        context.create_dependency(replace(coordinate, scope="compile"))
        for coordinate in Endpoint.parse(COORDINATES).coordinates
    ]
    inputs, transitive = context.resolver.resolve(wanted)
    return [dependency.artifact for dependency in (*inputs, *transitive) if dependency.scope in RUNNING_SCOPES]


class MavenSource:
    """Downloads from Maven Central; `resolve` names the jars and is replaced in tests only."""

    def __init__(self, resolve: Callable[[Path], Sequence[Artifact]] = resolve_coordinates) -> None:
        self._resolve = resolve

    def fetch(self, expected: Mapping[str, str], into: Path, progress: Progress) -> None:
        """Put every jar of `expected` into the folder `into`, each only after its hash was checked.

        Jars that an earlier, interrupted call put there are not downloaded again.

        Raises:
            JarsUnavailableError: no network, or no such jar there.
            JarsRefusedError: the coordinates lead to other jars than the list names.

        """
        progress(0, len(expected))
        with _emptied(into / REPOSITORY_FOLDER) as repository, _quiet(), _explained():
            artifacts = self._resolve(repository)
            _refuse_another_set({artifact.filename for artifact in artifacts}, set(expected))
            for count, artifact in enumerate(artifacts, start=1):
                place = into / artifact.filename
                if not place.is_file():
                    _checked(artifact.resolve(), expected[artifact.filename]).replace(place)
                progress(count, len(expected))


def _refuse_another_set(resolved: set[str], expected: set[str]) -> None:
    if resolved != expected:
        raise JarsRefusedError(
            f"The coordinates of Kafka {KAFKA_VERSION} lead to other jars than the checked-in list names "
            f"({', '.join(sorted(resolved ^ expected))}): compare app/local_kafka/jars.sha256 with a fresh resolution."
        )


def _checked(path: Path, digest: str) -> Path:
    if sha256(path) != digest:
        raise JarsRefusedError(
            f"The download of {path.name} is not the jar that was published with Kafka {KAFKA_VERSION} "
            "(its SHA-256 differs from the checked-in one): look at what stands between you and Maven Central."
        )
    return path


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    # What jgo and its HTTP client raise when a repository does not answer, or answers with something else.
    except (OSError, RuntimeError, ValueError, ParseError) as error:
        raise JarsUnavailableError(
            f"Kafka's jars (about {DOWNLOAD_MEGABYTES} MB, once) could not be downloaded from Maven Central: "
            "connect to the network and try again, or set FATURAFLOW_BOOTSTRAP to a Kafka that runs already."
        ) from error


@contextmanager
def _emptied(repository: Path) -> Iterator[Path]:
    shutil.rmtree(repository, ignore_errors=True)
    try:
        yield repository
    finally:
        shutil.rmtree(repository, ignore_errors=True)


@contextmanager
def _quiet() -> Iterator[None]:
    logger = logging.getLogger("jgo")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)
