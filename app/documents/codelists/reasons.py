"""Why a document has no tax, or a tax on another base: GİB's reason codes and the invoice types they are for."""

import re
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from app.documents.codelists import codes, rows
from app.domain.record import record
from app.domain.vat_rates import RATE_CHECK

_LISTED: Final = re.compile(r"[A-Z]+(;[A-Z]+)*")
_ANY: Final = "any type"
# Codes whose rows say in words where they apply. Investment-incentive invoices have types of their own (YTB…).
_INVESTMENT_INCENTIVE: Final = frozenset({"308", "339"})
_NOT_WITH_RATE_CHECK: Final = frozenset({"ISTISNA", "IHRACKAYITLI"})


class ReasonList(StrEnum):
    """GİB's lists of reasons, by the name that each is carried under."""

    VAT_EXEMPTION = "vat_exemption_reasons"
    EXPORT_REGISTERED = "export_registered_reasons"
    SPECIAL_BASE = "special_base_reasons"
    SCT_EXEMPTION = "sct_exemption_reasons"
    ACCOMMODATION_TAX = "accommodation_tax_exemption_reasons"


@record
class Reason:
    """`types` are the invoice types that accept it; None is every type but those in `refused`."""

    code: str
    name: str
    types: frozenset[str] | None
    refused: frozenset[str] = frozenset()

    def is_for(self, invoice_type: str) -> bool:
        """Whether GİB accepts this reason on an e-Arşiv invoice of this type."""
        return invoice_type not in self.refused if self.types is None else invoice_type in self.types


@cache
def reasons(name: ReasonList) -> Mapping[str, Reason]:
    """The list by code; read when it is first asked for. Raises ValueError for a row whose types are unclear."""
    return MappingProxyType({row["code"]: _reason(row) for row in rows(name)})


def _reason(row: Mapping[str, str]) -> Reason:
    code, name, applies = row["code"], row["name_tr"], row["applies_to"]
    if _LISTED.fullmatch(applies):
        return Reason(code=code, name=name, types=frozenset(applies.split(";")))
    if applies == _ANY:
        return Reason(code=code, name=name, types=None)
    if code in _INVESTMENT_INCENTIVE:
        return Reason(code=code, name=name, types=frozenset({"YTBISTISNA", "YTBIADE"}))
    if code == RATE_CHECK:
        return Reason(code=code, name=name, types=None, refused=_NOT_WITH_RATE_CHECK)
    raise ValueError(f"reason {code}: {applies!r} does not say for which invoice types it is")


def is_of_no_vat(code: str) -> bool:
    """Whether a reason says that there is no VAT. Tax-free sales (501) and unusual rates (555) have some."""
    row = codes(ReasonList.VAT_EXEMPTION).get(code)
    return row is not None and row["zero_vat"] == "yes"


@cache
def text_of(code: str) -> str | None:
    """The text that documents have for a reason's code; None when no list has it."""
    for name in ReasonList:
        if code in codes(name):
            return codes(name)[code]["name_tr"]
    return None
