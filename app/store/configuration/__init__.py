"""The configuration file: read, checked as a whole, and turned into values; nothing here touches the database."""

from app.store.configuration.reading import read_configuration, read_login, read_policies

__all__ = ["read_configuration", "read_login", "read_policies"]
