"""A simulator of Sovos's two SOAP services."""
