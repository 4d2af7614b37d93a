"""Logging of a worker: one line of key=value per event on standard error, and never a record's content."""

from __future__ import annotations

import logging
import sys
from typing import Final

import structlog

# At DEBUG these format every record that they fetch, send or recover; at INFO they fill the log with tables. Faust's
# services log under the module of their subclass: ours, which themselves speak through structlog only.
_LIBRARIES: Final = ("faust", "aiokafka", "mode", "asyncio", "aiohttp.access", "app.stream")


def configure(level: str) -> None:
    """Set up standard logging and structlog, unless the program has set up structlog itself."""
    logging.basicConfig(level=level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    if structlog.is_configured():
        return
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False),
        ],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )
