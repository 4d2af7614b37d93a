"""Faust, tamed: the only room that imports faust, aiokafka or mode.

A stage declares on an `App` what it consumes, keeps and repeats, and gets plain values; see `make_app`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from app.stream.entries import entry_key
from app.stream.epoch import Epoch
from app.stream.errors import Lost, StartRefused, StreamError, TooLarge, UnsoundSettings
from app.stream.records import Entry, Headers, InRecord, Record
from app.stream.settings import StreamSettings

if TYPE_CHECKING:
    from app.stream.application import make_app, run
    from app.stream.batches import Handler, consume_batches
    from app.stream.clocks import every, spawn
    from app.stream.sending import send_all
    from app.stream.table import DurableTable, durable_table
    from app.stream.tamed.application import App

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
    "App": "tamed.application",
    "DurableTable": "table",
    "Handler": "batches",
    "consume_batches": "batches",
    "durable_table": "table",
    "every": "clocks",
    "make_app": "application",
    "run": "application",
    "send_all": "sending",
    "spawn": "clocks",
}


def __getattr__(name: str) -> Any:
    if name in _WITH_FAUST:
        return getattr(import_module(f"{__name__}.{_WITH_FAUST[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
