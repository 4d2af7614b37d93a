import socket
from pathlib import Path

import pytest

from app.stream.errors import UnusableSettingError
from app.stream.faust_patches.application import App
from app.stream.processing.application import make_app, why_unready
from app.stream.settings import StreamSettings
from tests.stream.fakes import take_ownership, worker_in


@pytest.fixture
def worker(tmp_path: Path) -> App:
    return worker_in(tmp_path / "a" / "b")


class Watchdog:
    gave_up = False


def test_a_worker_is_ready_only_in_an_epoch_and_not_after_the_watchdog_gave_up(worker: App) -> None:
    watchdog = Watchdog()
    assert why_unready(worker, watchdog) == "starting, rebalancing or recovering"
    take_ownership(worker)
    assert why_unready(worker, watchdog) is None
    watchdog.gave_up = True
    assert "gave up" in str(why_unready(worker, watchdog))
    watchdog.gave_up = False
    worker.ownership.rebalance_begins()
    assert why_unready(worker, watchdog)


async def test_a_worker_whose_batch_waits_for_others_is_unready_and_says_for_what(
    worker: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.stream.ownership.epoch.WAIT_SECONDS", 0.0)
    take_ownership(worker)
    assert worker.epoch
    await worker.epoch.wait_for(OSError("The schema registry does not answer."))
    assert why_unready(worker, Watchdog()) == "waiting: The schema registry does not answer."


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UnusableSettingError, match=r"cannot be made \(Not a directory\): set FATURAFLOW_DATA_DIR"):
        make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=tmp_path / "file" / "a"))


def test_a_health_port_that_is_taken_is_one_sentence_before_anything_is_begun(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(
            UnusableSettingError, match=rf"port {port} cannot be listened on \(Address already in use\): give"
        ):
            make_app(StreamSettings(bootstrap="127.0.0.1:1", app_id="planner", data_dir=tmp_path, health_port=port))
