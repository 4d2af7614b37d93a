"""One order as upstream would write it, to be spoilt by the tests."""

import json
from typing import Any

ORDER: dict[str, Any] = {
    "business": "ORNEK",
    "order_reference": "S-1001",
    "request_id": "istek-7",
    "occurred_at": "2026-11-02T09:00:00+03:00",
    "body": {
        "type": "OrderPlaced",
        "order_date": "2026-11-02",
        "lines": [
            {
                "line_reference": str(number),
                "name": "Çay bardağı, ince belli",
                "quantity": "2",
                "unit_price": "49.90",
                "vat_rate": "20",
            }
            for number in range(1, 4)
        ],
    },
    "person": {
        "buyer": {
            "name": "Ayşe",
            "family_name": "Yıldız",
            "address": {"street": "Atatürk Cad. 12", "district": "Çankaya", "city": "Ankara"},
        }
    },
}


def spoilt(**changes: Any) -> bytes:
    """The order with these top-level fields instead; `None` leaves one out."""
    changed = {**ORDER, **changes}
    return json.dumps({name: value for name, value in changed.items() if value is not None}).encode()


def with_body(**changes: Any) -> bytes:
    return spoilt(body={**ORDER["body"], **changes})
