"""A worker's health for its orchestrator: `/live` while the event loop turns, `/ready` while it works."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from typing import Final

from aiohttp import web

from app.stream.errors import UnusableSettingError

LOOPBACK: Final = "127.0.0.1"


class HealthServer:
    """Answers 200 or 503 with one sentence why; `why_unready` is asked each time and gives None when ready."""

    def __init__(self, port: int, why_unready: Callable[[], str | None], *, host: str = LOOPBACK) -> None:
        self._port = port
        self._host = host
        self._why_unready = why_unready
        self._runner: web.AppRunner | None = None
        self._listening: socket.socket | None = None

    def bind(self) -> None:
        """Take the port, before anything else is begun.

        Raises:
            UnusableSettingError: another process has it, or the address is none of this machine's.

        """
        family = socket.AF_INET6 if ":" in self._host else socket.AF_INET
        try:
            self._listening = socket.create_server((self._host, self._port), family=family)
        except OSError as fault:
            why = os.strerror(fault.errno) if fault.errno else str(fault)
            raise UnusableSettingError(
                f"{self._host} port {self._port} cannot be listened on ({why}): give each worker of this machine a "
                "FATURAFLOW_HEALTH_PORT of its own, or 0."
            ) from fault

    async def start(self) -> None:
        """Answer; lasts as long as the process."""
        if self._listening is None:
            self.bind()
        assert self._listening is not None
        server = web.Application()
        server.add_routes([web.get("/live", self._live), web.get("/ready", self._ready)])
        self._runner = web.AppRunner(server, access_log=None)
        await self._runner.setup()
        await web.SockSite(self._runner, self._listening).start()

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner:
            await self._runner.cleanup()

    async def _live(self, _request: web.Request) -> web.Response:
        return web.json_response({"live": True})

    async def _ready(self, _request: web.Request) -> web.Response:
        why = self._why_unready()
        return web.json_response({"ready": why is None, "why": why}, status=200 if why is None else 503)
