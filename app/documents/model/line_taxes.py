"""How a line's taxes are calculated, each rounded by itself: VAT, the taxes beside it, and what of it is withheld."""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from app.documents.codelists import codes
from app.documents.model.lines import ZERO, Tax, Withholding
from app.documents.model.taxes import VAT, Role
from app.domain.invoice_details import PerUnit
from app.domain.money import HUNDRED, to_kurus


def amount_of_tax(base: Decimal, quantity: Decimal, rate: Decimal | None, per_unit: PerUnit | None) -> Decimal:
    """By piece where a tax is, else the rate of its base."""
    return to_kurus(base * (rate or ZERO) / HUNDRED) if per_unit is None else to_kurus(per_unit.amount * quantity)


def base_of_vat(base: Decimal, others: Iterable[Tax]) -> Decimal:
    """The line's base with the taxes that GİB's list puts into the base of VAT."""
    return base + sum((each.amount for each in others if each.role is Role.IN_VAT_BASE), ZERO)


def withheld(code: str, rate: Decimal | None, taxes: Iterable[Tax]) -> Withholding:
    """What the buyer withholds of the line's VAT; at GİB's present rate of the code where none is given."""
    vat = sum((each.amount for each in taxes if each.code == VAT), ZERO)
    percent = rate if rate is not None else present_rate(code)
    return Withholding(code=code, rate=percent, base=vat, amount=to_kurus(vat * percent / HUNDRED))


def present_rate(code: str) -> Decimal:
    """The percentage of a kind of withholding in GİB's list; 0 for a code that is not in it, which a rule reports."""
    known = codes("withholding_codes").get(code)
    return Decimal(known["percent_current"] or 0) if known else ZERO


def without_withheld(taxes: tuple[Tax, ...], withholdings: Iterable[Withholding]) -> tuple[Tax, ...]:
    """Only the VAT that was not withheld, as GİB's samples of returns with withholding show it."""
    amount = sum((each.amount for each in withholdings), ZERO)
    first = next((index for index, each in enumerate(taxes) if each.code == VAT), None)
    if first is None:
        return taxes
    less = replace(taxes[first], amount=taxes[first].amount - amount)
    return (*taxes[:first], less, *taxes[first + 1 :])
