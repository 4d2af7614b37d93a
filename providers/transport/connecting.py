"""Why a connection could not be made, as a person reads it."""

import os

import aiohttp


def unreached(error: aiohttp.ClientError | TimeoutError) -> str:
    """The operating system's word where it has one: aiohttp's own sentence names TLS where none is."""
    if not isinstance(error, aiohttp.ClientConnectorError) or isinstance(error, aiohttp.ClientSSLError):
        return f"no connection: {error}"
    cause = error.os_error
    word = os.strerror(cause.errno) if cause.errno and cause.errno > 0 else f"{cause}"
    return f"no connection to {error.host}:{error.port}: {word}"
