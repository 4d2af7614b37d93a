"""Made-up orders of Turkish online shops, with what must become of each. Pure: the same seed gives the same orders."""

from app.testbed.generator.expectation import Expected, GeneratedOrder, OrderStep
from app.testbed.generator.orders import BusinessRole, generate_orders
from app.testbed.generator.sending import in_sending_order

__all__ = ["BusinessRole", "Expected", "GeneratedOrder", "OrderStep", "generate_orders", "in_sending_order"]
