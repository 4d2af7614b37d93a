"""The releases whose private parts were read, replaced and measured."""

from __future__ import annotations

from importlib.metadata import version
from typing import Final

PINNED: Final = {"faust-streaming": "0.15.3", "aiokafka": "0.14.0", "mode-streaming": "0.7.1"}


def refuse_other_versions() -> None:
    """Raise an ImportError where another release is installed: its private parts may differ in silence."""
    found = {name: version(name) for name in PINNED}
    if found != PINNED:
        raise ImportError(f"This release is written for {PINNED}, installed is {found}.")
