"""What a person does in the pages of the simulated providers."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from decimal import Decimal
from http.client import HTTPException

from app.domain.documents import DocumentStatus
from app.domain.orders import OrderPlaced
from app.testbed.chaos.check.expected_content import expected_lines, payable
from app.testbed.chaos.installation.businesses import SIGNER
from app.testbed.generator import GeneratedOrder
from app.testbed.installation.simulators import books_at, correct_there, delete_there, sign_at, sign_there


class SimulatedPages:
    """`urls`: of each provider's simulator; `companies`: the tax number of each business; `orders`: what was ordered.

    What fails has not happened, or has and the answer was lost.
    """

    def __init__(self, urls: Mapping[str, str], companies: Mapping[str, str], orders: Iterable[GeneratedOrder]) -> None:
        self._urls = urls
        self._companies = companies
        self._orders = {(order.business, order.order_reference): order for order in orders}

    def look_up(self, provider: str) -> Mapping[str, str | None]:
        return books_at(self._urls[provider])

    def sign(self, status: DocumentStatus) -> None:
        url = self._urls[status.provider]
        if status.provider == SIGNER.provider:
            company = self._companies[status.business]
            _try(lambda: sign_at(url, f"sandbox-{company}", status.document_id))
        else:
            _try(lambda: sign_there(url, [status.document_id]))

    def delete(self, status: DocumentStatus) -> None:
        _try(lambda: delete_there(self._urls[status.provider], [status.document_id]))

    def correct(self, status: DocumentStatus) -> None:
        """By the order itself."""
        total = self._total(status)
        _try(lambda: correct_there(self._urls[status.provider], {status.document_id: total}))

    def _total(self, status: DocumentStatus) -> Decimal:
        """What the document must come to."""
        steps = self._orders[status.business, status.order_reference].steps
        placed = next(step.event.body for step in steps if isinstance(step.event.body, OrderPlaced))
        ordered = [line for line in placed.lines if line.line_reference in status.lines]
        return payable(expected_lines(ordered, with_vat=placed.prices_include_vat))


def _try(act: Callable[[], None]) -> None:
    with suppress(OSError, HTTPException, ValueError, KeyError):
        act()
