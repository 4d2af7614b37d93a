"""The producer: idempotent, and acknowledged by every replica."""

from __future__ import annotations

from typing import Any

from faust.transport.drivers import aiokafka as driver


class IdempotentProducer(driver.Producer):  # type: ignore[misc]  # untyped library
    """Faust asks for idempotence only inside transactions, which lose records elsewhere; we want it without them."""

    def _settings_default(self) -> dict[str, Any]:
        return {**super()._settings_default(), "enable_idempotence": True, "acks": "all"}
