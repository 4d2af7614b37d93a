"""Which kind of document Testbook's books make, where they know e-Arşiv and e-Fatura. For tests only."""

from typing import Any, Final

from providers.simulation.taxpayers import Taxpayers

SALES_INVOICE: Final = "SALES_INVOICE"


class Kinds(Taxpayers):
    """The books' own view of who is registered, which no caller can ask for."""

    def errors_of(self, body: dict[str, Any]) -> list[dict[str, str]]:
        """The refusal of the wrong kind, where it is asked to be refused."""
        if body.get("kinds") != "corrected" or body.get("kind") == self._right_for(body):
            return []
        return [{"field": "kind", "code": "WRONG_KIND", "message": f"the buyer gets an {self._right_for(body)}"}]

    def made_of(self, body: dict[str, Any]) -> str:
        """The kind that the books make."""
        if body.get("kinds") == "named":
            return self._right_for(body)
        return str(body.get("kind", SALES_INVOICE))

    def _right_for(self, body: dict[str, Any]) -> str:
        return "EFATURA" if self.is_registered(str(body["buyer"].get("tax_number"))) else "EARSIV"
