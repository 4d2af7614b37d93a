"""A simulator as a process of its own, as the sandbox starts it."""

import asyncio
import signal
import sys

import aiohttp
import pytest

START_SECONDS = 20
MODULES = ["providers.nilvera.simulator.service", "providers.testbook.simulator.service"]


@pytest.mark.sweep
@pytest.mark.parametrize("module", MODULES)
async def test_it_prints_where_it_listens_and_ends_when_told(module: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, "--port", "0", "--seed", "3", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        url = (await asyncio.wait_for(process.stdout.readline(), START_SECONDS)).decode().strip()
        async with aiohttp.ClientSession() as http, http.get(f"{url}/_simulator/record") as response:
            record = await response.json()
    finally:
        process.send_signal(signal.SIGTERM)
        code = await asyncio.wait_for(process.wait(), START_SECONDS)
    assert url.startswith("http://127.0.0.1:")
    assert record == {
        "provider": module.split(".")[1],
        "documents": [],
        "counts": {},
        "faults": {},
        "doubles": 0,
        "mails": [],
    }
    assert code == 0
