"""The address that `faturaflow web` listens on."""

import re
import socket

import pytest
from aiohttp import web

from app.stream.errors import UnusableSettingError
from app.web.listening import listen


async def test_a_port_that_another_process_has_is_a_sentence_with_the_setting_that_gives_another() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        runner = web.AppRunner(web.Application())
        await runner.setup()
        why = f"port {port} cannot be listened on (Address already in use): set FATURAFLOW_WEB_HOST and "
        with pytest.raises(UnusableSettingError, match=re.escape(why)):
            await listen(runner, "127.0.0.1", port, None)
        await runner.cleanup()
