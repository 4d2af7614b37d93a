"""The hard deadline of every call outside, and of an adapter's faults: they go no further."""

import asyncio
from collections.abc import Awaitable
from types import UnionType
from typing import NamedTuple, TypeVar

import structlog

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class NoAnswer(NamedTuple):
    """A call that ended without an answer."""

    why: str


async def bounded(call: Awaitable[Answer], seconds: float, kinds: type | UnionType) -> Answer | NoAnswer:
    """The provider's answer, which is one of `kinds`, or why there is none within `seconds`.

    Whatever else an adapter returns or raises is no answer: it never gets further.
    """
    try:
        async with asyncio.timeout(seconds):
            answer = await call
    except TimeoutError:
        return NoAnswer(f"no answer within {seconds:.1f} s")
    except Exception as exc:  # noqa: BLE001 - anything not recognised is Unknown
        log.warning("an adapter raised", error=type(exc).__name__)
        return NoAnswer(f"the adapter raised {type(exc).__name__}")
    if isinstance(answer, kinds):
        return answer
    log.warning("an adapter gave no answer", gave=type(answer).__name__)
    return NoAnswer(f"the adapter gave {type(answer).__name__}, which is no answer")
