"""A simulator of QNB's two SOAP services."""
