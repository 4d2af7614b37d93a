"""An invoice as values: header, parties, lines, taxes and payment, and what is filled in by default."""
