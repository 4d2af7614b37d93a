import socket

import aiohttp

from app.stream.processing.health import HealthServer


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


async def test_the_health_server_says_why_it_is_not_ready() -> None:
    why: list[str | None] = ["recovering"]
    port = free_port()
    server = HealthServer(port, lambda: why[0])
    await server.start()
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            async with client.get("/live") as live:
                assert live.status == 200
            async with client.get("/ready") as ready:
                assert (ready.status, await ready.json()) == (503, {"ready": False, "why": "recovering"})
            why[0] = None
            async with client.get("/ready") as ready:
                assert (ready.status, await ready.json()) == (200, {"ready": True, "why": None})
    finally:
        await server.stop()
