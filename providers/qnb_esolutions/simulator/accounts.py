"""Who may call the simulated QNB, what its accounts have, and what is switched on."""

from collections import Counter
from dataclasses import dataclass, field

from providers.formats.elements import text
from providers.simulation import soap
from providers.simulation.soap import SoapCall
from providers.simulation.switches import Switches
from providers.simulation.ubl import SentInvoice

LOGIN_PREFIX = "sandbox-"
SWITCH = "/_simulator/qnb-esolutions"
# Then even the right password is refused.
MOST_WRONG_LOGINS = 5


class RefusedCallError(Exception):
    """The call is refused before it is looked at; `response` is the fault."""

    def __init__(self, text_: str) -> None:
        super().__init__(text_)
        self.response = soap.fault(text_)


@dataclass(slots=True, kw_only=True)
class Behaviour(Switches):
    """What is switched on, for all accounts.

    `earsiv_repeat`: a repeated e-Arşiv is "refused", or the "same" is answered again. `repeat_code`: with which code it
    is refused. `erp_codes`, `branches`: those that are registered. `verified`: false has the account's first user
    unverified. `efatura_repeat`: a repeated local number is "refused", or "taken": the document fails later.
    `credits`: how many are left of each kind.
    """

    earsiv_repeat: str = "refused"
    repeat_code: str = "AE00014"
    erp_codes: tuple[str, ...] = ("ERP1", "ERP2")
    branches: tuple[str, ...] = ("DFLT",)
    verified: bool = True
    efatura_repeat: str = "refused"
    credits: int = 1000


@dataclass(slots=True)
class Archive:
    """What was sent, by company and UUID; the numbers in use, and the last one of each series and year."""

    sent: dict[tuple[str, str], SentInvoice] = field(default_factory=dict)
    numbers: set[tuple[str, str]] = field(default_factory=set)
    counters: Counter[tuple[str, str]] = field(default_factory=Counter)

    def next(self, company: str, beginning: str) -> str:
        """The next number that begins so."""
        self.counters[company, beginning] += 1
        return f"{beginning}{self.counters[company, beginning]:09}"


@dataclass(slots=True)
class Users:
    """The users of one product. Any user has the password `sandbox-<tax number>`, until it is blocked."""

    wrong: Counter[str] = field(default_factory=Counter)

    def company_of(self, call: SoapCall, behaviour: Behaviour) -> str:
        """The company that calls. Raises RefusedCallError, and blocks a user after a few wrong passwords.

        A dot and what follows it make another password of the same company. A nonce, a time and the kind of the
        password are not looked at.
        """
        token = ("Security", "UsernameToken")
        user = text(call.header, *token, "Username") if call.header is not None else ""
        password = text(call.header, *token, "Password") if call.header is not None else ""
        is_right = user and password.startswith(LOGIN_PREFIX)
        if not is_right or self.wrong[user] >= MOST_WRONG_LOGINS:
            self.wrong[user] += 1
            raise RefusedCallError("username.pwd.mismatch")
        if not behaviour.verified:
            raise RefusedCallError("[EF0556] İlk kullanıcı portalda mali mühür ile doğrulanmamış")
        self.wrong[user] = 0
        return password.removeprefix(LOGIN_PREFIX).partition(".")[0]
