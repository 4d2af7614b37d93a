"""From an order to an invoice: prices, header, and every reason why it cannot be one."""
