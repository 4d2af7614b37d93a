"""From an invoice to UBL-TR: one module per kind of element, each in the schema's order."""
