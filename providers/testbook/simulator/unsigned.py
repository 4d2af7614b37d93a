"""What Testbook's books hold without legal effect: drafts that are sent off, signed or deleted; and buyers' answers.

The last two are what people do in their portal; no adapter calls them.
"""

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import CallFault, Misbehaviour
from providers.simulation.reading import body_of
from providers.simulation.record import REASON, Booking, BookingState, BuyerAnswer, SimulatorRecord
from providers.testbook.simulator.books import busy, company_of, conflict, error

# What comes by telephone; a real one would be another each time.
CODE: Final = "123456"
# The words for a delivered invoice, by what its buyer has answered.
ANSWERED: Final = {
    None: {"state": "delivered"},
    BuyerAnswer.ACCEPTED: {"state": "accepted"},
    BuyerAnswer.AUTOMATIC: {"state": "accepted"},
    BuyerAnswer.REFUSED: {"state": "refused", "reason": REASON},
    BuyerAnswer.RETURNED: {"state": "delivered", "returned": "RETURNED"},
}
# The words for a draft, by what the caller has said of it.
WORDS: Final = {"draft": "unsent", "signature": "unsigned"}

Find = Callable[[web.Request], Booking]


class Unsigned:
    """The routes. `find` is the booking that a request names."""

    def __init__(self, record: SimulatorRecord, misbehaviour: Misbehaviour, find: Find) -> None:
        self._record = record
        self._misbehaviour = misbehaviour
        self._find = find
        self._signings = 0

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/invoices/{id}/delete", self._delete),
            web.post("/signings", self._start),
            web.post("/signings/{signing}", self._finish),
            web.post("/invoices/{id}/send-off", self._send_off),
            web.post("/invoices/{id}/remove", self._remove),
        ]

    async def _delete(self, request: web.Request) -> web.Response:
        self._record.counts["delete"] += 1
        booking = self._find(request)

        async def handle(_: CallFault) -> web.Response:
            if booking.state() is not BookingState.DRAFT:
                return conflict("the invoice is no draft", "NO_DRAFT")
            booking.is_deleted = True
            return web.json_response({})

        return await self._misbehaviour.around(request, handle, busy(self._misbehaviour))

    async def _start(self, request: web.Request) -> web.Response:
        self._record.counts["signing"] += 1
        company, body = company_of(request), await body_of(request)
        if not self._drafts(company, body):
            return web.json_response(error("references", "NOTHING_TO_SIGN", "no draft waits"), status=422)
        self._signings += 1
        return web.json_response({"signing": str(self._signings), "telephone": "*** ** 12"}, status=201)

    async def _finish(self, request: web.Request) -> web.Response:
        self._record.counts["sign"] += 1
        company, body = company_of(request), await body_of(request)

        async def handle(_: CallFault) -> web.Response:
            if body.get("code") != CODE or int(request.match_info["signing"]) > self._signings:
                return web.json_response(error("code", "WRONG_CODE", "the code is wrong"), status=422)
            for booking in self._drafts(company, body):
                booking.is_draft = False
            return web.json_response({"taken": True})

        return await self._misbehaviour.around(request, handle, busy(self._misbehaviour))

    def _drafts(self, company: str, body: dict[str, Any]) -> list[Booking]:
        named = [booking for each in body.get("references", []) for booking in self._record.under(company, str(each))]
        return [booking for booking in named if booking.state() is BookingState.DRAFT]

    async def _send_off(self, request: web.Request) -> web.Response:
        self._find(request).is_draft = False
        return web.json_response({})

    async def _remove(self, request: web.Request) -> web.Response:
        self._find(request).is_deleted = True
        return web.json_response({})


def shown(booking: Booking, word: str) -> dict[str, str]:
    """The state of a row, with what is said of drafts and of buyers; `word` is the state beside them."""
    state = booking.state()
    if state is BookingState.DRAFT:
        return {"state": WORDS.get(booking.unsigned or "", word)}
    if state is not BookingState.SUCCEEDED or not booking.shows_answer:
        return {"state": word}
    return ANSWERED[booking.answer]
