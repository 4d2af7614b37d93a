from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from app.local_kafka import JarsRefusedError, JarsUnavailableError
from app.local_kafka.jars import Progress, are_cached, class_path, expected_jars, jars_folder, sha256
from app.local_kafka.maven import MavenSource

CONTENTS = {"kafka.jar": b"the broker", "scala.jar": b"its language"}
EXPECTED = {name: hashlib.sha256(content).hexdigest() for name, content in CONTENTS.items()}


class Shelf:
    """A source that has the jars at hand and counts how often it is asked."""

    def __init__(self, contents: Mapping[str, bytes] = CONTENTS) -> None:
        self.contents = contents
        self.asked = 0

    def fetch(self, expected: Mapping[str, str], into: Path, progress: Progress) -> None:
        self.asked += 1
        for count, name in enumerate(expected, start=1):
            (into / name).write_bytes(self.contents[name])
            progress(count, len(expected))


class Jar:
    """An artifact of a repository that answers with `content`, or not at all."""

    def __init__(self, filename: str, content: bytes | None, repository: Path) -> None:
        self.filename = filename
        self._content = content
        self._path = repository / filename

    def resolve(self) -> Path:
        if self._content is None:
            raise ConnectionError("no route to host")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_bytes(self._content)
        return self._path


def repository_of(contents: Mapping[str, bytes | None]) -> MavenSource:
    return MavenSource(lambda repository: [Jar(name, content, repository) for name, content in contents.items()])


def unheard(_at_hand: int, _in_all: int) -> None:
    pass


def test_missing_jars_are_fetched_once_and_reported(tmp_path: Path) -> None:
    shelf, reports = Shelf(), list[tuple[int, int]]()
    for _ in range(2):
        jars = class_path(tmp_path, EXPECTED, shelf, lambda *report: reports.append(report))
        assert jars == [tmp_path / "kafka.jar", tmp_path / "scala.jar"]
    assert shelf.asked == 1
    assert reports == [(1, 2), (2, 2)]


def test_a_jar_that_was_changed_in_the_cache_is_refused(tmp_path: Path) -> None:
    class_path(tmp_path, EXPECTED, Shelf(), unheard)
    (tmp_path / "scala.jar").write_bytes(b"its languagE")
    with pytest.raises(JarsRefusedError, match=r"scala\.jar is not the jar that was published"):
        class_path(tmp_path, EXPECTED, Shelf(), unheard)


def test_a_source_that_delivers_another_jar_is_refused(tmp_path: Path) -> None:
    with pytest.raises(JarsRefusedError, match=r"kafka\.jar"):
        class_path(tmp_path, EXPECTED, Shelf({**CONTENTS, "kafka.jar": b"something else"}), unheard)


def test_a_jar_that_nobody_expects_is_refused(tmp_path: Path) -> None:
    class_path(tmp_path, EXPECTED, Shelf(), unheard)
    (tmp_path / "guest.jar").write_bytes(b"hello")
    with pytest.raises(JarsRefusedError, match=r"guest\.jar is no part of Kafka"):
        class_path(tmp_path, EXPECTED, Shelf(), unheard)


def test_a_download_leaves_the_checked_jars_and_nothing_else(tmp_path: Path) -> None:
    class_path(tmp_path, EXPECTED, repository_of(CONTENTS), unheard)
    assert {path.name for path in tmp_path.iterdir()} == {*CONTENTS, ".lock"}


def test_a_download_with_the_wrong_content_never_reaches_the_cache(tmp_path: Path) -> None:
    with pytest.raises(JarsRefusedError, match=r"scala\.jar"):
        class_path(tmp_path, EXPECTED, repository_of({**CONTENTS, "scala.jar": b"evil"}), unheard)
    assert not (tmp_path / "scala.jar").exists()


@pytest.mark.parametrize("contents", [{"kafka.jar": b"the broker"}, {**CONTENTS, "guest.jar": b"hello"}])
def test_coordinates_that_lead_to_another_set_of_jars_are_refused(tmp_path: Path, contents: dict[str, bytes]) -> None:
    with pytest.raises(JarsRefusedError, match="lead to other jars"):
        class_path(tmp_path, EXPECTED, repository_of(contents), unheard)
    assert not list(tmp_path.glob("*.jar"))


def test_an_interrupted_download_goes_on_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(JarsUnavailableError, match="connect to the network"):
        class_path(tmp_path, EXPECTED, repository_of({**CONTENTS, "scala.jar": None}), unheard)
    assert not are_cached(tmp_path, EXPECTED)
    class_path(tmp_path, EXPECTED, repository_of({**CONTENTS, "kafka.jar": None}), unheard)
    assert are_cached(tmp_path, EXPECTED)


def test_the_checked_in_list_names_the_46_jars_of_a_broker() -> None:
    expected = expected_jars()
    assert len(expected) == 46
    assert {"kafka_2.13-4.1.1.jar", "kafka-clients-4.1.1.jar", "slf4j-simple-1.7.36.jar"} <= expected.keys()
    assert all(len(digest) == 64 and int(digest, 16) for digest in expected.values())


def test_all_stacks_of_a_user_share_one_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert jars_folder() == tmp_path / "faturaflow" / "kafka-4.1.1"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert jars_folder() == tmp_path / ".cache" / "faturaflow" / "kafka-4.1.1"


def test_a_hash_is_the_one_of_the_whole_file(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"x" * 1_000_003)
    assert sha256(tmp_path / "large") == hashlib.sha256(b"x" * 1_000_003).hexdigest()
