from pathlib import Path

import pytest
from aiokafka.errors import GroupAuthorizationFailedError
from faust.types import TP

from app.stream.ownership.exits import ABORTED
from tests.stream.fakes import Aborted, abort, worker_in


class Refusing:
    """aiokafka's consumer, whose group no longer takes its offsets."""

    def assignment(self) -> set[TP]:
        return {TP("log", 0)}

    async def commit(self, _offsets: object) -> None:
        raise GroupAuthorizationFailedError


async def test_a_failed_commit_leaves_before_faust_stops_and_commits_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.faust_patches.application.abort", abort)
    thread = worker_in(tmp_path).consumer._thread
    thread._consumer = Refusing()
    with pytest.raises(Aborted) as left:
        await thread._commit({TP("log", 0): 1})
    thread.thread_loop.close()
    assert left.value.code == ABORTED
    assert isinstance(left.value.exc, GroupAuthorizationFailedError)
