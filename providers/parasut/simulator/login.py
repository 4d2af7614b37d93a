"""Who logs in at the simulated Paraşüt: OAuth2, whose refresh token is of use once.

The password `sandbox-<company>` opens the company of this number, which is its tax number here; what follows a dot is
another user's of the same company.
"""

import time
from typing import Any, Final

from aiohttp import BasicAuth, web

from providers.parasut.simulator.words import RefusedError
from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord

PASSWORD: Final = "sandbox-"  # noqa: S105 - artificial
CLIENT: Final = ("client_id", "client_secret")
LIFE: Final = 7200


class Logins:
    """The tokens that were given out. `life`: how many seconds an access token is good for."""

    def __init__(self, record: SimulatorRecord, life: float = LIFE) -> None:
        self._record = record
        self.life = life
        self._count = 0
        # Token → the company, and until when it is good; refresh token → the company.
        self._access: dict[str, tuple[str, float]] = {}
        self._refresh: dict[str, str] = {}

    async def token(self, request: web.Request) -> web.Response:
        """`POST /oauth/token`: a form of either kind, or JSON; the client in it, or as HTTP Basic (RFC 6749, 2.3.1)."""
        self._record.counts["token"] += 1
        is_json = request.content_type == "application/json"
        fields: dict[str, Any] = await body_of(request) if is_json else dict(await request.post())
        fields = _by_basic(request) | fields
        if not all(fields.get(name) for name in CLIENT):
            return _no("invalid_client", "Client authentication failed")
        match fields.get("grant_type"):
            case "password":
                company = _company_of(fields.get("password")) if fields.get("username") else None
            case "refresh_token":
                company = self._refresh.pop(str(fields.get("refresh_token")), None)
            case _:
                return _no("unsupported_grant_type", "The authorization grant type is not supported")
        if company is None:
            return _no("invalid_grant", "The provided authorization grant is invalid, expired or revoked")
        return web.json_response(self._given(company))

    def company_of(self, request: web.Request) -> str:
        """The company that the request's token opens. Raises RefusedError."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        company, until = self._access.get(token, ("", 0.0))
        if not company or time.monotonic() >= until:
            raise RefusedError(401, "Unauthorized", "The access token is invalid or expired")
        return company

    def expire(self) -> None:
        """Every access token, now."""
        self._access.clear()

    def _given(self, company: str) -> dict[str, Any]:
        self._count += 1
        access, refresh = f"access-{self._count}-{company[::-1]}", f"refresh-{self._count}-{company[::-1]}"
        self._access[access] = (company, time.monotonic() + self.life)
        self._refresh[refresh] = company
        life = int(self.life)
        return {"access_token": access, "token_type": "bearer", "expires_in": life, "refresh_token": refresh}


def _by_basic(request: web.Request) -> dict[str, str]:
    """The client's id and secret that the header has; none where it has another form."""
    try:
        found = BasicAuth.decode(request.headers.get("Authorization", ""))
    except ValueError:
        return {}
    return dict(zip(CLIENT, (found.login, found.password), strict=True))


def _company_of(password: object) -> str | None:
    if not isinstance(password, str) or not password.startswith(PASSWORD):
        return None
    return password.removeprefix(PASSWORD).partition(".")[0]


def _no(error: str, description: str) -> web.Response:
    return web.json_response({"error": error, "error_description": description}, status=401)
