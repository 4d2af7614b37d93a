"""What an operator may set about one connection, over the provider's defaults; every value is text."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from app.domain.addresses import address_error
from app.domain.documents import DocumentType
from app.domain.parties import is_tckn, is_vkn
from providers.base import E_DOCUMENTS, Capabilities, Numbering, Quota

# The largest values that mean something; beyond them a slip would cost every merchant's worker its memory or its time.
MOST: Final[Mapping[str, float]] = {
    "visibility_seconds": 24 * 3600,
    "give_up_seconds": 24 * 3600,
    "max_call_seconds": 600,
    "poll_seconds": 24 * 3600,
    "unsigned_poll_seconds": 24 * 3600,
    "unsent_seconds": 30 * 24 * 3600,
    "quota_requests": 10_000,
    "quota_seconds": 24 * 3600,
    "concurrency": 256,
}
# The owner's written choice for buyers of whom nothing can be asked whether they are registered.
UNKNOWN_BUYER: Final = "unknown_buyer"
# Whether other programs of the merchant make documents in the same account: a reconciliation does not report these.
OTHER_PROGRAMS: Final = "other_programs"
REPORTED, EXPECTED = "reported", "expected"
TUNABLE: Final = frozenset({*MOST, UNKNOWN_BUYER, OTHER_PROGRAMS})
# The option of a provider that mails documents: whether the buyer's address goes to where it mails to.
MAIL: Final = "mail"
# The option of a provider whose login does not say whose account it opens.
TAX_NUMBER: Final = "tax_number"
# The option of a provider that numbers, and takes our numbers too.
NUMBERS: Final = "numbers"
# What it does with a second request for a document, where that is not published.
REPEATS: Final = "repeats"
REPEATED: Final = ("taken", "refused")


def tuned(capabilities: Capabilities, options: Mapping[str, str]) -> Capabilities:
    """The capabilities of one connection. Raises ValueError, naming the option, for a number that makes no sense."""
    quota = capabilities.quota
    one_of(options, OTHER_PROGRAMS, (REPORTED, EXPECTED))
    found = replace(
        capabilities,
        visibility_seconds=_number(options, "visibility_seconds", capabilities.visibility_seconds),
        give_up_seconds=_number(options, "give_up_seconds", capabilities.give_up_seconds),
        max_call_seconds=_number(options, "max_call_seconds", capabilities.max_call_seconds),
        poll_seconds=_number(options, "poll_seconds", capabilities.poll_seconds),
        unsigned_poll_seconds=_number(options, "unsigned_poll_seconds", capabilities.unsigned_poll_seconds),
        unsent_seconds=_number(options, "unsent_seconds", capabilities.unsent_seconds),
        concurrency=_count(options, "concurrency", capabilities.concurrency),
        mails_buyer=mails_buyer(options, default=capabilities.mails_buyer),
        numbering=_numbering(options, capabilities.numbering),
        unknown_buyer=_unknown_buyer(options, capabilities),
        quota=Quota(
            requests=_count(options, "quota_requests", quota.requests),
            seconds=_number(options, "quota_seconds", quota.seconds),
        ),
    )
    if found.is_slow and found.quota.requests < found.requests_in_a_call:
        raise ValueError(
            f"options quota_requests and quota_seconds let {found.quota.requests} requests through every "
            f"{found.quota.seconds:g} s: a call makes up to {found.requests_in_a_call} in {found.max_call_seconds:g} s"
        )
    return found


def one_of(options: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    """The option's word; the first one where it is not set. Raises ValueError, naming the option, for another."""
    word = options.get(name, words[0])
    if word not in words:
        raise ValueError(f"option {name} must be one of {', '.join(words)}, not {word!r}")
    return word


def account_of(options: Mapping[str, str]) -> str:
    """Option `tax_number`, which such a connection must have. Raises ValueError, naming it."""
    number = options.get(TAX_NUMBER)
    if number is None:
        raise ValueError(f"option {TAX_NUMBER} is missing: it is the VKN or TCKN of the account")
    if not (is_vkn(number) or is_tckn(number)):
        raise ValueError(
            f"option {TAX_NUMBER} must be the VKN or TCKN of the account, with right check digits, not {number!r}"
        )
    return number


def address_of(options: Mapping[str, str], name: str) -> str | None:
    """The option's web address; None where it is not set. Raises ValueError, naming the option."""
    given = options.get(name)
    if given is not None and (why := address_error(given)):
        raise ValueError(f"option {name} {why}")
    return given


def refuse_unknown(options: Mapping[str, str], known: frozenset[str]) -> None:
    """A misspelt option would silently leave a default in force."""
    unknown = sorted(options.keys() - known)
    if unknown:
        raise ValueError(f"unknown options {', '.join(unknown)}; known are {', '.join(sorted(known))}")


def mails_buyer(options: Mapping[str, str], *, default: bool | None) -> bool | None:
    """Whether the buyer's address goes to where the provider mails to. Raises ValueError, naming the option."""
    match options.get(MAIL):
        case None:
            return default
        case "none" | "buyer" as chosen:
            return chosen == "buyer"
        case other:
            raise ValueError(f"option {MAIL} must be none or buyer, not {other!r}")


def _number(options: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(options.get(name, default))
    except ValueError:
        value = 0
    if not 0 < value <= MOST[name]:
        raise ValueError(f"option {name} must be a number above zero and at most {MOST[name]:g}, not {options[name]!r}")
    return value


def _count(options: Mapping[str, str], name: str, default: int) -> int:
    value = _number(options, name, default)
    if value != int(value):
        raise ValueError(f"option {name} must be a whole number, not {options[name]!r}")
    return int(value)


def _numbering(options: Mapping[str, str], default: Numbering) -> Numbering:
    match options.get(NUMBERS):
        case None:
            return default
        case "provider":
            return Numbering.PROVIDER
        case "ours":
            return Numbering.OURS
        case other:
            raise ValueError(f"option numbers must be provider or ours, not {other!r}")


def _unknown_buyer(options: Mapping[str, str], capabilities: Capabilities) -> DocumentType | None:
    """A choice that would never be looked at is a misunderstanding."""
    chosen = options.get(UNKNOWN_BUYER)
    if chosen is None:
        return capabilities.unknown_buyer
    if chosen not in E_DOCUMENTS:
        raise ValueError(f"option {UNKNOWN_BUYER} must be {' or '.join(sorted(E_DOCUMENTS))}, not {chosen!r}")
    if capabilities.taxpayer_lookup:
        raise ValueError(f"option {UNKNOWN_BUYER} has no use: {capabilities.provider} answers who is registered")
    return DocumentType(chosen)
