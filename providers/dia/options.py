"""What each account has its own of, and what is not published of DİA, as options of a connection."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain.documents import UNSIGNED, DocumentState
from app.domain.money import LIRA
from providers.options import MAIL, one_of
from providers.rounding import VAT_OPTION, Rule, rules_in

# Codes of DİA's combo fields, of which no list is published: under the field's own name, and left out until they are
# set.
HEADER_CODES: Final = ("earsivgonderimsekli", "efaturasenaryosu", "efaturatipkodu")
LINE_CODES: Final = ("kdvdurumu",)
PAYMENT_PLAN: Final = "odeme_plani"
# A retail sale, as DİA's list has it.
RETAIL: Final = "2"
# DİA's name of the lira is no code of ISO 4217.
CURRENCIES: Final = f"{LIRA}=TL"
# In its place DİA writes a number of its own.
NUMBERED_THERE: Final = "0000000000001"
# What a table of words may say that a record has come to.
READABLE: Final = tuple(state for state in DocumentState if state not in {DocumentState.PLANNED, *UNSIGNED})
_SERVICE: Final = re.compile(r"[a-z]+_[a-z0-9_]+")
KNOWN: Final = frozenset(
    {
        "carikayitturu", "currencies", "depo_key", "disconnect_same_user", "donem_kodu", "efa_cancel", "efa_cancel_key",
        "efa_send", "efa_send_key", "ettn_column", "firma_kodu",
        "fisno", "number_column", "product", "products", "reference_field", "states", "sube_key", "total_column",
        "turu", MAIL, VAT_OPTION, PAYMENT_PLAN, *HEADER_CODES, *LINE_CODES,
    }
)  # fmt: skip


class Products(StrEnum):
    """Under which card a line is entered: the one of its code, or a general one."""

    MATCH = "match"
    GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where a row of the list of invoices has what: our reference, the total, the legal number and the ETTN.

    None for what no column is known to have.
    """

    reference: str
    total: str
    number: str | None
    ettn: str | None


@dataclass(frozen=True, slots=True)
class Service:
    """One of the e-Devlet module, of which no public page has the name. `key`: its parameter that names the record."""

    name: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The choices of one connection.

    `firm`: DİA's code of the company. `periods`: the code of the period of each year. `branch` and `depot`: their keys.
    `kind`: the code of a sales invoice. `slip`: what `fisno` has. `currencies`: DİA's names of currencies.
    `company_kind`: the code of a company's card. `product`: the code of the general card. `codes`: those of
    `HEADER_CODES` and `LINE_CODES`. `states`: what the words of a row say, which are each account's own; empty where a
    person says it. `ends_others`: whether a login ends another one of the same user. `rules`: by which DİA may compute
    sums, where the owner has seen that it does; None where ours are taken as they are. `send` and `cancel`: the
    services that make a record legal, and that cancel what is; None where a person does it in DİA.
    """

    firm: int
    periods: Mapping[int, int]
    branch: int
    depot: int
    kind: int
    slip: str
    currencies: Mapping[str, str]
    company_kind: str
    payment_plan: str | None
    products: Products
    product: str | None
    codes: Mapping[str, str]
    columns: Columns
    states: Mapping[str, DocumentState]
    ends_others: bool
    rules: tuple[Rule, ...] | None
    send: Service | None
    cancel: Service | None


def options_of(given: Mapping[str, str]) -> Options:
    """Raises ValueError, naming the option, for one that is missing or has a value that it cannot have."""
    products = Products(one_of(given, "products", tuple(Products)))
    if products is Products.GENERAL and not given.get("product"):
        raise ValueError("option product is missing: it is the code of the general stock card")
    states = _states(given.get("states", ""))
    if states and not given.get("number_column"):
        raise ValueError("option number_column is missing: what `states` calls legal has its number in some column")
    return Options(
        firm=_whole(given, "firma_kodu"),
        periods=_periods(given),
        branch=_whole(given, "sube_key"),
        depot=_whole(given, "depo_key"),
        kind=_whole({"turu": RETAIL, **given}, "turu"),
        slip=given.get("fisno", NUMBERED_THERE),
        currencies=dict(_pairs("currencies", given.get("currencies", CURRENCIES))),
        company_kind=given.get("carikayitturu", "SRK"),
        payment_plan=given.get(PAYMENT_PLAN),
        products=products,
        product=given.get("product"),
        codes={name: given[name] for name in (*HEADER_CODES, *LINE_CODES) if name in given},
        columns=Columns(
            reference=one_of(given, "reference_field", ("belgeno", "belgeno2")),
            total=given.get("total_column", "net"),
            number=given.get("number_column"),
            ettn=given.get("ettn_column"),
        ),
        states=states,
        ends_others=one_of(given, "disconnect_same_user", ("False", "True")) == "True",
        rules=rules_in(given) if VAT_OPTION in given else None,
        send=_service(given, "efa_send"),
        cancel=_service(given, "efa_cancel"),
    )


def _service(given: Mapping[str, str], option: str) -> Service | None:
    """What it has done is read from the words of a row: without them nothing would be known of it."""
    name = given.get(option)
    if name is None:
        return None
    if not _SERVICE.fullmatch(name):
        raise ValueError(
            f"option {option} must be the name of one of DİA's services, with its module first, not {name!r}"
        )
    if not given.get("states"):
        raise ValueError(f"option states is missing: what {option} has come to is read by it")
    return Service(name, given.get(f"{option}_key", "key"))


def _whole(given: Mapping[str, str], name: str) -> int:
    value = given.get(name, "")
    if not (value.isascii() and value.isdecimal()):
        raise ValueError(f"option {name} must be DİA's whole number of it, not {value!r}")
    return int(value)


def _periods(given: Mapping[str, str]) -> dict[int, int]:
    """`2026=3 2027=4`."""
    pairs = dict(_pairs("donem_kodu", given.get("donem_kodu", "")))
    if not pairs or not all(each.isascii() and each.isdecimal() for pair in pairs.items() for each in pair):
        raise ValueError("option donem_kodu must be DİA's code of the period of each year, as 2026=3 2027=4")
    return {int(year): int(code) for year, code in pairs.items()}


def _pairs(name: str, written: str) -> Iterator[tuple[str, str]]:
    for pair in written.split():
        key, sign, value = pair.partition("=")
        if not (key and sign and value):
            raise ValueError(f"option {name} must be pairs like A=B with a blank between them, not {written!r}")
        yield key, value


def _states(written: str) -> dict[str, DocumentState]:
    """`Gönderildi=ISSUED; Onaylandı=ACCEPTED`: a word may have blanks."""
    states = {}
    for pair in filter(None, map(str.strip, written.split(";"))):
        word, sign, state = re.sub(r"\s*=\s*", "=", pair).rpartition("=")
        if not (word and sign) or state not in READABLE:
            raise ValueError(f"option states must be like Gönderildi=ISSUED, with one of {', '.join(READABLE)}")
        states[word] = DocumentState(state)
    return states
