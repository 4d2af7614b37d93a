"""What is not published of KolayBi, or published in two ways, as options of a connection."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from app.domain import exact_json
from app.domain.exact_json import JsonValue
from providers.options import MAIL, one_of
from providers.rounding import VAT_OPTION, Rule, rules_in


class Encoding(StrEnum):
    """How bodies are written: as forms with PHP's brackets, which is documented, or as JSON."""

    FORM = "form"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return {"form": "application/x-www-form-urlencoded", "json": "application/json"}[self]

    def written(self, body: Mapping[str, JsonValue]) -> str:
        """The body of a request; amounts are texts in both."""
        return exact_json.dumps(dict(body)) if self is Encoding.JSON else urlencode(list(_fields(body)))


# The names of a list's first and last day: clients differ.
DATES: Final[Mapping[str, tuple[str, str]]] = {
    "min_issue_date": ("min_issue_date", "max_issue_date"),
    "start_date": ("start_date", "end_date"),
}
KNOWN: Final = frozenset(
    {
        "body",
        "company_id",
        "currency",
        "list_dates",
        "prefix",
        "product",
        "products",
        "rounding",
        "scenario",
        MAIL,
        VAT_OPTION,
    }
)


class Products(StrEnum):
    """Under which product a line is entered: the one of its code, made where there is none; or a general one."""

    MATCH = "match"
    CREATE = "create"
    GENERAL = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """The choices of one connection.

    `product`: KolayBi's id of the general product. `sends_scenario`: an e-Arşiv is asked for by name, instead of
    leaving it to KolayBi. `sends_prefix`: the series goes with the legal step. `rules`: by which KolayBi may come
    to its sums. `corrects_rounding`: what prices alone do not come to by the first of them goes as a correction.
    """

    encoding: Encoding
    lower_currency: bool
    dates: tuple[str, str]
    products: Products
    product: int | None
    company_id: str | None
    sends_scenario: bool
    sends_prefix: bool
    rules: tuple[Rule, ...]
    corrects_rounding: bool


def options_of(given: Mapping[str, str]) -> Options:
    """Raises ValueError, naming the option, for a value that it cannot have."""
    return Options(
        encoding=Encoding(one_of(given, "body", tuple(Encoding))),
        lower_currency=one_of(given, "currency", ("upper", "lower")) == "lower",
        dates=DATES[one_of(given, "list_dates", tuple(DATES))],
        products=Products(one_of(given, "products", tuple(Products))),
        product=_product(given),
        company_id=given.get("company_id"),
        sends_scenario=one_of(given, "scenario", ("omitted", "sent")) == "sent",
        sends_prefix=one_of(given, "prefix", ("omitted", "series")) == "series",
        rules=rules_in(given),
        corrects_rounding=one_of(given, "rounding", ("asked", "corrected")) == "corrected",
    )


def _product(given: Mapping[str, str]) -> int | None:
    product = given.get("product", "")
    if not product and given.get("products") != Products.GENERAL:
        return None
    if not (product.isascii() and product.isdecimal() and int(product)):
        raise ValueError(f"option product must be KolayBi's id of a product, not {product!r}")
    return int(product)


def _fields(value: JsonValue | Mapping[str, JsonValue], name: str = "") -> Iterator[tuple[str, str]]:
    """`items[0][product_id]=77`; what is null is left out, and a flag is 1 or 0."""
    match value:
        case None:
            return
        case bool():
            yield name, "1" if value else "0"
        case list():
            for index, each in enumerate(value):
                yield from _fields(each, f"{name}[{index}]")
        case Mapping():
            for key, each in value.items():
                yield from _fields(each, f"{name}[{key}]" if name else key)
        case _:
            yield name, str(value)
