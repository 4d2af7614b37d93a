"""GİB's code lists as data: one CSV per list, with names, where each code applies, and the source of each row.

The lists change several times a year; a new revision is new files, not new code.
"""

import csv
import io
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType


@cache
def rows(name: str) -> tuple[Mapping[str, str], ...]:
    """The rows of `<name>.csv` in the file's order. Raises FileNotFoundError for a list that is not carried."""
    written = resources.files(__package__).joinpath(f"{name}.csv").read_text(encoding="utf-8")
    return tuple(MappingProxyType(row) for row in csv.DictReader(io.StringIO(written)))


@cache
def codes(name: str) -> Mapping[str, Mapping[str, str]]:
    """The list `name` by its column `code`. Raises FileNotFoundError for a list that is not carried."""
    return MappingProxyType({row["code"]: row for row in rows(name)})
