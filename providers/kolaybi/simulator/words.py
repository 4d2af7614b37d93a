"""KolayBi's envelopes, and the texts of its refusals."""

import json
from typing import Any, Final

from aiohttp import web

from providers.simulation.misbehaviour import REFUSAL, Misbehaviour, OwnWords

BAD_REQUEST: Final = 10400
UNAUTHORISED: Final = 10401
NOT_FOUND: Final = 10404
TOO_MANY: Final = 10429
STATUS_OF: Final = {BAD_REQUEST: 400, UNAUTHORISED: 401, NOT_FOUND: 404, TOO_MANY: 429}
ARCHIVE_TO_REGISTERED: Final = "Alıcı e-Fatura kullanıcısıdır, e-Fatura kullanıcısına e-Arşiv gönderilemez."
EFATURA_TO_UNREGISTERED: Final = "Alıcı e-Fatura kullanıcısı değildir, e-Fatura gönderilemez."


def success(data: Any, status: int = 200, **more: Any) -> web.Response:
    """An answer with data."""
    return web.json_response({"data": data, "success": True, "code": status, "message": "OK", **more}, status=status)


def failure(code: int, message: str, *, in_200: bool = False) -> web.Response:
    """A refusal, with the status of its code or with 200."""
    response = web.json_response(_body(code, message), status=200 if in_200 else STATUS_OF[code])
    response[REFUSAL] = True
    return response


def refused(code: int, message: str) -> web.HTTPException:
    """The same, raised."""
    kinds = {UNAUTHORISED: web.HTTPUnauthorized, NOT_FOUND: web.HTTPNotFound, BAD_REQUEST: web.HTTPBadRequest}
    return kinds[code](text=json.dumps(_body(code, message)), content_type="application/json")


def own_words(misbehaviour: Misbehaviour) -> OwnWords:
    """What KolayBi says where a fault wants its own words; an error of its framework has no envelope."""
    later = f"{misbehaviour.delays.retry_after:.0f}"

    def too_many() -> web.Response:
        body = _body(TOO_MANY, misbehaviour.worded("Çok fazla istek gönderildi."))
        return web.json_response(body, status=429, headers={"Retry-After": later})

    return OwnWords(
        too_many=too_many,
        in_200=lambda: web.json_response({"message": misbehaviour.worded("Server Error")}),
        unreadable=lambda: web.Response(text='{"data": {"doc', content_type="application/json"),
    )


def _body(code: int, message: str) -> dict[str, Any]:
    return {"data": [], "success": False, "code": code, "message": message, "description": ""}
