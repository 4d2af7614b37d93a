"""Work beside the batches: tasks, and jobs that run every so often while partitions are ours."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from app.stream.errors import OwnershipLost
from app.stream.faust_patches.application import App
from app.stream.ownership.epoch import Epoch
from app.stream.ownership.exits import abort

Job = Callable[[Epoch], Awaitable[None]]


def spawn(work: Coroutine[Any, Any, None], *, name: str) -> asyncio.Task[None]:
    """Run work as a task whose error ends the worker: Faust does not notice what happens in tasks of ours.

    `OwnershipLost` ends the task quietly. The caller keeps the task: the event loop holds it only weakly.
    """
    return asyncio.create_task(_guarded(work, name), name=name)


async def _guarded(work: Coroutine[Any, Any, None], name: str) -> None:
    try:
        await work
    except OwnershipLost:
        pass
    except Exception as exc:  # noqa: BLE001 - whatever it is, its effects are half done
        abort(f"task {name}", exc)


def every(app: App, seconds: float, job: Job) -> None:
    """Run `job(epoch)` every so many seconds while partitions are ours, the first time after as many.

    Never twice at once. A revoke waits for a running job; its error ends the worker, `OwnershipLost` only the runs of
    this epoch.
    """
    running: dict[Epoch, asyncio.Task[None]] = {}

    async def tick(epoch: Epoch) -> None:
        await epoch.sleep(seconds)
        while not epoch.ended:
            await job(epoch)
            await epoch.sleep(seconds)

    def start(epoch: Epoch) -> None:
        running[epoch] = spawn(tick(epoch), name=f"every {seconds:g} s")

    async def finish(epoch: Epoch) -> None:
        await running.pop(epoch)

    app.on_owned(start)
    app.on_lost(finish)
