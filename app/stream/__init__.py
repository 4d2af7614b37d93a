"""Faust, tamed: the only room that imports faust, aiokafka or mode.

A stage declares on an `App` what it consumes, keeps and repeats, and gets plain values; see `make_app`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.stream.errors import Lost, StartRefused, StreamError, TooLarge, UnsoundSettings
from app.stream.ownership.epoch import Epoch
from app.stream.records import Entry, Headers, InRecord, Record
from app.stream.settings import StreamSettings
from app.stream.table_memory import entry_key

if TYPE_CHECKING:
    from app.stream.faust_patches.application import App
    from app.stream.processing.application import make_app, run
    from app.stream.processing.background import every, spawn
    from app.stream.processing.batches import Handler, consume_batches
    from app.stream.processing.sending import send_all
    from app.stream.processing.table import DurableTable, durable_table

__all__ = [
    "App",
    "DurableTable",
    "Entry",
    "Epoch",
    "Handler",
    "Headers",
    "InRecord",
    "Lost",
    "Record",
    "StartRefused",
    "StreamError",
    "StreamSettings",
    "TooLarge",
    "UnsoundSettings",
    "consume_batches",
    "durable_table",
    "entry_key",
    "every",
    "make_app",
    "run",
    "send_all",
    "spawn",
]

# What needs Faust is imported on first use: the command line and the web page want the codec, not half a second more.
_WITH_FAUST = {
    "App": "faust_patches.application",
    "DurableTable": "processing.table",
    "Handler": "processing.batches",
    "consume_batches": "processing.batches",
    "durable_table": "processing.table",
    "every": "processing.background",
    "make_app": "processing.application",
    "run": "processing.application",
    "send_all": "processing.sending",
    "spawn": "processing.background",
}


def __getattr__(name: str) -> Any:
    if name in _WITH_FAUST:
        return getattr(import_module(f"{__name__}.{_WITH_FAUST[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
