"""Who signs in at the simulated Trendyol, and whose token a request has.

The password `sandbox-<company>` opens the company of this tax number with any e-mail address; whatever follows a dot is
another user's of the same company. The token is a JWT whose `privs` name the company by a number of its own: it is the
tax number's, and the number of the corporate record is shorter, and refused.
"""

import base64
import json
import time
from dataclasses import dataclass
from typing import Any, Final

from aiohttp import web

from providers.simulation.reading import body_of
from providers.simulation.record import SimulatorRecord
from providers.trendyol_efaturam.simulator.switches import Switches
from providers.trendyol_efaturam.simulator.words import RefusedError, answer_to

PASSWORD: Final = "sandbox-"  # noqa: S105 - artificial
TOKEN: Final = "x-access-token"  # noqa: S105 - the header's name
LIFE: Final = 24 * 3600
FIRST_USER: Final = 500
RIGHTS: Final = ("INVOICE_CREATE", "INVOICE_READ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user of one company. `company` is its tax number."""

    company: str
    company_id: int
    user_id: int
    email: str


class Accounts:
    """The tokens that were given out."""

    def __init__(self, record: SimulatorRecord, switches: Switches) -> None:
        self._record = record
        self._switches = switches
        self._by_token: dict[str, Account] = {}
        self._users: dict[tuple[str, str], int] = {}

    async def sign_in(self, request: web.Request) -> web.Response:
        """The token in a header, and the user's number, or an object with it, as the body."""
        self._record.counts["sign_in"] += 1
        body = await body_of(request)
        email, company = body.get("email"), _company_in(body.get("password"))
        if not isinstance(email, str) or company is None:
            return answer_to(RefusedError("Unauthorized", "E-mail or password is wrong"))
        account, token = self.open(email, company)
        record = {"userId": account.user_id, "companyId": account.company_id // 10_000}
        said: Any = record if self._switches.sign_in_object else account.user_id
        return web.json_response(said, headers={TOKEN: token, "x-refresh-token": f"refresh-{len(self._by_token)}"})

    def open(self, email: str, company: str) -> tuple[Account, str]:
        """A user of the company, and a new token of theirs."""
        user_id = self._users.setdefault((company, email), FIRST_USER + len(self._users))
        account = Account(company=company, company_id=int(company), user_id=user_id, email=email)
        token = self._token(account)
        self._by_token[token] = account
        return account, token

    def account_of(self, request: web.Request) -> Account:
        """Whose token came, in either header. Raises RefusedError for none, an old one, or one without the right."""
        if self._switches.expire_tokens:
            self._by_token.clear()
            self._switches.expire_tokens = False
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        account = self._by_token.get(request.headers.get(TOKEN) or bearer)
        if account is None:
            raise RefusedError("Unauthorized", "The token is not valid")
        if not self._switches.may_invoice:
            raise RefusedError("Forbidden", "The user has no API privilege")
        return account

    def _token(self, account: Account) -> str:
        companies = range(account.company_id, account.company_id + self._switches.companies)
        now = int(time.time())
        claims = {
            "sub": str(account.user_id),
            "exp": now + LIFE,
            "privs": {str(each): list(RIGHTS) for each in companies},
            "jti": len(self._by_token),
        }
        return ".".join((_encoded({"alg": "none"}), _encoded(claims), f"{len(self._by_token)}"))


def _company_in(password: object) -> str | None:
    """The tax number of the company that a password opens."""
    if not isinstance(password, str) or not password.startswith(PASSWORD):
        return None
    company = password.removeprefix(PASSWORD).partition(".")[0]
    return company if company.isdecimal() else None


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
