"""The worker of the read model is ready while what is read is not old."""

from pathlib import Path

import pytest

from app.operations.workers.tracking import why_unready
from app.stream.serialization.codec import Codec
from app.stream.topics.names import Topics
from app.tracking.read_model.database import ReadModel
from app.tracking.read_model.following import Following


@pytest.mark.parametrize(
    ("behind", "why"),
    [
        (None, "the projection has only begun"),
        (0, None),
        (900, None),
        (5000, "the read model is 5000 records behind the topics"),
    ],
)
def test_it_is_ready_once_it_has_compared_and_is_not_far_behind(
    tmp_path: Path, behind: int | None, why: str | None
) -> None:
    model = ReadModel.of(f"sqlite:///{tmp_path}/store.db")
    following = Following(model=model, bootstrap="", topics=Topics(), codec=Codec(), behind=behind)
    assert why_unready(following) == why
