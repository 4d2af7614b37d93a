"""What commands print: tables, documents, orders and outcomes."""
