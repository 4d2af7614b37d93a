"""Whose books a call opens: a user's session, and the company, period, branch and depot that it names."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from providers.dia.simulator import words
from providers.dia.simulator.words import RefusedError, Switches

KEY_PREFIX: Final = "sandbox-"
IDLE_SECONDS: Final = 3600.0
FIRM: Final = 34
PERIODS: Final = {year - 2025: year for year in range(2026, 2046)}
BRANCH: Final = 101
DEPOT: Final = 202
GENERAL: Final = "GENEL"
UNIT: Final = {"_key": "7001", "birimadi": "AD"}
COST: Final = Decimal("0.0125")
OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "=": lambda value, wanted: value == wanted,
    "!": lambda value, wanted: value != wanted,
    "<": lambda value, wanted: value < wanted,
    ">": lambda value, wanted: value > wanted,
    "<=": lambda value, wanted: value <= wanted,
    ">=": lambda value, wanted: value >= wanted,
    "IN": lambda value, wanted: value in wanted.split(","),
    "NOT IN": lambda value, wanted: value not in wanted.split(","),
}


@dataclass(slots=True)
class Session:
    """One that is open, or was."""

    user: str
    company: str
    until: float


class Accounts:
    """Every company's cards. Keys are texts, as rows have them."""

    def __init__(self, switches: Switches) -> None:
        self._switches = switches
        self._sessions: dict[str, Session] = {}
        self._keys = itertools.count(5001)
        self._cards: dict[str, list[dict[str, Any]]] = {}
        self._stock: dict[str, list[dict[str, Any]]] = {}

    def log_in(self, asked: dict[str, Any]) -> str:
        """A session's id. Raises RefusedError for a wrong login, and where the user is logged in already."""
        password = str(asked.get("password", ""))
        key = (asked.get("params") or {}).get("apikey")
        if not password.startswith(KEY_PREFIX) or (key is not None and not str(key).startswith(KEY_PREFIX)):
            raise RefusedError(words.UNAUTHORISED, "NOUSER")
        user = f"{asked.get('username')} {password}"
        if str(asked.get("disconnect_same_user")) == "True":
            self.end_sessions(user)
        elif any(each.user == user and each.until > time.monotonic() for each in self._sessions.values()):
            raise RefusedError(words.UNAUTHORISED, "USERCONNECTED")
        token = f"{len(self._sessions) + 1:032x}"
        company = password.removeprefix(KEY_PREFIX).partition(".")[0]
        self._sessions[token] = Session(user, company, time.monotonic() + IDLE_SECONDS)
        return token

    def log_out(self, token: object) -> None:
        """Raises RefusedError for none that is open."""
        self.company_of(token)
        self._sessions[str(token)].until = 0.0

    def company_of(self, token: object) -> str:
        """The tax number of the company whose session it is; it is good for an hour from now. Raises RefusedError."""
        session = self._sessions.get(str(token))
        if session is None:
            raise RefusedError(words.UNAUTHORISED, "INVALID_SESSION")
        if session.until <= time.monotonic():
            if self._switches.timeout:
                raise RefusedError(words.TIMED_OUT, "LOGIN_TIMEOUT")
            raise RefusedError(words.UNAUTHORISED, "INVALID_SESSION")
        session.until = time.monotonic() + IDLE_SECONDS
        return session.company

    def end_sessions(self, user: str | None = None) -> None:
        """None of this user's, or of all users', is taken any longer."""
        for session in self._sessions.values():
            session.until = 0.0 if user in {None, session.user} else session.until

    def pay(self) -> None:
        """What a call costs. Raises RefusedError."""
        if self._switches.credits < COST:
            raise RefusedError(words.NO_CREDITS, "CREDIT_ERROR")
        self._switches.credits -= COST

    def key(self) -> str:
        return str(next(self._keys))

    def cards(self, company: str) -> list[dict[str, Any]]:
        return self._cards.setdefault(company, [])

    def stock(self, company: str) -> list[dict[str, Any]]:
        """One card from the beginning, which every line may be entered under."""
        general = {"_key": "6001", "stokkartkodu": GENERAL, "m_birimler": [UNIT]}
        return self._stock.setdefault(company, [general])

    def add_card(self, company: str, kart: dict[str, Any]) -> str:
        """A customer's. Raises RefusedError for a code that is used, and for names that match nothing."""
        code = kart.get("carikartkodu")
        if not code or not kart.get("unvan"):
            raise RefusedError(words.FAILURE, "carikartkodu ve unvan alanları zorunludur.")
        if any(each["carikartkodu"] == code for each in self.cards(company)):
            raise RefusedError(words.FAILURE, f"{code} kodlu cari kart zaten kayıtlı.")
        key = self.key()
        addresses = [self._address(each) for each in kart.get("m_adresler") or []]
        self.cards(company).append({**kart, "_key": key, "m_adresler": addresses})
        return key

    def change_card(self, company: str, kart: dict[str, Any]) -> str:
        """Rows without a key are added to its addresses. Raises RefusedError for a card that there is not."""
        card = one(self.cards(company), kart.get("_key"))
        card["m_adresler"] += [self._address(each) for each in kart.get("m_adresler") or [] if "_key" not in each]
        card.update({name: value for name, value in kart.items() if name not in {"_key", "m_adresler"}})
        return str(card["_key"])

    def add_stock(self, company: str, kart: dict[str, Any]) -> str:
        """A stock card, with one unit."""
        key = self.key()
        self.stock(company).append({**kart, "_key": key, "m_birimler": [{"_key": self.key(), "birimadi": "AD"}]})
        return key

    def _address(self, address: dict[str, Any]) -> dict[str, Any]:
        city = (address.get("_key_sis_sehirler") or {"sehiradi": ""})["sehiradi"]
        if city != city.translate(str.maketrans("iı", "İI")).upper():
            raise RefusedError(words.FAILURE, f"{city} isimli şehir bulunamadı.")
        return {**address, "_key": self.key()}


def check_period(asked: dict[str, Any]) -> None:
    """What a call names must be the company's. Raises RefusedError."""
    if str(asked.get("firma_kodu")) != str(FIRM) or str(asked.get("donem_kodu")) not in map(str, PERIODS):
        raise RefusedError(words.INVALID, "firma_kodu veya donem_kodu geçersiz.")


def one(rows: list[dict[str, Any]], key: object) -> dict[str, Any]:
    """The row of this key. Raises RefusedError where there is none."""
    found = next((row for row in rows if str(row["_key"]) == str(key)), None)
    if found is None:
        raise RefusedError(words.FAILURE, f"{key} anahtarlı kayıt bulunamadı.")
    return found


def listed(rows: list[dict[str, Any]], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The rows that every filter lets through, from `offset` on, `limit` of them."""
    for each in asked.get("filters") or []:
        rows = [row for row in rows if _passes(str(row.get(each["field"])), each)]
    first, most = int(asked.get("offset") or 0), asked.get("limit")
    return rows[first:][: None if most is None else int(most)]


def _passes(value: str, each: dict[str, Any]) -> bool:
    wanted, operator = str(each.get("value")), each.get("operator") or "="
    if operator not in OPERATORS:
        raise RefusedError(words.INVALID, f"{operator} operatörü geçersiz.")
    return OPERATORS[operator](value, wanted)


def rights(company: str) -> list[dict[str, Any]]:
    """The companies of a user, with all that it may name."""
    periods = [{"donemkodu": code, "donemadi": str(year)} for code, year in PERIODS.items()]
    depots = [{"_key": str(DEPOT), "depoadi": "Merkez"}]
    branches = [{"_key": str(BRANCH), "subeadi": "Merkez", "depolar": depots}]
    return [{"firmakodu": FIRM, "firmaadi": f"Deneme {company}", "donemler": periods, "subeler": branches}]
