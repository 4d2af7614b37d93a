"""A token: asked for once by many calls, renewed when it is over, and never again after a refusal."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from providers.base import NotSent
from providers.transport.tokens import TokenSource

SECONDS = 5.0


@dataclass
class Token:
    name: int
    over: bool = False

    def is_over(self) -> bool:
        return self.over

    def headers(self) -> Mapping[str, str]:
        return {}

    def secrets(self) -> tuple[str, ...]:
        return ()


class SignIn:
    """Gives its answers one after another, then tokens; `asked` counts."""

    def __init__(self, *answers: NotSent) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, _: float) -> Token | NotSent:
        self.asked += 1
        await asyncio.sleep(0)
        return self.answers.pop(0) if self.answers else Token(self.asked)


async def test_many_calls_share_one_sign_in() -> None:
    sign_in = SignIn()
    source = TokenSource(sign_in)
    tokens = await asyncio.gather(*(source.token(SECONDS) for _ in range(5)))
    assert tokens == [Token(1)] * 5
    assert sign_in.asked == 1


async def test_a_token_that_is_over_is_renewed() -> None:
    source = TokenSource(SignIn())
    first = await source.token(SECONDS)
    assert isinstance(first, Token)
    first.over = True
    assert await source.token(SECONDS) == Token(2)


async def test_a_token_that_is_forgotten_is_renewed_once_whoever_forgets_it() -> None:
    sign_in = SignIn()
    source = TokenSource(sign_in)
    first = await source.token(SECONDS)
    assert isinstance(first, Token)
    source.forget(first)
    second = await source.token(SECONDS)
    source.forget(first)
    assert await source.token(SECONDS) is second
    assert sign_in.asked == 2


async def test_a_refused_sign_in_is_not_tried_again() -> None:
    refused = NotSent(why="the password is wrong", needs_owner=True)
    sign_in = SignIn(refused)
    source = TokenSource(sign_in)
    assert [await source.token(SECONDS) for _ in range(3)] == [refused] * 3
    assert sign_in.asked == 1


async def test_a_sign_in_that_failed_by_itself_is_tried_the_next_time() -> None:
    source = TokenSource(SignIn(NotSent(why="no connection")))
    assert await source.token(SECONDS) == NotSent(why="no connection")
    assert await source.token(SECONDS) == Token(2)


async def test_a_call_without_time_does_not_wait_for_another_s_sign_in() -> None:
    released = asyncio.Event()

    async def slow(_: float) -> Token | NotSent:
        await released.wait()
        return Token(1)

    source = TokenSource(slow)
    first = asyncio.create_task(source.token(SECONDS))
    await asyncio.sleep(0)
    assert isinstance(await source.token(0.0), NotSent)
    released.set()
    assert await first == Token(1)
