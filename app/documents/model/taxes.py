"""GİB's taxes by code: what they are called, and what each does to the base of VAT and to what is to be paid."""

from enum import StrEnum
from functools import cache
from typing import Final

from app.documents.codelists import codes

VAT: Final = "0015"
# The list says "KDV GERCEK"; what is printed is this.
_VAT_NAME: Final = "KDV"


class Role(StrEnum):
    """What a tax does beside being paid; the values are the list's."""

    VAT = "vat"
    IN_VAT_BASE = "yes"
    BESIDE = "no"
    WITHHELD = "withheld"


@cache
def role_of(code: str) -> Role:
    """A tax that is not in the list is one beside VAT; another rule reports that it is unknown."""
    known = codes("tax_types").get(code)
    return Role(known["in_vat_base"]) if known else Role.BESIDE


@cache
def tax_name(code: str) -> str:
    """The short name that documents carry."""
    if code == VAT:
        return _VAT_NAME
    known = codes("tax_types").get(code)
    return (known["short_name"] or known["name_tr"]) if known else code


@cache
def withholding_name(code: str) -> str:
    """The kind of delivery or service that VAT is withheld from."""
    known = codes("withholding_codes").get(code)
    return known["name_tr"] if known else code
