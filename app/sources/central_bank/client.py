"""The bank's bulletins by their day, each asked for once."""

import asyncio
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final, TypeVar

import aiohttp
import structlog

from app.domain.policy import RateKind
from app.domain.time import legal_date
from app.sources.central_bank.bulletin import BulletinUnreadableError, Rates, read_bulletin

# A bulletin has some twenty currencies.
MOST_BYTES: Final = 256 * 1024
# A batch of orders waits for it.
SECONDS: Final = 5.0
# After a failure orders go on without being kept waiting.
PAUSE: Final = timedelta(seconds=60)
# The longest holidays with the week-ends around them.
MOST_DAYS_BACK: Final = 16
# A server that has lost a file for a moment must not lend the day before's rate to all that comes.
ABSENT_FOR: Final = timedelta(hours=1)
# A year of them is some megabytes.
MOST_KEPT: Final = 400
NOT_FOUND: Final = 404

Kept = TypeVar("Kept")

log = structlog.get_logger(__name__)


class BulletinUnavailableError(Exception):
    """The bank does not answer, or not with a bulletin; the message names why."""


class CentralBank:
    """Rates by currency and day, from `base_url`, as `https://www.tcmb.gov.tr/kurlar`.

    One bulletin is asked for at a time, and kept: a past day's does not change. That there is none of a day is believed
    for an hour. After a failure the bank is left alone for a minute.
    """

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url.rstrip("/")
        self._kept: dict[date, Rates] = {}
        self._absent_until: dict[date, datetime] = {}
        self._asking = asyncio.Lock()
        self._away_until: datetime | None = None

    async def rate(self, currency: str, kind: RateKind, before: date, now: datetime) -> Decimal | None:
        """Lira for one unit by the last bulletin before this day; None where it cannot be had, or has no such rate.

        `now`: the moment of asking; a day that is not over has no last bulletin yet.
        """
        latest = min(before, legal_date(now)) - timedelta(days=1)
        try:
            for days in range(MOST_DAYS_BACK):
                rates = await self._of(latest - timedelta(days=days), now)
                if rates is not None:
                    return rates.get((currency, kind))
        except BulletinUnavailableError as unavailable:
            log.warning("no exchange rate", currency=currency, before=before.isoformat(), why=str(unavailable))
        return None

    async def _of(self, day: date, now: datetime) -> Rates | None:
        """A day's bulletin; None where the bank has none of it."""
        async with self._asking:
            if day in self._kept:
                return self._kept[day]
            if now < self._absent_until.get(day, now):
                return None
            rates = await self._ask(day, now)
            if rates is None:
                _keep(self._absent_until, day, now + ABSENT_FOR)
            else:
                _keep(self._kept, day, rates)
            return rates

    async def _ask(self, day: date, now: datetime) -> Rates | None:
        if self._away_until is not None and now < self._away_until:
            raise BulletinUnavailableError("the bank did not answer a moment ago")
        try:
            return await self._read(f"{self._base_url}/{day:%Y%m}/{day:%d%m%Y}.xml")
        except (aiohttp.ClientError, TimeoutError, BulletinUnreadableError) as failed:
            self._away_until = now + PAUSE
            why = f"the bulletin of {day} cannot be had ({type(failed).__name__}: {failed})"
            raise BulletinUnavailableError(why) from failed

    async def _read(self, address: str) -> Rates | None:
        async with (
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SECONDS)) as session,
            session.get(address, allow_redirects=False) as answer,
        ):
            if answer.status == NOT_FOUND:
                return None
            answer.raise_for_status()
            content = await answer.content.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise BulletinUnreadableError(f"it has more than {MOST_BYTES} bytes")
        return read_bulletin(content)


def _keep(kept: dict[date, Kept], day: date, value: Kept) -> None:
    """In the place of the day that was kept first, where there are many."""
    if len(kept) >= MOST_KEPT:
        kept.pop(next(iter(kept)))
    kept[day] = value
