"""Pass phrases: hashed by argon2 in a thread, which takes a twentieth of a second and 64 MiB each."""

import asyncio
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

SHORTEST: Final = 12
# What is hashed costs the time of its length; no person types more.
LONGEST: Final = 200
# More of them at once would take the memory of everything else.
_MOST_AT_ONCE: Final = 2
_HASHER: Final = PasswordHasher()


class PassPhrases:
    """One for a process. Make it in the loop that awaits it."""

    def __init__(self, hasher: PasswordHasher = _HASHER) -> None:
        self._hasher = hasher
        self._running = asyncio.Semaphore(_MOST_AT_ONCE)
        # An unknown name takes as long as a known one, so that its answer says nothing about which there are.
        self._nothing = hasher.hash("no person has this pass phrase")

    async def digest(self, phrase: str) -> str:
        """What is kept of a pass phrase."""
        async with self._running:
            return await asyncio.to_thread(self._hasher.hash, phrase)

    async def is_right(self, digest: str | None, phrase: str) -> bool:
        """Whether it is the one of this digest; without one it never is, after the same time."""
        async with self._running:
            return await asyncio.to_thread(self._verified, digest or self._nothing, phrase) and digest is not None

    def is_outdated(self, digest: str) -> bool:
        """It was made with weaker parameters than new ones are."""
        return self._hasher.check_needs_rehash(digest)

    def _verified(self, digest: str, phrase: str) -> bool:
        try:
            return self._hasher.verify(digest, phrase)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False
