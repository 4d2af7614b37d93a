"""The words of the simulated Nilvera: what its APIs call documents and states, its errors, whose key it was given."""

import json
from typing import Any, Final

from aiohttp import web

from providers.nilvera.simulator.checks import Problem
from providers.simulation.record import BookingState

KEY_PREFIX: Final = "Bearer sandbox-"
MISSING_SERIES: Final = "YOK"
ENVELOPES: Final = {"earchive": "ArchiveInvoice", "einvoice": "EInvoice"}
TYPES: Final = {"earchive": "EARSIV", "einvoice": "EFATURA"}
CODES: Final = {
    BookingState.WAITING: "waiting",
    BookingState.SUCCEEDED: "succeed",
    BookingState.FAILED: "error",
    BookingState.CANCELLED: "succeed",
}
# What the real one answers in these cases is not published; these codes are none of its known ones.
NOT_CANCELLABLE: Final = 2999
NOT_THERE: Final = Problem(status=404, code=3999, description="The document was not found")
NO_LOGIN: Final = Problem(status=401, code=4999, description="The API key is not known")


def company_of(request: web.Request) -> str:
    """The company whose key came with the request: the part before its dot. Raises the answer to an unknown key."""
    key = request.headers.get("Authorization", "")
    if not key.startswith(KEY_PREFIX):
        raise web.HTTPUnauthorized(text=json.dumps(errors(NO_LOGIN)), content_type="application/json")
    return key.removeprefix(KEY_PREFIX).partition(".")[0]


def refusal(problem: Problem) -> web.Response:
    """The problem as an answer."""
    return web.json_response(errors(problem), status=problem.status)


def errors(problem: Problem) -> dict[str, Any]:
    """Nilvera's form of errors."""
    return {"Errors": [{"Code": problem.code, "Description": problem.description, "Detail": None}]}
