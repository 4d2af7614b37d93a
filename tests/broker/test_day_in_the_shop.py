"""The page about a day in the shop, typed line by line into a shell of its own."""

import asyncio
import os
import shutil
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Final

import pytest
from aiohttp.test_utils import TestServer

from app.domain.time import legal_date
from app.local_kafka import free_ports
from app.testbed.central_bank import SimulatedBank
from tests.docs.codes import DOCS
from tests.harness.console_page import Shell, later, steps_of

PAGE: Final = DOCS / "day-in-the-shop.md"
# The day that the page calls today.
WRITTEN: Final = date(2026, 11, 2)
EURO: Final = Decimal("48.50")


@pytest.mark.broker
@pytest.mark.wide
@pytest.mark.timeout(900)
@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's requests are sent by curl")
@pytest.mark.usefixtures("bootstrap")  # where Kafka cannot be had, this is skipped, too
async def test_every_command_and_request_of_the_page_says_what_the_page_shows(tmp_path: Path) -> None:
    today = legal_date(datetime.now(UTC))
    web, provider = free_ports(2)
    here = {"faturaflow up >": "faturaflow up --port 0 >", ":8600": f":{web}", "8700": f"{provider}"}

    def as_here(text: str) -> str:
        for there, found in here.items():
            text = text.replace(there, found)
        return later(text, WRITTEN, today)

    (tmp_path / "docs" / "examples").mkdir(parents=True)
    example = (DOCS / "examples" / "shop.yaml").read_text(encoding="utf-8")
    (tmp_path / "docs" / "examples" / "shop.yaml").write_text(as_here(example), encoding="utf-8")
    async with TestServer(SimulatedBank({"EUR": (1, EURO)}).application()) as bank:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("FATURAFLOW_")} | {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "FATURAFLOW_WEB_PORT": f"{web}",
            "FATURAFLOW_SESSION_TIMEOUT": "6",
            "FATURAFLOW_CENTRAL_BANK_URL": f"{bank.make_url('/kurlar')}",
        }
        with Shell(tmp_path, environment) as shell:
            for step in steps_of(as_here(PAGE.read_text(encoding="utf-8"))):
                said = await asyncio.to_thread(shell.walk, step)
                assert said is None, f"$ {step.command}\nis shown with\n{step.shown}\nand says\n{said}"
