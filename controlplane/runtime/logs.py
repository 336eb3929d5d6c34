"""Logging: one line an event, for people or for machines."""

import logging
import sys

import structlog
from structlog.typing import EventDict, Processor

from controlplane.runtime.sections import LogSettings

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}


def configure(settings: LogSettings) -> None:
    """Send structlog's and the libraries' lines to standard error, in one format."""
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if settings.format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    shared: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.format_exc_info, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[settings.level]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, structlog.stdlib.add_logger_name, _on_one_line],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                renderer,
            ],
        )
    )
    logging.basicConfig(level=max(logging.WARNING, LEVELS[settings.level]), handlers=[handler], force=True)
    logging.captureWarnings(True)


def _on_one_line(_logger: object, _method: str, event: EventDict) -> EventDict:
    # Library messages may quote a client's input.
    event["event"] = "".join(letter if letter.isprintable() else "?" for letter in str(event["event"]))
    return event
