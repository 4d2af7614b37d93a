"""Logging of a worker: one line of key=value per event on standard error, and never a record's content."""

from __future__ import annotations

import logging
import sys
from typing import Final

import stamina
import stamina.instrumentation
import structlog

# At DEBUG these format every record that they fetch, send or recover; at INFO they fill the log with tables. Faust's
# services log under the module of their subclass: ours, which themselves log through structlog only.
_LIBRARIES: Final = ("faust", "aiokafka", "mode", "asyncio", "aiohttp.access", "app.stream")


_OURS: Final = (
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
)
_AS_LINE: Final = structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"], bool_as_flag=False)


def configure(level: str) -> None:
    """Set up standard logging and structlog to write the same lines, unless the program has set up structlog itself."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*_OURS, structlog.stdlib.add_logger_name],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                _AS_LINE,
            ],
        )
    )
    logging.basicConfig(level=level, handlers=[handler])
    for name in _LIBRARIES:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    stamina.instrumentation.set_on_retry_hooks([_asked_again])
    if structlog.is_configured():
        return
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        processors=[*_OURS, _AS_LINE],
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
    )


def _asked_again(details: stamina.instrumentation.RetryDetails) -> None:
    """One line for a question that is put again; what was asked may be a function without a name."""
    structlog.get_logger(__name__).warning(
        "asking again", attempt=details.retry_num, after=round(details.wait_for, 1), error=str(details.caused_by)
    )
