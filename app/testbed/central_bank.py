"""A central bank on loopback: a bulletin for each working day, at the addresses and in the form of the real one's."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from aiohttp import web

# The bank's four rates, apart from each other by so much.
SPREAD: Final = {"ForexBuying": 0, "ForexSelling": 2, "BanknoteBuying": -1, "BanknoteSelling": 4}
SATURDAY: Final = 5


class SimulatedBank:
    """`rates`: what `Unit` units of a currency cost in lira, by its code. `holidays`: days without a bulletin.

    `asked` has the paths that were asked for. `answers` has what is answered instead of a bulletin, by its day.
    """

    def __init__(self, rates: Mapping[str, tuple[int, Decimal]], holidays: frozenset[date] = frozenset()) -> None:
        self.rates = dict(rates)
        self.holidays = holidays
        self.asked: list[str] = []
        self.answers: dict[date, web.Response] = {}

    def application(self) -> web.Application:
        """What serves it, below `/kurlar`."""
        application = web.Application()
        application.router.add_get("/kurlar/{month}/{day}.xml", self._bulletin)
        return application

    async def _bulletin(self, request: web.Request) -> web.Response:
        self.asked.append(request.path)
        try:
            day = datetime.strptime(request.match_info["day"], "%d%m%Y").date()  # noqa: DTZ007 - a calendar day
        except ValueError:
            return web.Response(status=404)
        if request.match_info["month"] != f"{day:%Y%m}" or day.weekday() >= SATURDAY or day in self.holidays:
            return web.Response(status=404)
        return self.answers.get(day) or web.Response(text=self._xml(day), content_type="text/xml")

    def _xml(self, day: date) -> str:
        currencies = "".join(
            f'<Currency CrossOrder="0" Kod="{code}" CurrencyCode="{code}"><Unit>{unit}</Unit>'
            + "".join(f"<{name}>{rate + Decimal(more) / 100}</{name}>" for name, more in SPREAD.items())
            + "</Currency>"
            for code, (unit, rate) in self.rates.items()
        )
        return (
            f'<?xml version="1.0" encoding="UTF-8"?><Tarih_Date Tarih="{day:%d.%m.%Y}" Date="{day:%m/%d/%Y}" '
            f'Bulten_No="{day:%Y}/{day:%j}">{currencies}</Tarih_Date>'
        )
