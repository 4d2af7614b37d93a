"""What an operator may set about a connection to Trendyol, where its documentation is silent or says two things."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from providers.options import MAIL, NUMBERS

Choice = TypeVar("Choice", bound=StrEnum)
EFATURA_STATUS: Final = "/api/invoice/documents/outgoing-einvoice/status"


class Version(StrEnum):
    """Which create call e-Arşiv documents go to: its amounts are integers in kuruş (v1), or decimals (v2)."""

    V1 = "v1"
    V2 = "v2"


class LineTotal(StrEnum):
    """What `totalAmount` of a line is in v1: sources say both; the first is the one that was seen to work on stage."""

    BEFORE_DISCOUNT = "before_discount"
    WITH_VAT = "with_vat"


class TokenHeader(StrEnum):
    """Where a request has its token. The documentation has the second, a client in production the first."""

    BOTH = "both"
    BEARER = "bearer"
    X_ACCESS_TOKEN = "x-access-token"  # noqa: S105 - the header's name


class Compare(StrEnum):
    """What a document that is found must show. Its status shows no sums; those are in a search that is hardly known."""

    SEARCH = "search"
    UUID = "uuid"


class DocumentUrl(StrEnum):
    """Which address a file is asked for under; a permanent one opens without a login for ever."""

    TEMPORARY = "temporary"
    PERMANENT = "permanent"


class Source(StrEnum):
    """Where documents come from; a series belongs to one of these."""

    PORTAL = "PORTAL"
    WEB = "WEB"
    MOBILE = "MOBILE"
    PARTNER = "PARTNER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """One connection's. `company_id` is for a login with several; `template` is a design's code (`xsltCode`)."""

    earsiv_api: Version
    line_total: LineTotal
    token_header: TokenHeader
    compare: Compare
    document_url: DocumentUrl
    source: Source
    efatura_status: str
    company_id: int | None
    template: str | None


KNOWN: Final = frozenset(Options.__dataclass_fields__) | {MAIL, NUMBERS}


def options_of(given: Mapping[str, str]) -> Options:
    """Raises ValueError, naming the option, for what is none of its values or does not go together."""
    found = Options(
        earsiv_api=_one_of(given, "earsiv_api", Version.V1),
        line_total=_one_of(given, "line_total", LineTotal.BEFORE_DISCOUNT),
        token_header=_one_of(given, "token_header", TokenHeader.BOTH),
        compare=_one_of(given, "compare", Compare.SEARCH),
        document_url=_one_of(given, "document_url", DocumentUrl.TEMPORARY),
        source=_one_of(given, "source", Source.PORTAL),
        efatura_status=given.get("efatura_status", EFATURA_STATUS),
        company_id=_company_id(given.get("company_id")),
        template=given.get("template"),
    )
    if found.earsiv_api is Version.V2 and (found.template or given.get(NUMBERS) == "ours"):
        raise ValueError("options template and numbers are for earsiv_api v1: v2 is not known to have fields for them")
    if not found.efatura_status.startswith("/"):
        raise ValueError(f"option efatura_status must be a path that begins with /, not {found.efatura_status!r}")
    return found


def _one_of(given: Mapping[str, str], name: str, default: Choice) -> Choice:
    kind = type(default)
    try:
        return kind(given.get(name, default))
    except ValueError:
        raise ValueError(f"option {name} must be one of {', '.join(kind)}, not {given[name]!r}") from None


def _company_id(given: str | None) -> int | None:
    if given is None:
        return None
    if not given.isascii() or not given.isdecimal():
        raise ValueError(f"option company_id must be a number, not {given!r}")
    return int(given)
