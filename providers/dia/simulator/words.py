"""DİA's envelopes: HTTP 200 whatever has happened, a code, and a reason in `msg`."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import REFUSAL, Misbehaviour, OwnWords
from providers.simulation.switches import Switches as Base

SUCCESS: Final = 200
INVALID: Final = 400
UNAUTHORISED: Final = 401
NO_SERVICE: Final = 404
NO_CREDITS: Final = 406
TIMED_OUT: Final = 419
TOO_MANY: Final = 429
FAILURE: Final = 500
ERROR: Final = 501


class RefusedError(Exception):
    """A call that is answered by a code of failure."""

    def __init__(self, code: int, msg: str) -> None:
        super().__init__(msg)
        self.code = code
        self.msg = msg


@dataclass(slots=True)
class Switches(Base):
    """How the simulated DİA is set, and misbehaves beyond what every simulator can.

    `codes`: `text` or `number`. `needs`: the fields that this tenant demands of an invoice. `credits`: what is left,
    in kontör; a call costs 0.0125. `total`: so much is added to what an invoice comes to. `rounding`: a word of
    `Rounding`, where sums are computed anew; empty where those of the lines are taken. `timeout`: a session that has
    ended is answered by 419. `words`: what a row says of an e-document that is sent, of one that has failed, and of one
    that waits.
    """

    codes: str = "text"
    needs: tuple[str, ...] = ()
    credits: Decimal = Decimal(1_000_000)
    total: str = "0"
    rounding: str = ""
    timeout: bool = False
    words: tuple[str, str, str] = ("Gönderildi", "Hata", "")


def success(switches: Switches, **more: Any) -> web.Response:
    """An answer with what was found or made."""
    return web.json_response({"code": _code(SUCCESS, switches), "msg": "", "warnings": [], **more})


def failure(switches: Switches, code: int, msg: str) -> web.Response:
    """DİA's own no, or that it does not know."""
    response = web.json_response({"code": _code(code, switches), "msg": msg})
    response[REFUSAL] = code != ERROR
    return response


def own_words(misbehaviour: Misbehaviour, switches: Switches) -> OwnWords:
    """What DİA says where a fault wants its own words."""

    def too_many() -> web.Response:
        response = failure(switches, TOO_MANY, misbehaviour.worded("Çok fazla istek gönderildi."))
        response.headers["Retry-After"] = f"{misbehaviour.delays.retry_after:.0f}"
        return response

    return OwnWords(
        too_many=too_many,
        in_200=lambda: failure(switches, ERROR, misbehaviour.worded("Beklenmeyen hata.")),
        unreadable=lambda: web.Response(text='{"code": "200", "ke', content_type="application/json"),
    )


def _code(code: int, switches: Switches) -> str | int:
    return code if switches.codes == "number" else str(code)
