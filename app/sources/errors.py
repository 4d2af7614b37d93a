"""What is wrong with a file of orders, or with what was said about it."""


class SourceError(Exception):
    """The orders cannot be read; one sentence on what is wrong, and what to do."""
