"""Carrying a decision out: calls to the provider, each written down before and after."""
