"""From an invoice in a JSON file to an invoice whose amounts are calculated."""
