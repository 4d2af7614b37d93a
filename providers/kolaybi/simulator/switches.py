"""How the simulated KolayBi misbehaves beyond what every simulator can.

    PUT /_simulator/kolaybi
    {"refuses_in_200": true, "rows_at": "data.items", "filters": "ignored", "pdf_prefix": true, "uuid_on_drafts": true,
     "country": "coutry", "total": "0.01", "cancelled": "gone", "notes": "hidden", "tokens": "expired",
     "rounding": "rate", "totals": "hidden", "delete": ["DOCUMENT_ID"]}

`rows_at`: where lists have their rows; `country`: how an address spells it. `total`: so much is added to what an
invoice comes to; `rounding`: how it comes to that, one of `Rounding`. `cancelled`: `gone` where the list of documents
forgets them too. `notes`: `hidden` where an invoice does not show its note; `totals`: where no answer but a list has
what an invoice comes to. `tokens`: those that are out are taken no
longer. `delete`: drafts that a person deletes. All but the last two stay until they are set anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from providers.simulation.rounding import Rounding


@dataclass(slots=True, kw_only=True)
class Switches:
    """Their present positions."""

    refuses_in_200: bool = False
    rows_at: str = "data"
    filters: str = "applied"
    pdf_prefix: bool = False
    uuid_on_drafts: bool = False
    country: str = "country"
    total: Decimal = Decimal(0)
    cancelled: str = "listed"
    notes: str = "shown"
    totals: str = "shown"
    rounding: Rounding = Rounding.LINE

    def change(self, to: Mapping[str, Any]) -> None:
        """What is left out stays."""
        self.total = Decimal(to.get("total", self.total))
        self.rounding = Rounding(to.get("rounding", self.rounding))
        for name in (
            "refuses_in_200",
            "rows_at",
            "filters",
            "pdf_prefix",
            "uuid_on_drafts",
            "country",
            "cancelled",
            "notes",
            "totals",
        ):
            setattr(self, name, to.get(name, getattr(self, name)))
