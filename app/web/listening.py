"""Where the API and the screen are reached: the address that `faturaflow web` listens on."""

import os
from ssl import SSLContext

from aiohttp import web

from app.stream.errors import UnusableSettingError


async def listen(runner: web.AppRunner, host: str, port: int, ssl: SSLContext | None) -> None:
    """Takes the address, and answers from then on.

    Raises:
        UnusableSettingError: another process has it, or the address is none of this machine's.

    """
    try:
        await web.TCPSite(runner, host, port, ssl_context=ssl).start()
    except OSError as fault:
        why = os.strerror(fault.errno) if fault.errno and fault.errno > 0 else str(fault)
        raise UnusableSettingError(
            f"{host} port {port} cannot be listened on ({why}): set FATURAFLOW_WEB_HOST and FATURAFLOW_WEB_PORT to an "
            "address that is free."
        ) from fault
