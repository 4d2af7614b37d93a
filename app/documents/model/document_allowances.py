"""What allowances and charges of the whole document change in its taxes: they lower and raise the base of VAT."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from app.documents.model.invoice import subtotals
from app.documents.model.lines import Exemption, InvoiceLine, Tax
from app.documents.model.taxes import VAT
from app.domain.money import HUNDRED, allocate, to_kurus


def vat_groups(lines: Sequence[InvoiceLine]) -> tuple[Tax, ...]:
    """The lines' VAT by rate and exemption, where there is something to lower."""
    return tuple(each for each in subtotals(t for line in lines for t in line.taxes if t.code == VAT) if each.base)


def spread_over(lines: Sequence[InvoiceLine], amount: Decimal) -> tuple[Tax, ...]:
    """An allowance without VAT, spread by largest remainder over the lines' rates; nothing where no line has a base."""
    groups = vat_groups(lines)
    if not groups:
        return ()
    shares = allocate(amount, [each.base for each in groups])
    return tuple(
        replace(group, base=-share, amount=-to_kurus(share * (group.rate or 0) / HUNDRED))
        for group, share in zip(groups, shares, strict=True)
    )


def document_charge(amount: Decimal, rate: Decimal, exemption: Exemption | None) -> Tax:
    """A charge without VAT, which bears VAT of its own."""
    return Tax(code=VAT, rate=rate, base=amount, amount=to_kurus(amount * rate / HUNDRED), exemption=exemption)
