"""What is asked for of an order that is known, as a person types it."""

import json
from collections.abc import Mapping
from typing import Any

from app.operations.order_file import read_events
from app.operations.orders import find_order
from app.operations.submit import SubmittedEvent, submit_body


def submit_about(
    reference: str, business: str | None, body: Mapping[str, Any], *, actor: str, why: str | None, wait: float
) -> SubmittedEvent:
    """Submits an event about an order that is known, with a body as it is written in a file.

    Raises as `find_order`, `read_events` and `submit` do.
    """
    order = find_order(reference, business)
    whole = {"business": order.business, "order_reference": order.order_reference, "body": body}
    (event,) = read_events(json.dumps(whole).encode(), "the command")
    return submit_body(order.business, order.order_reference, event.body, actor=actor, why=why, wait=wait)
