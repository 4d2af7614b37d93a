"""A worker's health for its orchestrator, on loopback: `/live` while the event loop turns, `/ready` while it works."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from aiohttp import web

LOOPBACK: Final = "127.0.0.1"


class HealthServer:
    """Answers 200 or 503 with one word why; `why_unready` is asked each time and gives None when ready."""

    def __init__(self, port: int, why_unready: Callable[[], str | None]) -> None:
        self._port = port
        self._why_unready = why_unready
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen; lasts as long as the process."""
        server = web.Application()
        server.add_routes([web.get("/live", self._live), web.get("/ready", self._ready)])
        self._runner = web.AppRunner(server, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, self._port).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        why = self._why_unready()
        return web.json_response({"ready": why is None, "why": why}, status=200 if why is None else 503)
