"""The hard deadline of every call outside, and the wall behind which an adapter's exceptions stay."""

import asyncio
from collections.abc import Awaitable
from typing import NamedTuple, TypeVar

import structlog

log = structlog.get_logger(__name__)
Said = TypeVar("Said")


class Silence(NamedTuple):
    """A call that ended without an answer."""

    why: str


async def bounded(call: Awaitable[Said], seconds: float) -> Said | Silence:
    """The provider's answer, or why there is none. Whatever an adapter raises is silence: it never gets further."""
    try:
        async with asyncio.timeout(seconds):
            return await call
    except TimeoutError:
        return Silence(f"no answer within {seconds:.1f} s")
    except Exception as exc:  # noqa: BLE001 - anything not recognised is Unknown
        log.warning("an adapter raised", error=type(exc).__name__)
        return Silence(f"the adapter raised {type(exc).__name__}")
