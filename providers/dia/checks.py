"""Whether a connection works: the company, its period, branch and depot, and the credits that each call costs."""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, Final

from providers.base import Unclear
from providers.base.reads import Checked, CheckState, Subject, of_failure
from providers.dia import answers
from providers.dia.options import Options
from providers.dia.services import Services
from providers.formats.rows import sum_or_none
from providers.transport.http import Deadline

CREDITS: Final = "sis_kontor_sorgula"
RIGHTS: Final = "sis_yetkili_firma_donem_sube_depo"
# Its answer is not published: the field of the balance is one that is named after what it counts.
BALANCES: Final = ("kontor", "kontör", "bakiye", "kalan")


async def checked(services: Services, options: Options, deadline: Deadline) -> tuple[Checked, ...]:
    """Both; the credits first, for the other question costs some: without any, what the login opens is not answered."""
    balance = await services.asked(CREDITS, deadline)
    rights, credits_left = await services.asked(RIGHTS, deadline), _credits(balance)
    has_none = not isinstance(balance, Unclear) and credits_left.state is CheckState.WRONG
    if has_none and isinstance(rights, Unclear):
        return (Checked(subject=Subject.LOGIN, state=CheckState.UNCLEAR, said=rights.why), credits_left)
    return (_login(rights, options), credits_left)


def _credits(said: Any | Unclear) -> Checked:
    if isinstance(said, Unclear):
        return of_failure(Subject.CREDITS, said)
    left = _balance_in(said)
    if left is None:
        return Checked(subject=Subject.CREDITS, state=CheckState.UNCLEAR, said=answers.UNREADABLE)
    state = CheckState.FINE if left > 0 else CheckState.WRONG
    return Checked(subject=Subject.CREDITS, state=state, said=f"{left:f} left")


def _balance_in(said: Any) -> Decimal | None:
    """The amount itself, or the one in a field that is named after it."""
    if isinstance(said, list):
        said = said[0] if len(said) == 1 else None
    if isinstance(said, Mapping):
        named = [value for name, value in said.items() if any(word in str(name).lower() for word in BALANCES)]
        said = named[0] if len(named) == 1 else None
    return sum_or_none(said)


def _login(said: Any | Unclear, options: Options) -> Checked:
    if isinstance(said, Unclear):
        return of_failure(Subject.LOGIN, said)
    if not isinstance(said, list) or not all(isinstance(each, Mapping) for each in said):
        return Checked(subject=Subject.LOGIN, state=CheckState.UNCLEAR, said=answers.UNREADABLE)
    missing = list(_missing(said, options))
    state = CheckState.WRONG if missing else CheckState.FINE
    found = f"the login opens company {options.firm} with its periods, branch and depot"
    return Checked(subject=Subject.LOGIN, state=state, said="; ".join(missing) or found)


def _missing(firms: list[Mapping[str, Any]], options: Options) -> Iterator[str]:
    """What the options name and the user has not, as far as the answer shows it."""
    firm = next((each for each in firms if str(each.get("firmakodu")) == str(options.firm)), None)
    if firm is None:
        codes = ", ".join(str(each.get("firmakodu")) for each in firms)
        yield f"firma_kodu {options.firm} is none of the user's: {codes or 'there is none'}"
        return
    periods = {str(each.get("donemkodu")) for each in _rows(firm, "donemler")}
    unknown = sorted({code for code in options.periods.values() if str(code) not in periods})
    yield from (f"donem_kodu {code} is none of its periods" for code in unknown)
    branches = _rows(firm, "subeler")
    if str(options.branch) not in {str(each.get("_key")) for each in branches}:
        yield f"sube_key {options.branch} is none of its branches"
    depots = {str(each.get("_key")) for branch in branches for each in _rows(branch, "depolar")}
    if str(options.depot) not in depots:
        yield f"depo_key {options.depot} is none of their depots"


def _rows(value: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = value.get(name)
    return [each for each in listed if isinstance(each, Mapping)] if isinstance(listed, list) else []
